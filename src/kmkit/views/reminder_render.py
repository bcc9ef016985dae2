"""A reminder as text: plain, or HTML."""

import re
from pathlib import Path

from kmkit.views.environment import render_template
from kmkit.views.reminder_values import Reminder
from kmkit.views.reminder_words import ways

_SUFFIX = {"html": "html", "text": "txt"}


def render(reminder: Reminder, fmt: str, kb: Path | None = None) -> str:
    """``reminder`` as ``html`` or ``text``, by the templates of the KB ``kb`` if it has any.

    Ends with a line feed. Cannot for a flawed template.
    """
    name = f"remind/letter.{_SUFFIX[fmt]}.j2"
    offered = ways(reminder.language)
    text = render_template(name, kb, language=reminder.language, letter=reminder, ways=offered)
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"

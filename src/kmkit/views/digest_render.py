"""A digest as text: Markdown, HTML, plain text or JSON."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from kmkit.views.digest_values import Digest
from kmkit.views.environment import render_template

SCHEMA = "kmkit.digest/1"
FORMATS = ("md", "html", "text", "json")
"""What `render` writes; a letter (eml) is made of these in reach/letters.py."""

_SUFFIX = {"md": "md", "html": "html", "text": "txt"}


def render(digest: Digest, fmt: str, kb: Path | None = None) -> str:
    """``digest`` in one of `FORMATS`, by the templates of the knowledge base ``kb`` if it has any.

    Ends with a line feed. Raises ValueError for another format, Cannot for a flawed template.
    """
    if fmt == "json":
        return json.dumps(as_json(digest), ensure_ascii=False, indent=2) + "\n"
    if fmt not in _SUFFIX:
        raise ValueError(f"a digest is written as one of {', '.join(FORMATS)}")
    name = f"digest/{digest.edition}.{_SUFFIX[fmt]}.j2"
    text = render_template(name, kb, language=digest.language, digest=digest)
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def as_json(digest: Digest) -> dict[str, Any]:
    """``digest`` as plain data; the key set is a contract, named by ``schema``."""
    values = {name: _plain(value) for name, value in digest._asdict().items()}
    return {"schema": SCHEMA, "empty": digest.empty, **values}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value

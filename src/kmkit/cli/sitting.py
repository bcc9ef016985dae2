"""The sitting: three questions, again and again, until there is nothing more to tell."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kmkit.cli.capture import Common, capture_one, note_of
from kmkit.cli.fields import a_method, a_title, line, text
from kmkit.cli.screen import ask, on_terminal, out, say
from kmkit.errors import KmkitError, UsageError

if TYPE_CHECKING:
    from kmkit.kb.moving import Moved


def sit(common: Common, title: str, lesson: str, happened: str) -> None:
    """Three questions, again and again until an empty line; event and method are asked once."""
    common = _asked_once(common)
    say("An empty answer to the first question ends.")
    count = 0
    for what, how, name in _answers(title, lesson, happened):
        moved = _kept(common, name, how, what)
        say(f"{'Would capture' if common.dry_run else 'Captured'} {moved.note.short}: {name}")
        if not on_terminal() and not common.dry_run:
            out(moved.note.id)
        count += 1
    notes = "1 note" if count == 1 else f"{count} notes"
    if count and not common.dry_run:
        say(f"Captured {notes}. Next, for each: kmkit validate NOTE --ask EMAIL.")
    elif not count:
        say("Nothing was captured.")


def _kept(common: Common, title: str, lesson: str, happened: str) -> "Moved":
    """Capture it; where that fails, the answers are kept and their place told."""
    from kmkit.cli.editor import keep
    from kmkit.kb.capturing import draft

    try:
        return capture_one(common, title, lesson, happened)
    except (KmkitError, OSError, EOFError, KeyboardInterrupt):
        fields, body = note_of(common, title, lesson, happened)
        keep(common.kb, "capture", draft(common.kb, fields, body, common.on_behalf_of))
        raise


def _asked_once(common: Common) -> Common:
    """The event and the method, where no option says them."""
    from dataclasses import replace

    from kmkit.note.model import Gathered

    given = common.fields["gathered"]
    assert isinstance(given, Gathered)
    event, method = given.from_, given.method
    if "event" not in common.named:
        event = line(ask("Of which event, project or talk?"), "The event")
    while "method" not in common.named:
        try:
            method = a_method(ask("How was it gathered?", default=given.method))
            break
        except UsageError as error:
            say(str(error))
    changed = given.model_copy(update={"from_": event, "method": method})
    return replace(common, fields={**common.fields, "gathered": changed})


def _answers(title: str, lesson: str, happened: str) -> Iterator[tuple[str, str, str]]:
    """(what happened, what others should do, title), as they are given."""
    from kmkit.note.documents import suggest_title

    while True:
        try:
            happened = happened or text(ask("What happened?"), "The answer")
        except EOFError:
            return
        if not happened:
            return
        lesson = lesson or text(ask("What should others do?"), "The answer")
        if not lesson:
            say("Left out: a lesson says what others should do.")
            title = happened = ""
            continue
        while not title:
            try:
                title = a_title(ask("Title?", default=suggest_title(lesson)))
            except UsageError as error:
                say(str(error))
        yield happened, lesson, title
        title = lesson = happened = ""

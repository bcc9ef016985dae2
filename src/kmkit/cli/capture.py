"""``kmkit capture``: write down what was learnt."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.fields import FIELDS, gathered, plain, with_fields
from kmkit.cli.options import DryRun, NoInput, complete_kind, open_kb
from kmkit.cli.screen import ask, may_ask, on_terminal, out, report, say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.moving import Moved
    from kmkit.note.kinds import Kind


@dataclass(frozen=True)
class Common:
    """What all notes of one call share."""

    kb: "KnowledgeBase"
    kind: "Kind"
    fields: Mapping[str, object]
    """As they go into the front matter."""
    named: frozenset[str]
    """The fields that an option names; only the others may be taken from a document."""
    attach: Sequence[Path]
    on_behalf_of: str
    dry_run: bool


@with_fields(*(name for name in FIELDS if name != "title"))
def command(
    ctx: typer.Context,
    title: Annotated[
        str,
        typer.Argument(metavar="[TITLE]", help="the title; or the path of a note written by hand"),
    ] = "",
    message: Annotated[
        str, typer.Option("-m", "--message", help="what others should do; - reads it from stdin")
    ] = "",
    happened: Annotated[str, typer.Option("--happened", help="what happened")] = "",
    kind: Annotated[
        str,
        typer.Option("--kind", help="what sort of knowledge it is", autocompletion=complete_kind),
    ] = "",
    edit: Annotated[
        bool, typer.Option("--edit", "-e", help="write it in the editor, with the kind's questions")
    ] = False,
    source_file: Annotated[
        str,
        typer.Option(
            "--from", metavar="FILE", help="take it from Markdown, text or .docx; - reads stdin"
        ),
    ] = "",
    split: Annotated[
        bool, typer.Option("--split", help="with --from: one lesson note for each lesson in it")
    ] = False,
    on_behalf_of: Annotated[
        str, typer.Option("--on-behalf-of", metavar="WHO", help="who gave it, where you only type")
    ] = "",
    topic: Annotated[
        str, typer.Option("--for", metavar="TOPIC", help="a critical topic that it covers")
    ] = "",
    attach: Annotated[
        list[Path], typer.Option("--attach", help="a file to keep with it, with its SHA-256")
    ] = [],  # noqa: B006
    no_input: NoInput = False,
    dry_run: DryRun = False,
    *,
    fields: dict[str, object],
) -> None:
    """Write down what was learnt.

    Without arguments it asks three things, again and again, until an empty line: what happened,
    what others should do, and a title. `kmkit capture "Title" -m "Lesson"` asks nothing.
    """
    kb = open_kb(ctx, dry_run=dry_run)
    common = _common(kb, kind, fields, topic, attach, on_behalf_of, bool(source_file and not split))
    if source_file:
        from kmkit.cli.capture_from import capture_from

        capture_from(common, source_file, split=split, title=title, no_input=no_input)
    elif split:
        raise UsageError("--split needs a document.", "Name it with --from FILE.")
    elif path := _written(kb, title):
        _done(kb.adopt(path), dry_run)
    elif edit:
        _in_editor(common, title, message, happened)
    elif title and (message or no_input):
        _done(_capture(common, title, _read(message), happened), dry_run)
    elif may_ask(no_input):
        _sitting(common, title, _read(message), happened)
    else:
        missing = "-m" if title else "A title"
        raise UsageError(
            f"{missing} is missing.", "kmkit capture 'Title' -m 'What others should do'"
        )


def _common(
    kb: "KnowledgeBase",
    kind: str,
    given: Mapping[str, object],
    topic: str,
    attach: Sequence[Path],
    on_behalf_of: str,
    whole: bool,
) -> Common:
    """What the options say of every note of this call."""
    from kmkit.note.kinds import load_kind
    from kmkit.note.model import Gathered

    name = kind or ("after-action-review" if whole else "lesson")
    if name not in kb.kinds:
        raise UsageError(f"There is no kind '{name}'.", f"Kinds: {', '.join(kb.kinds)}.")
    chosen = load_kind(name, kb.root)
    fields = {**plain(given), "kind": name}
    if topic:
        fields["topics"] = [*dict.fromkeys([_critical(kb, topic), *_list(fields.get("topics"))])]
    base = Gathered(on=kb.today, method=chosen.method, by=kb.actor.key)
    fields["gathered"] = gathered(given, base) or base
    return Common(kb, chosen, fields, frozenset(given), attach, on_behalf_of, kb.dry_run)


def _list(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _critical(kb: "KnowledgeBase", topic: str) -> str:
    from kmkit.text import did_you_mean

    known = kb.config.critical.topics
    if topic not in known:
        hint = did_you_mean(topic, known) or f"Critical topics in kmkit.toml: {', '.join(known)}."
        raise UsageError(f"'{topic}' is no critical topic here.", hint)
    return topic


def _written(kb: "KnowledgeBase", title: str) -> PurePosixPath | None:
    """The path of the note that ``title`` names, where it is a file below notes/."""
    if not title.endswith(".md"):
        return None
    path = kb.as_path(title)
    if path is None:
        raise UsageError(
            f"There is no file {title} in this knowledge base.", "To read one in: --from FILE."
        )
    return path


def _read(message: str) -> str:
    return sys.stdin.read() if message == "-" else message


def _capture(common: Common, title: str, lesson: str, happened: str) -> "Moved":
    from kmkit.note.kinds import body_of

    body = body_of(common.kind, _sections(common.kind, lesson, happened), guidance=True)
    return common.kb.capture(
        {**common.fields, "title": title},
        body,
        attach=common.attach,
        on_behalf_of=common.on_behalf_of,
    )


def _sections(kind: "Kind", lesson: str, happened: str) -> dict[str, str]:
    """Where the two answers belong in a note of this kind: its first and last required section."""
    wanted = kind.required or kind.sections
    pairs = [(wanted[0], happened), (wanted[-1], lesson)] if wanted else []
    found: dict[str, str] = {}
    for heading, text in pairs:
        if text:
            found[heading] = f"{found[heading]}\n\n{text}" if heading in found else text
    return found


def _done(moved: "Moved", dry_run: bool) -> None:
    report(moved, dry_run=dry_run)
    if not on_terminal():
        out(moved.note.id)


def _in_editor(common: Common, title: str, message: str, happened: str) -> None:
    """The kind's whole template in the editor."""
    from kmkit.cli.editor import editing
    from kmkit.kb.capturing import capture_text, draft
    from kmkit.note.kinds import body_of

    sections = _sections(common.kind, message, happened)
    body = body_of(common.kind, sections, guidance=True)
    fields = {**common.fields, "title": title or "What was learnt, in one line"}
    data = draft(common.kb, fields, body, common.on_behalf_of)
    with editing(common.kb, "capture", data) as text:
        if text == data and not message:
            raise UsageError("Nothing was written, so nothing was captured.")
        _done(
            capture_text(common.kb, text, attach=common.attach, on_behalf_of=common.on_behalf_of),
            common.dry_run,
        )


def _sitting(common: Common, title: str, lesson: str, happened: str) -> None:
    """Three questions, again and again until an empty line; event and method are asked once."""
    common = _asked_once(common)
    say("An empty answer to the first question ends.")
    count = 0
    for what, how, name in _answers(title, lesson, happened):
        moved = _capture(common, name, how, what)
        say(f"Captured {moved.note.id[-4:]}: {moved.note.title}")
        if not on_terminal():
            out(moved.note.id)
        count += 1
    notes = "1 note was" if count == 1 else f"{count} notes were"
    say(
        f"{notes} captured. Next: kmkit validate NOTE --ask EMAIL."
        if count
        else "Nothing captured."
    )


def _asked_once(common: Common) -> Common:
    """The event and the method, where no option says them."""
    from dataclasses import replace

    from kmkit.note.model import GATHERING_METHODS, Gathered
    from kmkit.text import did_you_mean

    given = common.fields["gathered"]
    assert isinstance(given, Gathered)
    if given.from_:
        return common
    event = ask("Of which event, project or talk?")
    method = ask("How was it gathered?", default=given.method)
    while method not in GATHERING_METHODS:
        hint = did_you_mean(method, GATHERING_METHODS) or f"One of {', '.join(GATHERING_METHODS)}."
        method = ask(f"{hint} How was it gathered?", default=given.method)
    changed = given.model_copy(update={"from_": event, "method": method})
    return replace(common, fields={**common.fields, "gathered": changed})


def _answers(title: str, lesson: str, happened: str) -> Iterator[tuple[str, str, str]]:
    """(what happened, what others should do, title), as they are given."""
    from kmkit.note.documents import suggest_title

    while True:
        happened = happened or ask("What happened?")
        if not happened:
            return
        lesson = lesson or ask("What should others do?")
        if not lesson:
            return
        title = title or ask("Title?", default=suggest_title(lesson))
        yield happened, lesson, title
        title = lesson = happened = ""

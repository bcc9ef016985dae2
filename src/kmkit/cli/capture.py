"""``kmkit capture``: write down what was learnt."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_kind, complete_topic
from kmkit.cli.fields import FIELDS, a_title, gathered, line, plain, text, with_fields
from kmkit.cli.options import DryRun, NoInput, open_kb
from kmkit.cli.screen import may_ask, on_terminal, out, report, say
from kmkit.errors import UsageError

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.kb.moving import Moved
    from kmkit.note.kinds import Kind

_UNTITLED = "What was learnt, in one line"
_PERMISSIONS = frozenset({"Consent", "Anonymity"})
"""Sections that nobody else can answer."""


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
    no_input: bool


@with_fields(*(name for name in FIELDS if name != "title"))
def command(
    ctx: typer.Context,
    title: Annotated[
        str,
        typer.Argument(metavar="[TITLE]", help="the title; or the path of a note written by hand"),
    ] = "",
    message: Annotated[
        str,
        typer.Option(
            "-m", "--message", metavar="TEXT", help="what others should do; - reads it from stdin"
        ),
    ] = "",
    happened: Annotated[str, typer.Option("--happened", metavar="TEXT", help="what happened")] = "",
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="what sort of knowledge it is; default: lesson",
            autocompletion=complete_kind,
        ),
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
        str,
        typer.Option(
            "--for",
            metavar="TOPIC",
            help="a critical topic that it covers",
            autocompletion=complete_topic,
        ),
    ] = "",
    attach: Annotated[
        list[Path],
        typer.Option("--attach", metavar="FILE", help="a file to keep with it, with its SHA-256"),
    ] = [],  # noqa: B006
    no_input: NoInput = False,
    dry_run: DryRun = False,
    *,
    fields: dict[str, object],
) -> None:
    """Write down what was learnt.

    Without arguments it asks three things, again and again, until an empty line: what happened,
    what others should do, and a title. `kmkit capture "Title" -m "Lesson"` asks nothing. It is
    yours, a lesson, internal and of today, where no option says otherwise. Where notes say the
    same already, they are named, and the new one can be linked to one of them.
    """
    kb = open_kb(ctx, dry_run=dry_run)
    whole = bool(source_file and not split)
    who = line(on_behalf_of, "--on-behalf-of")
    common = _common(kb, kind, fields, topic, attach, who, whole=whole, no_input=no_input)
    happened = text(happened, "--happened")
    if source_file:
        from kmkit.cli.capture_from import capture_from

        capture_from(common, source_file, split=split, title=title, no_input=no_input)
    elif split:
        raise UsageError("--split needs a document.", "Name it with --from FILE.")
    elif path := _written(kb, title):
        _adopt(common, path)
    elif edit:
        _in_editor(common, a_title(title), _read(message), happened)
    elif title and (message or no_input):
        _done(common, capture_one(common, a_title(title), _read(message), happened))
    elif may_ask(no_input):
        from kmkit.cli.sitting import sit

        sit(common, a_title(title), _read(message), happened)
    else:
        missing = "-m, what others should do," if title else "A title"
        raise UsageError(
            f"{missing} is missing.", "Run: kmkit capture 'Title' -m 'What others should do'"
        )


def _common(
    kb: "KnowledgeBase",
    kind: str,
    given: Mapping[str, object],
    topic: str,
    attach: Sequence[Path],
    on_behalf_of: str,
    *,
    whole: bool,
    no_input: bool,
) -> Common:
    """What the options say of every note of this call."""
    from kmkit.note.kinds import load_kind
    from kmkit.note.model import Gathered
    from kmkit.text import did_you_mean

    name = kind or ("after-action-review" if whole else "lesson")
    if name not in kb.kinds:
        near = did_you_mean(name[:80], kb.kinds) or f"Kinds: {', '.join(kb.kinds)}."
        raise UsageError(f"There is no kind '{line(name, '--kind')}'.", near)
    chosen = load_kind(name, kb.root)
    fields = {**plain(kb, given), "kind": name}
    if topic:
        fields["topics"] = [*dict.fromkeys([_critical(kb, topic), *_list(fields.get("topics"))])]
    base = Gathered(on=kb.today, method=chosen.method, by=kb.actor.key)
    fields["gathered"] = gathered(given, base, kb.today) or base
    fields["sources"] = _sources(fields.get("sources"), on_behalf_of)
    return Common(kb, chosen, fields, frozenset(given), attach, on_behalf_of, kb.dry_run, no_input)


def _list(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _sources(named: object, on_behalf_of: str) -> list[str]:
    """Who gave it: whoever is named, and for whom somebody else types, unless it is anonymous."""
    sources = _list(named)
    if "anonymous" in (name.casefold() for name in sources):
        if on_behalf_of:
            raise UsageError(
                "--source anonymous says nobody's name, and --on-behalf-of says one.",
                "Leave one of them out.",
            )
        return ["anonymous" if name.casefold() == "anonymous" else name for name in sources]
    return [*dict.fromkeys([*([on_behalf_of] if on_behalf_of else []), *sources])]


def _critical(kb: "KnowledgeBase", topic: str) -> str:
    from kmkit.text import did_you_mean

    known = kb.config.critical.topics
    if topic not in known:
        listed = ", ".join(known) or "none yet"
        hint = did_you_mean(topic[:80], known) or f"Critical topics in kmkit.toml: {listed}."
        raise UsageError(f"'{line(topic, '--for')}' is no critical topic here.", hint)
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
    """What -m says, or what comes in on stdin; empty stdin is no lesson."""
    if message != "-":
        return text(message, "-m")
    from kmkit.note.documents.decoding import decode

    buffer = getattr(sys.stdin, "buffer", None)
    said, notes = decode(buffer.read() if buffer else sys.stdin.read().encode(), "stdin")
    for note in notes:
        say(note)
    if not said.strip():
        raise UsageError("Nothing came in on stdin.", "Give the lesson with -m 'TEXT'.")
    return text(said, "stdin")


def capture_one(common: Common, title: str, lesson: str, happened: str) -> "Moved":
    """Capture one note from a title and the two answers."""
    from kmkit.cli.alike import with_repeats

    fields, body = note_of(common, title, lesson, happened)
    wanted = with_repeats(common.kb, fields, body, no_input=common.no_input)
    return common.kb.capture(wanted, body, attach=common.attach, on_behalf_of=common.on_behalf_of)


def note_of(
    common: Common, title: str, lesson: str, happened: str
) -> tuple[dict[str, object], str]:
    """Fields and body of a note; the lesson's first sentences are the summary, if none is given."""
    from kmkit.note.documents.wording import summary_of
    from kmkit.note.kinds import body_of

    summary = common.fields.get("summary") or summary_of(lesson)
    fields = {**common.fields, "title": title, "summary": summary}
    return fields, body_of(common.kind, _sections(common.kind, lesson, happened), guidance=True)


def _sections(kind: "Kind", lesson: str, happened: str) -> dict[str, str]:
    """Where the two answers belong in a note of this kind."""
    from kmkit.note.documents.outline import contained
    from kmkit.note.documents.placing import section_for
    from kmkit.note.documents.synonyms import Role

    wanted = [name for name in (*kind.required, *kind.sections) if name not in _PERMISSIONS]
    if not wanted:
        return {}

    def place(*roles: Role) -> str:
        return next((name for role in roles if (name := section_for(kind, role))), wanted[0])

    found: dict[str, str] = {}
    for heading, given in (
        (place(Role.EVENTS, Role.BACKGROUND), happened),
        (place(Role.LESSONS, Role.STEPS, Role.CHANGE), lesson),
    ):
        if given.strip():
            kept = contained(given)
            found[heading] = f"{found[heading]}\n\n{kept}" if heading in found else kept
    return found


def _adopt(common: Common, path: PurePosixPath) -> None:
    """A note that somebody wrote by hand: its file says everything, options nothing."""
    given = common.named or common.attach or common.on_behalf_of
    if given or common.fields.get("topics") or common.kind.name != "lesson":
        raise UsageError(
            f"{path} is captured as it stands, so options say nothing.", "Write them into the file."
        )
    _done(common, common.kb.adopt(path))


def _done(common: Common, moved: "Moved") -> None:
    """Say what was captured and what it still lacks; its id on stdout, for whatever reads it."""
    from kmkit.cli.validate import wanted_first

    report(moved, dry_run=common.dry_run, then=wanted_first(common.kb, moved.note))
    if not on_terminal() and not common.dry_run:
        out(moved.note.id)


def _in_editor(common: Common, title: str, message: str, happened: str) -> None:
    """The kind's whole template in the editor."""
    from kmkit.cli.alike import text_with_repeats
    from kmkit.cli.editor import editing
    from kmkit.kb.capturing import capture_text, draft

    fields, body = note_of(common, title or _UNTITLED, message, happened)
    data = draft(common.kb, fields, body, common.on_behalf_of)
    with editing(common.kb, "capture", data) as written:
        if written == data and not message:
            raise UsageError("Nothing was written, so nothing was captured.")
        if f"title: {_UNTITLED}".encode() in written:
            raise UsageError("The note has no title yet.", "Write what it says behind 'title:'.")
        whole = text_with_repeats(common.kb, written, no_input=common.no_input)
        moved = capture_text(
            common.kb, whole, attach=common.attach, on_behalf_of=common.on_behalf_of
        )
    _done(common, moved)

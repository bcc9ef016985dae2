"""``kmkit show``: a note as it stands."""

import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.filters import filtered
from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, open_index, open_kb
from kmkit.cli.picking import picked
from kmkit.cli.screen import broken, console, on_terminal, out, say
from kmkit.errors import Cannot, UsageError
from kmkit.index.choosing.filters import Filter

if TYPE_CHECKING:
    from rich.table import Table

    from kmkit.index.listed import Listed
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note


@filtered()
def command(
    ctx: typer.Context,
    asked: Filter,
    notes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NOTE]...",
            help="an id, a unique part of one such as x7k2, or a path",
            autocompletion=complete_note,
        ),
    ] = None,
    in_force: Annotated[
        bool, typer.Option("--in-force", help="the approved version; this is what you get anyway")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="the revision that is under way")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="the file as it is, front matter and all")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a note: what it says and where it stands; or several, named or chosen by options.

    Of a record, such as a question, its id shows what it says.

    While a note is being revised, its approved version stays in force and is what is shown;
    `--draft` shows the revision.

    \b
    kmkit show x7k2
    kmkit show --topic fuel --state maintained
    """
    if in_force and draft:
        raise UsageError("--in-force and --draft exclude each other.", "Choose one.")
    if notes and asked.terms:
        raise UsageError("Notes are named or chosen by options.", "Leave one of the two out.")
    if not notes and not asked.terms:
        notes = [picked(ctx, mend="Name it, or choose some: kmkit show --topic TOPIC.")]
    kb = open_kb(ctx, torn=True)
    try:
        found = [kb.resolve(note) for note in notes] if notes else _chosen(ctx, kb, asked)
    except UsageError:
        from kmkit.cli import recording

        if not notes or len(notes) > 1 or not (path := recording.any_record(ctx, notes[0])):
            raise
        recording.show(ctx, path, raw=raw, as_json=as_json)
        return
    for number, note in enumerate(found):
        if number and not (raw or as_json):
            out("")
        _show(kb, note, draft=draft, raw=raw, as_json=as_json)


def _chosen(ctx: typer.Context, kb: "KnowledgeBase", asked: Filter) -> "Iterator[Note]":
    """The notes that the options choose, newest first."""
    from kmkit.index.choosing.conditions import where
    from kmkit.index.choosing.lines import order

    with open_index(ctx) as index:
        rows = index.select(*where(asked, index), order=order("captured"))
        paths = [PurePosixPath(row.card.path) for row in rows]
    say(f"{many(len(paths), 'note')}." if paths else "No note is like that.")
    return (kb.read(path) for path in paths)


def _show(kb: "KnowledgeBase", note: "Note", *, draft: bool, raw: bool, as_json: bool) -> None:
    """One note."""
    from kmkit.cli.settling import settle_due
    from kmkit.index.carding import listed
    from kmkit.kb.conflicts import unsettled
    from kmkit.views import porcelain

    shown = note if draft else _standing(kb, note)
    torn = unsettled(kb, note)
    version = listed(kb, note, shown)._replace(several=bool(torn))
    if torn:
        say(torn)
    else:
        broken(note.problems)
    if raw:
        _raw(shown)
    elif as_json:
        deliver(porcelain.note(version, shown))
    elif on_terminal():
        _page(kb, version, shown, draft)
    else:
        _plain(kb, version, shown, draft)
    if version.revised and not draft and not as_json:
        say(f"It is being revised: kmkit show {note.short} --draft shows the revision.")
    if due := settle_due(kb, note):
        say(due)


def _standing(kb: "KnowledgeBase", note: "Note") -> "Note":
    """The version in force; Cannot, with the way to the revision, where git has it not."""
    try:
        return kb.standing(note)
    except Cannot as error:
        mend = f"{error.mend} Or see the revision: kmkit show {note.short} --draft."
        raise Cannot(error.message, mend.strip()) from None


def _raw(note: "Note") -> None:
    """The file byte for byte; on a terminal without what could change what is seen."""
    from kmkit.text import HIDDEN

    if on_terminal():
        out(HIDDEN.sub("", note.text))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(note.data)


def _facts(kb: "KnowledgeBase", row: "Listed", note: "Note", draft: bool) -> list[tuple[str, str]]:
    """What people want to know of a note beside its text."""
    from kmkit.lifecycle.fingerprint import fingerprint
    from kmkit.text import one_line

    fields = note.fields
    gathered, reviewed = fields.gathered, fields.reviewed
    card, person = row.card, kb.people.get(row.card.owner)
    stands = fingerprint(note, kb.guidance(note))
    approvals = [v for v in fields.verdicts if v.verdict == "approve" and v.fingerprint == stands]
    sent = fields.disseminated[-1:]
    facts = [
        ("state", "captured, a revision" if draft and row.revised else row.standing),
        ("kind", card.kind),
        ("owner", f"{person.name} <{card.owner}>" if person else card.owner),
        ("level", note.level),
        ("topics", ", ".join(fields.topics)),
        ("summary", fields.summary or ""),
        ("matters to", fields.matters_to or ""),
        (
            "gathered",
            f"{gathered.on} by {gathered.method}, {gathered.by}"
            + (f", from {gathered.from_}" if gathered.from_ else "")
            if gathered
            else "",
        ),
        ("sources", ", ".join(fields.sources)),
        ("evidence", ", ".join(fields.evidence)),
        ("approved", "; ".join(f"{v.on} by {v.decided_by or v.by}, {v.method}" for v in approvals)),
        ("last sent", "; ".join(f"{d.on} by {d.channel}" for d in sent)),
        ("reviewed", f"{reviewed.on} by {reviewed.by}: {reviewed.because}" if reviewed else ""),
        *_applied(kb, note),
        ("due", str(row.due or "")),
        ("replaced by", fields.superseded_by or ""),
        ("id", card.id),
        ("file", str(note.path)),
    ]
    return [(name, one_line(value)) for name, value in facts if value]


def _applied(kb: "KnowledgeBase", note: "Note") -> list[tuple[str, str]]:
    """How often the note was used and what came of it, what is planned, whether it was learned."""
    from kmkit.index.book import Index
    from kmkit.learn.applications import outcomes
    from kmkit.learn.learned import learned

    with Index.open(kb.root, today=kb.today) as index:
        every = list(index.query("SELECT 1 FROM records WHERE note = ? LIMIT 1", (note.id,)))
        if not every:
            return []
        uses = [use for use in index.uses if use.note == note.id]
        found = learned(index, [note.id])[note.id]
    counted = ", ".join(f"{n} {outcome}" for outcome, n in outcomes(uses).items() if n)
    return [
        ("applied", f"{many(len(uses), 'time')}: {counted}" if uses else ""),
        ("learned", f"{'yes' if found.learned else 'not yet'}: {' '.join(found.reasons)}"),
    ]


def _plain(kb: "KnowledgeBase", row: "Listed", note: "Note", draft: bool) -> None:
    """Title, facts and text as Markdown, for a pipe."""
    from kmkit.text import one_line

    facts = "".join(f"{name}: {value}\n" for name, value in _facts(kb, row, note, draft))
    out(f"# {one_line(row.card.title)}\n\n{facts}\n{_body(note)}\n")


def _body(note: "Note") -> str:
    """The text as Markdown, without hidden characters and comments."""
    from kmkit.note.sections import without_comments
    from kmkit.text import HIDDEN

    blocks = [note.preamble] if note.preamble else []
    for section in note.sections:
        blocks.append(f"{'#' * section.level} {section.heading}\n\n{section.text}".rstrip())
    text = without_comments("\n\n".join(blocks))[0]
    return HIDDEN.sub("", text).strip()


def _page(kb: "KnowledgeBase", row: "Listed", note: "Note", draft: bool) -> None:
    """The note as people read it on a terminal."""
    from markdown_it import MarkdownIt
    from rich.markdown import Markdown
    from rich.text import Text

    from kmkit.text import one_line

    screen = console()
    screen.print(Text(one_line(row.card.title), style="bold"))
    screen.print(_table(_facts(kb, row, note, draft)), "")
    text = Markdown("", hyperlinks=False)
    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    text.parsed = parser.parse(_body(note))  # Rich's own parser drops HTML and what is in it
    screen.print(text, width=min(screen.width, 100))


def _table(facts: list[tuple[str, str]]) -> "Table":
    """The facts, names to the left."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(Text(name), Text(value))
    return grid

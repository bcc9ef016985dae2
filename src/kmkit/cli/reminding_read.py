"""``kmkit remind --read``: answers by mail become proposals, each told in a line."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.screen import on_terminal, out, say
from kmkit.errors import Exit

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.kb import KnowledgeBase
    from kmkit.reach.replies_read import Read

_COLUMNS = ("kind", "message", "from", "note", "move", "because", "proposal", "said")


def read_mail(kb: "KnowledgeBase", index: "Index", source: Path, *, as_json: bool) -> None:
    """Read the mail at ``source``; exits with 1 where somebody should look at a message."""
    from kmkit.reach.replies_read import read_answers

    found = list(read_answers(kb, index, source))
    if as_json:
        from kmkit.views import porcelain

        rows = [one._asdict() for one in found]
        deliver(porcelain.dumps({"schema": "kmkit.answers/1", "messages": rows}))
    elif on_terminal():
        for one in found:
            say(_line(one))
    else:
        from kmkit.views.tables import tsv

        lines = (
            (one.kind, one.place, one.sender, one.note, one.move, one.because, one.proposal,
             one.said)
            for one in found
        )  # fmt: skip
        out(tsv(_COLUMNS, lines, header=True))
    _summed(found, dry_run=kb.dry_run)
    if any(one.kind == "unclear" for one in found):
        raise typer.Exit(Exit.FINDINGS)


def _line(one: "Read") -> str:
    """One message, or one answer in it, for people."""
    heads = {"proposed": "Proposed", "known": "Known", "passed": "Passed over", "unclear": "Look"}
    who = one.sender or "nobody that can be told"
    because = f" Because: {one.because}" if one.because and one.kind != "known" else ""
    return f"{heads[one.kind]}: {one.place}, from {who}: {one.said}.{because}"


def _summed(found: "list[Read]", *, dry_run: bool) -> None:
    made = sum(one.kind == "proposed" for one in found)
    unclear = sum(one.kind == "unclear" for one in found)
    would = "would be proposed" if dry_run else "proposed"
    passed = sum(one.kind == "passed" for one in found)
    known = sum(one.kind == "known" for one in found)
    rest = f"{known} known, {passed} passed over, {unclear} to look at"
    say(f"{many(made, 'answer')} {would}, {rest}. Every message stays where it is.")
    if made and not dry_run:
        say("Nothing has changed yet: kmkit review --proposals.")

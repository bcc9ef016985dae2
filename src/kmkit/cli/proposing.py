"""``kmkit review --proposals``, ``--accept`` and ``--decline``: what was answered by mail."""

from typing import TYPE_CHECKING

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.options import open_index
from kmkit.cli.screen import needed, report, say, table

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase

_COLUMNS = ("proposal", "note", "title", "move", "because", "from", "received", "standing")


def show_proposals(ctx: typer.Context, *, as_json: bool) -> None:
    """List the answers by mail that nobody has decided on."""
    from kmkit.reach.proposals import waiting

    with open_index(ctx) as index:
        found = waiting(index)
    if as_json:
        from kmkit.views import porcelain

        rows = [
            {
                **one.proposal.model_dump(mode="json", exclude={"kind"}),
                "title": one.title,
                "outdated": one.outdated,
                "stranger": one.stranger,
            }
            for one in found
        ]
        deliver(porcelain.dumps({"schema": "kmkit.proposals/1", "proposals": rows}))
    else:
        table(
            _COLUMNS,
            [
                (p.id[-4:], p.note[-4:], one.title, p.does, p.because, p.claimed_by, p.received,
                 one.standing)
                for one in found
                for p in (one.proposal,)
            ],
        )  # fmt: skip
    say(
        f"{many(len(found), 'proposal')}. A mail proves nothing: look before you "
        "kmkit review NOTE --accept, or --decline."
        if found
        else "No proposal waits."
    )


def decide(
    kb: "KnowledgeBase",
    note: str,
    which: str,
    *,
    accept: bool,
    because: str,
    no_input: bool,
) -> None:
    """Follow a proposal about a note, or decline it."""
    from kmkit.reach import proposals

    found = kb.resolve(note)
    path, proposal = proposals.of_note(kb, found, which)
    if accept:
        say(f"{proposal.claimed_by} proposed by mail on {proposal.received}: {proposal.title}")
        moved = proposals.accept(kb, found, path, proposal)
        report(moved, dry_run=kb.dry_run)
        return
    because = needed(because, "--because", "Why is it not followed?", no_input)
    proposals.decline(kb, found, path, proposal, because)
    would = "Would decline" if kb.dry_run else "Declined"
    say(f"{would}: {proposal.move} of '{found.title}', which {proposal.claimed_by} proposed.")

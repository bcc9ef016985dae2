"""``kmkit demo``: lay out a knowledge base to look at."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmkit.cli.options import folder
from kmkit.cli.screen import out, say
from kmkit.text import as_typed

if TYPE_CHECKING:
    from collections.abc import Mapping


def command(
    ctx: typer.Context,
    directory: Annotated[
        str,
        typer.Argument(
            metavar="[DIR]", help="a new folder; default: kmkit-demo", show_default=False
        ),
    ] = "kmkit-demo",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="do not tell the steps")] = False,
) -> None:
    """Lay out a knowledge base to look at.

    It replays eighteen months of an agency that does not exist, commit by commit, with dates and
    people, and ends with the digest of its last week and the scorecard of its last year.
    """
    from kmkit.cli.digest import digest_text
    from kmkit.cli.metrics import scorecard_text
    from kmkit.kb.replay import replay
    from kmkit.resources import example_kb

    def told(number: int, count: int, step: "Mapping[str, Any]") -> None:
        if quiet:
            return
        what = str(step.get("note") or step["record"]).partition("/")[2]
        line = f"{step['on']:%Y-%m-%d}  {step['who']:<7} {step['do']:<12} {what}"
        end = f"  ({number}/{count})"
        print(line + end, file=sys.stderr)

    root = folder(ctx) / directory
    kb = replay(example_kb(), root, told)
    say("")
    out(digest_text(kb, kb.policy.levels[0], "text"))
    say("")
    out(scorecard_text(kb))
    day = f"KMKIT_TODAY={kb.today} "
    say(f"It is {kb.today} there, and you are {kb.actor}. Look around:")
    say(f"  cd {as_typed(root)}")
    for line, what in (
        ("kmkit status", "what there is, and what waits"),
        ("kmkit list --state disseminated", "what is out"),
        ("kmkit review --stale", "what needs a person"),
        ("kmkit log complaint-as-evidence", "a note that was returned, mended, approved, released"),
        ("kmkit show publish-every-contract", "a note that is being revised"),
        ("kmkit digest --for domestic", "the letter for the domestic circle"),
        ("kmkit site --for domestic", "the portal for the domestic circle"),
        ("kmkit map", "what is critical, and where it is thin"),
        ("git log --format=fuller", "the proof"),
    ):
        print(f"  {day}{line:<40} # {what}", file=sys.stderr)

"""``kmkit report``: one page for a role: what it should know and do this month."""

from pathlib import Path
from typing import Annotated

import typer

from kmkit.cli.formats import OutputFile, by_ending, deliver
from kmkit.cli.options import open_index
from kmkit.cli.screen import on_terminal
from kmkit.errors import Cannot, UsageError

_SUFFIXES = {
    ".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".json": "json",
    ".txt": "text",
}  # fmt: skip


def complete_role(incomplete: str) -> list[str]:
    """The roles that begin with ``incomplete``."""
    from kmkit.learn.reports.report import ROLES

    return [name for name in ROLES if name.startswith(incomplete)]


def complete_format(incomplete: str) -> list[str]:
    """The formats that begin with ``incomplete``."""
    from kmkit.views.report import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def command(
    ctx: typer.Context,
    role: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="ROLE",
            help="executive, manager, focal-point, owner, reviewer or staff",
            autocompletion=complete_role,
        ),
    ] = "staff",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="text, md (for a mail), html or json",
            autocompletion=complete_format,
        ),
    ] = "",
    output: OutputFile = None,
) -> None:
    """Write one page for a role: what it should know, and what it should do this month.

    For people of the house. Those who lead and everybody get no names in it; owners and reviewers
    get what waits for whoever asks.

    \b
    kmkit report --for executive -o lead.html
    kmkit report --for owner
    """
    from kmkit.learn.reports.report import ROLES, report
    from kmkit.text import did_you_mean, one_line
    from kmkit.views.report import FORMATS, render

    if role not in ROLES:
        near = did_you_mean(role[:80], ROLES) or f"Roles: {', '.join(ROLES)}."
        raise UsageError(f"--for: there is no '{one_line(role)}'.", near)
    if fmt and fmt not in FORMATS:
        near = did_you_mean(fmt[:80], FORMATS) or f"Use one of: {', '.join(FORMATS)}."
        raise UsageError(f"--format: there is no '{one_line(fmt)}'.", near)
    wanted = fmt or _fitting(output)
    with open_index(ctx, records=True) as index:
        try:
            me = index.git.identity().key
        except Cannot:
            me = ""
        found = report(index, role, me=me)
        name, root = index.rules.organisation, index.root
    deliver(render(found, wanted, organisation=name, kb=root), output)


def _fitting(output: Path | None) -> str:
    """The format that the file's name says, or that fits where it goes."""
    if output:
        return by_ending(output, _SUFFIXES)
    return "text" if on_terminal() else "md"

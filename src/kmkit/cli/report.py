"""``kmkit report``: one page for a role: what it should know and do this month."""

from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import OutputFile, completing, deliver, deliver_letter, format_of
from kmkit.cli.options import sender_of
from kmkit.cli.persons import an_address
from kmkit.cli.screen import on_terminal
from kmkit.cli.told import Audience, open_for
from kmkit.errors import Cannot, UsageError

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.learn.reports.report import Report

FORMATS = ("text", "md", "html", "eml", "json")


def complete_role(incomplete: str) -> list[str]:
    """The roles that begin with ``incomplete``."""
    from kmkit.learn.reports.report import ROLES

    return [name for name in ROLES if name.startswith(incomplete)]


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
    audience: Audience = "",
    fmt: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"one of {', '.join(FORMATS)}; eml is a letter to be sent from Outlook",
            autocompletion=completing(FORMATS),
        ),
    ] = "",
    sender: Annotated[
        str, typer.Option("--from", metavar="ADDRESS", help="who sends it, for --format eml")
    ] = "",
    output: OutputFile = None,
) -> None:
    """Write one page for a role: what it should know, and what it should do this month.

    For people of the house. Those who lead and everybody get no names in it; owners and reviewers
    get what waits for whoever asks. With --audience those who lead and staff of others get what
    may reach them.

    \b
    kmkit report --for executive -o lead.html
    kmkit report --for manager -o managers.eml
    kmkit report --for owner
    """
    from kmkit.learn.reports.report import ROLES, report
    from kmkit.text import did_you_mean, one_line

    if role not in ROLES:
        near = did_you_mean(role[:80], ROLES) or f"Roles: {', '.join(ROLES)}."
        raise UsageError(f"--for: there is no '{one_line(role)}'.", near)
    wanted = format_of(fmt, output, FORMATS, "text" if on_terminal() and not output else "md")
    if sender and wanted != "eml":
        raise UsageError("--from is who sends a letter.", "Add --format eml, or leave it out.")
    with open_for(ctx, audience) as index:
        try:
            me = "" if index.wide else index.git.identity().key
        except Cannot:
            me = ""
        found = report(index, role, me=me)
        if wanted == "eml":
            deliver_letter(_letter(index, found, sender), output)
        else:
            from kmkit.views.report import render

            text = render(found, wanted, organisation=index.rules.organisation, kb=index.root)
            deliver(text, output)


def _letter(index: "Index", found: "Report", sender: str) -> bytes:
    """The page as a draft that Outlook opens for sending."""
    from kmkit.reach.letters import eml, letter_of
    from kmkit.views.report import render, title

    name, kb = index.rules.organisation, index.kb
    letter = letter_of(
        subject=title(found, name),
        text=render(found, "text", organisation=name, kb=index.root),
        html=render(found, "mail", organisation=name, kb=index.root),
        sender=an_address(sender, "--from") if sender else sender_of(kb),
        sender_name=name,
        sent=kb.now,
    )
    return eml(letter)

"""``kmkit level``: how far a note reaches, and why."""

from typing import Annotated

import typer

from kmkit.cli.completing import complete_circle
from kmkit.cli.options import AsJson, NoInput, NoteArg, open_index, open_kb
from kmkit.cli.screen import on_terminal, out, say, table
from kmkit.errors import Exit


def command(
    ctx: typer.Context,
    note: NoteArg,
    audience: Annotated[
        str,
        typer.Argument(
            metavar="[AUDIENCE]",
            help="an audience of kmkit.toml or a level; by default all of them",
            autocompletion=complete_circle,
        ),
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="say all that decides it, and who can change it")
    ] = False,
    no_input: NoInput = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a note may reach an audience, and why; without AUDIENCE, which ones it may.

    Exits with 1 where it may not reach the one that was asked for. What counts is the narrower of
    the level in the file and the level that the history proves, and that no protected name stands
    in the version that readers are shown.

    \b
    kmkit level x7k2
    kmkit level x7k2 partners --explain
    """
    from kmkit.audience.audiences import audience_of
    from kmkit.audience.explaining import explain as explained
    from kmkit.views.level import as_json as text
    from kmkit.views.level import levels, rows, told

    kb = open_kb(ctx)
    names = [audience] if audience else [*kb.config.audiences, *kb.policy.levels]
    audiences = [audience_of(kb.config, kb.policy, name) for name in names]
    found_note = kb.resolve(note)
    with open_index(ctx) as index:
        found = explained(kb, index, found_note, audiences)
    if as_json:
        out(text(found))
    elif audience:
        out("\n".join(told(found, whole=explain)))
    else:
        table(("audience", "level", "reaches", "because"), rows(found))
        for line in levels(found) if explain else ():
            out(line)
        if on_terminal() and not explain:
            say(f"It counts as {found.level}. More: kmkit level {found.note.short} --explain")
    if audience and not found.verdicts[0].reaches:
        raise typer.Exit(Exit.FINDINGS)

"""``kmkit index``: bring up what every listing and search answers from."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.formats import deliver, many
from kmkit.cli.options import AsJson, folder, now
from kmkit.cli.screen import out, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmkit.index.keeping.holding import Held


def command(
    ctx: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="throw away what is kept, and make it anew")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date: notes, trail and full text; say what it holds and where.

    Every command does this by itself, as far as it needs to. Do it ahead where the first answer
    has to be quick, or to keep the index between the runs of a CI job. The index holds nothing
    that the files and the history do not say: it can be deleted at any time.
    """
    from kmkit.cli.reading import watched
    from kmkit.index.keeping.holding import whole
    from kmkit.places import find_root

    def track(files: "Iterable[object]", count: int) -> "Iterable[object]":
        """The files go by while the index takes them in."""
        return watched(files, "Reading files:", count)

    started = time.perf_counter()
    held = whole(find_root(folder(ctx)), today=now().date(), track=track, anew=rebuild)
    taken = time.perf_counter() - started
    if as_json:
        from kmkit.views import porcelain

        deliver(porcelain.index(held, taken))
    else:
        _lines(held, taken)


def _lines(held: "Held", taken: float) -> None:
    """What it holds, tab-separated; how long it took is no part of the answer."""
    from kmkit.views.tables import tsv

    rows = [
        ("notes", str(held.notes)),
        ("people", str(held.people)),
        ("applications", str(held.uses)),
        ("steps of the trail", str(held.steps)),
        ("size", _size(held.size) if held.place else ""),
        ("kept in", str(held.place or "")),
    ]
    out(tsv(("what", "value"), [row for row in rows if row[1]]))
    if held.place is None:
        say("It cannot be kept here: every command makes what it needs of it in memory.")
    say(f"{many(held.notes, 'note')} in {taken:.1f} s.")


def _size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"

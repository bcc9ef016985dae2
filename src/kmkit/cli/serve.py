"""``kmkit serve``: the portal in a browser of this machine, as the notes change."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.options import open_kb
from kmkit.cli.screen import broken, say
from kmkit.cli.site import For
from kmkit.errors import KmkitError

if TYPE_CHECKING:
    from kmkit.reach.site import Made


def command(
    ctx: typer.Context,
    audience: For = "",
    port: Annotated[
        int,
        typer.Option(
            "--port",
            metavar="N",
            min=0,
            max=65535,
            show_default=False,
            help="the port; else one that is free",
        ),
    ] = 0,
    open_: Annotated[bool, typer.Option("--open", help="open it in the browser")] = False,
) -> None:
    """Show the portal in a browser of this machine, and load it again when notes change.

    Nobody else can reach it. Ctrl-C ends it. It is kept in a folder for the time being; `kmkit
    site` makes one to keep.
    """
    import tempfile

    from kmkit.reach.site import portal
    from kmkit.reach.site_serving import preview, stamps, watch

    with tempfile.TemporaryDirectory(prefix="kmkit-") as place:
        folder = Path(place)

        def again() -> "Made":
            """Make the portal once more; in this process, which has threads by then."""
            return portal(open_kb(ctx), folder, to=audience, hands=1)

        made = portal(open_kb(ctx), folder, to=audience)
        broken(made.problems)
        server = preview(folder, port)
        ended = threading.Event()
        root = open_kb(ctx).root
        asked = (server, lambda: stamps(root), lambda: _again(again), ended)
        watching = threading.Thread(target=watch, args=asked, daemon=True)
        watching.start()
        say(f"{server.url} shows what the circle {made.level} may see. Ctrl-C ends it.")
        if open_:
            typer.launch(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            ended.set()
            server.server_close()
            watching.join(10)


def _again(make: "Callable[[], Made]") -> bool:
    """Make the portal again, and say what came of it; whether it could be made."""
    try:
        made = make()
    except KmkitError as error:
        say(str(error))
        return False
    say(f"Made again: {made.changed} of {made.files} files changed.")
    return bool(made.changed or made.removed)

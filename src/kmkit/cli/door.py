"""The door: the program's own options, and the one place where errors become exit codes."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from kmkit import __version__
from kmkit.cli.table import CONTEXT, Group, Unread
from kmkit.errors import Exit, KmkitError

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=CONTEXT,
    help="Keep an organisation's lessons learned in git, as Markdown, and keep them true.\n\n"
    "A note is captured, validated, formatted, disseminated and maintained; each step is a git "
    "commit. NOTE is an id, a unique part of one such as x7k2, or a path.",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"kmkit {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    ctx: typer.Context,
    directory: Annotated[
        str,
        typer.Option(
            "-C",
            "--directory",
            metavar="DIR",
            envvar="KMKIT_DIR",
            help="work on the knowledge base in DIR",
        ),
    ] = "",
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="print the version"),
    ] = False,
) -> None:
    ctx.obj = Path(directory) if directory else Path()


def run(args: list[str] | None = None) -> int:
    """Run kmkit with ``args`` (default: the process's own); the exit code."""
    try:
        _prepare()
        code = typer.main.get_command(app).main(args, prog_name="kmkit", standalone_mode=False)
        if code == Exit.INTERRUPTED:  # what Typer makes of Ctrl-C
            raise KeyboardInterrupt
        sys.stdout.flush()
        return int(code) if isinstance(code, int) else Exit.OK
    except SystemExit as done:  # after the answer to a shell that completes
        return done.code if isinstance(done.code, int) else Exit.OK
    except KmkitError as error:
        _say(error.message, error.mend)
        return error.code
    except (KeyboardInterrupt, EOFError, typer.Abort):
        _say("Stopped. Nothing was left half done.")
        return Exit.INTERRUPTED
    except (BrokenPipeError, Unread):
        _drop_output()
        return Exit.UNREAD
    except OSError as error:
        if error.filename is None:
            _drop_output()
        _say(f"{error.filename or 'The output cannot be written'}: {error.strerror or error}.")
        return Exit.CANNOT
    except UnicodeError:
        _say("Some of the text that was given is not UTF-8.", "Type it again, or save it as UTF-8.")
        return Exit.USAGE
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            return _misunderstood(error)
        return _unexpected(error)


def _prepare() -> None:
    """UTF-8 whatever the locale, and a kill that ends like Ctrl-C does, locks released."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed: nothing comes in, nothing goes out
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def _drop_output() -> None:
    """Forget what cannot be written any more: the exit would complain of it once more."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _misunderstood(error: Any) -> int:
    """A command line that Typer could not read."""
    context = getattr(error, "ctx", None)
    if error.__class__.__name__ == "NoArgsIsHelpError":
        with suppress(OSError):
            print(error.format_message(), file=sys.stderr)
        return Exit.USAGE
    if context is not None:
        _say(context.get_usage())
    _say(error.format_message(), f"Try: {context.command_path} --help" if context else "")
    return Exit.USAGE


def _unexpected(error: Exception) -> int:
    """A fault of kmkit itself: the details go to a file, with what to do about it."""
    import platform
    import tempfile
    import traceback

    head = f"kmkit {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
    text = head + "".join(traceback.format_exception(error))
    mend = "Please report it."
    with (
        suppress(OSError),
        tempfile.NamedTemporaryFile(
            "w", prefix="kmkit-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
        ) as log,
    ):
        log.write(text)
        mend = f"The details are in {log.name}; please report them."
    _say(f"kmkit made a mistake of its own: {type(error).__name__}.", mend)
    return Exit.CANNOT


def _say(message: str, mend: str = "") -> None:
    from kmkit.cli.screen import say

    with suppress(OSError):  # where stderr is full, the exit code alone has to tell
        for line in [*message.splitlines(), *mend.splitlines()]:
            say(line)

"""The command line: resolve, act, show. Only this room prints, prompts, and reads the clock."""

import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing takes a while, in which Ctrl-C would show a traceback
    from typing import NoReturn


def main() -> "NoReturn":
    """Run kmkit; every way out is an exit code of `kmkit.errors.Exit`, and none a traceback."""
    code = 130
    try:
        sys.unraisablehook = _swallowed
        try:
            from kmkit.cli.door import run  # Ctrl-C may come while this is being imported

            code = run()
        finally:  # what was done is done: a signal that comes now has nothing left to stop
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
    except KeyboardInterrupt:
        pass
    sys.exit(code)


def _swallowed(ignored: "sys.UnraisableHookArgs") -> None:
    """What Python calls where an exception cannot go on, as in a callback of an import.

    Had it been Ctrl-C or a kill, the same comes once more in a moment, when it can.
    """
    if ignored.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(ignored)
        return
    import threading

    again = threading.Timer(0.01, _interrupt)
    again.daemon = True
    again.start()


def _interrupt() -> None:
    """Send the main thread the signal that it heeds."""
    import _thread
    import threading

    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    number = signal.SIGINT if heeded else signal.SIGTERM
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(number)

"""The command line: resolve, act, show. Only this room prints, prompts, and reads the clock."""

import atexit
import gc
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing takes a while, in which Ctrl-C would show a traceback
    from typing import NoReturn

_SELDOM = (100_000, 20, 50)
"""How often Python looks for what nothing holds any more; imports make much, and all is held."""
_STOPPED = 130
"""The exit code of what Ctrl-C or a kill has stopped."""
_PATIENCE = 1.0
"""Seconds to wait, once stopped, for processes that were begun and have not ended."""
_MOMENT = 0.01
"""Seconds until a signal that came where it could not go on comes again."""


def main() -> "NoReturn":
    """Run kmkit; every way out is an exit code of `kmkit.errors.Exit`, and none a traceback."""
    code = _STOPPED
    try:
        sys.unraisablehook = _swallowed
        gc.set_threshold(*_SELDOM)
        try:  # Ctrl-C may come while these are being imported
            from kmkit.cli.early import ask_git

            ask_git(sys.argv[1:])
            from kmkit.cli.door import run

            code = run()
        finally:  # what was done is done: a signal that comes now has nothing left to stop
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
    except KeyboardInterrupt:
        pass
    _leave(code)


def _leave(code: int) -> "NoReturn":
    """End with an exit code; module by module Python would need longer than for a listing.

    Where others are at work, or somebody watches Python itself, it ends as it always does.
    """
    threading = sys.modules.get("threading")
    busy = threading is not None and threading.active_count() > 1
    if busy or sys.gettrace() or sys.getprofile() or sys.flags.dev_mode or sys.flags.inspect:
        sys.exit(code)
    atexit._run_exitfuncs()
    if code == _STOPPED:
        _gather()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):  # Python says what it says of that
        sys.exit(code)
    os._exit(code)


def _gather() -> None:
    """Wait a moment for the processes that were begun: in a container nobody else may do so."""
    import time

    until = time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:  # some go on
                time.sleep(0.01)
    except (OSError, AttributeError):  # there are none; Windows has no such thing
        pass


def _swallowed(ignored: "sys.UnraisableHookArgs") -> None:
    """What Python calls where an exception cannot go on, as in a callback of an import.

    Had it been Ctrl-C or a kill, the same comes once more, as soon as this has returned.
    """
    if ignored.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(ignored)
        return
    import threading

    threading.Thread(target=_interrupt, daemon=True).start()


def _interrupt() -> None:
    """Send the main thread the signal that it heeds, once it is out of the callback.

    Where that is still being seen to, the signal would be swallowed as the first one was.
    """
    import _thread
    import threading
    import time

    time.sleep(_MOMENT)
    while _swallowing(threading.main_thread().ident or 0):
        time.sleep(_MOMENT)
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    number = signal.SIGINT if heeded else signal.SIGTERM
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(number)


def _swallowing(thread: int) -> bool:
    """Whether a thread is at work in `_swallowed`."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code is _swallowed.__code__:
            return True
        frame = frame.f_back
    return False

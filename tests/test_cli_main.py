"""The way in and out: a signal ends kmkit with an exit code, whenever it comes."""

import subprocess
import sys

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


def ended(work: str) -> "subprocess.CompletedProcess[str]":
    """Run kmkit with ``work`` in the place of the command."""
    program = f"""
import signal, sys, time, weakref
import kmkit.cli
from kmkit.cli import door

class Thing: pass

def run():
    door._prepare()
    {work}

door.run = run
kmkit.cli.main()
"""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_in_a_callback_is_not_lost(name: str) -> None:
    work = (
        f"thing = Thing(); ref = weakref.ref(thing, lambda _: signal.raise_signal(signal.{name}));"
        " del thing; time.sleep(30); return 0"
    )
    done = ended(work)
    assert (done.returncode, done.stderr) == (130, "")


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_after_the_work_does_not_undo_the_answer(name: str) -> None:
    work = f"import atexit; atexit.register(signal.raise_signal, signal.{name}); return 3"
    done = ended(work)
    assert (done.returncode, done.stderr) == (3, "")


@posix
def test_a_kill_is_heeded_where_ctrl_c_is_ignored() -> None:
    work = (
        "signal.signal(signal.SIGINT, signal.SIG_IGN); thing = Thing();"
        " ref = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM));"
        " del thing; time.sleep(30); return 0"
    )
    assert ended(work).returncode == 130


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_is_not_lost_where_threads_take_long_to_begin(name: str) -> None:
    work = (
        "import threading; begin = threading.Thread.start;"
        " threading.Thread.start = lambda self: (begin(self), time.sleep(0.2));"
        f" thing = Thing(); ref = weakref.ref(thing, lambda _: signal.raise_signal(signal.{name}));"
        " del thing; time.sleep(30); return 0"
    )
    done = ended(work)
    assert (done.returncode, done.stderr) == (130, "")


def test_another_exception_that_cannot_go_on_is_told() -> None:
    done = ended("thing = Thing(); ref = weakref.ref(thing, lambda _: 1 / 0); del thing; return 0")
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr


def test_what_is_said_last_is_not_lost() -> None:
    done = ended("print('last', end=''); print('too', end='', file=sys.stderr); return 3")
    assert (done.returncode, done.stdout, done.stderr) == (3, "last", "too")


def test_work_that_still_goes_on_is_waited_for() -> None:
    work = (
        "import threading; late = lambda: (time.sleep(0.3), print('done'));"
        " threading.Thread(target=late).start(); return 0"
    )
    done = ended(work)
    assert (done.returncode, done.stdout) == (0, "done\n")

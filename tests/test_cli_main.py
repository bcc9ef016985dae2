"""The way in and out: a signal ends kmkit with an exit code, whenever it comes."""

import subprocess
import sys

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


def ended(work: str) -> "subprocess.CompletedProcess[str]":
    """Run kmkit with ``work`` in the place of the command."""
    program = f"""
import signal, time, weakref
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


def test_another_exception_that_cannot_go_on_is_told() -> None:
    done = ended("thing = Thing(); ref = weakref.ref(thing, lambda _: 1 / 0); del thing; return 0")
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr

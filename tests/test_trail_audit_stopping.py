"""An audit that is cut off leaves no process behind, also where nobody else collects them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.kb.laying import lay
from tests.conftest import ANA, NOW, disseminated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a subreaper")
COMMITS = 4000
"""So many that the second process is at work when the first one judges."""
COLLECTOR = """
import ctypes, os, subprocess, sys

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what loses its parent comes to this process
code = subprocess.run([sys.executable, "-c", *sys.argv[1:]], start_new_session=True).returncode
left = "nothing"
try:
    os.waitpid(-1, os.WNOHANG)
    left = "something"
    while True:
        os.waitpid(-1, 0)
except ChildProcessError:
    print(code, left, "left", flush=True)
"""
AUDIT = """
import os, signal, subprocess, sys
from kmkit.trail.audit import second, session

judge, start, started = session.judge, second._started, []

def judging(scene, reader):
    if scene.number == 5:
        {cut}
    judge(scene, reader)

def starting(git):
    started.append(start(git))
    return started[0]

session.judge, second._started, second._possible = judging, starting, lambda: True
from kmkit.cli import main
main()
"""
CUTS = {
    "Ctrl-C": "os.killpg(0, signal.SIGINT)",
    "a kill": "os.kill(os.getpid(), signal.SIGTERM)",
    "a kill of all": "os.killpg(0, signal.SIGTERM)",
    "a kill while a process begins": "subprocess.Popen(['sleep', '0.3']); "
    "os.kill(os.getpid(), signal.SIGTERM)",
}


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base, with a long history of another folder on top of its own."""
    root = tmp_path_factory.mktemp("long") / "kb"
    disseminated(lay(root, name="Test Agency", now=NOW, actor=ANA, first_note=False).kb)
    who = "committer Ana Ruiz <ana@example.org> 1800000000 +0000"
    rows = [
        f"commit refs/heads/main\n{who}\ndata 4\nMore{before}\n"
        f"M 100644 inline other/{number % 50}\ndata {len(str(number))}\n{number}\n"
        for number in range(COMMITS)
        for before in ["" if number else "\nfrom refs/heads/main^0"]
    ]
    subprocess.run(
        ["git", "-C", str(root), "fast-import", "--quiet"],
        input="".join(rows).encode(), check=True,
    )  # fmt: skip
    return root


def audited(root: Path, cut: str) -> str:
    """What is left of an audit that is cut off, and what it said."""
    words = ["-C", str(root), "audit", "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-c", COLLECTOR, AUDIT.format(cut=cut), *words],
        env=dict(os.environ), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_an_audit_that_is_stopped_waits_for_all_that_it_began(long: Path, cut: str) -> None:
    said = audited(long, cut)
    assert said == "130 nothing left\nStopped. Nothing was left half done.\n"


def test_an_audit_goes_on_without_its_second_process(long: Path) -> None:
    """The git of one that was killed is nobody's any more, and ends by itself."""
    said = audited(long, "started[0].kill(); started[0].wait()")
    assert said.startswith("0 ")
    assert "4004 commits audited. 1 note: 1 claimed by" in said
    assert "0 findings" in said


def test_a_whole_audit_leaves_nothing(long: Path) -> None:
    said = audited(long, "assert started")
    assert said.startswith("0 nothing left\n")

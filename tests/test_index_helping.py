"""Processes that help to make an index: what they must not do, and what happens without them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kmkit.index.keeping import reading
from kmkit.index.keeping.helping import helpers, helping
from kmkit.index.search import store
from kmkit.kb import KnowledgeBase
from tests.conftest import captured, disseminated
from tests.index_tables import same_at_one_go


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_is_for_the_process_that_is_helped() -> None:
    pool = helpers(1, helping)
    assert pool
    with pool:
        process = pool.submit(os.getpid).result()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process, number)
            assert pool.submit(os.getpid).result() == process


def test_where_no_process_can_be_started_the_index_is_the_same(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    disseminated(kb)
    captured(kb, "Another lesson")

    def none(*given: object, **named: object) -> None:
        """As where no memory can be shared."""
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.__init__", none)
    monkeypatch.setattr(reading, "_FEW", 1)
    same_at_one_go(kb.root, kb.today)


def test_links_of_a_search_that_was_killed_go_with_the_next(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, ours = (tmp_path / f"kmkit-words-{n}-x" for n in (ended.pid, os.getpid()))
    for folder in (left, ours, tmp_path / "kmkit-words-else"):
        folder.mkdir()
        (folder / "file").touch()
    words = tmp_path / "words"
    words.mkdir()
    links = store._linked(words, tmp_path)
    assert not left.exists()
    assert (ours / "file").exists()
    assert (tmp_path / "kmkit-words-else" / "file").exists()
    links.cleanup()

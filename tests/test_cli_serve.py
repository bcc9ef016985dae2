"""``kmkit serve``: a real server, asked by a real client."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import Run, captured

PATIENCE = 30.0
T = TypeVar("T")


class Served:
    """``kmkit serve`` at work."""

    def __init__(self, root: Path, log: Path, *args: str) -> None:
        self.log = log
        self.place = place = log.with_name("served")
        place.mkdir()
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kmkit", "-C", str(root), "serve", *args],
                stdout=said,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": str(place)},
            )
        found = until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", self.said()))
        assert found
        self.port = int(found[1])

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str = "/", host: str = "", method: str = "GET") -> tuple[int, str, str]:
        """Status, policy and body."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Host": host} if host else {}
        client.request(method, path, headers=headers)
        answer = client.getresponse()
        body = answer.read().decode("utf-8", "replace")
        client.close()
        return answer.status, answer.headers.get("Content-Security-Policy", ""), body


def until(holds: Callable[[], T]) -> T:
    """What ``holds`` gives as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.fixture
def note(kb: KnowledgeBase) -> Note:
    return captured(kb)


@pytest.fixture
def served(kb: KnowledgeBase, note: Note, tmp_path: Path) -> Iterator[Served]:
    server = Served(kb.root, tmp_path / "log")
    yield server
    server.process.kill()
    server.process.wait()


def test_it_shows_the_portal_to_this_machine_alone(served: Served, note: Note) -> None:
    status, policy, page = served.get()
    assert status == 200
    assert "Order fuel early" in page
    assert '<script src="/-/reload.js" defer></script>' in page
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self'" in page.replace("&#39;", "'")
    assert served.get(f"/notes/{note.id}.html")[0] == 200
    assert served.get(host=f"localhost:{served.port}")[0] == 200
    for host in ("evil.example", f"evil.example:{served.port}", f"0.0.0.0:{served.port}"):
        status, _, page = served.get(host=host)
        assert status == 421
        assert "fuel" not in page
    for path in ("/../../../etc/passwd", "/..%2f..%2fetc/passwd", "/.kmkit-site", "/%00", "/notes"):
        assert served.get(path)[0] == 404
    assert served.get(method="POST")[0] == 501
    assert served.get(method="HEAD")[2] == ""


def test_pages_load_again_when_a_note_changes_and_ctrl_c_is_quiet(
    served: Served, kb: KnowledgeBase, note: Note
) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    client.request("GET", "/-/events")
    events = client.getresponse()
    assert events.headers["Content-Type"] == "text/event-stream"
    assert events.readline() == b"data: 0\n"
    path = kb.root / note.path
    path.write_text(path.read_text("utf-8").replace("fuel early", "fuel in May"), encoding="utf-8")
    lines = iter(events.readline, b"")
    assert any(line == b"data: 1\n" for line in lines)
    assert "Order fuel in May" in served.get()[2]
    client.close()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(PATIENCE) == 0
    assert "Traceback" not in served.said()
    assert "Stopped" not in served.said()


def test_what_breaks_meanwhile_is_told_and_the_last_portal_stays(
    served: Served, kb: KnowledgeBase
) -> None:
    settings = kb.root / "kmkit.toml"
    whole = settings.read_text(encoding="utf-8")
    settings.write_text("[organisation\n", encoding="utf-8")
    until(lambda: "kmkit.toml" in served.said())
    assert served.get()[0] == 200
    settings.write_text(whole.replace("Test Agency", "New Agency"), encoding="utf-8")
    until(lambda: "New Agency" in served.get()[2])


def test_a_port_that_is_taken_is_told(
    run: Run, served: Served, kb: KnowledgeBase, note: Note
) -> None:
    done = run(kb.root, "serve", "--port", str(served.port))
    assert done.code == 2
    assert "Leave it out" in done.err


def test_an_empty_knowledge_base_is_not_served(run: Run, kb: KnowledgeBase) -> None:
    done = run(kb.root, "serve")
    assert done.code == 3
    assert "kmkit capture" in done.err


@pytest.mark.skipif(os.name == "nt", reason="the temporary folder is told by TMPDIR")
def test_nothing_stays_behind(served: Served) -> None:
    assert len(list(served.place.iterdir())) == 1
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0
    assert list(served.place.iterdir()) == []

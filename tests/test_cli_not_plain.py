"""A pipe under the name of a file never keeps a command waiting: it is told of, or refused."""

import os
import signal
from collections.abc import Iterator

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.places import read_plain
from tests.conftest import Run, disseminated

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
SAID = "not a plain file"


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Ends a test in which something waits for ever."""
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.mark.parametrize(
    "path",
    ["notes/2026/x.md", "people/x.md", "records/question/x.md", "policy.toml",
     "templates/notes/lesson.md.j2", "templates/records/question.md.j2"],
)  # fmt: skip
def test_check_names_it_and_no_command_waits_for_it(kb: KnowledgeBase, run: Run, path: str) -> None:
    note = disseminated(kb)
    place = kb.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    shown = run(kb.root, "check")
    assert shown.code == 1
    assert f"{path}:1:1: " in shown.out
    assert SAID in shown.out
    for words in (
        ["list"],
        ["show", note.id],
        ["digest"],
        ["status"],
        ["channels", "weekly-digest"],
        ["validate", note.id, "--no-input"],
    ):
        assert "mistake of its own" not in run(kb.root, *words).err, words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("templates/site/note.html.j2", ["site", "out"]),
        ("templates/digest/readers.html.j2", ["digest", "--format", "html"]),
        ("policy.toml", ["list"]),
    ],
)
def test_what_needs_it_is_refused(kb: KnowledgeBase, run: Run, path: str, words: list[str]) -> None:
    disseminated(kb)
    place = kb.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    words = [str(kb.root.parent / "out") if word == "out" else word for word in words]
    refused = run(kb.root, *words)
    assert (refused.code, SAID in refused.err) == (4, True), refused.err
    assert not list((kb.root.parent / "out").glob("*.html"))


def test_settings_that_are_a_pipe_are_no_knowledge_base(kb: KnowledgeBase, run: Run) -> None:
    (kb.root / "kmkit.toml").unlink()
    os.mkfifo(kb.root / "kmkit.toml")
    assert run(kb.root, "list").code == 4


def test_a_device_is_not_plain_either() -> None:
    with pytest.raises(OSError, match=SAID):
        read_plain("/dev/zero")

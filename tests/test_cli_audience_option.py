"""An audience that is named and empty is a slip, such as a variable that is not set."""

from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run


@pytest.mark.parametrize(
    "args",
    [
        ["site", "OUT", "--for", ""],
        ["export", "--for", ""],
        ["digest", "--for", ""],
        ["brief", "roads", "--for", ""],
        ["metrics", "--audience", ""],
        ["map", "--audience="],
        ["report", "--for", "staff", "--audience", ""],
    ],
)
def test_it_is_refused(kb: KnowledgeBase, run: Run, tmp_path: Path, args: list[str]) -> None:
    there = str(tmp_path / "out")
    ran = run(kb.root, *[there if part == "OUT" else part for part in args])
    assert (ran.code, ran.out) == (2, "")
    assert " is empty." in ran.err
    assert not Path(there).exists()

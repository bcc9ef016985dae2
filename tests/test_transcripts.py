"""Transcripts: what a person types, and what kmkit says, word for word.

Each file of tests/transcripts is one knowledge base. A line ``$ kmkit …`` is run, ``ben$ kmkit …``
by Ben; ``2027-11-30 ben$ kmkit …`` on that day; ``EDITOR='pattern' 'text' kmkit edit …`` with an
editor that replaces the one by the other. Below it stand stdout behind ``| ``, stderr behind
``! ``, then ``[code]`` where it is not 0. Four characters of an id are shown as ``≈1``, ``≈2`` …,
which commands may use; hashes as ``…``. ``--update-golden`` writes the files anew.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import ANA, BEN, CY, DEE, Run
from tests.editor import editor

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
PEOPLE = {"": ANA, "ben": BEN, "cy": CY, "dee": DEE}
_LINE = re.compile(r"(?:(\d{4}-\d\d-\d\d) )?(ben|cy|dee|)\$ (?:EDITOR=(.*) )?kmkit (.*)")
_ID = re.compile(r"\b\d{8}-(?:[a-z0-9]+-)*([a-z0-9]{4})\b")


class Masks:
    """The random parts of ids, numbered as they come up."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def hide(self, text: str, root: Path) -> str:
        """``text`` with what differs from run to run made the same."""
        text = text.replace(str(root), "KB")
        for found in _ID.finditer(text):
            self._known.setdefault(found[1], f"≈{len(self._known) + 1}")
        for chars, mask in self._known.items():
            text = re.sub(rf"(?<![a-z0-9]){chars}(?![a-z0-9])", mask, text)
        return re.sub(r"k1:[0-9a-f]{8,64}|\b[0-9a-f]{40}\b", "…", text)

    def show(self, text: str) -> str:
        """``text`` with the real characters in the place of their numbers."""
        for chars, mask in self._known.items():
            text = re.sub(rf"{mask}(?!\d)", chars, text)
        return text


def replayed(kb: KnowledgeBase, run: Run, text: str) -> Iterator[str]:
    """The transcript as it goes today."""
    masks = Masks()
    day = "2026-11-21"
    for line in text.splitlines():
        if line.startswith("# ") or not line:  # what was said before is left out
            yield line
        elif found := _LINE.fullmatch(line):
            day = found[1] or day
            typed = masks.show(found[4]).replace("KB/", f"{kb.root}/")
            words = shlex.split(typed)
            env = editor(*shlex.split(found[3] or ""))
            ran = run(kb.root, *words, who=PEOPLE[found[2]], today=day, env=env)
            yield line
            said = [masks.hide(part, kb.root).splitlines() for part in (ran.out, ran.err)]
            yield from (f"| {part}".rstrip() for part in said[0])
            yield from (f"! {part}".rstrip() for part in said[1])
            if ran.code:
                yield f"[{int(ran.code)}]"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_it_goes_as_it_is_written(
    kb: KnowledgeBase, run: Run, path: Path, request: pytest.FixtureRequest
) -> None:
    (kb.root.parent / "log.txt").write_text("Nine days.\n", "utf-8")
    text = path.read_text("utf-8")
    now = "\n".join(replayed(kb, run, text)) + "\n"
    if request.config.getoption("--update-golden"):
        path.write_text(now, "utf-8")
    assert now == path.read_text("utf-8")
    assert kb.git.text("status", "--short") == ""
    assert "mistake of its own" not in now


def test_there_are_transcripts() -> None:
    assert {path.stem for path in FILES} >= {"walk", "refusals", "revision"}

"""The second process that reads: what it hands over is what the first one would have read."""

import pickle
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import read
from kmkit.trail.audit import second, trailers
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.history import commits_since
from kmkit.trail.audit.reading import Reading, readings, rest_of, version_of
from kmkit.trail.audit.second import hand_over, read_aside
from kmkit.trail.audit.trailers import told
from tests.conftest import captured, disseminated
from tests.forgeries import (  # noqa: F401 (each fills the corpus)
    tricks_branches,
    tricks_merges,
    tricks_messages,
    tricks_more,
    tricks_signed,
)
from tests.forgeries.conftest import New, new, templates  # noqa: F401 (fixtures)
from tests.forgeries.corpus import CORPUS, Trick

SOME = CORPUS[::24]
Handed = Callable[..., Iterator[Reading]]
PATHS = ("notes", "policy.toml", "kmkit.toml", "templates", "records")


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every history is worth a second process."""
    monkeypatch.setattr(second, "WORTH", 1)
    monkeypatch.setattr(second, "_CHUNK", 3)
    monkeypatch.setattr(second, "_possible", lambda: True)


def first(kb: KnowledgeBase) -> str:
    return kb.git.text("rev-list", "--max-parents=0", "HEAD")


def here_and_there(kb: KnowledgeBase) -> tuple[list[Reading], list[Reading]]:
    """The history as the first process reads it, and as the second one hands it over."""
    with commits_since(kb.git, first(kb), kb.git.tip()) as range_:
        return (
            list(readings(kb.git, range_, "", PATHS)),
            list(read_aside(kb.git, range_, "", PATHS)),
        )


@pytest.mark.parametrize("trick", SOME, ids=[trick.name for trick in SOME])
def test_the_second_process_changes_no_report(new: New, always: None, trick: Trick) -> None:  # noqa: F811
    history = new(trick.signed)
    anchor = history.anchor()
    trick.build(history)
    report = audit(history.git, "", anchor=anchor, tip=history.tip())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second, "_possible", lambda: False)
        assert audit(history.git, "", anchor=anchor, tip=history.tip()) == report


def test_what_is_handed_over_is_what_was_read(kb: KnowledgeBase, always: None) -> None:
    disseminated(kb)
    captured(kb, "Another lesson")
    started: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second, "_of_second", counted(second._of_second, started))
        ours, theirs = here_and_there(kb)
    assert ours == theirs
    assert started == [len(ours)]


def counted(handed: Handed, started: list[int]) -> Handed:
    """The same, and how many it handed over."""

    def counting(*given: Any) -> Iterator[Reading]:
        started.append(0)
        for reading in handed(*given):
            started[-1] += 1
            yield reading

    return counting


@pytest.mark.parametrize("program", ["", "/nowhere/python", "/bin/false", "/bin/true"])
def test_without_a_second_python_the_first_reads_on(
    kb: KnowledgeBase, always: None, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    disseminated(kb)
    monkeypatch.setattr("sys.executable", program)
    ours, theirs = here_and_there(kb)
    assert ours == theirs


def test_a_second_process_that_ends_too_early_is_made_up_for(
    kb: KnowledgeBase, always: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    disseminated(kb)
    captured(kb, "Another lesson")
    ours, _ = here_and_there(kb)
    for count in range(len(ours)):
        stream = BytesIO()
        hand_over(iter(ours[:count]), stream)
        cut = stream.getvalue()[: -1 if count else None] if count % 2 else stream.getvalue()
        monkeypatch.setattr(second, "_of_second", lambda *_, cut=cut: unpickled(BytesIO(cut)))
        assert here_and_there(kb)[1] == ours


def unpickled(stream: BytesIO) -> Iterator[Reading]:
    while True:
        yield from pickle.load(stream)


def test_an_object_that_is_missing_is_told_by_the_first(kb: KnowledgeBase, always: None) -> None:
    note = captured(kb, "A lesson")
    blob = kb.git.text("rev-parse", f"HEAD:{note.path}")
    file = kb.git.common_dir / "objects" / blob[:2] / blob[2:]
    file.chmod(0o600)
    file.unlink()
    with pytest.raises(Cannot, match=f"git has no object {blob[:12]}"):
        audit(kb.git, "", anchor=first(kb), tip=kb.git.tip())


# What is read quickly


OURS = ["Kmkit-Note: a", "Kmkit-Move: format a -> b", "Kmkit-Verdict: approve", "Reviewed-by: Ben"]
ODD = st.sampled_from(
    [
        "Kmkit-Note: b", "kmkit-note: a", "Kmkit-Move: validate captured -> validated", " more",
        "KMKIT-MOVE: x", " Kmkit-Move: x -> y", "Kmkit-Record: r", "Kmkit-Attached: x.pdf",
        "kmkit-attached: y", "reviewed-by: x", "See Kmkit-Note: c", "", "---", "x - >8 -",
        "Kmk\u0131t-Note: d", "\u212amkit-Move: e", "Été", "\tset in", "Kmkit-: x", "Ours: y",
        "(cherry picked from commit 1)", "Kmkit-Note : z", "a\0b", "a\r", "Re\u017fson: kmkit",
    ]
)  # fmt: skip
HEADS = st.sampled_from(["", "encoding ISO-8859-1\n", "gpgsig x\n y\n"])


@settings(max_examples=300, deadline=None)
@given(HEADS, st.lists(st.sampled_from(OURS), max_size=5), st.lists(ODD, max_size=2), st.data())
def test_a_message_seen_at_a_glance_says_the_same(
    head: str, lines: list[str], odd: list[str], data: st.DataObject
) -> None:
    lines = ["Subject", "", "Because.", "", *lines]
    for line in odd:
        lines.insert(data.draw(st.integers(1, len(lines))), line)
    who = "Ben <ben@example.org> 1700000000 +0000"
    raw = f"tree {'0' * 40}\nauthor {who}\ncommitter {who}\n{head}\n" + "\n".join(lines) + "\n"
    quickly = told("c", raw.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trailers, "_canonical", lambda *_: False)
        assert told("c", raw.encode()) == quickly


BODIES = st.lists(
    st.sampled_from(["## A", "# B", "### C", "text", "", "<!-- c -->", "```", "  ", "\r", "a\tb"])
).map("\n".join)
FRONTS = st.sampled_from(
    [
        "title: T",
        "title: U",
        "summary: S",
        'summary: "<!-- c -->"',
        "evidence: [a, b]",
        "x",
        "id: a",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRONTS, max_size=3), BODIES)
def test_a_version_is_the_note_that_everybody_reads(fronts: list[str], body: str) -> None:
    data = "\n".join(["---", *fronts, "---", body]).encode()
    version = version_of(data, "notes/a.md")
    note = read(data, version.note.path)
    assert version.note == note
    assert version.rest == rest_of(note)
    assert version.fingerprint in ("", fingerprint(note))
    if version.fingerprint:
        assert fingerprint(note, frozenset({"c"})) == version.fingerprint

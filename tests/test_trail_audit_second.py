"""The second process that reads: what it hands over is what the first one would have read."""

import signal
import subprocess
import sys
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
from kmkit.trail.audit import history, second, trailers
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.flat import flattened, restored
from kmkit.trail.audit.history import Change, Commit, commits_since
from kmkit.trail.audit.reading import Reading, readings, rest_of, version_of
from kmkit.trail.audit.second import hand_over, read_aside, ready, taken_over
from kmkit.trail.audit.trailers import told
from tests.conftest import captured, disseminated
from tests.forgeries.conftest import New, new, templates  # noqa: F401 (fixtures)
from tests.forgeries.corpus import Trick, some

SOME = some(24)
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
    forged = new(trick.signed)
    anchor = forged.anchor()
    trick.build(forged)
    report = audit(forged.git, "", anchor=anchor, tip=forged.tip())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second, "_possible", lambda: False)
        assert audit(forged.git, "", anchor=anchor, tip=forged.tip()) == report


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


def test_a_second_process_is_ready_before_the_list_and_read_from(
    kb: KnowledgeBase, always: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    disseminated(kb)
    with ready(kb.git) as process:
        assert process is None  # nothing is packed, so it is no long history
    kb.git.run("repack", "-adq")
    with ready(kb.git) as process:
        assert process
    assert process.returncode  # it was ended, as nobody wanted it
    with ready(kb.git) as process, commits_since(kb.git, first(kb), kb.git.tip()) as range_:
        monkeypatch.setattr(second, "_started", None)  # and no other one is begun
        there = list(read_aside(kb.git, range_, "", PATHS, process))
        assert there == list(readings(kb.git, range_, "", PATHS))
        assert process
        assert process.returncode is not None


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
        monkeypatch.setattr(second, "_of_second", lambda *_, cut=cut: taken(BytesIO(cut)))
        assert here_and_there(kb)[1] == ours


def taken(stream: BytesIO) -> Iterator[Reading]:
    while True:
        yield from taken_over(stream)


def test_commits_come_oldest_first_however_many_are_done(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BLOCK", 3)
    disseminated(kb)
    captured(kb, "Another lesson")
    with commits_since(kb.git, first(kb), kb.git.tip()) as range_:
        order = kb.git.text("rev-list", "--reverse", f"{first(kb)}..HEAD").split()
        assert len(order) % 3
        for done in range(range_.count):
            left = [r.commit.sha for r in readings(kb.git, range_, "", PATHS, done)]
            assert left == order[done:]


def test_an_object_that_is_missing_is_told_by_the_first(kb: KnowledgeBase, always: None) -> None:
    note = captured(kb, "A lesson")
    blob = kb.git.text("rev-parse", f"HEAD:{note.path}")
    file = kb.git.common_dir / "objects" / blob[:2] / blob[2:]
    file.chmod(0o600)
    file.unlink()
    with pytest.raises(Cannot, match=f"git has no object {blob[:12]}"):
        audit(kb.git, "", anchor=first(kb), tip=kb.git.tip())


VALUES = st.sampled_from(
    [
        "id: 20240102-a-b-c2d3", "title: 'T: x'", "summary: Été", "topics: [fuel, 12]",
        "gathered: {on: 2024-01-02, method: interview, by: ana@example.org, from: Floods}",
        "gathered: {on: 2024-01-02 10:00:00, method: interview}", "gathered: yesterday",
        "review_every: P1Y", "review_every: 3 weeks", "x_when: 2024-01-02T10:00:00Z",
        "x_own: {a: [1, {b: 2.5}], c: true, d: }", "evidence:\n  - a.pdf\n  - b.pdf",
        "verdicts:\n- {on: 2024-02-03, by: ben@example.org, method: peer-review, "
        "verdict: approve, fingerprint: k1:ab}\n- {on: 2024-02-04, by: cy@example.org, "
        "method: crowd, verdict: return, fingerprint: k1:cd, because: Why}",
        "asked:\n- {on: 2024-02-03, to: ben@example.org, by: ana@example.org, due: 2024-03-01}\n"
        "- {on: 2024-02-03, to: cy@example.org, by: ana@example.org}",
        "disseminated:\n- {on: 2024-02-03, channel: weekly-digest}",
        "reviewed: {on: 2024-02-03, by: ana@example.org, because: The log}",
        "deferred: {until: 2024-03-03, by: ana@example.org, on: 2024-02-03}",
        "in_force: {blob: abc, state: validated, since: 2024-02-03}",
        "in_force: {blob: abc, state: validated}", "owner: [", "level: internal",
    ]
)  # fmt: skip
TOLD = st.sampled_from(
    ["Kmkit-Note: n", "Kmkit-Record: r", "Kmkit-Note: n\nKmkit-Note: m", "Kmkit-Attached: a.pdf"]
)
MOVE = "Kmkit-Move: validate captured -> validated\nReviewed-by: Ben <ben@example.org>"
ZONES = st.sampled_from(["+0000", "-0330", "+0545", "+1400"])


BODY = st.sampled_from(["before\n## A\nb", "## A\n\tb\n\n## C\n", "## \u00c9t\u00e9\n", "# T\r\n"])
FILES = st.lists(st.tuples(st.lists(VALUES, max_size=6), BODY), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(FILES, st.lists(TOLD, max_size=2), ZONES, st.integers(0, 2**33))
def test_what_is_made_flat_is_the_same_once_restored(
    files: list[tuple[list[str], str]], lines: list[str], zone: str, when: int
) -> None:
    who = f"Ana Été <Ana@example.org> {when} {zone}"
    message = "\n".join(["Subject", "", "Because.", "", *lines, MOVE])
    raw = f"tree {'0' * 40}\nauthor {who}\ncommitter {who}\n\n{message}\n".encode()
    gone = Change("notes/gone.md", "", "")
    given_ = [Reading(Commit("d", (), raw, (), {}), told("d", raw), {})]
    for fronts, body in [*files, *files]:  # and what was said before is said again
        path, data = "notes/a.md", "\n".join(["---", *fronts, "---", body]).encode()
        commit = Commit("c", ("p", "q"), raw, (Change(path, "100644", "b"), gone), {"b": data})
        given_.append(Reading(commit, told("c", raw), {path: version_of(data, path)}))
    again = list(restored(flattened(given_)))
    assert again == given_
    assert repr(again) == repr(given_)  # no list where a tuple was, and no text for a day
    assert [hidden(one) for one in again] == [hidden(one) for one in given_]


def hidden(reading: Reading) -> list[tuple[bool, bool]]:
    """What is known of the notes besides what they say."""
    notes = [version.note for version in reading.versions.values()]
    return [(note.ordinary, note.clear) for note in notes]


# What is read quickly


OURS = ["Kmkit-Note: a", "Kmkit-Move: format a -> b", "Kmkit-Verdict: approve", "Reviewed-by: Ben"]
ODD = st.sampled_from(
    [
        "Kmkit-Note: b", "kmkit-note: a", "Kmkit-Move: validate captured -> validated", " more",
        "KMKIT-MOVE: x", " Kmkit-Move: x -> y", "Kmkit-Record: r", "Kmkit-Attached: x.pdf",
        "kmkit-attached: y", "reviewed-by: x", "See Kmkit-Note: c", "", "---", "x - >8 -",
        "Kmkit-Level", "Kmkit-Topic:t", "Kmkit-Level:  l ", "Kmkit-Evidence: - >8 -",
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
        patch.setattr(trailers, "_at_a_glance", lambda *_: None)
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
    version_of(b"---\n---\n" + body.encode(), "notes/a.md")  # the same body, higher up
    version = version_of(data, "notes/a.md")
    note = read(data, version.note.path)
    assert version.note == note
    assert (version.note.ordinary, version.note.clear) == (note.ordinary, note.clear)
    assert version.rest == rest_of(note)
    assert version.fingerprint in ("", fingerprint(note))
    if version.fingerprint:
        assert fingerprint(note, frozenset({"c"})) == version.fingerprint


def sleeping(seconds: float) -> second.Process:
    """A second process that says nothing, and is gone after ``seconds``."""
    command = [sys.executable, "-I", "-S", "-c", f"import time; time.sleep({seconds})"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_second_process_is_given_the_time_to_end() -> None:
    with sleeping(0.2) as process:
        second._end(process)
        assert process.returncode == 0


def test_one_that_does_not_end_is_killed_and_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "_PATIENCE", 0.05)
    with sleeping(10) as process:
        second._end(process)
        assert process.returncode == -signal.SIGKILL

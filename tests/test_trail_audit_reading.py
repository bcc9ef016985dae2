"""Reading ahead in a second process: how it is begun, told, read from and ended."""

import gc
import json
import os
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import read
from kmkit.note.model import Note
from kmkit.period import Period
from kmkit.trail.audit import second
from kmkit.trail.audit.flat import flattened, restored
from kmkit.trail.audit.history import Change, Commit, Range, commits_since
from kmkit.trail.audit.reading import _COVERED, Reading, readings, rest_of, version_of
from kmkit.trail.audit.second import Process, _Given, _possible, hand_over, ready, taken_over
from kmkit.trail.audit.trailers import Told
from kmkit.trail.git import Git
from tests.conftest import ANA, captured, disseminated
from tests.forgeries.builder import History

PATHS = ("notes", "policy.toml", "kmkit.toml", "templates", "records")


@pytest.fixture
def listed(kb: KnowledgeBase) -> Iterator[Range]:
    """A short history, listed."""
    disseminated(kb)
    captured(kb, "Another lesson")
    first = kb.git.text("rev-list", "--max-parents=0", "HEAD")
    with commits_since(kb.git, first, kb.git.tip()) as range_:
        yield range_


def all_of(range_: Range, git: Git, process: Process | None = None) -> list[Reading]:
    return list(second._of_second(git, range_, "", PATHS, process))


def here(range_: Range, git: Git) -> list[Reading]:
    return list(readings(git, range_, "", PATHS))


def test_in_a_folder_paths_are_those_of_the_knowledge_base(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.run("init", "-q", "-b", "main")
    first = history.commit("Begin\n", {"README.md": b"x\n"}, who=ANA, parents=[])
    inside = {"kb/policy.toml": b"p", "kb/notes/a.md": b"a", "kb/README.md": b"r"}
    history.commit("On\n", {**inside, "notes/b.md": b"b", "policy.toml": b"q"}, who=ANA)
    with commits_since(history.git, first, history.tip()) as range_:
        (reading,) = readings(history.git, range_, "kb/", PATHS)
    changes = reading.commit.changes
    assert [change.path for change in changes] == ["notes/a.md", "policy.toml"]
    assert [reading.commit.blobs[change.blob] for change in changes] == [b"a", b"p"]
    assert [*reading.versions] == ["notes/a.md"]


def test_the_second_process_hands_over_each_commit_and_no_more(
    kb: KnowledgeBase, listed: Range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")  # as a hook may have it
    assert all_of(listed, kb.git) == here(listed, kb.git)


def test_from_when_on_there_is_a_second_process(
    kb: KnowledgeBase, listed: Range, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = here(listed, kb.git)

    def read(worth: int, *, possible: bool) -> list[Reading]:
        monkeypatch.setattr(second, "WORTH", worth)
        monkeypatch.setattr(second, "_possible", lambda: possible)
        return list(second.read_aside(kb.git, listed, "", PATHS))

    with monkeypatch.context() as patch:
        patch.setattr(second, "_of_second", None)
        assert read(1, possible=False) == read(listed.count + 1, possible=True) == ours
    monkeypatch.setattr(second, "_of_second", lambda *_: (reading for reading in ours))
    monkeypatch.setattr(second, "readings", None)
    assert read(listed.count, possible=True) == ours


def test_the_work_of_the_second_process(
    kb: KnowledgeBase, listed: Range, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = Git(kb.git.common_dir, bare=True)
    asked = {"top": str(bare.top), "bare": True, "prefix": "", "paths": PATHS, "count": 9}
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as told:
        told.write(json.dumps(asked).encode() + b"\n" + listed.begin(0).read())
    out = (tmp_path / "out").open("wb", buffering=1024 * 1024)
    with os.fdopen(reading, "rb") as given, out, monkeypatch.context() as patch:
        patch.setattr("sys.stdin", SimpleNamespace(buffer=given))
        patch.setattr("sys.stdout", SimpleNamespace(buffer=out))
        patch.setattr(second, "_CHUNK", 2)
        second.main()
        handed = (tmp_path / "out").read_bytes()  # at once, and not when there is no more room
    assert not gc.isenabled()  # nothing that is read refers to itself
    gc.enable()
    stream = BytesIO(handed)
    found = list(taken_over(stream))
    assert len(found) == 2
    while stream.tell() < len(handed):
        found += taken_over(stream)
    assert found == here(listed, kb.git)


def test_the_second_process_has_the_environment_that_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_DIR", "/given")
    given = _Given(Path("/nowhere"))
    assert given.environment() == dict(os.environ)
    assert given.environment({"GIT_DIR": "/other"}) == {**os.environ, "GIT_DIR": "/other"}


@pytest.mark.parametrize(
    ("processors", "executable", "frozen", "possible"),
    [(2, "/python", False, True), (1, "/python", False, False), (2, "", False, False),
     (2, "/python", True, False)],
)  # fmt: skip
@pytest.mark.parametrize("ours", [True, False])
def test_where_a_second_process_is_possible(
    monkeypatch: pytest.MonkeyPatch, processors: int, executable: str, frozen: bool,
    possible: bool, ours: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.executable", executable)
    if frozen:
        monkeypatch.setattr("sys.frozen", True, raising=False)
    if ours:  # this process may have fewer than there are
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {*range(processors)} - {pid - 1})
        monkeypatch.setattr(os, "cpu_count", lambda: 3 - processors)
    else:
        monkeypatch.delattr(os, "sched_getaffinity")
        monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert _possible() is possible
    if not ours:
        monkeypatch.setattr(os, "cpu_count", lambda: None)
        assert _possible() is False


def test_nothing_is_left_of_a_second_process(
    kb: KnowledgeBase, listed: Range, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Process] = []
    start = second._started

    def started(git: Git) -> Process:
        begun.append(start(git))
        return begun[-1]

    monkeypatch.setattr(second, "_started", started)
    some = second._of_second(kb.git, listed, "", PATHS, None)
    next(some)
    some.close()
    monkeypatch.setattr(second, "WORTH", 1)
    monkeypatch.setattr(second, "_possible", lambda: True)
    kb.git.run("repack", "-adq")
    with ready(kb.git) as process:
        assert process is begun[1]
    for each in begun:
        assert each.returncode is not None
        assert each.stdin
        assert each.stdout
        assert each.stdin.closed
        assert each.stdout.closed
    monkeypatch.setattr(second, "_possible", lambda: False)
    with ready(kb.git) as process:
        assert process is None
    monkeypatch.setattr(second, "_possible", lambda: True)
    monkeypatch.setattr(second, "WORTH", 10**6)
    with ready(kb.git) as process:
        assert process is None
    assert len(begun) == 2


def test_a_second_process_that_complains_is_not_heard(
    kb: KnowledgeBase, listed: Range, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    loud = tmp_path / "python"
    loud.write_text("#!/bin/sh\necho No module >&2\n")
    loud.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(loud))
    with pytest.raises(EOFError):
        all_of(listed, kb.git)
    assert capfd.readouterr().err == ""


def test_a_long_commit_is_handed_over() -> None:
    reading = Reading(Commit("c", (), b"x" * 2**24, (), {}), Told(None), {})
    stream = BytesIO()
    hand_over(iter([reading]), stream)
    stream.seek(0)
    assert list(taken_over(stream)) == [reading]
    assert stream.read() == b""
    with pytest.raises(EOFError):
        list(taken_over(stream))


def versions(*texts: str, body: str = "## A\n\nText.\n") -> list[Reading]:
    """A reading for each front matter."""
    found = []
    for text in texts:
        data = f"---\n{text}\n---\n{body}".encode()
        commit = Commit("c", (), b"", (Change("notes/a.md", "100644", "b"),), {"b": data})
        found.append(Reading(commit, Told(None), {"notes/a.md": version_of(data, "notes/a.md")}))
    return found


def notes_of(found: Iterable[Reading]) -> list[Note]:
    return [version.note for reading in found for version in reading.versions.values()]


def test_the_same_word_in_fields_of_several_types() -> None:
    given = versions("topics: P1Y\nreview_every: P1Y\nsources: P1Y", "unit: P1Y")
    again = list(restored(flattened(given)))
    assert repr(again) == repr(given)
    assert notes_of(again)[0].fields.topics == ("P1Y",)
    assert notes_of(again)[0].fields.review_every == Period(months=12)


def test_what_versions_share_is_there_once() -> None:
    one, other = notes_of(restored(flattened(versions("topics: [a, b]", "topics: [a, b]"))))
    assert one.sections is other.sections
    assert one.fields.topics is other.fields.topics
    assert one.raw["topics"] is other.raw["topics"]


def test_the_rest_of_a_note_is_what_no_move_writes_and_no_approval_covers() -> None:
    plain, *covered = notes_of(
        versions("unit: a", *(f"unit: a\n{name}: lesson" for name in sorted(_COVERED)))
    )
    assert {rest_of(note) for note in covered} == {rest_of(plain)}
    assert {"kind", "title", "summary", "evidence", "state", "owner"} <= _COVERED
    other = notes_of(versions("unit: b", "topics: a", "unit: a\ntopics: a"))
    assert len({rest_of(note) for note in (plain, *other)}) == 4


ODD = [
    b"", b"---\n", b"## A\n", b"---\n---\n", b"---\n---\ntitle: T\n---\n## A\n",
    b"title: T\nunit: U\n---\n## A\n", b"xx\ntitle: T\n---\n## A\n", b"xxx\ntitle: T\n---\n",
    b"---\ntitle: T\n## A\n\nb\n", b"---\ntitle: T\n---", b"---\ntitle: T\n---\n\r",
    b"---\ntitle: T\n--- \n## A\n", b"---\ntitle: T\n---x\n---\n## A\n", b"--- \ntitle: T\n---\n",
    b"---\ntitle: T\n...\nunit: U\n---\n## A\n", b"---\ntitle: T\n---\n\n\n## A\n---\n## B\nc",
    b"---\ntitle: T\r\n---\n## A\n", b"---\r\ntitle: T\r\n---\r\n## A\r\nb\r\n",
    b"---\ntitle: T\n---\n## A\rb\n", b"---\ntitle: T\0\n---\n## A\n", b"---\ntitle: T\n---\n\0",
    b"---\ntitle: T\xc2\xad\n---\n## A\n", b"---\ntitle: T\n---\n## A\xe2\x80\xae\n",
    b"---\ntitle: \xff\n---\n## A\n", b"---\ntitle: T\n---\n## \xff\n",
    b"\xef\xbb\xbf---\ntitle: T\n---\n",
    b"\n---\ntitle: T\n---\n", b"---\ntitle: T\ntitle: U\n---\n",
    b"---\nsummary: <!-- c -->\n---\n",
    b"---\nsummary: S\n---\n<!-- c -->\n", b"---\ntitle: T\n---\n```\n## A\n```\n## B\n",
]  # fmt: skip


@pytest.mark.parametrize("before", [b"", b"---\ntitle: T\n---\n## A\n"])
def test_odd_files_say_what_everybody_reads_of_them(before: bytes) -> None:
    for data in ODD:
        version_of(before, "notes/odd.md")  # what is remembered of it belongs to nothing else
        version = version_of(data, "notes/odd.md")
        note = read(data, PurePosixPath("notes/odd.md"))
        assert version.note == note
        assert (version.note.ordinary, version.note.clear) == (note.ordinary, note.clear)
        assert version.fingerprint == ("" if b"<!--" in data else fingerprint(note))
        assert version.rest == rest_of(note)


@pytest.mark.parametrize("body", ["", "## A\n---\nb\n", "\u00c9t\u00e9\n---\n\n## A\r\nb"])
def test_a_note_like_most_is_read_in_the_quick_way(
    monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    data = f"---\ntitle: T\ntopics: [a]\n---\n{body}".encode()
    note = read(data, PurePosixPath("notes/a.md"))
    monkeypatch.setattr("kmkit.trail.audit.reading._unusual", None)
    assert version_of(data, "notes/a.md").note == note


def test_what_is_wrong_below_ordinary_front_matter_is_handed_over() -> None:
    given = versions("unit: a", body="## A\n\nText\0.\n")
    again = list(restored(flattened(given)))
    for note in notes_of([*given, *again]):
        assert note.ordinary
        assert not note.clear
        assert [problem.rule for problem in note.problems] == ["control-character"]
    assert repr(again) == repr(given)

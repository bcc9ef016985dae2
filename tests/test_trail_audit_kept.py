"""What the audit keeps: it judges only what is new, and never says anything else because of it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.trail import receiving
from kmkit.trail.audit import audit as auditing
from kmkit.trail.audit import kept as keeping
from kmkit.trail.audit import resuming
from kmkit.trail.audit.audit import audit, known_at
from kmkit.trail.audit.kept import Kept, Writes, repeated
from kmkit.trail.audit.lines import DamagedError, line_of, value_of
from kmkit.trail.audit.report import Report
from kmkit.trail.git import Git
from kmkit.trail.signing import Verifier
from tests.conftest import ANA, BEN, CY, Run, disseminated
from tests.cut_off import cut_off, needs_fork
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New, new, templates  # noqa: F401 (fixtures)
from tests.forgeries.corpus import APPROVE, WORDS, Trick, some
from tests.forgeries.uses import planned

SOME = some(6)


def kept(git: Git, anchor: str, writes: Writes = "always", *, required: bool = False) -> Kept:
    """What is kept of the knowledge base at the top of a repository."""
    return Kept(git, "", anchor, signatures=False, required=required, writes=writes)


def audited(history: History, anchor: str, tip: str = "", *, rows: bool = True) -> Report:
    """The report of one commit, going on from what was kept; the same comes of a whole audit."""
    git, tip = history.git, tip or history.tip()
    report = audit(git, "", anchor=anchor, tip=tip, kept=kept(git, anchor), rows=rows)
    whole = audit(git, "", anchor=anchor, tip=tip, rows=rows)
    assert report == whole
    assert whole.judged == whole.checked
    return report


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch that left the history more than two commits ago is judged with all of it."""
    monkeypatch.setattr(auditing, "LAG", 2)
    monkeypatch.setattr(resuming, "LAG", 2)


# What is judged


def test_only_what_is_new_is_judged(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    first = audited(history, anchor)
    assert first.judged == first.checked > 5
    assert audited(history, anchor).judged == 0
    history.move("validate", FUEL, BEN, APPROVE)
    history.commit("By hand\n", {"README.md": b"x\n"}, who=CY)
    later = audited(history, anchor, rows=False)
    assert later.judged == 2
    assert later.checked == first.checked + 2
    forged = history.commit("Typo\n", {history.path(BOATS): WORDS(data(history))}, who=CY)
    report = audited(history, anchor)
    assert report.judged == 1
    assert [(f.rule, f.commit) for f in report.findings] == [("changed-after-approval", forged)]
    history.commit("Back\n", {history.path(BOATS): data(history, "main~1")}, who=CY)
    report = audited(history, anchor)
    assert (report.judged, report.mended, report.findings) == (1, 1, ())


def data(history: History, commit: str = "main") -> bytes:
    return history.data(history.path(BOATS, commit), commit)


def test_a_branch_that_left_a_little_earlier_is_judged_from_there(new: New, close: None) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    history.fork("side", "main~2")
    history.fork("early", "main~6")
    whole = audited(history, anchor).checked
    history.commit("Aside\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.merge(CY, {}, tree=history.merged_tree())
    assert audited(history, anchor).judged == 4
    assert audited(history, anchor).judged == 0
    history.commit("Early\n", {"EARLY.md": b"x\n"}, who=CY, on="early")
    parents = [history.tip(), history.tip("early")]
    tree = history.merged_tree("main", "early")
    history.commit("Merge\n", {}, who=CY, parents=parents, tree=tree)
    report = audited(history, anchor)
    assert report.judged == report.checked == whole + 4


def test_a_tip_that_git_no_longer_has_is_gone_round(new: New, close: None) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    dropped = history.commit("Dropped\n", {"README.md": b"x\n"}, who=CY)
    audited(history, anchor)
    history.run("update-ref", "refs/heads/main", f"{dropped}^")
    place = history.git.git_dir / "objects" / dropped[:2] / dropped[2:]
    place.chmod(0o600)
    place.unlink()
    history.commit("Instead\n", {"README.md": b"y\n"}, who=CY)
    assert audited(history, anchor).judged < 5


@pytest.mark.parametrize("trick", SOME, ids=[trick.name for trick in SOME])
def test_a_forgery_is_found_commit_by_commit(new: New, close: None, trick: Trick) -> None:  # noqa: F811
    history = new(trick.signed)
    anchor = history.anchor()
    trick.build(history)
    listed = history.run("rev-list", "--topo-order", "--reverse", f"{anchor}..main").split()
    for commit in listed[::2]:
        if anchor in history.run("rev-list", commit):
            audited(history, anchor, commit, rows=False)
    audited(history, anchor)


def test_without_rows_nothing_is_told_one_by_one(new: New) -> None:  # noqa: F811
    history = new(False)
    planned(history)
    rows = audited(history, history.anchor())
    none = audited(history, history.anchor(), rows=False)
    assert (len(rows.standings), len(rows.records)) == (4, 1)
    assert (none.standings, none.records, none.proofs) == ((), (), rows.proofs)


def test_of_one_note_it_is_told_what_is_known_and_nothing_is_kept(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor, git, path = history.anchor(), history.git, history.path(BOATS)
    place = kept(git, anchor)
    ask = partial(known_at, git, "", tip=history.tip(), signatures=Verifier(), kept=place)
    known = ask(path, anchor=anchor)
    assert known
    assert (known.path, known.proof) == (path, "claimed")
    assert known.blob == history.run("rev-parse", f"main:{path}")
    assert not place.file.exists()
    assert ask("notes/nowhere.md", anchor=anchor) is None
    assert ask(path, anchor="0" * 40) is None
    (git.common_dir / "shallow").write_text(f"{anchor}\n", encoding="ascii")
    with pytest.raises(Cannot, match="shallow"):
        ask(path, anchor=anchor)


# What is kept where


def test_a_note_is_kept_once_unless_it_is_new(new: New, close: None) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    audited(history, anchor)
    with sqlite3.connect(kept(history.git, anchor).file) as file:
        counted = dict(file.execute("SELECT page, count(*) FROM notes GROUP BY page"))
    file.close()
    assert counted[resuming.WAIST] >= 3
    assert counted.get(resuming.TIP, 0) <= 2


def test_the_last_report_is_repeated_and_no_other(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor, tip = history.anchor(), history.tip()
    git = history.git
    assert repeated(git, kept(git, anchor), anchor, tip, "") is None
    report = audited(history, anchor, rows=False)
    assert repeated(git, kept(git, anchor), anchor, tip, "") == report
    for other in (kept(git, tip), kept(git, anchor, required=True)):
        assert repeated(git, other, anchor, tip, "") is None
    assert repeated(git, kept(git, anchor), anchor, history.tip("main~1"), "") is None
    forged = history.commit("Typo\n", {history.path(BOATS): WORDS(data(history))}, who=CY)
    audited(history, anchor)
    again = repeated(git, kept(git, anchor), anchor, forged, forged)
    assert again
    assert again.findings == ()
    for since in ("", f"{forged}~1"):
        again = repeated(git, kept(git, anchor), anchor, forged, since)
        assert again
        assert rules(again) == ["changed-after-approval"]
    (git.common_dir / "shallow").write_text(f"{forged}\n", encoding="ascii")
    assert repeated(git, kept(git, anchor), anchor, forged, "") is None


def test_the_rules_that_were_refused_stay_refused(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    history.rules(lambda text: text.replace('reviewer = ["', 'reviewer = ["cy@example.org", "'), CY)
    assert rules(audited(history, anchor)) == ["rules-by-other"]
    history.move("validate", FUEL, BEN, APPROVE)
    assert audited(history, anchor).judged == 1
    text = history.data("policy.toml").replace(b'"cy@example.org", ', b"", 1)
    history.commit("As it should stand\n", {"policy.toml": text}, who=ANA)
    report = audited(history, anchor)
    assert (report.judged, report.findings, report.mended) == (1, (), 1)


def test_settings_that_were_taken_away_stay_away(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    history.commit("No settings\n", {"kmkit.toml": None}, who=ANA)
    audited(history, anchor)
    history.forge("disseminate", BOATS, ANA, replace(ASK, channel="website"))
    report = audited(history, anchor)
    assert report.judged == 1
    assert rules(report) == ["refused-move"]


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


# What is odd about it changes no verdict


def test_whatever_is_damaged_is_not_believed(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    audited(history, anchor)
    place = kept(history.git, anchor).file
    good = place.read_bytes()
    damaged = [b"", b"nonsense", good[: len(good) // 2], good[:4096], good[:-4096]]
    damaged += [good[:at] + b"\xff" * 40 + good[at + 40 :] for at in range(100, len(good), 1500)]
    history.move("validate", FUEL, BEN, APPROVE)
    for data in damaged:
        place.write_bytes(data)
        audited(history, anchor)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE notes SET line = 'c' || substr(line, 3)",
        "UPDATE notes SET line = substr(line, 1, length(line) - 1)",
        "UPDATE notes SET line = 'c' || '2c3c1d1a[]'",
        "UPDATE facts SET line = replace(line, 'captured', 'retired')",
        "DELETE FROM facts WHERE name = 'waist'",
        "UPDATE facts SET line = (SELECT line FROM facts WHERE name = 'told')",
        "DROP TABLE paths",
        "UPDATE facts SET line = '217fd1a2{}'",
    ],
)
def test_a_line_that_is_not_whole_is_not_believed(new: New, spoil: str) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    audited(history, anchor)
    with sqlite3.connect(kept(history.git, anchor).file) as file:
        file.execute(spoil)
    file.close()
    history.move("validate", FUEL, BEN, APPROVE)
    audited(history, anchor, rows=False)
    assert audited(history, anchor).judged == 0


@pytest.mark.parametrize("blob", ["f" * 40, "", "README.md", "nonsense"])
def test_rules_that_git_does_not_have_are_not_believed(new: New, blob: str) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    history.commit("Read me\n", {"README.md": b"[[x\n"}, who=CY)
    audited(history, anchor)
    blob = history.run("rev-parse", "main:README.md") if blob == "README.md" else blob
    with sqlite3.connect(kept(history.git, anchor).file) as file:
        for name in ("waist", "tip"):
            (line,) = file.execute("SELECT line FROM facts WHERE name = ?", (name,)).fetchone()
            values = value_of(line)
            values["rules"]["taken"]["policy.toml"] = blob
            file.execute("UPDATE facts SET line = ? WHERE name = ?", (line_of(values), name))
    file.close()
    assert audited(history, anchor).judged > 5


def test_where_nothing_can_be_written_nothing_is_kept(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    folder = history.git.common_dir / "kmkit"
    folder.mkdir(exist_ok=True)
    (folder / "audit").write_bytes(b"in the way")
    assert audited(history, anchor).judged == audited(history, anchor).checked


def test_two_at_once_and_an_open_writer_are_no_trouble(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    audited(history, anchor)
    place = kept(history.git, anchor).file
    history.move("validate", FUEL, BEN, APPROVE)
    with sqlite3.connect(place) as file:
        file.execute("BEGIN IMMEDIATE")
        assert audited(history, anchor).judged == 1  # and cannot be kept
        file.rollback()
    file.close()
    command = [sys.executable, "-m", "kmkit", "-C", str(history.root), "audit", "--anchor", anchor]
    several = [
        subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for more in ([], ["--json"], [], ["--no-cache"], [])
    ]
    told = [process.communicate()[1] for process in several]
    assert all(process.returncode == 0 for process in several), told
    assert audited(history, anchor).judged == 1
    assert audited(history, anchor).judged == 0
    assert not [name for name in place.parent.iterdir() if name.suffix != ".sqlite"]


def test_the_oldest_of_many_are_forgotten(new: New) -> None:  # noqa: F811
    history = new(False)
    listed = history.run("rev-list", "main").split()[:8]
    for anchor in listed:
        audited(history, anchor)
    files = list(kept(history.git, listed[0]).folder.iterdir())
    assert len(files) == 6
    assert kept(history.git, listed[-2]).file in files


def test_where_it_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.run("init", "-q")
    assert kept(history.git, "a").file.parent == tmp_path / ".git" / "kmkit" / "audit"


@pytest.fixture
def here(tmp_path: Path) -> Kept:
    """A place to keep something in."""
    history = History(tmp_path)
    history.run("init", "-q")
    return kept(history.git, "a")


def telling(**lines: str) -> Callable[[keeping.Facts], None]:
    """Keeps these lines."""
    return lambda facts: facts.tell(lines)


def line(here: Kept, name: str = "told") -> str:
    with here.open() as facts:
        return facts.line(name)


def test_what_is_read_is_of_one_moment(here: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PATIENCE", 0)
    here.begin(telling(told="one", tip="one"))
    with here.open() as facts:
        assert facts.line("told") == "one"
        here.go_on("one", telling(told="two", tip="two"))
        assert facts.line("tip") == "one"
    here.go_on("one", telling(told="three"))
    assert line(here) == "three"


def test_of_two_that_go_on_one_is_left_out(here: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PATIENCE", 0)
    here.begin(telling(told="one", other="no"))

    def both(facts: keeping.Facts) -> None:
        here.go_on("one", telling(other="yes"))
        facts.tell({"told": "two"})

    here.go_on("one", both)
    here.go_on("one", telling(told="three"))
    assert (line(here), line(here, "other")) == ("two", "no")


def test_what_was_not_written_to_its_end_does_not_count(here: Kept) -> None:
    def full(facts: keeping.Facts) -> None:
        facts.tell({"told": "two"})
        raise OSError

    here.begin(full)
    assert [*here.folder.iterdir()] == []
    here.begin(telling(told="one"))
    for write in (here.begin, partial(here.go_on, "one")):
        write(full)
        assert line(here) == "one"
        assert [*here.folder.iterdir()] == [here.file]


def test_what_is_kept_is_on_the_disk_before_it_has_its_name(
    here: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, hardened = os.fsync, set[int]()

    def fsync(handle: int) -> None:
        real(handle)
        if not here.file.exists():
            hardened.add(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    here.begin(telling(told="one"))
    assert here.file.stat().st_ino in hardened


def half_done(here: Kept) -> None:
    """Leave what a writer leaves that is killed before it drops its journal: nothing counts yet."""
    lines = {f"line {number}": "x" * 1000 for number in range(30)}
    here.begin(telling(told="one", **lines))
    journal = Path(f"{here.file}-journal")
    with closing(sqlite3.connect(here.file, isolation_level=None)) as file:
        file.execute("PRAGMA cache_size = 1")
        file.execute("BEGIN IMMEDIATE")
        keeping.Facts(file).tell({"told": "two", **dict.fromkeys(lines, "y" * 1000)})
        left = journal.read_bytes()
        file.commit()
    journal.write_bytes(left)


def test_another_report_of_the_same_tip_is_another_one(new: New, close: None) -> None:  # noqa: F811
    history = new(False)
    anchor, tip, git = history.anchor(), history.tip(), history.git
    audited(history, anchor)
    history.fork("early", "main~3")
    early = history.commit("Early\n", {"EARLY.md": b"x\n"}, who=CY, on="early")

    class Late(Kept):
        """While it judged, others judged a branch that left before, and what it began with."""

        def go_on(self, since: str, fill: Callable[[keeping.Facts], None]) -> None:
            for other in (early, tip):
                audited(history, anchor, other)
            super().go_on(since, fill)

    history.move("validate", FUEL, BEN, APPROVE)
    late = Late(git, "", anchor, signatures=False, required=False)
    assert audit(git, "", anchor=anchor, tip=history.tip(), kept=late).judged == 1
    audited(history, anchor)
    history.commit("By hand\n", {"README.md": b"x\n"}, who=CY)
    audited(history, anchor)


@needs_fork
def test_what_a_killed_writer_left_is_never_taken_for_whole(here: Kept) -> None:
    half_done(here)
    with closing(sqlite3.connect(f"{here.file.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        assert keeping.Facts(file).line("told") == "two"  # whoever does not look for a journal
    step = 1
    while cut_off(lambda: here.begin(telling(told="three")), step):
        with suppress(DamagedError):
            assert line(here) == "three"
        half_done(here)
        step += 1
    assert step > 5
    assert line(here) == "three"
    here.go_on("three", telling(told="four"))
    assert line(here) == "four"


@needs_fork
def test_what_was_cut_off_is_swept_away_in_time(here: Kept) -> None:
    here.folder.mkdir(parents=True)
    assert cut_off(lambda: here.begin(telling(told="one")), 2)
    (left,) = here.folder.iterdir()
    os.utime(left, (1, 1))
    for anchor in "abcdef":
        other = Kept(Git(here.folder.parents[2]), "", anchor, signatures=False, required=False)
        other.begin(telling(told="one"))
    assert not left.exists()
    assert len([*here.folder.iterdir()]) == 6


def test_another_python_believes_nothing(here: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "4")
    other = Kept(Git(here.folder.parents[2]), "", "a", signatures=False, required=False)
    assert other.file != here.file


def test_another_program_believes_nothing() -> None:
    mark = keeping._program()
    for name in ("policy.py", "fingerprint.py", "frontmatter.py", "walks.py", "fold.py", "judge.py",
                 "verify.py", "tomlread.py", "lesson.md.j2"):  # fmt: skip
        assert f"('{name}'" in mark


def test_whatever_the_audit_runs_marks_the_program() -> None:
    program = "import sys, kmkit.trail.audit.audit, kmkit.trail.signing\n"
    program += "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('kmkit.')))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    home = Path(str(auditing.__file__)).parents[2]
    folders = {Path(file).parent.relative_to(home).as_posix() for file in done.stdout.split()}
    assert folders - {"."} <= {*keeping._ROOMS}


def test_of_the_files_the_newest_stay(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.run("init", "-q")
    here = kept(history.git, "a")
    here.folder.mkdir(parents=True)
    for number in range(9):
        file = here.folder / f"{9 - number}.sqlite"
        file.touch()
        os.utime(file, (number, number))
    here._sweep()
    assert {file.stem for file in here.folder.iterdir()} == {*"123456"}


def test_a_page_is_emptied_and_no_other() -> None:
    with closing(sqlite3.connect(":memory:")) as file:
        file.executescript(keeping._TABLES)
        facts = keeping.Facts(file)
        for table in ("notes", "paths", "gone"):
            for page in (0, 1):
                facts.put(table, page, [("a", "1"), ("b", None), ("b", "\udcff")])
        facts.empty(1)
        for table in ("notes", "paths", "gone"):
            assert dict(facts.rows(table, 0)) == {"a": "1", "b": "\udcff"}
            assert [*facts.rows(table, 1)] == []
            assert facts.row(table, 0, "a") == "1"
            with pytest.raises(KeyError):
                facts.row(table, 1, "a")
        assert (facts.size(0), facts.size(1)) == (2, 0)


def test_where_nothing_stands_nothing_is_told() -> None:
    with closing(sqlite3.connect(":memory:")) as file:
        facts = keeping.Facts(file)
        for ask in (
            lambda: facts.line("told"), lambda: facts.row("notes", 0, "a"),
            lambda: facts.size(0), lambda: [*facts.rows("notes", 0)],
        ):  # fmt: skip
            with pytest.raises(DamagedError):
                ask()
        file.executescript(keeping._TABLES)
        with pytest.raises(DamagedError):
            facts.line("told")
        assert facts.size(0) == 0


# The command


def test_a_second_run_reads_no_note_and_says_the_same(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    before = run(kb.root, "audit")
    again = run(kb.root, "audit")
    anew = run(kb.root, "audit", "--no-cache")
    assert (before.code, before.out, before.err) == (0, "", again.err) == (0, "", anew.err)
    one = run(kb.root, "audit", note.short)
    assert one.out == run(kb.root, "audit", note.short, "--no-cache").out
    program = "import atexit, sys\nfrom kmkit.cli import main\n"
    program += "atexit.register(lambda: print(*sys.modules))\nmain()"
    command = [sys.executable, "-c", program, "-C", str(kb.root), "audit"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not {"pydantic", "git", "jinja2", "yaml"} & {*done.stdout.split()}


# On a server


def test_a_push_is_judged_by_what_it_brings(
    new: New,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = new(False)
    bare = tmp_path / "bare.git"
    history.run("clone", "-q", "--bare", str(history.root), str(bare))
    server, judged = Git.find_bare(bare), list[int]()

    def counted(*args: object, **named: object) -> Report:
        report = audit(*args, **named)  # type: ignore[arg-type]
        judged.append(report.judged)
        return report

    monkeypatch.setattr(receiving, "audit", counted)

    def pushed(old: str, branch: str = "main") -> list[str]:
        """What the server says to the branch as it stands here."""
        history.run("push", "-q", "-f", str(bare), f"{branch}:refs/heads/arriving")
        update = receiving.Update(old, history.tip(branch), f"refs/heads/{branch}")
        return list(receiving.refusals(server, [update]))

    begun = history.tip()
    history.commit("One\n", {"README.md": b"x\n"}, who=CY)
    assert pushed(begun) == []
    history.move("validate", FUEL, BEN, APPROVE)
    history.commit("Two\n", {"README.md": b"y\n"}, who=CY)
    assert pushed(history.tip("main~2")) == []
    history.fork("side", "main~1")
    history.commit("Aside\n", {"SIDE.md": b"x\n"}, who=CY, on="side")
    assert pushed("", "side") == []
    was = history.tip()
    history.commit("Typo\n", {history.path(BOATS): WORDS(data(history))}, who=CY)
    (refused,) = pushed(was)
    assert "changed-after-approval" in refused
    assert judged[0] > 10
    assert judged[1] == 2
    assert judged[2] <= 3 + judged[0]
    assert judged[3] == 1
    history.run("update-ref", "refs/heads/main", was)
    history.commit("Three\n", {"README.md": b"z\n"}, who=CY)
    assert pushed(was) == []
    assert judged[4] == 1


def test_what_stands_again_does_so_whatever_is_kept(new: New, close: None) -> None:  # noqa: F811
    history = new(False)
    anchor, path = history.anchor(), history.path(ROADS)
    before = history.data(path)
    forged = history.commit("Changed\n", {path: WORDS(before)}, who=MAL)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    audited(history, anchor)
    history.commit("Put back\n", {path: before}, who=CY)
    assert audited(history, anchor).findings == ()
    merged = history.merge(MAL, tree="side")
    told = [(forged, merged)]
    for number in range(12):
        report = audited(history, anchor)
        assert [(one.commit, one.again) for one in report.findings] == told
        again = repeated(history.git, kept(history.git, anchor), anchor, history.tip(), "main~1")
        assert again
        assert len(again.findings) == (not number)
        history.commit(f"{number}\n", {"README.md": f"{number}\n".encode()}, who=CY)

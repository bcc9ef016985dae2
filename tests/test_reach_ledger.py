"""The ledger of letters: its lines, its branch, and two machines that share it."""

import contextlib
import os
import stat
import threading
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot, Refused, UsageError
from kmkit.kb import KnowledgeBase
from kmkit.kb.hooks import install_hook
from kmkit.reach.ledger import Behind, Intent, Ledger, Tried, What
from kmkit.reach.ledger_keys import Keys
from kmkit.reach.ledger_runs import (
    KINDS,
    SENT,
    ended_line,
    read_run,
    took_line,
    tried_line,
    united,
)
from kmkit.trail.git import Git
from tests.conftest import ANA, NOW, formatted
from tests.conftest import Run as Kmkit
from tests.cut_off import forked, needs_fork
from tests.sending_kb import (
    KEY,
    STAFF,
    Mailbox,
    Outcome,
    clone,
    cloned,
    cut_after,
    git,
    later,
    send,
    staffed,
    ticking,
)

WHAT = What("digest", "readers", "staff")
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def intent(**more: object) -> Intent:
    given = {"run": "r1", "what": WHAT, "at": AT, "machine": "m1", "key": "k1", "to": ("a", "b")}
    return Intent(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    return staffed(tmp_path / "kb")


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "box")


# Lines


def test_a_run_is_read_back_as_it_was_written() -> None:
    told = intent(since=date(2026, 11, 15), until=date(2026, 11, 21), notes=("n",), subject="é")
    run = read_run([told.line()])
    assert run.intent == told
    assert run.active
    assert run.holder == "m1"
    assert run.left(AT) == ("a", "b")


def test_what_came_of_letters_is_counted() -> None:
    came = {"a": Tried("sent", 250), "b": Tried("deferred", 451)}
    run = read_run([intent().line(), tried_line(AT, "m1", came), ended_line(AT, "m1")])
    assert run.counts() == {**dict.fromkeys(KINDS, 0), "sent": 1, "deferred": 1}
    assert run.state(AT) == "stopped"
    assert run.left(AT) == ("b",)
    assert run.left(AT + timedelta(days=15)) == ()
    assert run.of("b") == Tried("deferred", 451)


def test_a_run_that_was_taken_over_is_not_ended_by_the_one_who_lost_it() -> None:
    lines = [intent().line(), took_line(AT, "m2", "k1"), ended_line(AT, "m1")]
    run = read_run(lines)
    assert (run.holder, run.active) == ("m2", True)
    assert not read_run([*lines, ended_line(AT, "m2")]).active


def test_without_the_key_a_run_is_taken_over_with_marks_of_another() -> None:
    run = read_run([intent().line(), took_line(AT, "m2", "k2", ["x", "y", "z"])])
    assert (run.intent.key, run.intent.to) == ("k2", ("x", "y", "z"))


@settings(deadline=None)
@given(st.data())
def test_lines_in_any_order_tell_the_same_of_letters_that_were_sent(data: st.DataObject) -> None:
    """Two machines' lines are put together in either order; what was sent is never lost."""
    marks, kinds = st.sampled_from("abc"), st.sampled_from(KINDS)
    came = st.dictionaries(marks, st.builds(Tried, kinds, st.integers(200, 599)))
    lines = [tried_line(AT, "m", one) for one in data.draw(st.lists(came, max_size=5))]
    cut = data.draw(st.integers(0, len(lines)))
    ours, theirs = lines[:cut], lines[cut:]
    runs = [
        read_run([intent(to=("a", "b", "c")).line(), *united(x, y)])
        for x, y in ((ours, theirs), (theirs, ours))
    ]
    sent = [{mark for mark in "abc" if (o := run.of(mark)) and o.kind == SENT} for run in runs]
    assert sent[0] == sent[1]


@pytest.mark.parametrize("lines", [[], ["{}"], ["["], ['{"intent": 3}'], ['{"took": {}}']])
def test_a_damaged_ledger_is_told_of(lines: list[str]) -> None:
    with pytest.raises(Cannot, match="damaged"):
        read_run(lines, "x.jsonl")


def test_names_of_audiences_cannot_lead_out_of_their_folder() -> None:
    assert What("digest", "readers", "../../a b").folder == (
        "outbox/digest/readers/%2E%2E%2F%2E%2E%2Fa%20b"
    )
    assert What("remind").folder == "outbox/remind/-/-"
    assert What("remind", "-", "-").folder != What("remind").folder


# Keys


def test_marks_say_nothing_and_stay_the_same(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    mark = keys.mark("Ana@Example.org ")
    assert mark == Keys(tmp_path).mark("ana@example.org")
    assert mark != Keys(tmp_path / "other").mark("ana@example.org")
    assert keys.machine() == Keys(tmp_path).machine()
    shared = Keys(tmp_path, KEY), Keys(tmp_path / "other", KEY)
    assert shared[0].mark("a@b.org") == shared[1].mark("a@b.org") != keys.mark("a@b.org")
    assert shared[0].name == shared[1].name != keys.name
    assert shared[0].machine() != shared[1].machine()
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "kmkit/outbox.key").stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="too short"):
        Keys(tmp_path, "secret")


def test_a_damaged_key_is_told_of_and_a_copied_clone_is_another_machine(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "a")
    first = keys.machine()
    (tmp_path / "a").rename(tmp_path / "b")
    assert Keys(tmp_path / "b").machine() != first
    (tmp_path / "b/kmkit/outbox.key").write_text("?", "ascii")
    with pytest.raises(Refused, match="damaged"):
        Keys(tmp_path / "b").mark("a@b.org")


def test_keys_made_at_once_are_one(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(Keys(tmp_path).mark("a@b.org")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


# The branch


def test_the_ledger_is_a_branch_apart_without_addresses_and_names(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    before = git(kb.root, "status", "--porcelain"), git(kb.root, "branch", "--show-current")
    send(kb, mailbox)
    assert (
        git(kb.root, "status", "--porcelain"),
        git(kb.root, "branch", "--show-current"),
    ) == before
    assert "kmkit-outbox" not in git(kb.root, "branch", "--contains", "HEAD~2")
    told = git(kb.root, "log", "-p", "--format=%B", "kmkit-outbox")
    assert not any(email in told for email in STAFF)
    assert os.uname().nodename not in told if hasattr(os, "uname") else True
    git(kb.root, "fsck", "--strict")


def test_nothing_else_is_disturbed_by_the_ledger(
    kb: KnowledgeBase, mailbox: Mailbox, run: Kmkit
) -> None:
    send(kb, mailbox)
    for words in (["audit"], ["check"], ["doctor"], ["list"], ["index"]):
        assert run(kb.root, *words).code == 0, words


def test_what_was_written_down_is_on_the_disk_with_the_name_of_its_branch(
    kb: KnowledgeBase, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = kb.git.common_dir / "refs" / "heads"
    real, hardened = os.fsync, list[tuple[int, bool]]()

    def fsync(handle: int) -> None:
        real(handle)
        hardened.append((os.fstat(handle).st_ino, (heads / "kmkit-outbox").is_file()))

    monkeypatch.setattr(os, "fsync", fsync)
    send(kb, mailbox)
    assert (heads.stat().st_ino, True) in hardened


def test_one_process_at_a_time(kb: KnowledgeBase, tmp_path: Path) -> None:
    with Ledger(kb).at_work(), pytest.raises(Refused, match="Another kmkit command"):
        send(kb, Mailbox(tmp_path / "box"))


def test_a_lock_that_a_power_cut_left_is_cleared_where_it_is_ours(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    send(kb, mailbox)
    lock = kb.root / ".git/refs/heads/kmkit-outbox.lock"
    lock.write_text(git(kb.root, "rev-parse", "kmkit-outbox") + "\n", "ascii")
    formatted(later(kb, 7), "Another thing")
    send(later(kb, 8), mailbox)
    assert len(mailbox.letters) == 2 * len(STAFF)
    lock.write_text(git(kb.root, "rev-parse", "HEAD") + "\n", "ascii")
    formatted(later(kb, 14), "A third thing")
    with pytest.raises((Cannot, Refused)):
        send(later(kb, 15), mailbox)
    assert lock.exists()


def test_last_says_when_somebody_was_written_to(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    mailbox.answers = {"ben@example.org": Outcome("refused", 550)}
    send(kb, mailbox)
    ledger = Ledger(later(kb, 3))
    assert ledger.last("digest", "ANA@example.org") == NOW
    assert ledger.last("digest", "ben@example.org") is None
    assert ledger.last("remind", "ana@example.org") is None
    assert ledger.last("digest", "ana@example.org", since=NOW + timedelta(days=1)) is None
    other = Ledger(later(kb, 3), key=KEY)
    assert other.last("digest", "anybody@example.org") == NOW


# Two machines


@pytest.fixture
def two(kb: KnowledgeBase, tmp_path: Path) -> tuple[KnowledgeBase, KnowledgeBase]:
    cloned(kb, tmp_path / "bare.git")
    return kb, clone(tmp_path / "bare.git", tmp_path / "other")


def test_what_one_machine_sent_the_other_does_not(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox
) -> None:
    one, other = two
    send(one, mailbox)
    report = send(other, mailbox)
    assert report.run is None
    assert mailbox.to == sorted(STAFF)


def test_a_machine_that_looked_before_the_other_wrote_is_behind(
    two: tuple[KnowledgeBase, KnowledgeBase],
) -> None:
    ledgers = [Ledger(kb, key=KEY) for kb in two]
    for ledger in ledgers:
        ledger.fetch()
    ledgers[0].begin(ledgers[0].intent(WHAT, STAFF))
    with pytest.raises(Behind):
        ledgers[1].begin(ledgers[1].intent(WHAT, STAFF))
    assert [run.holder for run in ledgers[1].runs(WHAT)] == [ledgers[0].machine]


@needs_fork
@pytest.mark.parametrize("round", range(int(os.environ.get("KMKIT_TEST_RACES", "2"))))
def test_two_machines_at_once_write_to_everybody_once(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox, round: int
) -> None:
    children = [forked(partial(_tried, kb, mailbox)) for kb in two]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0, 0]
    assert mailbox.to == sorted(STAFF)


def _tried(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    with contextlib.suppress(Refused):  # the other one is at it
        send(kb, mailbox)


@pytest.mark.parametrize("key", ["", KEY])
def test_a_run_of_another_machine_is_taken_over_on_request_alone(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox, key: str
) -> None:
    one, other = two
    cut_after(2, one, mailbox, key=key)
    with pytest.raises(Refused, match=rf"machine \({Ledger(one, key=key).machine}\).*2026-11-21"):
        send(other, mailbox, key=key)
    assert len(mailbox.letters) == 2
    report = send(other, mailbox, key=key, take_over=True)
    assert [run.state(NOW) for run in report.finished] == ["done"]
    assert set(mailbox.to) == set(STAFF)
    assert len({row[1] for row in mailbox.letters}) == len(STAFF)
    assert send(one, mailbox, key=key).runs == []
    assert len(mailbox.letters) == 2 + len(STAFF)


def test_what_was_shared_before_the_cut_is_not_sent_again(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox
) -> None:
    """Once a minute what came of letters is shared; with the key, only the others are repeated."""
    one, other = two
    cut_after(3, one, mailbox, key=KEY, minutes=2)
    send(other, mailbox, key=KEY, take_over=True)
    assert mailbox.to == sorted(STAFF)


def test_a_run_that_was_taken_over_is_not_gone_on_with(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox
) -> None:
    one, other = two

    def taken(arrived: int) -> None:
        ledger = Ledger(other, key=KEY)
        if arrived == 1:
            ledger.fetch()
            ledger.take(ledger.runs(WHAT)[0])

    mailbox.before = taken
    with pytest.raises(Refused, match="took over"):
        send(one, mailbox, key=KEY, clock=ticking(100))
    assert len(mailbox.letters) == 2
    (run,) = Ledger(one, key=KEY).runs(WHAT)
    assert run.holder == Ledger(other, key=KEY).machine
    mailbox.before = lambda number: None
    send(other, mailbox, key=KEY)
    assert mailbox.to == sorted(STAFF)


def test_a_remote_out_of_reach_stops_the_sending(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox, tmp_path: Path
) -> None:
    one, other = two
    (tmp_path / "bare.git").rename(tmp_path / "gone.git")
    with pytest.raises(Cannot, match="cannot be asked") as caught:
        send(one, mailbox)
    assert "--offline" in caught.value.mend
    assert mailbox.letters == []
    assert Git(one.root).tip("refs/heads/kmkit-outbox") == ""
    send(one, mailbox, offline=True)
    assert mailbox.to == sorted(STAFF)
    (tmp_path / "gone.git").rename(tmp_path / "bare.git")
    send(later(one, 1), mailbox)
    send(other, mailbox)
    assert mailbox.to == sorted(STAFF)


def test_two_machines_offline_are_brought_together(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox
) -> None:
    for kb in two:
        send(kb, mailbox, offline=True)
    assert len(mailbox.letters) == 2 * len(STAFF)
    assert len({row[1] for row in mailbox.letters}) == len(STAFF)  # mail programs show one
    for kb in two:
        ledger = Ledger(kb)
        ledger.fetch()
        assert ledger.share()
    first, second = (Ledger(kb) for kb in two)
    first.fetch()
    assert [run.id for run in first.runs()] == [run.id for run in second.runs()]
    assert len(first.runs()) == 2


def test_a_ledger_that_was_deleted_at_the_remote_is_put_back(
    two: tuple[KnowledgeBase, KnowledgeBase], mailbox: Mailbox
) -> None:
    one, other = two
    send(one, mailbox)
    git(one.root, "push", "-q", "origin", ":kmkit-outbox")
    send(later(one, 1), mailbox)
    send(other, mailbox)
    assert mailbox.to == sorted(STAFF)


# What a server takes in


@pytest.fixture
def guarded(two: tuple[KnowledgeBase, KnowledgeBase], tmp_path: Path) -> KnowledgeBase:
    """A clone whose remote audits what is pushed."""
    import sys

    program = f"{sys.executable} -m kmkit"
    install_hook(Git.find_bare(tmp_path / "bare.git"), "pre-receive", program)
    return two[0]


def test_a_server_that_audits_takes_the_ledger_in(
    guarded: KnowledgeBase, mailbox: Mailbox, tmp_path: Path
) -> None:
    send(guarded, mailbox)
    assert git(tmp_path / "bare.git", "rev-parse", "kmkit-outbox") == git(
        guarded.root, "rev-parse", "kmkit-outbox"
    )
    git(guarded.root, "push", "-q", "origin", "HEAD")


def test_a_server_that_audits_keeps_the_ledger_whole(
    guarded: KnowledgeBase, mailbox: Mailbox
) -> None:
    send(guarded, mailbox)
    root = guarded.root
    for refspec in (":kmkit-outbox", "+kmkit-outbox~1:kmkit-outbox"):
        with pytest.raises(AssertionError, match="says which letters went to whom"):
            git(root, "push", "origin", refspec)
    tip = git(root, "rev-parse", "kmkit-outbox")
    (path,) = git(root, "ls-tree", "-r", "--name-only", tip).splitlines()
    for said, files in (
        ("would lose lines", {path: b"{}\n"}),
        ("no record of letters", {"kmkit.toml": b""}),
    ):
        made = _committed(root, tip, files)
        with pytest.raises(AssertionError, match=said):
            git(root, "push", "origin", f"{made}:refs/heads/kmkit-outbox")


def test_a_push_of_the_ledger_lets_nothing_else_in(guarded: KnowledgeBase) -> None:
    """What comes with it is judged as ever."""
    root = guarded.root
    (note,) = (root / "notes").rglob("*.md")
    note.write_text(note.read_text("utf-8").replace("formatted", "maintained"), "utf-8")
    git(root, "commit", "-q", "-am", "By hand")
    made = _committed(root, "", {"outbox/x.jsonl": b"{}\n"})
    with pytest.raises(AssertionError, match="state-without-move"):
        git(root, "push", "--atomic", "origin", f"{made}:refs/heads/kmkit-outbox", "HEAD")
    assert git(root, "ls-remote", "origin", "kmkit-outbox") == ""


def _committed(root: Path, tip: str, files: dict[str, bytes]) -> str:
    from kmkit.trail.git import Entry
    from kmkit.trail.objects import write_commit

    here = Git(root)
    entries = {
        path: Entry("100644", here.hash(path, data, write=True)) for path, data in files.items()
    }
    return write_commit(here, tip, entries, "outbox: by hand\n", {"GIT_AUTHOR_NAME": ANA.name})


def test_a_remote_that_never_answers_is_given_up(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place = f"127.0.0.1:{deaf.getsockname()[1]}/kb.git"
        monkeypatch.setattr("kmkit.reach.ledger_branch.SILENT", 1)
        monkeypatch.setattr("kmkit.reach.ledger_branch.PATIENCE", 2)
        for scheme in ("http", "git"):
            kb.git.run("config", "remote.origin.url", f"{scheme}://{place}")
            kb.git.run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
            with pytest.raises(Cannot, match="cannot be asked what was sent already"):
                Ledger(kb).fetch()

"""Messages to channels: each is in the ledger before it goes; what breaks repeats one at most."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from kmkit.errors import Cannot, Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.reach import webhooks
from kmkit.reach.ledger import Ledger, Run, What
from kmkit.reach.posting import Report, Ways, post_waiting
from tests.conftest import ANA, CY, at, formatted, settle
from tests.conftest import Run as Command
from tests.cut_off import cut_off, needs_fork
from tests.sending_kb import clone, cloned, git, staffed
from tests.webhook_servers import Hook, hooked

STRIDE = 1 if os.environ.get("KMKIT_TEST_EVERY_STEP") else 31
CHAT = """
[channels.chat]
kind = "slack"
level = "internal"
url = "env:CHAT"
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as made:
        yield made


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    """A knowledge base with a channel, and a note for it."""
    made = staffed(tmp_path / "kb")
    settle(made, (made.root / "kmkit.toml").read_text("utf-8") + CHAT)
    return at(made)


def posted(
    kb: KnowledgeBase,
    hook: Hook,
    *,
    again: Callable[[Run], None] = lambda run: None,
    take_over: bool = False,
    offline: bool = False,
) -> Report:
    """Post what waits, as a command of its own does."""
    ways = Ways({"CHAT": hook.url}, lambda seconds: None, lambda: 0.0, again)
    ledger = Ledger(kb, offline=offline)
    with ledger.at_work():
        return post_waiting(at(kb, kb.actor), ledger, "chat", ways, take_over=take_over)


def states(kb: KnowledgeBase) -> list[str]:
    """What came of each message, the newest first; '' where nothing is known."""
    runs = Ledger(kb, offline=True).runs(What("channel", "chat"))
    return ["".join(one.kind for one in run.tried.values()) for run in runs]


def channels_of(kb: KnowledgeBase) -> list[str]:
    (note,) = at(kb).notes()
    return [entry.channel for entry in note.fields.disseminated]


def test_the_intent_is_at_the_remote_before_the_message_goes(
    kb: KnowledgeBase, hook: Hook, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    cloned(kb, bare)
    seen: list[str] = []
    hook.before = lambda: seen.append(git(bare, "log", "-p", "--format=%s", "kmkit-outbox"))
    report = posted(kb, hook)
    (note,) = kb.notes()
    assert report.sent == (note.id,)
    assert note.id in seen[0]
    assert f'"tip":"{kb.git.tip("HEAD~1")}"' in seen[0]
    assert '"tried"' not in seen[0]
    (run,) = Ledger(kb).runs()
    assert (run.state(kb.now), run.intent.channel) == ("done", "chat")
    assert run.recorded == frozenset([note.id])
    assert run.intent.subject == "Order fuel early"
    assert git(bare, "rev-parse", "kmkit-outbox") == git(kb.root, "rev-parse", "kmkit-outbox")
    (entry,) = at(kb).read(note.path).fields.disseminated
    assert (entry.channel, entry.evidence) == ("chat", f"kmkit outbox {run.id}")


@needs_fork
def test_cut_off_at_any_step(tmp_path: Path, kb: KnowledgeBase, hook: Hook) -> None:
    """It arrives; it is repeated once at most, and not without saying that this may be so."""
    cloned(kb, tmp_path / "bare.git")
    posted(staffed_once(tmp_path), hook)  # so that all modules are there
    step, alive, seen = 1, True, set[int]()
    while alive:
        place = tmp_path / str(step)
        place.mkdir()
        for name in ("kb", "bare.git"):
            shutil.copytree(tmp_path / name, place / name, symlinks=True)
        git(place / "kb", "remote", "set-url", "origin", str(place / "bare.git"))
        mine = KnowledgeBase(place / "kb", now=kb.now, actor=ANA)
        hook.bodies.clear()
        alive = cut_off(partial(posted, mine, hook), step)
        arrived, told = len(hook.bodies), list[Run]()
        for _ in range(2):
            posted(at(mine), hook, again=told.append)
        assert 1 <= len(hook.bodies) <= 1 + len(told) <= 2, step
        assert len(hook.bodies) == 1 + (arrived and bool(told)), step
        assert states(mine) == ["sent"]
        assert channels_of(mine) == ["chat"]
        assert not list((mine.root / ".git/kmkit/outbox").glob("*"))
        seen.add(len(hook.bodies))
        shutil.rmtree(place)
        step += STRIDE
    assert step > 60
    assert 1 in seen


def staffed_once(tmp_path: Path) -> KnowledgeBase:
    made = staffed(tmp_path / "first")
    settle(made, (made.root / "kmkit.toml").read_text("utf-8") + CHAT)
    return at(made)


def test_killed_while_the_server_has_it(
    kb: KnowledgeBase, hook: Hook, run: Command, tmp_path: Path
) -> None:
    """kill -9 of the command, from outside, between the message and its answer."""
    env = {**os.environ, "CHAT": hook.url, "KMKIT_TODAY": "2026-11-21",
           "GIT_AUTHOR_NAME": ANA.name, "GIT_AUTHOR_EMAIL": ANA.email}  # fmt: skip
    words = [sys.executable, "-m", "kmkit", "-C", str(kb.root), "channels", "chat", "--send"]
    command = subprocess.Popen(words, env=env)
    hook.before = lambda: os.kill(command.pid, signal.SIGKILL)
    assert command.wait() == -signal.SIGKILL
    hook.before = lambda: None
    assert len(hook.bodies) == 1
    shown = run(kb.root, "outbox")
    assert shown.code == 1
    assert "channel chat" in shown.out
    again = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert again.code == 0, again.err
    assert again.err.splitlines() == [
        "What was begun on 2026-11-21 may be there already, and goes there once more: "
        "Order fuel early",
        "1 note went to chat.",
    ]
    assert len(hook.bodies) == 2
    assert channels_of(kb) == ["chat"]
    assert run(kb.root, "outbox").code == 0
    quiet = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert (quiet.err, len(hook.bodies)) == ("Nothing is new.\n", 2)


def test_what_somebody_found_there_and_recorded_is_not_posted_again(kb: KnowledgeBase) -> None:
    with hooked("cut") as hook:
        with pytest.raises(Cannot, match="may have been told"):
            posted(kb, hook)
        assert states(kb) == ["unknown"]
        (note,) = kb.notes()
        kb.move("disseminate", note, Request(channel="chat"))
        posted(kb, hook)
        assert len(hook.bodies) == 1
    assert states(kb) == ["sent"]


def test_what_may_not_go_any_more_is_given_up(kb: KnowledgeBase) -> None:
    with hooked("cut") as hook:
        with pytest.raises(Cannot, match="may have been told"):
            posted(kb, hook)
        (note,) = kb.notes()
        kb.move("retire", note, Request(because="It was wrong."))
        posted(kb, hook)
        assert len(hook.bodies) == 1
    assert states(kb) == ["dropped"]


def test_where_some_may_not_go_any_more_the_others_do(kb: KnowledgeBase) -> None:
    second = formatted(kb, "Test the radios")
    told: list[Run] = []
    with hooked("cut") as hook:
        with pytest.raises(Cannot, match="may have been told"):
            posted(kb, hook)
        kb.move("retire", second, Request(because="It was wrong."))
        report = posted(kb, hook, again=told.append)
        assert "radios" not in hook.bodies[1].decode()
        assert len(hook.bodies) == 2
    assert len(report.sent) == len(told) == 1
    assert states(kb) == ["sent", "dropped"]


def test_whoever_may_not_record_it_leaves_what_was_begun(kb: KnowledgeBase) -> None:
    with hooked("cut") as hook:
        with pytest.raises(Cannot, match="may have been told"):
            posted(kb, hook)
        posted(at(kb, CY), hook)
        assert len(hook.bodies) == 1
    assert states(kb) == ["unknown"]


@pytest.mark.parametrize(
    ("answers", "came"),
    [
        ([(404, "no_service", {})], ["sent", "refused"]),
        ([(503, "later", {})] * 4, ["sent"]),
    ],
)
def test_what_was_not_taken_goes_the_next_time(
    kb: KnowledgeBase, answers: list[tuple[int, str, dict[str, str]]], came: list[str]
) -> None:
    told: list[Run] = []
    with hooked(*answers) as hook:
        with pytest.raises(Cannot, match="does not take it"):
            posted(kb, hook)
        assert channels_of(kb) == []
        posted(kb, hook, again=told.append)
        assert len(hook.bodies) == len(answers) + 1
    assert states(kb) == came
    assert told == []


def test_where_the_server_is_not_there_nothing_counts_as_tried(
    kb: KnowledgeBase, hook: Hook
) -> None:
    with hooked() as gone:
        pass
    with pytest.raises(Cannot, match="cannot be reached"):
        posted(kb, gone)
    assert states(kb) == [""]
    told: list[Run] = []
    posted(kb, hook, again=told.append)
    assert (states(kb), told, len(hook.bodies)) == (["sent"], [], 1)


def test_a_second_machine_posts_nothing_that_arrived(
    kb: KnowledgeBase, hook: Hook, tmp_path: Path
) -> None:
    """Even where the first one's notes, which say that it did, are not there yet."""
    cloned(kb, tmp_path / "bare.git")
    other = clone(tmp_path / "bare.git", tmp_path / "other")
    posted(kb, hook)
    report = posted(other, hook)
    assert (len(hook.bodies), report.sent) == (1, ())
    assert channels_of(other) == []


def test_what_another_machine_is_at_is_left_to_it(
    kb: KnowledgeBase, hook: Hook, tmp_path: Path
) -> None:
    cloned(kb, tmp_path / "bare.git")
    other = clone(tmp_path / "bare.git", tmp_path / "other")
    ledger = Ledger(kb)
    (note,) = kb.notes()
    what = What("channel", "chat")
    ledger.begin(ledger.intent(what, ["chat"], tip=kb.git.tip(), channel="chat", notes=(note.id,)))
    with pytest.raises(Refused, match="began to post"):
        posted(other, hook)
    assert not hook.bodies
    posted(other, hook, take_over=True)
    assert len(hook.bodies) == 1
    posted(kb, hook)
    assert len(hook.bodies) == 1


def test_where_the_remote_is_away_nothing_is_posted_unless_that_is_said(
    kb: KnowledgeBase, hook: Hook, tmp_path: Path
) -> None:
    cloned(kb, tmp_path / "bare.git")
    (tmp_path / "bare.git").rename(tmp_path / "away")
    with pytest.raises(Cannot, match="cannot be asked"):
        posted(kb, hook)
    assert not hook.bodies
    posted(kb, hook, offline=True)
    assert len(hook.bodies) == 1


def test_an_address_that_is_none_begins_nothing(kb: KnowledgeBase) -> None:
    with pytest.raises(Cannot, match="no web address"):
        posted(kb, Hook(url="not an address"))
    assert states(kb) == []
    assert webhooks.host_of("https://hooks.example.org/x") == "hooks.example.org"

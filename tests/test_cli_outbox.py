"""``kmkit digest --send`` and ``kmkit outbox`` as a person or a CI job runs them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmkit.cli.sending import told_when_stopped
from kmkit.errors import Stopped
from kmkit.kb import KnowledgeBase
from kmkit.reach.ledger import Ledger, What
from tests.conftest import Run
from tests.sending_kb import KEY, STAFF, clone, cloned, git, staffed, write_staff
from tests.smtp_servers import Box, serving

SEND = ("digest", "--for", "staff", "--send")


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def kb(tmp_path: Path, box: Box) -> Iterator[KnowledgeBase]:
    """A knowledge base whose mail server is there."""
    made = staffed(tmp_path / "kb")
    with serving(box) as port:
        place = made.root / "kmkit.toml"
        text = place.read_text("utf-8").replace(
            'host = "localhost"', f'host = "127.0.0.1"\nport = {port}\nper_minute = 10000'
        )
        place.write_text(text, "utf-8")
        git(made.root, "commit", "-q", "-am", "The server")
        yield made


def arrived(box: Box) -> list[str]:
    return sorted(one for letter in box.letters for one in letter.rcpt_tos)


def test_a_dry_run_says_what_would_go_to_whom(kb: KnowledgeBase, run: Run, box: Box) -> None:
    refs = git(kb.root, "for-each-ref")
    for words in (["--dry-run"], ["--send", "--dry-run"]):
        done = run(kb.root, "digest", "--for", "staff", *words)
        assert done.code == 0, done.err
        assert "To: staff (internal), 4 recipients" in done.out
        assert "Covers: 2026-11-15 to 2026-11-21, the first of its kind" in done.out
        assert "Subject: Order fuel early" in done.out
        assert "to be recorded under letter" in done.out
        assert "@" not in done.out
    assert arrived(box) == []
    assert git(kb.root, "for-each-ref") == refs


def test_a_dry_run_says_which_entries_mean_nobody(kb: KnowledgeBase, run: Run) -> None:
    write_staff(kb, ("people:unit=Stores", STAFF[0]))
    done = run(kb.root, "digest", "--for", "staff", "--dry-run")
    assert "To: staff (internal), 1 recipient\nNobody is found by: people:unit=Stores\n" in done.out


def test_a_dry_run_says_that_unfinished_letters_go_first(kb: KnowledgeBase, run: Run) -> None:
    ledger = Ledger(kb)
    ledger.begin(ledger.intent(What("digest", "readers", "staff"), STAFF, tip=kb.git.tip()))
    done = run(kb.root, "digest", "--for", "staff", "--dry-run")
    assert "Unfinished: " in done.out
    assert "--send finishes that first" in done.out


def test_ctrl_c_while_letters_go_out_says_what_to_do() -> None:
    told = pytest.raises(Stopped, match=r"kmkit outbox .* same command again")
    with told as stopped, told_when_stopped():
        raise KeyboardInterrupt
    assert stopped.value.code == 130


def test_it_is_sent_told_of_and_listed(kb: KnowledgeBase, run: Run, box: Box) -> None:
    done = run(kb.root, *SEND)
    assert done.code == 0, done.err
    assert arrived(box) == sorted(STAFF)
    assert done.out == ""
    assert "Sent: Order fuel early: 4 of 4 letters to staff" in done.err
    assert "Recorded as disseminated: 1 note." in done.err
    again = run(kb.root, *SEND, today="2026-11-28")
    assert again.code == 0
    assert "Nothing is new for staff since 2026-11-22: nothing was sent." in again.err
    listed = run(kb.root, "outbox")
    assert listed.code == 0
    head, row = listed.out.splitlines()
    assert head.split("\t")[:5] == ["run", "what", "to", "letters", "state"]
    assert row.split("\t")[1:] == ["digest readers", "staff", "4", "done", "4", "0", "0", "0"]
    assert run(kb.root, "outbox", "--audience", "nobody").err.startswith("No letters")


def test_who_was_refused_or_put_off_is_told(kb: KnowledgeBase, run: Run, box: Box) -> None:
    box.answers = {STAFF[0]: ["550 no such user"], STAFF[1]: ["552 full"]}
    done = run(kb.root, *SEND)
    assert done.code == 1
    assert "2 of 4 letters to staff; 2 refused by the server" in done.err
    listed = run(kb.root, "outbox", "--json")
    assert listed.code == 0  # nothing is left to be done
    told = json.loads(listed.out)
    assert told["schema"] == "kmkit.outbox/1"
    (one,) = told["runs"]
    assert (one["letters"], one["sent"], one["refused"], one["not_tried"]) == (4, 2, 2, 0)
    assert (one["kind"], one["name"], one["audience"]) == ("digest", "readers", "staff")
    assert one["here"] is True
    assert one["state"] == "done"
    assert not any(email in listed.out for email in STAFF)


def test_one_run_in_full(kb: KnowledgeBase, run: Run) -> None:
    run(kb.root, *SEND)
    (one,) = json.loads(run(kb.root, "outbox", "--json").out)["runs"]
    for name in (one["run"], one["run"][-8:]):
        shown = run(kb.root, "outbox", name)
        assert shown.code == 0
        assert "subject\tOrder fuel early" in shown.out
        assert "machine\tthis one" in shown.out
    missing = run(kb.root, "outbox", "nothing")
    assert missing.code == 2
    assert "There is no run 'nothing'" in missing.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--send"], r"Letters are sent to an audience\.\sName one with --for: .*staff"),
        (["--send", "--for", "internal"], r"'internal' is a circle[^\n]*\sName one: .*staff"),
        (["--send", "--for", "staf"], "There is no audience"),
        (["--send", "--for", "staff", "--since", "P2W"], "--since does not go with --send"),
        (["--send", "--for", "staff", "--topic", "fuel"], "A filter does not go with --send"),
        (["--dry-run", "--for", "staff", "-o", "x.md"], "--output does not go with"),
        (["--for", "staff", "--take-over"], "--take-over goes with --send only"),
        (["--for", "staff", "--if-due"], "--if-due goes with --send only"),
    ],
)
def test_what_makes_no_sense_is_refused(
    kb: KnowledgeBase, run: Run, box: Box, words: list[str], said: str
) -> None:
    done = run(kb.root, "digest", *words)
    assert done.code == 2
    assert re.search(said, done.err)
    assert arrived(box) == []


def test_a_password_that_is_not_there_stops_it(kb: KnowledgeBase, run: Run, box: Box) -> None:
    place = kb.root / "kmkit.toml"
    place.write_text(place.read_text("utf-8").replace("[mail]\n", '[mail]\nuser = "me"\n'), "utf-8")
    done = run(kb.root, *SEND)
    assert done.code == 4
    assert "KMKIT_SMTP_PASSWORD" in done.err
    assert arrived(box) == []
    assert run(kb.root, "outbox").err.startswith("No letters")


def test_a_ci_job_in_a_fresh_clone_each_week(
    kb: KnowledgeBase, run: Run, box: Box, tmp_path: Path
) -> None:
    """No journal and no key of its own: the ledger comes from the remote, the key with the job."""
    cloned(kb, tmp_path / "bare.git")
    box.answers = {STAFF[0]: ["550 busy"]}
    for week, today in enumerate(("2026-11-21", "2026-11-28", "2026-12-05")):
        job = clone(tmp_path / "bare.git", tmp_path / f"job{week}")
        done = run(job.root, *SEND, today=today, env={"KMKIT_OUTBOX_KEY": KEY})
        assert done.code == (1 if week == 0 else 0), done.err
        git(job.root, "push", "-q", "origin", "HEAD")
    assert len(box.letters) == len(STAFF) - 1
    listed = run(kb.root, "outbox")
    assert len(listed.out.splitlines()) == 2


def test_a_remote_out_of_reach_is_told_of(
    kb: KnowledgeBase, run: Run, box: Box, tmp_path: Path
) -> None:
    git(kb.root, "remote", "add", "origin", str(tmp_path / "nowhere.git"))
    done = run(kb.root, *SEND)
    assert done.code == 4
    assert "--offline" in done.err
    assert arrived(box) == []
    shown = run(kb.root, "digest", "--for", "staff", "--dry-run")
    assert shown.code == 0
    assert "goes by what is known here" in shown.err
    assert run(kb.root, *SEND, "--offline").code == 0
    assert arrived(box) == sorted(STAFF)
    listed = run(kb.root, "outbox")
    assert listed.code == 0
    assert "This is what is known here" in listed.err


def test_a_key_that_is_too_short_is_refused(kb: KnowledgeBase, run: Run, box: Box) -> None:
    done = run(kb.root, *SEND, env={"KMKIT_OUTBOX_KEY": "short"})
    assert done.code == 2
    assert "too short" in done.err
    assert arrived(box) == []

"""Sending a digest: what is in it, who gets it, what is recorded, and what stops it."""

import time
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from kmkit.config.leaving import Mail
from kmkit.errors import Cannot, Refused, UsageError
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.settings import check_settings
from kmkit.reach.ledger import Ledger
from kmkit.reach.recording import record
from kmkit.reach.sending.digest import Ways, preview, send_digest
from kmkit.reach.smtp import Post
from tests.conftest import BEN, NOW, at, disseminated, formatted
from tests.sending_kb import (
    STAFF,
    Mailbox,
    Outcome,
    cut_after,
    git,
    later,
    send,
    staffed,
    write_staff,
)
from tests.smtp_servers import Box, serving

LATER = Outcome("deferred", 451)


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    return staffed(tmp_path / "kb")


@pytest.fixture
def blank(tmp_path: Path) -> KnowledgeBase:
    """A knowledge base without notes."""
    return staffed(tmp_path / "kb", telling=False)


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "box")


def texts(mailbox: Mailbox, first: int = 0) -> str:
    return "\n".join(row[3] for row in mailbox.letters[first:])


# What is in it


def test_a_formatted_note_goes_out_and_is_recorded(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    (note,) = kb.notes()
    report = send(kb, mailbox)
    assert mailbox.to == sorted(STAFF)
    assert "Order fuel early" in texts(mailbox)
    (entry,) = kb.read(note.path).fields.disseminated
    assert (entry.channel, entry.audience) == ("letter", "staff")
    assert report.run
    assert entry.evidence == f"kmkit outbox {report.run.id}"
    assert kb.read(note.path).state == "disseminated"
    assert git(kb.root, "status", "--porcelain") == ""


def test_it_is_told_once(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    send(kb, mailbox)
    for days in (1, 8, 15):
        report = send(later(kb, days), mailbox)
        assert report.run is None
        assert report.plan
        assert report.plan.empty
    assert len(mailbox.letters) == len(STAFF)


def test_what_is_merged_late_is_in_the_next_one(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    """A branch that is older than the last digest, merged after it: its days lie long before."""
    git(kb.root, "switch", "-q", "-c", "late")
    disseminated(later(kb, -3), "Found out on a branch")
    git(kb.root, "switch", "-q", "-")
    send(kb, mailbox)
    git(kb.root, "merge", "-q", "--no-edit", "late")
    report = send(later(kb, 7), mailbox)
    assert report.plan
    assert (report.plan.since, report.plan.until) == (date(2026, 11, 22), date(2026, 11, 28))
    assert "Found out on a branch" not in texts(mailbox)[: len(texts(mailbox)) // 2]
    assert "Found out on a branch" in texts(mailbox, len(STAFF))
    assert "Order fuel early" not in texts(mailbox, len(STAFF))


def test_a_history_under_new_names_is_not_told_again(
    blank: KnowledgeBase, mailbox: Mailbox
) -> None:
    """As after a rebase: other commits, the same events."""
    disseminated(blank)
    send(blank, mailbox)
    git(blank.root, "-c", "rebase.autoSquash=false", "rebase", "-q", "--force-rebase", "--root")
    report = send(later(blank, 7), mailbox)
    assert report.run is None


def test_the_first_one_tells_of_as_long_as_the_audience_is_written_to(
    blank: KnowledgeBase, mailbox: Mailbox
) -> None:
    disseminated(later(blank, -9), "Long ago")
    disseminated(later(blank, -5), "This week")
    send(blank, mailbox)
    assert "This week" in texts(mailbox)
    assert "Long ago" not in texts(mailbox)


def test_an_empty_one_goes_out_on_request_alone(blank: KnowledgeBase, mailbox: Mailbox) -> None:
    assert send(blank, mailbox).run is None
    assert Ledger(blank).runs() == []
    assert send(blank, mailbox, even_empty=True).run
    assert mailbox.to == sorted(STAFF)


def test_not_before_it_is_due_where_that_is_asked_for(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    send(kb, mailbox, if_due=True)
    formatted(later(kb, 1), "Another thing")
    report = send(later(kb, 2), mailbox, if_due=True)
    assert report.due == NOW.date() + timedelta(days=7)
    assert send(later(kb, 7), mailbox, if_due=True).run


def test_a_note_that_had_no_room_goes_out_with_the_next(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    kb = changed(kb, "[mail]", "[digest]\nmax_notes = 1\n\n[mail]")
    formatted(kb, "Another thing")
    plans = [send(later(kb, days), mailbox).plan for days in (0, 7, 14)]
    assert [len(plan.notes) if plan else 0 for plan in plans] == [1, 1, 0]
    assert len({plan.notes for plan in plans if plan}) == 3


def test_stewards_have_a_digest_of_their_own(blank: KnowledgeBase, mailbox: Mailbox) -> None:
    formatted(later(blank, -40))
    ways = Ways(mailbox.opened, lambda: 0.0)
    report = send_digest(blank, Ledger(blank), "stewards", "staff", ways)
    assert report.run
    assert send(blank, mailbox).run
    assert len({row[1] for row in mailbox.letters}) == 2 * len(STAFF)


def test_what_an_audience_may_not_see_or_does_not_want_stays(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    hidden = formatted(kb, "Only for us", topics=["safety"])
    unwanted = formatted(kb, "About something else", topics=["finance"])
    for note in kb.notes():
        if note.id != hidden.id:
            kb.move("release", note, Request(level="domestic", because="Of use to all."))
    kb = changed(
        kb, '[audiences.staff]\nlevel = "internal"', '[audiences.staff]\nlevel = "domestic"'
    )
    kb = changed(kb, 'recipients = ["ana', 'topics = ["logistics"]\nrecipients = ["ana')
    report = send(kb, mailbox)
    assert report.run
    assert not {hidden.id, unwanted.id} & set(report.run.intent.notes)
    told = texts(mailbox) + git(kb.root, "log", "-p", "kmkit-outbox")
    assert "Order fuel early" in told
    assert not any(word in told for word in ("Only for us", hidden.id, unwanted.id))
    assert (kb.read(hidden.path).state, kb.read(unwanted.path).state) == ("formatted", "formatted")


def test_each_reader_is_written_to_in_their_language(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    place = kb.root / "people/ben.md"
    place.parent.mkdir(exist_ok=True)
    place.write_text("---\nname: Ben\nemail: ben@example.org\nlanguages: [fr]\n---\n", "utf-8")
    git(kb.root, "add", "people")
    git(kb.root, "commit", "-q", "-m", "Ben reads French")
    report = send(at(kb), mailbox)
    assert report.plan
    assert {digest.language for digest in report.plan.digests.values()} == {"en", "fr"}
    texts_of = {row[0]: row[3] for row in mailbox.letters}
    assert "novembre" in texts_of["ben@example.org"]
    assert "November" in texts_of["cy@example.org"]


# Who gets it


def test_a_reader_who_was_dropped_gets_nothing_when_a_run_goes_on(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    cut_after(1, kb, mailbox)
    left = [one for one in STAFF if one not in mailbox.to]
    write_staff(kb, (*(one for one in STAFF if one != left[0]), "new@example.org"))
    kb = at(kb)
    report = send(kb, mailbox)
    assert set(mailbox.to) == set(STAFF) - {left[0]}
    (run,) = report.finished
    assert run.counts()["dropped"] == 1
    assert run.state(NOW) == "done"


def test_somebody_who_has_left_gets_nothing_when_a_run_goes_on(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    cut_after(1, kb, mailbox)
    gone = next(one for one in STAFF if one not in mailbox.to)
    place = kb.root / "people/gone.md"
    place.parent.mkdir(exist_ok=True)
    text = f"---\nname: Somebody\nemail: {gone}\nuntil: 2026-11-21\n---\n"
    place.write_text(text, "utf-8")
    git(kb.root, "add", "people")
    git(kb.root, "commit", "-q", "-m", "Somebody leaves")
    send(later(kb, 1), mailbox)
    assert gone not in mailbox.to
    assert set(mailbox.to) == set(STAFF) - {gone}


def test_a_note_that_was_narrowed_meanwhile_does_not_go_out(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    (note,) = kb.notes()
    cut_after(1, kb, mailbox)
    kb.move("retire", kb.read(note.path), Request(because="It was wrong."))
    report = send(at(kb), mailbox)
    assert len(mailbox.letters) == 1
    assert report.finished[0].counts()["dropped"] == len(STAFF) - 1


def test_who_was_put_off_is_tried_again_with_the_same_letter(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    mailbox.answers = {STAFF[0]: LATER, STAFF[1]: Outcome("refused", 550)}
    report = send(kb, mailbox)
    assert report.run
    assert report.run.state(NOW) == "stopped"
    formatted(later(kb, 6), "Another thing")
    mailbox.answers = {}
    report = send(later(kb, 7), mailbox)
    assert [run.counts()["sent"] for run in report.finished] == [3]
    assert report.run
    mine = [row for row in mailbox.letters if row[0] == STAFF[0]]
    assert [row[2] for row in mine] == ["Order fuel early", "Another thing"]
    assert "Order fuel early" in mine[0][3]
    refused = [row for row in mailbox.letters if row[0] == STAFF[1]]
    assert [row[2] for row in refused] == ["Another thing"]


def test_who_is_put_off_for_two_weeks_is_given_up(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    mailbox.answers = {STAFF[0]: LATER}
    for days in (0, 7, 14, 21):
        report = send(later(kb, days), mailbox)
        assert bool(report.runs) is (days < 21)


def test_after_a_cut_the_same_day_what_is_new_waits(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    cut_after(2, kb, mailbox)
    formatted(kb, "Another thing")
    assert send(kb, mailbox).run is None
    assert mailbox.to == sorted(STAFF)
    assert send(later(kb, 1), mailbox).run


def test_a_server_that_goes_away_stops_the_run_and_it_goes_on_later(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:

    def gone(arrived: int) -> None:
        if arrived == 2:
            raise Cannot("The mail server hung up.")

    mailbox.before = gone
    with pytest.raises(Cannot, match="hung up"):
        send(kb, mailbox)
    (run,) = Ledger(kb).runs()
    assert (run.state(NOW), run.untried) == ("stopped", 2)
    mailbox.before = lambda number: None
    send(kb, mailbox)
    assert mailbox.to == sorted(STAFF)


# What stops it


def test_nothing_is_sent_to_a_circle(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    ways = Ways(mailbox.opened, lambda: 0.0)
    with pytest.raises(UsageError, match="circle"):
        send_digest(kb, Ledger(kb), "readers", "internal", ways)


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        ((), "no recipients"),
        (("ana@example.org", "a@x.org, b@y.org"), "no e-mail address"),
        (("ana@example.org", "=?utf-8?q?a=0Ab?=@x.org"), "no e-mail address"),
        (("ana@example.org", "nobody"), "no e-mail address"),
    ],
)
def test_a_recipient_that_is_none_stops_it_for_all(
    kb: KnowledgeBase, mailbox: Mailbox, recipients: tuple[str, ...], said: str
) -> None:
    write_staff(kb, recipients)
    with pytest.raises((Cannot, Refused), match=said):
        send(at(kb), mailbox)
    assert mailbox.letters == []
    assert Ledger(kb).runs() == []


def changed(kb: KnowledgeBase, old: str, new: str) -> KnowledgeBase:
    place = kb.root / "kmkit.toml"
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")
    git(kb.root, "commit", "-q", "-am", "Settings")
    return at(kb)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sender = "digest@example.org"', 'sender = "a@b.org, c@d.org"', "no e-mail address"),
        ('channel = "letter"', 'channel = "postcard"', "postcard"),
        ('channel = "letter"', "", "several mail channels"),
        ('kind = "mail"\nlevel = "internal"', 'level = "domestic"', "reaches domestic"),
        ('sender = "digest@example.org"', 'unsubscribe = "ftp://x"', "unsubscribe"),
    ],
)
def test_a_setting_that_does_not_fit_stops_it(
    kb: KnowledgeBase, mailbox: Mailbox, old: str, new: str, said: str
) -> None:
    kb = changed(kb, old, new)
    with pytest.raises((Cannot, Refused), match=said):
        send(kb, mailbox)
    assert mailbox.letters == []
    assert Ledger(kb).runs() == []


def test_a_letter_that_is_too_large_stops_it(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    (note,) = kb.notes()
    long = "A long story of what happened.\n" * 35_000
    text = note.text.replace("Text of lessons.", long)
    edited = Request(because="The whole story.")
    kb.move("edit", note, edited, data=text.encode())
    approve = Request(method="peer-review", verdict="approve", because="Read.")
    at(kb, BEN).move("validate", kb.read(note.path), approve)
    with pytest.raises(Cannot, match="MB"):
        send(kb, mailbox)
    assert mailbox.letters == []
    assert Ledger(kb).runs() == []


@pytest.mark.parametrize("text", ["{{ nothing_of_that_name }}", "{% for", "{{ ''.__class__ }}"])
def test_a_template_of_its_own_that_fails_stops_it(
    kb: KnowledgeBase, mailbox: Mailbox, text: str
) -> None:
    place = kb.root / "templates/digest/readers.html.j2"
    place.parent.mkdir(parents=True)
    place.write_text(text, "utf-8")
    with pytest.raises(Cannot, match=r"readers\.html"):
        send(kb, mailbox)
    assert mailbox.letters == []
    assert Ledger(kb).runs() == []


def test_no_server_no_intent(kb: KnowledgeBase) -> None:
    nowhere = Mail(host="127.0.0.1", port=9, security="none")
    ways = Ways(lambda: Post(nowhere, clock=time.monotonic, wait=time.sleep), time.monotonic)
    with pytest.raises(Cannot):
        send_digest(kb, Ledger(kb), "readers", "staff", ways)
    assert Ledger(kb).runs() == []


def test_check_finds_a_channel_that_there_is_not(kb: KnowledgeBase) -> None:
    kb = changed(kb, 'channel = "letter"', 'channel = "leter"')
    text = (kb.root / "kmkit.toml").read_text("utf-8")
    (problem,) = check_settings(kb.config, kb.policy, text)
    assert "there is no channel 'leter'" in problem.message
    assert problem.mend == "Did you mean letter?"


# What is recorded


def test_recording_can_be_repeated_and_leaves_what_cannot_move(kb: KnowledgeBase) -> None:
    (one,) = kb.notes()
    two = kb.capture({"title": "Raw", "summary": "So."}, "So.\n").note
    found = record(kb, [one.id, two.id, "20260101-none-x7k2"], channel="letter", evidence="e")
    assert found.notes == (one.id,)
    assert [left.id for left in found.left] == [two.id, "20260101-none-x7k2"]
    assert all(left.why for left in found.left)
    again = record(kb, [one.id], channel="letter", evidence="e")
    assert (again.notes, again.left) == ((), ())


def test_who_may_not_record_sends_all_the_same_and_says_so(
    kb: KnowledgeBase, mailbox: Mailbox
) -> None:
    (note,) = kb.notes()
    report = send(at(kb, BEN), mailbox)
    assert mailbox.to == sorted(STAFF)
    assert [left.id for found in report.recorded for left in found.left] == [note.id]
    assert send(later(kb, 7), mailbox).run is None  # an editor comes by, and it is recorded
    assert kb.read(note.path).state == "disseminated"
    assert len(mailbox.letters) == len(STAFF)


# Over real mail


def test_a_preview_sends_nothing(kb: KnowledgeBase) -> None:
    (note,) = kb.notes()
    tip = git(kb.root, "for-each-ref")
    found = preview(kb, Ledger(kb), "readers", "staff")
    assert found.plan.notes == (note.id,)
    assert [one.email for one in found.plan.recipients] == list(STAFF)
    assert git(kb.root, "for-each-ref") == tip


def test_each_reader_has_a_letter_of_their_own(blank: KnowledgeBase) -> None:
    formatted(blank, "Order fuel =?utf-8?q?early=0ABcc:?= all@example.org")
    box = Box(answers={STAFF[2]: ["550 no such user"]})
    with serving(box) as port:
        mail = Mail(host="127.0.0.1", port=port, security="none", per_minute=100_000)
        ways = Ways(lambda: Post(mail, clock=time.monotonic, wait=time.sleep), time.monotonic)
        report = send_digest(blank, Ledger(blank), "readers", "staff", ways)
    assert report.run
    assert report.run.counts()["refused"] == 1
    assert [one.rcpt_tos for one in box.letters] == [[one] for one in STAFF if one != STAFF[2]]
    letters = [read(one.original_content or b"") for one in box.letters]
    assert len({letter["Message-ID"] for letter in letters}) == 3
    for letter in letters:
        assert letter["Cc"] is None
        assert letter["From"].addresses[0].addr_spec == "digest@example.org"
        assert letter["List-Unsubscribe"]
        assert letter["Auto-Submitted"] == "auto-generated"
        parts = [part.get_content_type() for part in letter.iter_parts()]
        assert parts == ["text/plain", "text/html"]


def read(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=default)
    assert isinstance(found, EmailMessage)
    return found

"""Honest moves of every kind, in the order in which they are rare: nothing is found of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

import pytest

from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, ROADS, WELLS, capture
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, swap

EXPERT = replace(APPROVE, method="expert-review", topic="logistics")
COMMITTEE = replace(APPROVE, method="committee", decided_by="The board", minutes="2026-11")
REJECT = replace(APPROVE, verdict="reject")
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)


def honest(history: History) -> Report:
    """The report of main, in which nothing is found."""
    report = audited(history, history.anchor())
    assert report.findings == ()
    return report


def proof(report: Report, name: str) -> str:
    """How well a note stands."""
    return next(one.proof for one in report.standings if name in one.note)


def since(report: Report, name: str) -> str:
    """Since which commit a note stands so."""
    return next(one.since for one in report.standings if name in one.note)


def by_hand(history: History, name: str, old: str, new: str, who: Person = CY) -> str:
    """A plain commit that replaces a piece of a note."""
    path = history.path(name)
    return history.write("By hand\n", {path: swap(old, new)(history.data(path))}, who)


# Beginning


def test_a_note_written_by_hand_is_captured_later(new: New) -> None:
    history = new(False)
    data = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    path = "notes/2026/20261121-lorries-eeee.md"
    history.write("Add\n", {path: data}, DEE)
    assert proof(honest(history), "lorries") == "unproved"
    history.kb(CY).adopt(PurePosixPath(path))
    assert proof(honest(history), "lorries") == "claimed"
    history.move("validate", "lorries", BEN, APPROVE)
    assert proof(honest(history), "lorries") == "claimed"


def test_a_note_from_elsewhere_is_captured_anew(new: New) -> None:
    history = new(False)
    path = "notes/2026/20261121-lorries-eeee.md"
    data = history.data(history.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    history.write("Add\n", {path: data}, CY)
    assert [f.rule for f in audited(history, history.anchor()).findings] == ["unproved"]
    captured = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    history.write("Set it back\n", {path: captured}, CY)
    history.kb(CY).adopt(PurePosixPath(path))
    report = audited(history, history.anchor())
    assert proof(report, "lorries") == "claimed"
    assert report.findings == ()
    assert report.mended


def test_a_format_fills_in_what_readers_need(new: New) -> None:
    history = new(False)
    needed = swap("language:", "matters_to: Anybody who drives.\nlanguage:")
    kb = history.kb(ANA)
    kb.move("format", kb.resolve(WELLS), ASK, data=needed(history.data(history.path(WELLS))))
    assert proof(honest(history), WELLS) == "claimed"
    assert history.note(WELLS).state == "formatted"


# Days prove nothing


@pytest.mark.parametrize("when", [LONG_AGO, FAR_AHEAD], ids=["long ago", "far ahead"])
def test_a_clock_that_is_wrong_is_nobodys_fault(new: New, when: datetime) -> None:
    history = new(False)
    due = history.today + timedelta(days=20)
    history.forge("ask", FUEL, CY, replace(ASK, to=BEN.email, due=due), when=when)
    history.forge("defer", BOATS, CY, replace(ASK, due=due), when=when)
    history.forge("validate/quorum", FUEL, BEN, APPROVE, when=when)
    history.forge("format", ROADS, ANA, when=when)
    on = replace(ASK, channel="weekly-digest", on=date(2026, 12, 1))
    history.forge("disseminate", ROADS, ANA, on, when=when)
    history.checkout()
    capture(history, "lorries-eeee")
    honest(history)


def test_a_capture_by_a_clock_that_is_slow(new: New) -> None:
    history = new(False)
    data = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    message = history.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: 20261121-{FUEL}")
    message = message.replace(FUEL, "lorries-eeee") + "\n"
    path = "notes/2026/20261121-lorries-eeee.md"
    history.commit(message, {path: data}, who=CY, when=LONG_AGO)
    assert proof(honest(history), "lorries") == "claimed"


# Every move


def test_a_review_is_put_off_once_for_each_review(new: New) -> None:
    history = new(False)
    for _ in range(2):
        ask = replace(ASK, due=history.today + timedelta(days=10))
        history.move("defer", BOATS, CY, ask)
        history.move("confirm", BOATS, CY, ASK)
    assert proof(honest(history), BOATS) == "claimed"


def test_a_note_is_brought_to_people_three_times(new: New) -> None:
    history = new(False)
    history.move("disseminate", BOATS, ANA, replace(ASK, channel="weekly-digest", evidence="x.eml"))
    history.move("confirm", BOATS, CY, ASK)
    history.move("disseminate", BOATS, ANA, replace(ASK, channel="weekly-digest"))
    honest(history)
    assert history.note(BOATS).state == "maintained"


def test_a_note_is_retired_for_another(new: New) -> None:
    history = new(False)
    history.move("retire", ROADS, CY, Request(superseded_by=history.note(BOATS).id))
    assert proof(honest(history), ROADS) == "claimed"
    history.move("reopen", ROADS, ANA, ASK)
    history.move("validate", ROADS, BEN, APPROVE)
    assert proof(honest(history), ROADS) == "claimed"


def test_an_approver_says_that_a_rewording_means_the_same(new: New) -> None:
    history = new(False)
    data = WORDS(history.data(history.path(ROADS)))
    kb = history.kb(ANA)
    kb.move("reword", kb.resolve(ROADS), ASK, data=data)
    assert since(honest(history), ROADS) != history.tip()
    history.move("same-meaning", ROADS, BEN, ASK)
    assert since(honest(history), ROADS) == history.tip()
    history.move("format", ROADS, ANA)
    honest(history)


def test_a_rewording_that_nobody_confirmed_is_judged_anew(new: New) -> None:
    history = new(False)
    before = history.run("rev-parse", f"main:{history.path(ROADS)}")
    kb = history.kb(ANA)
    kb.move("reword", kb.resolve(ROADS), ASK, data=WORDS(history.data(history.path(ROADS))))
    history.move("reopen", ROADS, CY, ASK)
    honest(history)
    in_force = history.note(ROADS).fields.in_force
    assert in_force
    assert in_force.blob == before


@pytest.mark.parametrize("name", [ROADS, BOATS])
def test_a_revision_is_dropped_and_the_old_text_stands(new: New, name: str) -> None:
    history = new(False)
    stood = history.data(history.path(name))
    kb = history.kb(CY)
    kb.move("edit", kb.resolve(name), ASK, data=WORDS(stood))
    honest(history)
    history.move("validate", name, BEN, RETURN)
    history.move("validate", name, BEN, REJECT)
    assert proof(honest(history), name) == "claimed"
    assert "Text of lessons." in history.data(history.path(name)).decode()


def test_a_revision_that_takes_the_old_text_out_of_force(new: New) -> None:
    history = new(False)
    history.move("reopen", BOATS, CY, replace(ASK, withdraw=True))
    honest(history)
    history.move("validate", BOATS, BEN, REJECT)
    assert history.note(BOATS).state == "retired"
    honest(history)


def test_the_level_of_a_version_in_force_rises_by_how_that_one_was_approved(new: New) -> None:
    history = new(False)
    history.move("reopen", ROADS, CY, ASK)
    history.move("validate", ROADS, DEE, EXPERT)
    kb = history.kb(CY)
    kb.move("edit", kb.resolve(ROADS), ASK, data=WORDS(history.data(history.path(ROADS))))
    history.move("release", ROADS, ANA, replace(ASK, level="international"))
    honest(history)


def test_who_revises_a_note_is_its_writer_and_nobody_before(new: New) -> None:
    history = new(False)
    by_hand(history, FUEL, "Text of results", "More text of results", DEE)
    history.move("validate", FUEL, BEN, APPROVE)
    history.move("format", FUEL, ANA)
    kb = history.kb(BEN)
    history.rules(lambda text: text.replace('manager = ["', 'manager = ["ben@example.org", "'), ANA)
    history.checkout()
    kb.move("edit", kb.resolve(FUEL), ASK, data=WORDS(history.data(history.path(FUEL))))
    history.move("validate", FUEL, DEE, APPROVE)
    assert proof(honest(history), FUEL) == "claimed"


def test_a_committee_decides(new: New) -> None:
    history = new(True)
    history.move("validate", FUEL, ANA, COMMITTEE)
    report = honest(history)
    assert proof(report, FUEL) == "proved"
    assert {one.recorded_by for one in report.standings} == {"", ANA.email}


def test_three_of_a_crowd(new: New) -> None:
    history = new(True)
    history.rules(
        lambda text: text.replace('reviewer = ["', 'reviewer = ["ana@example.org", "'), ANA
    )
    history.checkout()
    history.move("ask", FUEL, CY, replace(ASK, to=BEN.email))
    for who in (ANA, BEN, DEE):
        history.move("validate", FUEL, who, CROWD)
    assert proof(honest(history), FUEL) == "proved"


# What was lost, and approved anew


def test_what_a_squash_lost_is_renewed_by_another_method(new: New) -> None:
    history = new(False)
    path = "notes/2026/20261121-lorries-eeee.md"
    data = history.data(history.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    history.write("Add\n", {path: data}, CY)
    assert proof(audited(history, history.anchor()), "lorries") == "unproved"
    history.move("renew", "lorries", DEE, EXPERT)
    report = honest(history)
    assert report.mended == 1
    assert proof(report, "lorries") == "claimed"
    history.move("format", "lorries", ANA)
    history.move("reopen", "lorries", CY, ASK)
    history.move("validate", "lorries", BEN, APPROVE)
    approved = {one.note[-4:]: one.by for one in honest(history).standings}
    assert approved["eeee"] == (BEN.email,)


def test_what_was_captured_before_the_anchor_goes_on(new: New) -> None:
    history = new(True)
    anchor = history.tip()
    history.move("validate", FUEL, BEN, APPROVE)
    history.move("format", FUEL, ANA)
    history.move("reopen", ROADS, CY, ASK)
    history.move("validate", ROADS, BEN, REJECT)
    history.move("reopen", BOATS, CY, ASK)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proof(report, FUEL) == "claimed"
    assert proof(report, ROADS) == proof(report, BOATS) == "before-anchor"
    history.move("validate", BOATS, BEN, APPROVE)
    history.move("confirm", BOATS, CY, ASK)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proof(report, BOATS) == "proved"


def test_what_lay_there_at_the_anchor_is_captured(new: New) -> None:
    history = new(False)
    path = "notes/2026/20261121-lorries-eeee.md"
    data = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    anchor = history.write("Add\n", {path: data}, DEE)
    history.kb(CY).adopt(PurePosixPath(path))
    report = audited(history, anchor)
    assert report.findings == ()
    assert proof(report, "lorries") == "claimed"
    assert proof(report, FUEL) == "before-anchor"


def test_what_was_not_signed_is_signed_anew(new: New) -> None:
    history = new(True)
    history.rules(lambda text: text.replace('= "required"', '= "optional"'), ANA)
    french = swap("language: en", "language: fr")
    for name in (ROADS, BOATS):
        path = history.path(name)
        history.commit("F\n", {path: french(history.data(path))}, who=CY, sign=False)
    history.checkout()
    report = honest(history)
    assert proof(report, ROADS) == proof(report, BOATS) == "claimed"
    history.move("reopen", ROADS, CY, ASK)
    history.move("validate", ROADS, BEN, APPROVE)
    history.move("renew", BOATS, BEN, APPROVE)
    assert {one.proof for one in honest(history).standings} == {"proved"}


def test_what_stood_at_the_anchor_begins_again(new: New) -> None:
    history = new(False)
    anchor = history.tip()
    history.move("retire", BOATS, CY, ASK)
    history.move("reopen", BOATS, ANA, ASK)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proof(report, BOATS) == "before-anchor"
    history.move("validate", BOATS, BEN, APPROVE)
    history.move("confirm" if history.note(BOATS).state == "disseminated" else "format", BOATS, ANA)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proof(report, BOATS) == "claimed"
    assert proof(report, ROADS) == "before-anchor"

"""Honest histories that look odd: the audit has nothing to say of them."""

from dataclasses import replace

import pytest

from kmkit.lifecycle.context import Request
from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, ROADS
from tests.forgeries.builder import key_of
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, swap
from tests.signing_keys import ssh_key

CROWD_RETURN = replace(CROWD, verdict="return")


@pytest.mark.parametrize("answer", [CROWD, CROWD_RETURN], ids=["approve", "return"])
def test_verdicts_of_two_branches_come_together(new: New, answer: Request) -> None:
    history = new(True)
    anchor = history.anchor()
    history.rules(lambda text: text.replace("crowd = 3", "crowd = 2"), ANA)
    path = history.path(FUEL)
    history.fork("side")
    verb = "validate" if answer is CROWD else "validate/return"
    history.forge(verb, FUEL, BEN, answer)
    history.forge("validate", FUEL, DEE, CROWD, on="side")
    mine, yours = (history.note(FUEL, branch).fields.verdicts for branch in ("main", "side"))
    both = write_fields(history.note(FUEL), {"verdicts": (*yours, *mine)})
    history.merge(CY, {path: both}, tree="main")
    assert audited(history, anchor).findings == ()
    assert len(history.note(FUEL).fields.verdicts) == 2


def test_a_merge_may_take_the_revision_of_one_side(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    history.fork("side")
    history.checkout("side")
    history.move("reopen", BOATS, CY)
    history.forge("format", ROADS, ANA)
    history.merge(ANA)
    assert audited(history, anchor).findings == ()
    assert history.note(BOATS).state == "captured"


def test_rules_may_change_on_one_side(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    history.fork("side")
    history.rules(lambda text: text.replace("crowd = 3", "crowd = 2"), ANA, on="side")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    history.merge(CY)
    assert audited(history, anchor).findings == ()


def test_a_new_key_serves_from_the_next_commit_on(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    old, key = key_of(BEN).line, ssh_key("ben-new")
    history.rules(lambda text: text.replace(old, key.line), ANA)
    history.forge("validate/quorum", FUEL, BEN, APPROVE, key=key)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved"}


def test_what_was_forged_and_put_right_is_no_finding(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = history.path(ROADS)
    before = history.data(path)
    history.commit("Typo\n", {path: WORDS(before)}, who=CY)
    assert audited(history, anchor).findings
    history.commit("Put it back\n", {path: before}, who=CY)
    report = audited(history, anchor)
    assert report.findings == ()
    assert report.mended == 1


def test_a_rename_on_one_side_and_a_move_on_the_other(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    history.fork("side")
    path = history.path(FUEL)
    files = {path: None, "notes/fuel-aaaa.md": history.data(path)}
    history.commit("Sort\n", files, who=CY, on="side")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    history.merge(ANA)
    assert audited(history, anchor).findings == ()
    assert history.path(FUEL) == "notes/fuel-aaaa.md"
    assert history.note(FUEL).state == "validated"


def test_packaging_on_one_side_and_a_move_on_the_other(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    history.fork("side")
    path = history.path(ROADS)
    data = swap("language: en", "language: fr")(history.data(path))
    history.commit("French\n", {path: data}, who=CY, on="side")
    history.forge("format", ROADS, ANA)
    history.merge(ANA)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved"}
    history.checkout()
    history.move("disseminate", ROADS, ANA, replace(APPROVE, channel="weekly-digest"))
    assert audited(history, anchor).findings == ()

"""What stood at the anchor, what was retired, what is proved: none of it is changed by a detour."""

import re

import pytest

from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, swap
from tests.forgeries.tricks_undone import taken_up_again

FRENCH = swap("language: en", "language: fr")


def rules(report: Report) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report.findings]


def proof(report: Report, name: str) -> str:
    """How well a note stands."""
    return next(one.proof for one in report.standings if name in one.note)


def honest(history: History, anchor: str = "") -> Report:
    """The report of main, in which nothing is found."""
    report = audited(history, anchor or history.anchor())
    assert report.findings == ()
    return report


# What stood at the anchor


def captured_anew(h: History, name: str, *, by_hand: bool = False, **fields: str | None) -> None:
    """Mal captures a note once more, as one that nobody captured before."""
    made, path = h.imitate("capture", name, MAL), h.path(name)
    data = write_fields(h.note(name), {"state": "captured", "verdicts": None, **fields})
    message = made.message.replace(f"capture {h.note(name).state} -> ", "capture -> ")
    message = re.sub(r"-> \w+", "-> captured", message)
    message = re.sub(r"Kmkit-(Level|Owner): .*\n", "", message)
    stood = h.note(name).fields
    for key, value in {"Level": stood.level, "Owner": stood.owner}.items():
        said = fields.get(key.lower(), value)
        message += f"Kmkit-{key}: {said}\n" if said else ""
    if by_hand:
        h.commit("By hand\n", {path: data}, who=MAL)
    h.commit(message, {path: data}, who=MAL)


@pytest.mark.parametrize("by_hand", [False, True], ids=["at once", "in two steps"])
def test_an_approved_note_of_the_anchor_is_not_captured_anew(new: New, by_hand: bool) -> None:
    history = new(False)
    anchor = history.tip()
    captured_anew(history, ROADS, by_hand=by_hand)
    report = audited(history, anchor)
    assert rules(report) == [*["state-without-move"] * by_hand, "illegal-move"]
    assert proof(report, ROADS) == "unproved"


def test_a_retired_note_of_the_anchor_is_not_captured_anew(new: New) -> None:
    history = new(False)
    history.move("retire", ROADS, CY)
    anchor = history.tip()
    captured_anew(history, ROADS)
    assert rules(audited(history, anchor)) == ["illegal-move"]


@pytest.mark.parametrize("by_hand", [False, True], ids=["at once", "in two steps"])
@pytest.mark.parametrize("field", ["owner", "level"])
def test_a_captured_note_of_the_anchor_keeps_owner_and_level(
    new: New, field: str, by_hand: bool
) -> None:
    history = new(False)
    anchor = history.tip()
    other = {"owner": MAL.email, "level": "domestic"}[field]
    captured_anew(history, FUEL, by_hand=by_hand, **{field: other})
    assert rules(audited(history, anchor)) == [
        *["state-without-move"] * by_hand,
        "move-mismatch",
    ]


def test_what_a_note_of_the_anchor_lacked_comes_with_its_capture(new: New) -> None:
    history = new(False)
    note = history.note(FUEL)
    bare = write_fields(note, {"owner": None, "level": None})
    anchor = history.commit("Before all\n", {str(note.path): bare}, who=CY)
    captured_anew(history, FUEL, owner=MAL.email, level="domestic")
    assert proof(honest(history, anchor), FUEL) == "claimed"


def test_a_retired_note_of_the_anchor_is_taken_up_by_a_manager_alone(new: New) -> None:
    history = new(False)
    history.move("retire", ROADS, CY)
    anchor = history.tip()
    path = history.path(ROADS)
    alive = swap("state: retired", "state: validated")(history.data(path))
    history.commit("By hand\n", {path: alive}, who=MAL)
    history.forge("renew", ROADS, BEN, APPROVE)
    assert rules(audited(history, anchor)) == ["state-without-move"]


def test_one_of_a_crowd_does_not_prove_what_stood_at_the_anchor(new: New) -> None:
    history = new(False)
    quorum = "crowd = 3"
    history.rules(lambda text: text.replace(quorum, "crowd = 1"), ANA)
    history.forge("validate/quorum", FUEL, BEN, CROWD)
    anchor = history.rules(lambda text: text.replace("crowd = 1", quorum), ANA)
    history.forge("renew", FUEL, DEE, CROWD)
    assert proof(honest(history, anchor), FUEL) == "before-anchor"


# What was retired


def test_a_retirement_undone_by_hand_is_put_back(new: New) -> None:
    history = new(False)
    taken_up_again(history)
    path = history.path(ROADS)
    history.commit("Back\n", {path: history.data(path, "main~1")}, who=MAL)
    assert honest(history).mended == 1


def test_a_retirement_undone_by_hand_is_done_again_and_undone_by_a_manager(new: New) -> None:
    history = new(False)
    taken_up_again(history)
    history.forge("retire", ROADS, CY)
    history.forge("reopen", ROADS, ANA)
    assert rules(audited(history, history.anchor())) == ["state-without-move"]
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    assert proof(honest(history), ROADS) == "claimed"


def test_what_a_manager_took_up_again_is_renewed_as_any_other(new: New) -> None:
    history = new(False)
    history.forge("retire", ROADS, CY)
    history.forge("reopen", ROADS, ANA)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    path = history.path(ROADS)
    history.commit("Typo\n", {path: WORDS(history.data(path))}, who=MAL)
    history.forge("renew", ROADS, BEN, APPROVE)
    assert proof(honest(history), ROADS) == "claimed"


@pytest.mark.parametrize("who", [MAL, BEN])
def test_a_retirement_by_who_may_not_is_no_retirement(new: New, who: Person) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    history.forge("retire", ROADS, who)
    history.commit("Alive\n", {path: FRENCH(before)}, who=CY)
    history.forge("renew", ROADS, BEN, APPROVE)
    assert proof(honest(history), ROADS) == "claimed"


@pytest.mark.parametrize("who", [ANA, CY])
def test_a_note_of_a_name_that_was_retired_and_removed_begins_anew_by_a_manager(
    new: New, who: Person
) -> None:
    history = new(False)
    path = history.path(ROADS)
    history.forge("retire", ROADS, CY)
    history.commit("Away\n", {path: None}, who=CY)
    again = history.data(history.path(FUEL)).replace(FUEL.encode(), ROADS.encode())
    message = history.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: 20261121-{FUEL}")
    history.commit(message.replace(FUEL, ROADS) + "\n", {path: again}, who=who)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    history.commit("Typo\n", {path: WORDS(history.data(path))}, who=MAL)
    history.forge("renew", ROADS, BEN, APPROVE)
    if who == ANA:
        assert proof(honest(history), ROADS) == "claimed"
    else:
        report = audited(history, history.anchor())
        assert rules(report) == ["illegal-move", "changed-after-approval"]
        assert proof(report, ROADS) == "unproved"


# Merges


def test_what_a_merge_dropped_is_put_back(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.forge("retire", BOATS, CY, on="side")
    history.merge(MAL, tree="main")
    path = history.path(BOATS)
    history.commit("Back\n", {path: history.data(path, "side")}, who=MAL)
    report = honest(history)
    assert report.mended == 1
    assert {one.state for one in report.standings if BOATS in one.note} == {"retired"}


def test_a_forged_retirement_may_be_dropped(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.forge("retire", BOATS, MAL, on="side")
    history.merge(CY, tree="main")
    assert honest(history).mended == 1


def test_a_spoilt_note_renamed_at_once_is_put_back(new: New) -> None:
    history = new(False)
    path, other = history.path(ROADS), f"notes/{ROADS}.md"
    before = history.data(path)
    history.commit("Sort\n", {path: None, other: WORDS(before)}, who=MAL)
    assert rules(audited(history, history.anchor())) == ["changed-after-approval"]
    history.commit("Back\n", {other: before}, who=CY)
    assert honest(history).mended == 1


def test_a_merge_that_writes_without_a_signature_proves_nothing(new: New) -> None:
    history = new(True)
    history.rules(lambda text: text.replace('= "required"', '= "optional"'), ANA)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    path = history.path(FUEL)
    history.merge(CY, {path: WORDS(history.data(path))}, sign=False)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    report = honest(history)
    assert (proof(report, FUEL), proof(report, ROADS)) == ("claimed", "proved")

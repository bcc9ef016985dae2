"""Finer points of what makes a finding good, what stands again, and what is told of what."""

from dataclasses import replace
from datetime import date

import pytest

from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, LINK, Entry, History
from tests.forgeries.conftest import New
from tests.forgeries.corpus import APPROVE, RETURN, WORDS, swap
from tests.forgeries.test_forgotten import report_of, rules
from tests.forgeries.test_mended import standing_again
from tests.forgeries.test_records_more import replanned
from tests.forgeries.tricks_older import EVE, FRENCH, REJECT, elsewhere
from tests.forgeries.uses import planned

DOMESTIC = swap("level: internal", "level: domestic")
FORMATTED = swap("state: validated", "state: formatted")
OTHER = swap("Text of results.", "No results.")


def by_hand(history: History, name: str, *edits: object, who: object = MAL) -> str:
    """A plain commit that edits a note."""
    path = history.path(name)
    data = history.data(path)
    for edit in edits:
        data = edit(data)  # type: ignore[operator]
    return history.commit("Tidy up\n", {path: data}, who=who)  # type: ignore[arg-type]


def forged(history: History, row: str, name: str, edit: object) -> str:
    """A move by Cy that changes the words of a note."""
    data = edit(history.data(history.path(name)))  # type: ignore[operator]
    made = history.imitate(row, name, CY, data=data)
    return history.commit(made.message, {history.path(name): made.data}, who=CY)


# What a judgement makes good


def test_the_rejection_of_a_revision_of_other_words_makes_nothing_good(new: New) -> None:
    history = new(False)
    by_hand(history, ROADS, DOMESTIC)
    forged(history, "revise", ROADS, OTHER)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    history.forge("narrow", ROADS, CY, replace(ASK, level="internal"))
    assert rules(report_of(history)) == ["state-without-move"]
    forged(history, "revise", ROADS, WORDS)
    history.checkout()
    history.move("validate", ROADS, BEN, REJECT)
    assert rules(report_of(history)) == ["state-without-move"]


def test_a_return_of_older_words_keeps_no_renewal_from_making_good(new: New) -> None:
    history = new(False)
    history.move("validate", FUEL, DEE, RETURN)
    forged(history, "edit", FUEL, OTHER)
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    by_hand(history, FUEL, FORMATTED)
    history.checkout()
    assert rules(report_of(history)) == ["state-without-move"]
    history.move("renew", FUEL, BEN, APPROVE)
    assert rules(report_of(history)) == []


def test_who_returned_a_note_may_renew_it(new: New) -> None:
    history = new(False)
    history.move("validate", FUEL, DEE, RETURN)
    by_hand(history, FUEL, swap("state: captured", "state: validated"))
    history.checkout()
    history.move("renew", FUEL, DEE, APPROVE)
    assert rules(report_of(history)) == []


def test_a_new_round_makes_good_what_a_return_stood_against(new: New) -> None:
    history = new(False)
    history.move("validate", FUEL, DEE, RETURN)
    by_hand(history, FUEL, swap("state: captured", "state: retired"))
    history.forge("reopen", FUEL, ANA)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(report_of(history)) == []


def test_a_renewal_makes_no_deferral_good_that_a_hand_wrote(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    entry = {"until": date(2027, 1, 1), "by": "cy@example.org", "on": date(2026, 12, 20)}
    data = write_fields(history.note(BOATS), {"deferred": entry})
    history.commit("Later\n", {path: data}, who=MAL)
    history.checkout()
    assert rules(report_of(history)) == ["state-without-move"]
    history.forge("renew", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == ["state-without-move"]


# What a hand wrote, and put back


def test_a_note_that_was_never_sound_has_a_field_put_back(new: New) -> None:
    history = new(False)
    path = history.path(ROADS).replace(ROADS, "cliff-ffff")
    data = history.data(history.path(ROADS)).replace(ROADS.encode(), b"cliff-ffff")
    history.commit("New\n", {path: data}, who=CY)
    history.commit("Wider\n", {path: DOMESTIC(data)}, who=CY)
    history.commit("As it was\n", {path: FRENCH(data)}, who=CY)
    assert rules(report_of(history)) == ["unproved", *["state-without-move"] * 2]


def test_a_state_that_was_put_back_leaves_a_version_in_force(new: New) -> None:
    history = new(False)
    by_hand(history, ROADS, FORMATTED)
    by_hand(history, ROADS, swap("state: formatted", "state: validated"), FRENCH)
    forged(history, "revise", ROADS, WORDS)
    assert rules(report_of(history)) == ["state-without-move"]


def test_a_level_that_was_put_back_makes_no_state_right(new: New) -> None:
    history = new(False)
    by_hand(history, ROADS, FORMATTED)
    by_hand(history, ROADS, DOMESTIC)
    by_hand(history, ROADS, swap("level: domestic", "level: internal"), FRENCH)
    forged(history, "revise", ROADS, WORDS)
    assert rules(report_of(history)) == [*["state-without-move"] * 2, "bad-in-force"]


def test_what_stood_before_two_findings_of_one_name_is_put_back(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    backed = write_fields(history.note(FUEL), {"backup": MAL.email})
    history.commit("Backup\n", {path: backed}, who=CY)
    none = write_fields(history.note(FUEL), {"backup": None})
    history.commit("No backup\n", {path: none}, who=EVE)
    made = history.imitate("edit", FUEL, MAL, data=backed)
    history.commit(made.message, {path: made.data}, who=MAL)
    assert rules(report_of(history)) == ["own-part"]
    history.commit("French\n", {path: FRENCH(none)}, who=CY)
    history.commit("As it was\n", {path: backed}, who=CY)
    assert rules(report_of(history)) == []


def test_each_note_of_a_commit_has_what_was_found_of_that_note(new: New) -> None:
    history = new(False)
    first, second = history.path(ROADS), history.path(WELLS)
    before = history.data(second)
    files = {path: FRENCH(history.data(path)) for path in (first, second)}
    history.commit("Tidy up\n\nKmkit-note: x\nKmkit-Note: y\n", files, who=CY)
    history.commit("As it was\n", {second: before}, who=CY)
    assert [(one.rule, one.path) for one in report_of(history).findings] == [
        ("bad-trailers", first)
    ]


def test_all_that_is_wrong_with_the_rules_is_told_in_one_line(new: New) -> None:
    history = new(False)
    history.rules(lambda text: f"{text}\n[surprise]\n[other]\n", ANA)
    (finding,) = report_of(history).findings
    assert finding.rule == "rules-unreadable"
    assert finding.message.count("policy.toml:") > 1
    assert "\n" not in finding.message


# What comes back


def test_a_note_that_comes_back_with_its_return_is_without_proof_alone(new: New) -> None:
    history = new(False)
    history.move("validate", FUEL, DEE, RETURN)
    path = history.path(FUEL)
    data = history.data(path)
    history.commit("Away\n", {path: None}, who=CY)
    history.commit("Back\n", {path: FRENCH(data)}, who=CY)
    assert rules(report_of(history)) == ["unproved"]


def test_a_retired_note_that_comes_back_retired_was_taken_up_by_nobody(new: New) -> None:
    history = new(False)
    history.forge("retire", FUEL, CY)
    path = history.path(FUEL)
    made = history.imitate("reassign", FUEL, CY, replace(ASK, owner="ben@example.org"))
    history.commit("Away\n", {path: None}, who=CY)
    history.commit(made.message, {path: made.data}, who=CY)
    assert rules(report_of(history)) == ["unproved"]


# Links in place of records


@pytest.mark.parametrize("turned", [False, True])
def test_a_link_of_a_record_stands_again_by_a_merge(new: New, turned: bool) -> None:
    history = new(False)
    path = planned(history)
    data = history.data(path)
    first = history.commit("Link\n", {path: Entry(LINK, b"x")}, who=CY)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.commit("File\n", {path: data}, who=CY)
    assert rules(report_of(history)) == []
    parents = [history.tip(), history.tip("side")][:: -1 if turned else 1]
    merge = history.commit("Merge\n", {}, who=CY, parents=parents, tree="side")
    assert standing_again(history, "") == [(first, merge)]


def test_a_link_to_what_the_record_held_is_no_record_until_it_is_a_file(new: New) -> None:
    history = new(False)
    path = planned(history)
    data = history.data(path)
    history.commit("Link\n", {path: Entry(LINK, data)}, who=CY)
    assert rules(report_of(history)) == ["record-not-a-file"]
    history.commit("File\n", {path: data}, who=CY)
    assert rules(report_of(history)) == []


def test_a_merge_that_makes_a_link_of_a_record_to_what_it_held(new: New) -> None:
    history = new(False)
    path = planned(history)
    elsewhere(history)
    history.merge(CY, {path: Entry(LINK, history.data(path))})
    assert rules(report_of(history)) == ["record-not-a-file"]


def test_a_link_that_a_merge_put_in_place_of_a_record_is_told_once(new: New) -> None:
    history = new(False)
    path = planned(history)
    elsewhere(history)
    history.merge(CY, {path: Entry(LINK, b"x")})
    history.commit("More\n", {"README.md": b"y\n"}, who=CY, on="side")
    history.merge(CY, tree=history.tip())
    assert rules(report_of(history)) == ["record-not-a-file"]


def test_what_a_branch_made_good_stands_again_where_a_plan_is_joined(new: New) -> None:
    history = new(False)
    path = planned(history)
    data = history.data(path)
    first = history.commit("Link\n", {path: Entry(LINK, b"x")}, who=CY)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.commit("File\n", {path: data}, who=CY)
    replanned(history, path, "main", by=DEE.email)
    later = history.data(path)
    second = history.commit("Link\n", {path: Entry(LINK, b"y")}, who=CY)
    by_ben = later.replace(DEE.email.encode(), BEN.email.encode())
    assert by_ben not in (data, later)
    merge = history.merge(CY, {path: by_ben}, tree="main")
    assert standing_again(history, "") == [(first, merge), (second, "")]


def test_a_note_that_was_made_a_link_and_taken_away_is_put_back(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    data = history.data(path)
    history.commit("Link\n", {path: Entry(LINK, data)}, who=CY)
    history.commit("Away\n", {path: None}, who=MAL)
    assert rules(report_of(history)) == ["not-a-file", "removed-note"]
    history.commit("Back\n", {path: data}, who=CY)
    assert rules(report_of(history)) == []

"""Records again: what is made good with what, what a merge keeps, what stands at the anchor."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath

import pytest

from kmkit.errors import Refused
from kmkit.kb import applying
from kmkit.kb.recording import new as record
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL, MAL
from tests.forgeries.builder import LINK, Entry, Files, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, reply, swap
from tests.forgeries.tricks_records_joined import elsewhere
from tests.forgeries.tricks_records_more import DONE, PLACE, done_on_both
from tests.forgeries.uses import (
    a_done,
    a_verified,
    by_hand,
    done,
    planned,
    seen,
    step,
    verified,
    with_fields,
)

OPTIONAL = reply('records = "required"', 'records = "optional"')
UNSIGNED = reply('signatures = "required"', 'signatures = "optional"')


def rules(history: History, anchor: str) -> list[str]:
    return [finding.rule for finding in audited(history, anchor).findings]


def proofs(history: History, anchor: str) -> dict[str, str]:
    return {one.path: one.proof for one in audited(history, anchor).records}


def in_doubt(history: History, anchor: str) -> set[str]:
    return {one.record for one in audited(history, anchor).records if one.proof == "unproved"}


def by_other_id(data: bytes) -> bytes:
    return data.replace(b"id: 2026", b"id: 2025")


def planned_by_hand(history: History) -> None:
    """A plan at PLACE that Cy wrote by hand, where that is allowed."""
    data = by_other_id(history.data(planned(history)))
    history.rules(OPTIONAL, ANA)
    history.commit("Plan\n", {PLACE: data}, who=CY)


def replanned(history: History, path: str, branch: str, **more: object) -> None:
    """Ana sets another day, and perhaps another person, on a branch."""
    history.checkout(branch)
    due = history.today + timedelta(days=90 + history.day)
    kb = history.kb(ANA)
    applying.replan(kb, PurePosixPath(path), due=due, because="Later.", **more)  # type: ignore[arg-type]


# What is made good, and nothing else

OUTCOME = swap("outcome: helped", "outcome: no-difference")
SPOILT: dict[str, Callable[[bytes], bytes | Entry | None]] = {
    "record-by-hand": OUTCOME,
    "record-id-changed": by_other_id,
    "unreadable-record": swap("kind:", "kind: ["),
    "record-not-a-file": lambda data: Entry(LINK, b"x"),
    "removed-record": lambda data: None,
}


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("rule", SPOILT)
def test_what_is_put_back_makes_good_nothing_else(new: New, rule: str, merged: bool) -> None:
    history = new(False)
    anchor = history.anchor()
    first, second = a_done(history), a_done(history)
    before = history.data(second)
    files: Files = {first: OUTCOME(history.data(first)), second: SPOILT[rule](before)}
    if merged:
        elsewhere(history)
        history.merge(MAL, files)
    else:
        history.commit("Tidy up\n", files, who=MAL)
    assert len(rules(history, anchor)) == 2
    history.commit("As it was\n", {second: before}, who=CY)
    assert rules(history, anchor) == ["merged-record" if merged else "record-by-hand"]
    assert proofs(history, anchor) == {first: "unproved", second: "claimed"}
    report = audited(history, anchor)
    assert report.mended == 1
    assert report.findings[0].path == first


@pytest.mark.parametrize("act", [OUTCOME, lambda data: None, lambda data: Entry(LINK, b"x")])
def test_of_two_of_a_kind_only_the_second_is_put_back(
    new: New, act: Callable[[bytes], bytes | Entry | None]
) -> None:
    history = new(False)
    anchor = history.anchor()
    first, second = a_done(history), a_done(history)
    before = history.data(second)
    files = {path: act(history.data(path)) for path in (first, second)}
    history.commit("Tidy up\n", files, who=MAL)
    history.commit("As it was\n", {second: before}, who=CY)
    report = audited(history, anchor)
    assert [finding.path for finding in report.findings] == [first]


@pytest.mark.parametrize("merged", [False, True])
def test_a_copy_that_is_deleted_is_no_finding(new: New, merged: bool) -> None:
    history = new(False)
    anchor = history.anchor()
    path, other = a_done(history), a_done(history)
    files = {PLACE: history.data(other), path: OUTCOME(history.data(path))}
    if merged:
        elsewhere(history)
        history.merge(MAL, files)
    else:
        history.commit("Copy\n", files, who=MAL)
    assert "duplicate-record" in rules(history, anchor)
    history.commit("Away\n", {PLACE: None}, who=CY)
    assert rules(history, anchor) == ["merged-record" if merged else "record-by-hand"]
    assert proofs(history, anchor)[other] == "claimed"


def test_a_rename_beside_something_else(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    first, second = a_done(history), a_done(history)
    files = {first: OUTCOME(history.data(first)), second: None, PLACE: history.data(second)}
    history.commit("Tidy up\n", files, who=MAL)
    assert proofs(history, anchor) == {first: "unproved", PLACE: "claimed"}


def test_a_removal_and_a_new_plan_at_once(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    files = {path: None, PLACE: by_other_id(history.data(path))}
    history.commit("Another\n", files, who=BEN)
    broken = {PLACE: None, "records/application/y.md": b"---\nkind: [\n---\n"}
    history.commit("Another\n", broken, who=BEN)
    history.commit("Away\n", {"records/application/y.md": None}, who=CY)
    assert rules(history, anchor) == []


def test_what_was_put_back_elsewhere_in_other_words(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    before = history.data(path)
    by_hand(history, path, {"outcome": "no-difference"})
    data = swap("action: Sign", "action: Sign early")(before)
    history.commit("As it was\n", {path: None, PLACE: data}, who=CY)
    assert proofs(history, anchor) == {PLACE: "claimed"}
    history.commit("Away\n", {PLACE: None}, who=BEN)
    history.commit("Back\n", {PLACE: data}, who=BEN)
    assert rules(history, anchor) == []
    assert proofs(history, anchor) == {PLACE: "claimed"}


def test_a_record_by_hand_that_was_called_a_plan_again_goes_through_a_merge(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    elsewhere(history)
    plan = by_other_id(history.data(path))
    history.commit("Use\n", {PLACE: by_other_id(history.data(done(history, path)))}, who=CY)
    history.commit("Only planned\n", {PLACE: plan}, who=CY)
    assert rules(history, anchor) == []
    history.merge(CY, parents=[history.tip("side"), history.tip()], tree="main")
    assert rules(history, anchor) == []
    assert proofs(history, anchor)[PLACE] == "claimed"


def test_what_was_done_before_the_anchor_is_no_plan_by_any_hand(new: New) -> None:
    history = new(False)
    path = a_done(history)
    anchor = history.tip()
    for days in (1, 2):
        due = history.today + timedelta(days=days)
        gone = dict.fromkeys(("on", "outcome", "changed"))
        by_hand(history, path, {**gone, "status": "planned", "due": due})
    assert rules(history, anchor) == ["record-by-hand"]


def test_a_copy_that_a_hand_changed_may_go(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    history.commit("Copy\n", {PLACE: history.data(path)}, who=CY)
    by_hand(history, PLACE, {"outcome": "no-difference"}, MAL)
    assert rules(history, anchor) == ["duplicate-record", "record-by-hand"]
    history.commit("Away\n", {PLACE: None}, who=MAL)
    assert rules(history, anchor) == []


@pytest.mark.parametrize("who", [BEN, CY])
def test_a_plan_by_hand_goes_with_either_person(new: New, who: Person) -> None:
    history = new(False)
    anchor = history.anchor()
    data = by_other_id(history.data(planned(history)))
    history.commit("Plan\n", {PLACE: data}, who=DEE)
    by_hand(history, PLACE, {"by": CY.email}, DEE)
    history.commit("Away\n", {PLACE: None}, who=who)
    assert rules(history, anchor) == []


def test_where_nothing_is_required_a_hand_makes_it_by_hand(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    data = by_other_id(history.data(planned(history)))
    history.rules(OPTIONAL, ANA)
    hidden = "records/application/.draft.md"
    history.commit("Plan\n", {PLACE: data, hidden: swap("planned", "done")(data)}, who=CY)
    assert proofs(history, anchor)[PLACE] == "claimed"
    by_hand(history, PLACE, {**DONE, "on": history.today})
    assert proofs(history, anchor)[PLACE] == "by-hand"
    plan = "records/application/y.md"
    history.commit("Plan\n", {plan: data.replace(b"id: 2025", b"id: 2024")}, who=CY)
    history.commit("Away\n", {plan: None}, who=MAL)
    assert rules(history, anchor) == []


# What stands at the anchor


def test_what_else_stands_at_the_anchor(new: New) -> None:
    history = new(False)
    path = a_done(history)
    history.checkout()
    kb = history.kb(ANA)
    fields = {"instrument": "learning", "version": 1, "round": "2026", "on": kb.today, "people": 5}
    fields["id"] = "20261121-learning-2026-a001"
    answers = [{"item": "org-01@1", "counts": [1, 1, 1, 1, 1, 0, 0]}]
    counted = str(record(kb, "assessment", {**fields, "answers": answers}).path)
    note = history.data(history.path("fuel-aaaa")).replace(b"aaaa", b"eeee")
    files: Files = {
        "notes/question/x.md": note,
        "records/event/x.md": b"---\nname: X\n---\n",
        "records/application/x.md": b"---\nkind: [\n---\n",
    }
    history.commit("More\n", files, who=ANA)
    anchor = history.tip()
    link = Entry(LINK, b"x")
    history.commit("A picture\n", {"records/event/x.jpg": link}, who=CY)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.path for one in report.records} == {path, counted}
    assert "20261121-fuel-eeee" in {one.note for one in report.standings}
    history.commit("Away\n", {path: None}, who=BEN)
    assert rules(history, anchor) == []
    history.commit("Away\n", {counted: None}, who=Person("Nobody", ""))
    assert rules(history, anchor) == ["removed-record"]


def test_a_use_from_before_the_anchor_does_not_become_a_question(new: New) -> None:
    history = new(False)
    path = a_done(history, "did-not-help")
    anchor = history.tip()
    id = path.rpartition("/")[2].removesuffix(".md")
    asked = f"---\nid: {id}\ntext: How long?\nby: ben@example.org\non: 2026-11-21\n---\n"
    files = {path: None, "records/question/q.md": asked.encode()}
    history.commit("Sort\n", files, who=CY)
    assert rules(history, anchor) == ["record-by-hand"]


def test_who_reported_a_use_before_the_anchor_cannot_verify_it(new: New) -> None:
    history = new(False)
    path = planned(history)
    more: dict[str, object] = {**DONE, "on": history.today, "reported_by": CY.email}
    by_hand(history, path, more)
    anchor = history.tip()
    step(history, path, "verify", seen(history), CY)
    assert sorted(rules(history, anchor)) == ["names-another", "own-verification"]


def test_what_was_captured_before_the_anchor_is_not_proved(new: New) -> None:
    history = new(True)
    anchor = history.tip()
    history.move("validate", FUEL, BEN, APPROVE)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.note: one.proof for one in report.standings}[f"20261121-{FUEL}"] == "claimed"


def test_before_the_anchor_nothing_is_sealed(new: New) -> None:
    history = new(False)
    path = a_done(history)
    history.rules(OPTIONAL, ANA)
    anchor = history.tip()
    by_hand(history, path, {"outcome": "no-difference"})
    assert rules(history, anchor) == []


# Signed


def test_what_was_not_signed_is_not_proved(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    history.rules(UNSIGNED, ANA)
    signed, half, due = planned(history), planned(history), history.today + timedelta(days=90)
    step(history, half, "replan", {"due": due}, ANA, told={"Due": str(due)}, sign=False)
    for path in (signed, half):
        done(history, path)
    assert proofs(history, anchor) == {signed: "proved", half: "claimed"}
    before = {path: history.data(path) for path in (signed, half)}
    for path in before:
        by_hand(history, path, {"outcome": "no-difference"})
    history.commit("As it was\n", before, who=CY)
    assert proofs(history, anchor) == {signed: "proved", half: "claimed"}
    files = {signed: None, PLACE: before[signed]}
    history.commit("Sort\n", files, who=CY, sign=False)
    assert proofs(history, anchor) == {PLACE: "proved", half: "claimed"}
    by_hand(history, PLACE, {"outcome": "no-difference"})
    history.commit("As it was\n", {PLACE: before[signed]}, who=CY, sign=False)
    assert proofs(history, anchor) == {PLACE: "claimed", half: "claimed"}


@pytest.mark.parametrize("unsigned", ["", "ours", "theirs", "merge"])
@pytest.mark.parametrize("joined", [False, True])
def test_a_merge_is_proved_by_what_it_joins(new: New, unsigned: str, joined: bool) -> None:
    history = new(True)
    anchor = history.anchor()
    history.rules(UNSIGNED, ANA)
    path = planned(history)
    history.fork("side")
    due = history.today + timedelta(days=90)
    told = {"Due": str(due)}
    how = {"told": told, "sign": unsigned != "theirs", "on": "side"}
    step(history, path, "replan", {"due": due}, ANA, **how)  # type: ignore[arg-type]
    if joined:
        who = {"told": {"Asked": CY.email}, "sign": unsigned != "ours"}
        step(history, path, "replan", {"by": CY.email}, ANA, **who)  # type: ignore[arg-type]
        data = with_fields(history, path, {"due": due})
    else:
        data = with_fields(history, path, {"due": due, "action": "Sign early"})
    history.merge(ANA, {path: data}, tree="main", sign=unsigned != "merge")
    there = {"theirs", "merge", "ours"} if joined else {"theirs", "merge"}
    assert rules(history, anchor) == []
    assert proofs(history, anchor) == {path: "claimed" if unsigned in there else "proved"}


# Merges


def both_ways(history: History, tree: str, files: Files, who: Person = DEE) -> list[str]:
    """The same merge with either branch first."""
    ours, theirs = history.tip(), history.tip("side")
    made = []
    for on, parents in (("one", [ours, theirs]), ("other", [theirs, ours])):
        options = {"on": on, "parents": parents, "tree": tree}
        made.append(history.commit("Merge\n", files, who=who, **options))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("words", ["Sign", "Sign early"])
def test_a_step_and_the_same_by_hand(new: New, words: str) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    history.fork("side")
    verified(history, path)
    data = history.data(path)
    blob = history.run("rev-parse", f"main:{path}")
    each = (swap("action: Sign", f"action: Sign {n}")(data) for n in range(99))
    after = next(one for one in each if history.run("hash-object", "--stdin", stdin=one) > blob)
    by_mal = data if words == "Sign" else after
    history.commit("As Dee says\n", {path: by_mal}, who=MAL, on="side")
    data = swap("action: Sign", f"action: {words}")(data)
    for merged in both_ways(history, "main", {path: data}):
        history.run("update-ref", "refs/heads/main", merged)
        assert rules(history, anchor) == []
        assert proofs(history, anchor) == {path: "claimed"}
        history.commit("Away\n", {path: None}, who=ANA)
        history.commit("Back\n", {path: data}, who=CY)
        assert rules(history, anchor) == []


def test_there_and_back_on_one_side(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    elsewhere(history)
    before = str(read(history.data(path), PurePosixPath(path)).raw["due"])
    due = history.today + timedelta(days=90)
    step(history, path, "replan", {"due": due}, ANA, told={"Due": str(due)})
    old = {"due": history.today.fromisoformat(before)}
    last = step(history, path, "replan", dict(old), ANA, told={"Due": before})
    assert history.data(path) == history.data(path, "side")
    for merged in both_ways(history, "main", {}):
        history.run("update-ref", "refs/heads/main", merged)
        (one,) = audited(history, anchor).records
        assert (one.proof, one.since) == ("claimed", last)


def test_two_forged_sides_stay_forged(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    history.fork("side")
    data = with_fields(history, path, {"outcome": "did-not-help"})
    history.commit("Tidy up\n", {path: data}, who=CY, on="side")
    by_hand(history, path, {"outcome": "no-difference"})
    history.merge(DEE, tree="main")
    assert rules(history, anchor) == ["record-by-hand", "record-by-hand"]


def test_forged_plans_that_were_joined_are_put_right_together(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    before = history.data(path)
    history.fork("side")
    due = history.today + timedelta(days=9)
    data = with_fields(history, path, {"due": due})
    history.commit("Tidy up\n", {path: data}, who=CY, on="side")
    by_hand(history, path, {"by": CY.email})
    history.merge(DEE, {path: with_fields(history, path, {"due": due})}, tree="main")
    assert rules(history, anchor) == ["record-by-hand", "record-by-hand"]
    history.commit("As it was\n", {path: before}, who=CY)
    assert rules(history, anchor) == []


def test_what_a_hand_wrote_is_left_where_two_plans_are_joined(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    for branch in ("side", "third"):
        history.fork(branch)
    by_hand(history, path, {"due": history.today + timedelta(days=9)}, MAL)
    replanned(history, path, "side")
    due = read(history.data(path, "side"), PurePosixPath(path)).raw["due"]
    who = {"Asked": CY.email}
    data = with_fields(history, path, {"by": CY.email}, "third")
    history.checkout("third")
    applying.replan(history.kb(ANA), PurePosixPath(path), by=CY.email, because="Cy.")
    assert data == history.data(path, "third"), who
    joined = with_fields(history, path, {"due": due}, "third")
    parents = [history.tip(), history.tip("side"), history.tip("third")]
    history.merge(ANA, {path: joined}, parents=parents, tree="main")
    assert rules(history, anchor) == []
    assert proofs(history, anchor) == {path: "claimed"}


def test_a_plan_by_hand_joined_with_a_step_is_by_hand(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    planned_by_hand(history)
    first, second = (history.today + timedelta(days=days) for days in (90, 91))
    step(history, PLACE, "replan", {"due": first}, ANA, told={"Due": str(first), "Blob": ""})
    history.fork("side")
    told = {"Due": str(second), "Blob": ""}
    step(history, PLACE, "replan", {"due": second}, ANA, told=told, on="side")
    by_hand(history, PLACE, {"by": CY.email})
    joined = {PLACE: with_fields(history, PLACE, {"due": second})}
    for merged in both_ways(history, "main", joined):
        history.run("update-ref", "refs/heads/main", merged)
        assert rules(history, anchor) == []
        assert proofs(history, anchor)[PLACE] == "by-hand"
        history.fork("later", "side")
        history.commit("Elsewhere\n", {"README.md": b"z\n"}, who=CY, on="later")
        history.merge(DEE, parents=[history.tip(), history.tip("later")], tree="main")
        assert rules(history, anchor) == []


def test_what_a_forged_step_says_of_a_record_does_not_outlive_it(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    planned_by_hand(history)
    history.fork("side")
    fields = {**DONE, "on": history.today}
    told = {"On": str(history.today), "Outcome": "helped"}
    wrong = {**told, "Outcome": "did-not-help"}
    say = f"Co-authored-by: {DEE}\n"
    step(history, PLACE, "done", fields, BEN, told=wrong, say=lambda t: t + say, on="side")
    step(history, PLACE, "done", fields, BEN, told={**told, "Blob": ""})
    history.merge(BEN, tree="main")
    assert rules(history, anchor) == []
    step(history, PLACE, "verify", seen(history), DEE, told={"Blob": ""})
    assert rules(history, anchor) == []
    by_hand(history, PLACE, {"outcome": "no-difference"})
    assert rules(history, anchor) == []
    assert proofs(history, anchor)[PLACE] == "by-hand"


def test_who_did_it_on_another_branch_may_not_verify_it(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    history.fork("side")
    replanned(history, path, "side", by=CY.email)
    applying.done(
        history.kb(CY), PurePosixPath(path), changed="Boats, 2", outcome="helped", because="x"
    )
    done(history, path)
    history.merge(ANA, tree="main")
    with pytest.raises(Refused, match="had a part in that"):
        verified(history, path, who=CY)
    step(history, path, "verify", seen(history, CY), CY)
    assert rules(history, anchor) == ["own-verification"]


def test_a_forged_seal_is_a_seal(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    history.rules(OPTIONAL, ANA)
    path = a_done(history)
    elsewhere(history)
    by_hand(history, path, {"outcome": "no-difference"})
    history.merge(ANA, tree="main")
    by_hand(history, path, {"outcome": "did-not-help"})
    assert rules(history, anchor) == ["record-by-hand", "record-by-hand"]


def test_a_seal_of_a_forged_step_is_a_seal_as_well(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    planned_by_hand(history)
    elsewhere(history)
    told = {"On": str(history.today), "Outcome": "did-not-help"}
    step(history, PLACE, "done", {**DONE, "on": history.today}, BEN, told=told)
    history.merge(ANA, parents=[history.tip("side"), history.tip()], tree="main")
    by_hand(history, PLACE, {"outcome": "no-difference"})
    assert rules(history, anchor) == ["step-mismatch", "record-by-hand"]


def test_what_a_merge_mixed_is_by_hand_where_nothing_is_required(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    planned_by_hand(history)
    done_on_both(history, PLACE, {"Blob": ""}, reply("Kmkit-Blob: ", "X-Blob: "))
    mixed = with_fields(history, PLACE, {"outcome": "no-difference"})
    history.merge(BEN, {PLACE: mixed}, tree="main")
    assert rules(history, anchor) == []
    assert proofs(history, anchor)[PLACE] == "by-hand"


def test_what_a_merge_may_leave_out(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    planned_by_hand(history)
    elsewhere(history)
    history.merge(MAL, {PLACE: None})
    assert rules(history, anchor) == []


def test_a_branch_from_before_the_record_and_one_that_removed_it(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    elsewhere(history)
    path = a_done(history)
    history.fork("third")
    history.commit("Never mind\n", {path: None}, who=BEN, on="third")
    parents = [history.tip(), history.tip("side"), history.tip("third")]
    history.merge(CY, parents=parents, tree="side")
    assert rules(history, anchor) == []


@pytest.mark.parametrize("further", [False, True])
def test_what_a_merge_left_out_is_brought_back(new: New, further: bool) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history, "did-not-help")
    elsewhere(history)
    if further:
        verified(history, path)
    data = history.data(path)
    for merged in both_ways(history, "main", {path: None}, CY):
        history.run("update-ref", "refs/heads/main", merged)
        assert rules(history, anchor) == ["merge-lost-step"]
        history.commit("Back\n", {path: data}, who=DEE)
        assert rules(history, anchor) == []
        assert proofs(history, anchor) == {path: "claimed"}


def test_what_was_removed_on_a_branch_is_brought_back_after_the_merge(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    history.fork("early")
    history.commit("Early\n", {"EARLY.md": b"x\n"}, who=CY, on="early")
    path = a_done(history, "did-not-help")
    data = history.data(path)
    history.fork("side")
    history.commit("Clean up\n", {path: None}, who=CY, on="side")
    for merged in both_ways(history, "side", {}):
        history.run("update-ref", "refs/heads/main", merged)
        assert rules(history, anchor) == ["removed-record"]
        history.commit("Back\n", {path: data}, who=DEE)
        assert rules(history, anchor) == []
        parents = [history.tip("early"), history.tip()]
        history.merge(DEE, parents=parents, tree="main")
        assert rules(history, anchor) == []


def test_a_copy_goes_through_a_merge(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    elsewhere(history)
    copy = history.data(path)
    done(history, path)
    history.commit("Copy\n", {PLACE: copy}, who=CY)
    before = rules(history, anchor)
    history.merge(DEE, parents=[history.tip("side"), history.tip()], tree="main")
    assert rules(history, anchor) == before == ["duplicate-record"]


def test_records_change_places_on_one_side(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    first, second = planned(history), planned(history)
    elsewhere(history)
    one, other = history.data(first), history.data(second)
    history.commit("Sort\n", {first: None, PLACE: one}, who=CY)
    history.commit("Sort\n", {second: None, first: other}, who=CY)
    text = "records/application/README.txt"
    for merged in both_ways(history, "main", {text: b"All uses.\n"}):
        history.run("update-ref", "refs/heads/main", merged)
        assert rules(history, anchor) == []
        assert proofs(history, anchor) == {PLACE: "claimed", first: "claimed"}


def test_done_on_both_sides_is_done_once(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    done_on_both(history, path, {}, str)
    history.merge(BEN, tree="main")
    assert rules(history, anchor) == []
    assert a_verified(history)


def test_a_forged_step_goes_with_what_was_taken_away(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    history.fork("side")
    history.commit("Never mind\n", {path: None}, who=BEN, on="side")
    step(history, path, "verify", seen(history, BEN), BEN)
    assert "own-verification" in rules(history, anchor)
    history.merge(CY, {path: None}, tree="main")
    assert rules(history, anchor) == []


def test_a_use_that_was_taken_away_on_both_sides(new: New) -> None:
    history = new(False)
    path = planned(history)
    history.fork("side")
    history.commit("Never mind\n", {path: None}, who=BEN, on="side")
    done(history, path)
    history.commit("Never mind\n", {path: None}, who=BEN)
    for parents in (("main", "side"), ("side", "main")):
        history.merge(CY, parents=[history.tip(each) for each in parents])
        assert rules(history, history.anchor()) == []
        history.run("update-ref", "refs/heads/main", "main^" + str(1 + parents.index("main")))

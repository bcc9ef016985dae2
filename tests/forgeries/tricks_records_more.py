"""More about records: files that are none, ways out of sight, and steps that say nothing."""

from datetime import timedelta
from pathlib import PurePosixPath

from kmkit.kb import applying
from kmkit.kb.asking import ask
from kmkit.kb.recording import new
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL, MAL
from tests.forgeries.builder import LINK, Entry, History
from tests.forgeries.corpus import caught_as, reply, swap
from tests.forgeries.tricks_records_joined import elsewhere
from tests.forgeries.uses import (
    Say,
    a_done,
    a_verified,
    by_hand,
    done,
    planned,
    proposed,
    seen,
    step,
    verified,
    with_fields,
)

PLACE = "records/application/x.md"
DONE = {"outcome": "helped", "changed": "Procedure, paragraph 4", "status": "done"}


def told(h: History, path: str, verb: str) -> str:
    """The message of a step that says nothing of what it did."""
    id = str(read(h.data(path), PurePosixPath(path)).raw["id"])
    return f"{verb}: x\n\nKmkit-Record: {id}\nKmkit-Move: {verb}\n"


# As files


@caught_as("record-not-a-file")
def all_records_as_a_link(h: History) -> str:
    path = a_done(h)
    return h.commit("Link\n", {path: None, "records": Entry(LINK, b"../r")}, who=ANA)


@caught_as("record-not-a-file")
def uses_as_a_link(h: History) -> str:
    path = a_done(h)
    files = {path: None, "records/application": Entry(LINK, b"../r")}
    return h.commit("Link\n", files, who=ANA)


@caught_as("duplicate-record")
def copied_and_edited_at_once(h: History) -> str:
    path = a_done(h)
    edited = swap("action: Sign", "action: Sign early")(h.data(path))
    return h.commit("Copy\n", {path: edited, PLACE: h.data(path)}, who=CY)


@caught_as("duplicate-record")
def verification_of_a_copy(h: History) -> str:
    path = a_done(h)
    data = with_fields(h, path, seen(h))
    return h.commit(told(h, path, "verify"), {PLACE: data}, who=DEE)


@caught_as("removed-record")
def use_that_is_a_file_of_no_kind(h: History) -> str:
    path = a_done(h, "did-not-help")
    files = {path: None, "records/application/x.txt": h.data(path)}
    return h.commit("Sort\n", files, who=CY)


@caught_as("removed-record")
def use_that_hides_behind_a_dot(h: History) -> str:
    path = a_done(h, "did-not-help")
    files = {path: None, "records/application/.x.md": h.data(path)}
    return h.commit("Sort\n", files, who=CY)


@caught_as("removed-record")
def use_that_makes_way_for_another(h: History) -> str:
    path = a_done(h, "did-not-help")
    data = h.data(path).replace(b"id: 2026", b"id: 2025").replace(b"did-not-help", b"helped")
    return h.commit("Sort\n", {path: None, PLACE: data}, who=CY)


@caught_as("removed-record")
def use_that_makes_way_for_what_nobody_can_read(h: History) -> str:
    path = a_done(h, "did-not-help")
    files = {path: None, PLACE: h.data(path).replace(b"kind:", b"kind: [")}
    return h.commit("Sort\n", files, who=CY)


@caught_as("removed-record")
def verified_use_is_called_done_and_then_gone(h: History) -> str:
    path = a_verified(h)
    by_hand(h, path, {"status": "done", "verified": None}, BEN)
    return h.commit("Never mind\n", {path: None}, who=BEN)


@caught_as("removed-record")
def question_that_changes_hands_and_is_gone(h: History) -> str:
    h.checkout()
    path = str(ask(h.kb(CY), "How long does fuel keep?", id="20261121-fuel-q001").path)
    by_hand(h, path, {"by": MAL.email}, MAL)
    return h.commit("Never mind\n", {path: None}, who=MAL)


@caught_as("removed-record")
def question_that_is_edited_and_then_gone(h: History) -> str:
    h.checkout()
    path = str(ask(h.kb(CY), "How long does fuel keep?", id="20261121-fuel-q001").path)
    step(h, path, "change", {"by": MAL.email}, MAL)
    return h.commit("Never mind\n", {path: None}, who=MAL)


@caught_as("removed-record")
def plan_by_hand_that_another_removes(h: History) -> str:
    data = h.data(planned(h)).replace(b"id: 2026", b"id: 2025")
    h.commit("Plan\n", {PLACE: data}, who=CY)
    return h.commit("Never mind\n", {PLACE: None}, who=MAL)


@caught_as("removed-record")
def answers_that_nobody_removes(h: History) -> str:
    h.checkout()
    kb = h.kb(ANA)
    fields = {"instrument": "learning", "version": 1, "round": "2026", "on": kb.today, "people": 5}
    fields["id"] = "20261121-learning-2026-a001"
    answers = [{"item": "org-01@1", "counts": [1, 1, 1, 1, 1, 0, 0]}]
    path = str(new(kb, "assessment", {**fields, "answers": answers}).path)
    return h.commit("Clean up\n", {path: None}, who=Person("Nobody", ""))


# Steps that say nothing


@caught_as("illegal-step")
def verification_that_only_renames(h: History) -> str:
    path = a_done(h)
    return h.commit(told(h, path, "verify"), {path: None, PLACE: h.data(path)}, who=DEE)


@caught_as("step-mismatch")
def verification_beside_a_rename(h: History) -> str:
    path, other = a_done(h), planned(h)
    return h.commit(told(h, path, "verify"), {other: None, PLACE: h.data(other)}, who=DEE)


@caught_as("unsigned-move", signed=True)
def unsigned_step_without_a_record(h: History) -> str:
    path = a_done(h)
    message = told(h, path, "verify")
    return h.commit(message, {"README.md": b"x\n"}, who=DEE, sign=False)


@caught_as("unreadable-record")
def verification_that_nobody_can_read(h: History) -> str:
    path = a_done(h)
    data = h.data(path).replace(b"kind:", b"kind: [", 1)
    return h.commit(told(h, path, "verify"), {path: data}, who=DEE)


@caught_as("step-mismatch")
def verification_beside_what_nobody_can_read(h: History) -> str:
    path = a_done(h)
    data = h.data(path).replace(b"kind:", b"kind: [", 1)
    return h.commit(told(h, path, "verify"), {PLACE: data}, who=DEE)


@caught_as("record-id-changed")
def step_of_the_record_that_takes_the_place(h: History) -> str:
    path, other = a_done(h), planned(h)
    return h.commit(told(h, other, "verify"), {path: h.data(other), other: None}, who=DEE)


@caught_as("illegal-step")
def verified_as_it_begins(h: History) -> str:
    data = with_fields(h, a_done(h), seen(h)).replace(b"id: 2026", b"id: 2025")
    id = str(read(data, PurePosixPath(PLACE)).raw["id"])
    message = f"verify: x\n\nKmkit-Record: {id}\nKmkit-Move: verify\n"
    return h.commit(message, {PLACE: data}, who=DEE)


@caught_as("names-another")
def done_in_the_name_of_another(h: History) -> str:
    path = planned(h)
    told = {"On": str(h.today), "Outcome": "helped"}
    return step(h, path, "done", {**DONE, "on": h.today}, CY, told=told)


@caught_as("names-another")
def accepted_by_nobody(h: History) -> str:
    path = proposed(h)
    return step(h, path, "accept", {"status": "accepted", "decided_on": h.today}, ANA)


@caught_as("names-another")
def done_by_nobody_at_all(h: History) -> str:
    path = planned(h)
    told = {"On": str(h.today), "Outcome": "helped"}
    who = Person("Nobody", "")
    return step(h, path, "done", {**DONE, "on": h.today}, who, told=told)


@caught_as("names-another")
def verified_without_saying_by_whom(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", {"status": "verified"}, DEE, told={"Evidence": "Log"})


@caught_as("step-mismatch")
def drop_that_says_what_came_of_it(h: History) -> str:
    path = planned(h)
    return step(h, path, "drop", {"status": "dropped", "outcome": "helped"}, BEN)


@caught_as("step-mismatch")
def plan_that_tells_another_day(h: History) -> str:
    data = h.data(planned(h)).replace(b"id: 2026", b"id: 2025")
    message = h.run("show", "-s", "--format=%B", "main") + "\n"
    day = next(line for line in message.splitlines() if line.startswith("Kmkit-Due: "))
    blob = next(line for line in message.splitlines() if line.startswith("Kmkit-Blob: "))
    say = message.replace(day, "Kmkit-Due: 2027-12-31").replace(f"{blob}\n", "")
    return h.commit(reply("Record: 2026", "Record: 2025")(say), {PLACE: data}, who=ANA)


@caught_as("step-mismatch")
def new_day_that_tells_of_another_person(h: History) -> str:
    path = planned(h)
    due = h.today + timedelta(days=900)
    told = {"Due": str(due), "Asked": CY.email}
    return step(h, path, "replan", {"due": due}, BEN, told=told)


@caught_as("removed-record")
def use_that_goes_with_whoever_dropped_it(h: History) -> str:
    path = planned(h)
    applying.drop(h.kb(DEE), PurePosixPath(path), because="Not now.")
    return h.commit("Clean up\n", {path: None}, who=DEE)


# By hand


@caught_as("record-by-hand")
def use_by_hand_that_is_changed_by_hand(h: History) -> str:
    data = h.data(a_done(h)).replace(b"id: 2026", b"id: 2025")
    forged = h.commit("Use\n", {PLACE: data}, who=CY)
    by_hand(h, PLACE, {"outcome": "no-difference"})
    return forged


@caught_as("record-by-hand")
def use_by_hand_that_was_verified_since(h: History) -> str:
    data = h.data(a_done(h)).replace(b"id: 2026", b"id: 2025")
    forged = h.commit("Use\n", {PLACE: data}, who=CY)
    h.checkout()
    verified(h, PLACE)
    more = {"on": None, "outcome": None, "changed": None}
    by_hand(h, PLACE, {"status": "planned", "verified": None, **more})
    return forged


@caught_as("record-by-hand")
def one_quoted_step(h: History) -> str:
    path = a_done(h)
    data = with_fields(h, path, seen(h))
    return h.commit("Dee saw it\n\n    Kmkit-Move: verify\n", {path: data}, who=CY)


# Through merges


def done_on_both(h: History, path: str, ours: dict[str, str], say: Say) -> None:
    """Ben does it twice: on main as he should, on side as he likes it better."""
    fields = {**DONE, "on": h.today}
    told = {"On": str(h.today), "Outcome": "helped"}
    h.fork("side")
    step(h, path, "done", fields, BEN, told=told, say=say)
    step(h, path, "done", fields, BEN, told=told | ours, on="side")


def with_dee(text: str) -> str:
    """The message of a commit that Dee had a part in."""
    return f"{text}Co-authored-by: {DEE}\n"


@caught_as("own-verification")
def co_author_whom_the_other_branch_leaves_out(h: History) -> str:
    path = planned(h)
    done_on_both(h, path, {}, with_dee)
    h.merge(BEN, parents=[h.tip("side"), h.tip()], tree="side")
    return step(h, path, "verify", seen(h, DEE), DEE)


@caught_as("own-verification")
def co_author_whom_the_other_branch_leaves_out_in_other_words(h: History) -> str:
    path = planned(h)
    done_on_both(h, path, {}, with_dee)
    data = swap("action: Sign", "action: Sign early")(h.data(path))
    h.merge(BEN, {path: data}, parents=[h.tip("side"), h.tip()], tree="side")
    return step(h, path, "verify", seen(h, DEE), DEE)


@caught_as("record-by-hand")
def seal_that_the_other_branch_leaves_out(h: History) -> str:
    data = h.data(planned(h)).replace(b"id: 2026", b"id: 2025")
    h.rules(reply('records = "required"', 'records = "optional"'), ANA)
    h.commit("Plan\n", {PLACE: data}, who=CY)
    done_on_both(h, PLACE, {"Blob": ""}, str)
    h.merge(BEN, parents=[h.tip("side"), h.tip()], tree="side")
    return by_hand(h, PLACE, {"outcome": "no-difference"})


@caught_as("merge-lost-step")
def new_day_that_is_preferred_to_a_drop(h: History) -> str:
    path = planned(h)
    h.fork("side")
    applying.drop(h.kb(BEN), PurePosixPath(path), because="Not now.")
    h.checkout("side")
    due = h.today + timedelta(days=90)
    applying.replan(h.kb(ANA), PurePosixPath(path), due=due, because="Later.")
    return h.merge(ANA, {path: h.data(path, "side")}, tree="main")


@caught_as("merge-lost-step")
def outcome_that_is_preferred_to_a_verification(h: History) -> str:
    path = planned(h)
    h.fork("side")
    fields = {**DONE, "on": h.today}
    told = {"On": str(h.today), "Outcome": "helped"}
    step(h, path, "done", fields, BEN, told=told, on="side")
    verified(h, done(h, path, outcome="did-not-help"))
    return h.merge(BEN, {path: h.data(path, "side")}, tree="main")


@caught_as("merge-lost-step")
def new_words_that_are_preferred_to_a_decision(h: History) -> str:
    path = proposed(h)
    fields = {"status": "accepted", "decided_by": ANA.email, "decided_on": h.today}
    h.fork("side")
    step(h, path, "change", {"x_words": "Never mind."}, MAL, on="side")
    step(h, path, "accept", fields, ANA)
    return h.merge(MAL, {path: h.data(path, "side")}, tree="main")


@caught_as("merge-lost-step")
def outcome_that_is_dropped_in_other_words(h: History) -> str:
    path = planned(h)
    elsewhere(h)
    before = swap("action: Sign", "action: Sign early")(h.data(path))
    done(h, path, outcome="did-not-help")
    return h.merge(ANA, {path: before})


@caught_as("merge-lost-step")
def use_of_a_branch_that_is_left_out(h: History) -> str:
    path = a_done(h, "did-not-help")
    h.fork("side")
    h.run("update-ref", "refs/heads/main", "main~2")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {path: None})


@caught_as("merge-lost-step")
def use_that_both_have_is_left_out(h: History) -> str:
    path = a_done(h, "did-not-help")
    elsewhere(h)
    return h.merge(CY, {path: None})


@caught_as("merge-lost-step")
def use_that_came_back_is_left_out(h: History) -> str:
    path = a_done(h, "did-not-help")
    data = h.data(path)
    h.commit("Away\n", {path: None}, who=BEN)
    h.commit("Back\n", {path: data}, who=BEN)
    elsewhere(h)
    return h.merge(CY, {path: None})


@caught_as("merge-lost-step")
def plan_by_hand_that_is_left_out(h: History) -> str:
    data = h.data(planned(h)).replace(b"id: 2026", b"id: 2025")
    h.commit("Plan\n", {PLACE: data}, who=CY)
    elsewhere(h)
    return h.merge(MAL, {PLACE: None})


@caught_as("merge-lost-step")
def sealed_use_that_is_left_out_where_nothing_is_required(h: History) -> str:
    h.rules(reply('records = "required"', 'records = "optional"'), ANA)
    path = a_done(h)
    elsewhere(h)
    return h.merge(MAL, {path: None})


@caught_as("duplicate-record")
def copy_with_an_earlier_name_through_a_merge(h: History) -> str:
    path = a_verified(h)
    elsewhere(h)
    return h.merge(MAL, {"records/application/0.md": h.data(path)}, tree="main")


@caught_as("duplicate-record")
def copy_that_a_merge_brought_is_gone_and_comes_back(h: History) -> str:
    path = planned(h)
    elsewhere(h)
    h.merge(MAL, {PLACE: h.data(path)}, tree="main")
    h.commit("Away\n", {PLACE: None}, who=MAL)
    return h.commit("Copy\n", {PLACE: h.data(path)}, who=MAL)


@caught_as("record-not-a-file")
def link_in_place_of_the_record_of_a_branch(h: History) -> str:
    path = a_done(h, "did-not-help")
    h.fork("side")
    h.run("update-ref", "refs/heads/main", "main~2")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {path: Entry(LINK, b"x")})


@caught_as("record-not-a-file")
def link_that_a_merge_brings(h: History) -> str:
    elsewhere(h)
    return h.merge(CY, {PLACE: Entry(LINK, b"x")})


@caught_as("unreadable-record")
def record_of_a_branch_that_a_merge_breaks(h: History) -> str:
    path = a_done(h)
    h.fork("side")
    h.run("update-ref", "refs/heads/main", "main~2")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {path: h.data(path, "side").replace(b"kind:", b"kind: [", 1)})


@caught_as("merged-record")
def mixed_record_of_which_one_side_is_sealed(h: History) -> str:
    data = h.data(planned(h)).replace(b"id: 2026", b"id: 2025")
    h.rules(reply('records = "required"', 'records = "optional"'), ANA)
    h.commit("Plan\n", {PLACE: data}, who=CY)
    done_on_both(h, PLACE, {"Blob": ""}, str)
    mixed = with_fields(h, PLACE, {"outcome": "no-difference"})
    return h.merge(BEN, {PLACE: mixed}, parents=[h.tip("side"), h.tip()], tree="side")


@caught_as("record-by-hand")
def outcome_by_hand_beside_two_new_days(h: History) -> str:
    path, place = planned(h), None
    place = PurePosixPath(path)
    for branch in ("side", "third"):
        h.fork(branch)
    forged = by_hand(h, path, {"by": CY.email}, MAL)
    for branch, days in (("side", 90), ("third", 120)):
        h.checkout(branch)
        due = h.today + timedelta(days=days)
        applying.replan(h.kb(ANA), place, due=due, because="Later.")
    parents = [h.tip(), h.tip("side"), h.tip("third")]
    h.merge(MAL, parents=parents, tree="main")
    return forged


@caught_as("merged-record")
def plan_that_forgets_what_was_done(h: History) -> str:
    path = planned(h)
    h.fork("side")
    fields = {"by": CY.email, "due": h.today + timedelta(days=90)}
    told = {"Asked": CY.email, "Due": str(fields["due"])}
    step(h, path, "replan", fields, ANA, told=told, on="side")
    before = h.data(path)
    done(h, path)
    mixed = swap("by: ben@", "by: cy@")(before)
    return h.merge(MAL, {path: mixed}, tree="main")


@caught_as("bad-trailers")
def merge_that_tells_a_step_and_brings_a_plan(h: History) -> str:
    path = planned(h)
    data = h.data(path).replace(b"id: 2026", b"id: 2025")
    elsewhere(h)
    return h.merge(MAL, {PLACE: data}, message=told(h, path, "verify"))


@caught_as("duplicate-record")
def copy_with_an_earlier_name_beside_a_step(h: History) -> str:
    path = planned(h)
    elsewhere(h)
    copy = h.data(path)
    done(h, path)
    data = {"records/application/0.md": copy}
    return h.merge(MAL, data, parents=[h.tip("side"), h.tip()], tree="main")


@caught_as("own-verification")
def taken_away_and_done_again_without_the_co_author(h: History) -> str:
    path = planned(h)
    plan = h.data(path)
    done_on_both(h, path, {}, with_dee)
    h.commit("Never mind\n", {path: None}, who=BEN)
    message = h.run("show", "-s", "--format=%B", "main~2") + "\n"
    h.commit(message, {path: plan}, who=ANA)
    told = {"On": str(h.today), "Outcome": "helped"}
    step(h, path, "done", {**DONE, "on": h.today}, BEN, told=told)
    return step(h, path, "verify", seen(h, DEE), DEE)


@caught_as("merge-lost-step")
def use_that_another_record_overwrites_in_a_merge(h: History) -> str:
    h.fork("side")
    path = a_done(h, "did-not-help")
    plan = h.data(path, "main~1").replace(b"id: 2026", b"id: 2025")
    h.commit("Plan\n", {path: plan}, who=MAL, on="side")
    return h.merge(MAL, {path: plan}, tree="main")


@caught_as("merge-lost-step")
def use_that_another_record_keeps_out_of_a_merge(h: History) -> str:
    h.fork("side")
    path = a_done(h, "did-not-help")
    plan = h.data(path, "main~1").replace(b"id: 2026", b"id: 2025")
    h.commit("Plan\n", {path: plan}, who=MAL, on="side")
    parents = [h.tip("side"), h.tip()]
    return h.merge(MAL, {path: plan}, parents=parents, tree="main")


@caught_as("merge-lost-step")
def use_that_has_two_names_is_left_out(h: History) -> str:
    path = a_done(h, "did-not-help")
    h.fork("side")
    h.commit("Sort\n", {path: None, PLACE: h.data(path)}, who=CY, on="side")
    return h.merge(CY, {path: None}, tree="main")


@caught_as("merge-lost-step")
def use_that_is_spoilt_before_a_merge_drops_it(h: History) -> str:
    path = planned(h)
    elsewhere(h)
    before = h.data(path)
    done(h, path, outcome="did-not-help")
    by_hand(h, path, {"outcome": "helped"}, MAL)
    return h.merge(MAL, {path: before})


@caught_as("merge-lost-step")
def forged_use_in_place_of_the_true_one(h: History) -> str:
    path = planned(h)
    h.fork("side")
    told = {"On": str(h.today), "Outcome": "helped"}
    step(h, path, "done", {**DONE, "on": h.today}, MAL, told=told, on="side")
    done(h, path, outcome="did-not-help")
    data = h.data(path, "side")
    return h.merge(MAL, {path: data}, tree="main")


@caught_as("merge-lost-step")
def use_that_began_forged_in_place_of_the_true_one(h: History) -> str:
    h.fork("side")
    path = a_done(h, "did-not-help")
    data = h.data(path).replace(b"did-not-help", b"helped")
    h.commit("Use\n", {path: data}, who=MAL, on="side")
    return h.merge(MAL, {path: data}, tree="main")


@caught_as("merge-lost-step")
def verified_use_that_was_taken_away_before_it_was_verified(h: History) -> str:
    path = a_done(h)
    h.fork("side")
    h.commit("Never mind\n", {path: None}, who=BEN, on="side")
    verified(h, path)
    return h.merge(BEN, {path: None}, tree="main")


@caught_as("merge-lost-step")
def verified_use_that_its_doer_leaves_out(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    verified(h, path)
    return h.merge(BEN, {path: None})


@caught_as("merge-lost-step")
def use_left_out_behind_a_note_that_takes_its_name(h: History) -> str:
    h.fork("side")
    path = a_done(h, "did-not-help")
    name = read(h.data(path), PurePosixPath(path)).raw["id"]
    data = h.data(h.path(FUEL)).replace(f"20261121-{FUEL}".encode(), f"record {name}".encode())
    h.commit("Note\n", {"notes/x.md": data}, who=MAL, on="side")
    return h.merge(MAL, parents=[h.tip("side"), h.tip()], tree="side")

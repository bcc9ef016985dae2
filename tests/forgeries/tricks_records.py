"""Uses that nobody saw, in the names of those who did not: forged records."""

from datetime import timedelta
from pathlib import PurePosixPath

from kmkit.kb import applying
from kmkit.lifecycle.person import Person
from kmkit.note.file import read
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import MAL, ROADS
from tests.forgeries.builder import LINK, SUBMODULE, Entry, History, key_of
from tests.forgeries.corpus import caught_as, reply, swap
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

ALIAS = Person(BEN.name, "ben.adu@example.org")
"""Ben, from another address."""


# By hand


@caught_as("record-by-hand")
def verifier_by_hand(h: History) -> str:
    path = a_done(h)
    return by_hand(h, path, seen(h))


@caught_as("record-by-hand")
def verified_use_by_hand(h: History) -> str:
    path = a_verified(h)
    data = swap("coast-road", "other-road")(h.data(path).replace(b"Coast road", b"Other road"))
    new = path.replace("coast-road", "other-road")
    return h.commit("One more use\n", {new: data}, who=CY)


@caught_as("record-by-hand")
def outcome_by_hand(h: History) -> str:
    return by_hand(h, a_done(h, "did-not-help"), {"outcome": "helped"}, BEN)


@caught_as("record-by-hand")
def doer_by_hand(h: History) -> str:
    return by_hand(h, planned(h), {"by": DEE.email})


@caught_as("record-by-hand")
def note_of_a_use_by_hand(h: History) -> str:
    return by_hand(h, a_done(h), {"note": h.note(ROADS).id})


@caught_as("record-by-hand")
def squashed_steps(h: History) -> str:
    h.fork("side")
    path = planned(h)
    done(h, path)
    message = "Squashed\n\n    Kmkit-Move: plan\n\n    Kmkit-Move: done\n"
    tip = h.tip()
    return h.commit(message, {path: h.data(path)}, who=BEN, parents=[h.tip("side")], tree=tip)


@caught_as("record-by-hand")
def removed_and_brought_back_verified(h: History) -> str:
    path = a_done(h)
    h.commit("Away\n", {path: None}, who=BEN)
    h.rules(lambda text: text.replace('records = "required"', 'records = "optional"'), ANA)
    data = with_fields(h, path, seen(h), "main~2")
    return h.commit("Back\n", {path: data}, who=BEN)


@caught_as("record-by-hand")
def sealed_record_where_nothing_is_required(h: History) -> str:
    h.rules(lambda text: text.replace('records = "required"', 'records = "optional"'), ANA)
    return by_hand(h, a_done(h), seen(h))


@caught_as("changed-after-verification")
def outcome_after_verification(h: History) -> str:
    return by_hand(h, a_verified(h), {"outcome": "no-difference"}, ANA)


@caught_as("changed-after-verification")
def day_after_verification(h: History) -> str:
    path = a_verified(h)
    return by_hand(h, path, {"on": h.today - timedelta(days=90)}, BEN)


@caught_as("changed-after-verification")
def verified_use_of_another_note(h: History) -> str:
    return by_hand(h, a_verified(h), {"note": h.note(ROADS).id})


# Steps that are none


@caught_as("illegal-step")
def planned_then_verified(h: History) -> str:
    path = planned(h)
    done_: dict[str, object] = {"on": h.today, "outcome": "helped", "changed": "Procedure, 4"}
    return step(h, path, "verify", seen(h) | done_, DEE)


@caught_as("illegal-step")
def done_after_it_was_dropped(h: History) -> str:
    path = planned(h)
    applying.drop(h.kb(ANA), PurePosixPath(path), because="The road is closed.")
    more = {"status": "done", "on": h.today, "outcome": "helped", "changed": "Procedure, 4"}
    return step(h, path, "done", more, BEN)


@caught_as("illegal-step")
def a_step_that_there_is_not(h: History) -> str:
    return step(h, a_done(h), "approve", seen(h), DEE)


@caught_as("names-another")
def verified_in_the_name_of_another(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h, DEE), MAL)


@caught_as("names-another")
def reported_in_the_name_of_another(h: History) -> str:
    path = planned(h)
    more: dict[str, object] = {"status": "done", "on": h.today, "outcome": "helped"}
    more |= {"changed": "Procedure, paragraph 4", "reported_by": DEE.email}
    told = {"On": str(h.today), "Outcome": "helped"}
    return step(h, path, "done", more, CY, told=told)


@caught_as("own-verification")
def verified_by_the_doer(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h, BEN), BEN)


@caught_as("own-verification")
def verified_from_another_address(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h, ALIAS), ALIAS)


@caught_as("own-verification")
def verified_by_a_co_author(h: History) -> str:
    path = planned(h)
    more: dict[str, object] = {"status": "done", "on": h.today, "outcome": "helped"}
    more |= {"changed": "Procedure, paragraph 4"}
    told = {"On": str(h.today), "Outcome": "helped"}
    who = f"Co-authored-by: {DEE}\n"
    step(h, path, "done", more, BEN, told=told, say=lambda text: text + who)
    return step(h, path, "verify", seen(h, DEE), DEE)


@caught_as("evidence-before-change")
def backdated_evidence(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h, on=-9), DEE)


@caught_as("incomplete-record")
def dropped_without_a_reason(h: History) -> str:
    return step(h, planned(h), "drop", {"status": "dropped"}, BEN)


@caught_as("incomplete-record")
def verified_without_evidence(h: History) -> str:
    path = a_done(h)
    fields = seen(h)
    fields["verified"] = {**fields["verified"], "evidence": " "}  # type: ignore[dict-item]
    return step(h, path, "verify", fields, DEE, told={"Evidence": ""})


@caught_as("incomplete-record")
def planned_anew_without_a_reason(h: History) -> str:
    path = planned(h)
    due = h.today + timedelta(days=900)
    told = {"Due": str(due)}
    return step(h, path, "replan", {"due": due}, BEN, told=told, because="")


# What the trailers say


@caught_as("step-mismatch")
def amended_after_verification(h: History) -> str:
    path = a_done(h)
    tip = h.tip()
    verified(h, path)
    message = h.run("show", "-s", "--format=%B", "main") + "\n"
    data = swap("Fuel log of June", "Fuel log of July")(h.data(path))
    say = reply("Evidence: Fuel log of June", "Evidence: Fuel log of July")
    return h.commit(say(message), {path: data}, who=DEE, parents=[tip], tree="main")


@caught_as("step-mismatch")
def another_outcome_is_told(h: History) -> str:
    path = a_done(h, "did-not-help")
    return step(h, path, "verify", seen(h, outcome="helped"), DEE)


@caught_as("step-mismatch")
def verification_that_changes_the_note(h: History) -> str:
    path = a_done(h)
    id = h.note(ROADS).id
    return step(h, path, "verify", seen(h, note=id), DEE)


@caught_as("step-mismatch")
def step_of_another_record(h: History) -> str:
    path, other = a_done(h), planned(h)
    id = str(read(h.data(other), PurePosixPath(other)).raw["id"])
    return step(h, path, "verify", seen(h), DEE, told={"Record": id})


@caught_as("step-without-change")
def step_without_a_record(h: History) -> str:
    path = a_done(h)
    id = str(read(h.data(path), PurePosixPath(path)).raw["id"])
    message = f"verify: x\n\nKmkit-Record: {id}\nKmkit-Move: verify\n"
    return h.commit(message, {"README.md": b"x\n"}, who=DEE)


@caught_as("bad-trailers")
def step_told_twice(h: History) -> str:
    path = a_done(h)
    say = reply("Kmkit-Move: verify", "Kmkit-Move: verify\nKmkit-Move: drop")
    return step(h, path, "verify", seen(h), DEE, say=say)


# As files


@caught_as("record-id-changed")
def record_over_another(h: History) -> str:
    good, bad = a_verified(h), a_done(h, "did-not-help")
    return h.commit("Sort\n", {good: None, bad: h.data(good)}, who=BEN)


@caught_as("record-id-changed")
def record_with_another_id(h: History) -> str:
    path = a_done(h)
    id = str(read(h.data(path), PurePosixPath(path)).raw["id"])
    data = swap(f"id: {id}", "id: 20261121-another-zzzz")(h.data(path))
    return h.commit("Tidy up\n", {path: data}, who=BEN)


@caught_as("duplicate-record")
def verified_use_twice(h: History) -> str:
    path = a_verified(h)
    return h.commit("Copy\n", {path.replace(".md", "-2.md"): h.data(path)}, who=CY)


@caught_as("duplicate-record")
def two_files_through_a_merge(h: History) -> str:
    path = a_done(h)
    h.fork("side")
    data = h.data(path)
    files = {path: None, path.replace(".md", "-2.md"): data}
    h.commit("Sort\n", files, who=CY, on="side")
    return h.merge(ANA, {path: data}, tree="side")


@caught_as("record-not-a-file")
def record_as_a_link(h: History) -> str:
    path = a_verified(h)
    return h.commit("Link\n", {path: Entry(LINK, b"../../secret.md")}, who=BEN)


@caught_as("record-not-a-file")
def records_in_a_submodule(h: History) -> str:
    a_done(h)
    tip = h.tip().encode()
    return h.commit("Vendor\n", {"records/application/x": Entry(SUBMODULE, tip)}, who=BEN)


@caught_as("unreadable-record")
def record_that_cannot_be_read(h: History) -> str:
    path = a_done(h, "did-not-help")
    return h.commit("Oops\n", {path: h.data(path).replace(b"kind:", b"kind: [", 1)}, who=BEN)


@caught_as("removed-record")
def use_that_did_not_help_is_gone(h: History) -> str:
    path = a_done(h, "did-not-help")
    return h.commit("Clean up\n", {path: None}, who=CY)


@caught_as("removed-record")
def verified_use_is_gone(h: History) -> str:
    path = a_verified(h)
    return h.commit("Clean up\n", {path: None}, who=BEN)


@caught_as("removed-record")
def verified_use_is_spoilt_and_then_gone(h: History) -> str:
    path = a_verified(h)
    h.commit("Typo\n", {path: h.data(path).replace(b"outcome: ", b"outcome: not-")}, who=MAL)
    return h.commit("Tidy up\n", {path: None}, who=MAL)


@caught_as("removed-record")
def use_that_did_not_help_is_bettered_and_then_gone(h: History) -> str:
    path = a_done(h, "did-not-help")
    h.commit("Typo\n", {path: h.data(path).replace(b"did-not-help", b"helped")}, who=CY)
    return h.commit("Tidy up\n", {path: None}, who=CY)


@caught_as("removed-record")
def use_moved_out_of_sight(h: History) -> str:
    path = a_done(h, "did-not-help")
    return h.commit("Archive\n", {path: None, "attic/x.md": h.data(path)}, who=CY)


# Signed


@caught_as("unsigned-move", signed=True)
def unsigned_verification(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h), DEE, told={"Evidence": "Fuel log of June"}, sign=False)


@caught_as("wrong-key", signed=True)
def verification_signed_by_the_doer(h: History) -> str:
    path = a_done(h)
    return step(h, path, "verify", seen(h), DEE, key=key_of(BEN))


@caught_as("unsigned-move", signed=True)
def unsigned_removal_of_a_use(h: History) -> str:
    path = a_done(h, "did-not-help")
    return h.commit("Clean up\n", {path: None}, who=BEN, sign=False)


@caught_as("outside-anchor")
def record_of_an_orphan_root(h: History) -> str:
    path = a_verified(h)
    data = h.data(path).replace(b"coast-road", b"other-road")
    new = path.replace("coast-road", "other-road")
    forged = h.commit("New\n", {new: data}, who=MAL, on="side", parents=[])
    h.merge(ANA, {new: data}, tree="main")
    return forged

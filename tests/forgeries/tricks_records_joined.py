"""Records through merges, and the kinds that are not applications."""

from datetime import timedelta
from pathlib import PurePosixPath

from kmkit.kb import applying
from kmkit.kb.asking import ask
from kmkit.kb.recording import new
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, MAL
from tests.forgeries.builder import LINK, Entry, History
from tests.forgeries.corpus import caught_as, swap
from tests.forgeries.uses import (
    a_done,
    a_verified,
    by_hand,
    done,
    planned,
    proposed,
    screened,
    seen,
    step,
    verified,
    with_fields,
)


def elsewhere(h: History) -> None:
    """A branch on which nothing of interest happens."""
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


@caught_as("merged-record")
def evil_merge_of_a_verification(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    return h.merge(ANA, {path: with_fields(h, path, seen(h))}, tree="side")


@caught_as("merged-record")
def merge_of_two_outcomes(h: History) -> str:
    path = planned(h)
    h.fork("side")
    done(h, path, outcome="did-not-help")
    ours = h.data(path)
    h.checkout("side")
    place = PurePosixPath(path)
    changed = "Boat procedure, paragraph 9"
    applying.done(h.kb(BEN), place, changed=changed, outcome="helped", because="x")
    mixed = swap("did-not-help", "helped")(ours)
    return h.merge(ANA, {path: mixed}, tree="main")


@caught_as("merged-record")
def merge_of_a_plan_that_a_hand_changed(h: History) -> str:
    path = planned(h)
    h.fork("side")
    data = with_fields(h, path, {"by": CY.email})
    h.commit("Cy does it\n", {path: data}, who=CY, on="side")
    due = h.today + timedelta(days=200)
    applying.replan(h.kb(ANA), PurePosixPath(path), due=due, because="Later.")
    return h.merge(CY, {path: with_fields(h, path, {"by": CY.email})}, tree="main")


@caught_as("record-by-hand")
def merge_that_brings_a_verified_use(h: History) -> str:
    path = a_verified(h)
    elsewhere(h)
    data = h.data(path).replace(b"coast-road", b"other-road")
    return h.merge(ANA, {path.replace("coast-road", "other-road"): data}, tree="main")


@caught_as("merge-lost-step")
def merge_that_drops_an_outcome(h: History) -> str:
    path = planned(h)
    elsewhere(h)
    before = h.data(path)
    done(h, path, outcome="did-not-help")
    return h.merge(ANA, {path: before})


@caught_as("merge-lost-step")
def merge_that_prefers_a_drop_to_an_outcome(h: History) -> str:
    path = planned(h)
    h.fork("side")
    done(h, path, outcome="did-not-help")
    h.checkout("side")
    applying.drop(h.kb(BEN), PurePosixPath(path), because="Not now.")
    return h.merge(BEN, {path: h.data(path, "side")}, tree="main")


@caught_as("merge-lost-step")
def merge_that_leaves_a_use_out(h: History) -> str:
    elsewhere(h)
    path = a_done(h, "did-not-help")
    return h.merge(CY, {path: None})


@caught_as("unreadable-record")
def merge_that_breaks_a_record(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    return h.merge(CY, {path: h.data(path).replace(b"kind:", b"kind: [", 1)})


@caught_as("record-id-changed")
def merge_that_changes_an_id(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    return h.merge(CY, {path: h.data(path).replace(b"id: 2026", b"id: 2025", 1)})


@caught_as("record-not-a-file")
def merge_that_makes_a_record_a_link(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    return h.merge(CY, {path: Entry(LINK, b"x")})


@caught_as("bad-trailers")
def merge_that_is_a_verification(h: History) -> str:
    path = a_done(h)
    elsewhere(h)
    verified(h, path)
    message = h.run("show", "-s", "--format=%B", "main") + "\n"
    return h.merge(DEE, message=message)


@caught_as("unsigned-move", signed=True)
def unsigned_merge_of_a_use(h: History) -> str:
    elsewhere(h)
    a_done(h)
    return h.merge(MAL, parents=[h.tip("side"), h.tip()], sign=False)


# Other kinds


@caught_as("record-by-hand")
def proposal_accepted_by_hand(h: History) -> str:
    path = proposed(h)
    fields = {"status": "accepted", "decided_by": ANA.email, "decided_on": h.today}
    return by_hand(h, path, fields, MAL)


@caught_as("names-another")
def proposal_accepted_in_the_name_of_another(h: History) -> str:
    path = proposed(h)
    fields = {"status": "accepted", "decided_by": ANA.email, "decided_on": h.today}
    return step(h, path, "accept", fields, MAL)


@caught_as("record-by-hand")
def score_by_hand(h: History) -> str:
    path = screened(h)
    data = swap("score: 2", "score: 5")(h.data(path))
    return h.commit("It is critical\n", {path: data}, who=CY)


@caught_as("names-another")
def screened_in_the_name_of_another(h: History) -> str:
    path = screened(h)
    data = swap("score: 2", "score: 5")(h.data(path))
    message = f"screen: x\n\nKmkit-Record: {path[18:-3]}\nKmkit-Move: screen\n"
    return h.commit(message, {path: data}, who=CY)


@caught_as("record-by-hand")
def question_answered_by_hand(h: History) -> str:
    h.checkout()
    path = str(ask(h.kb(CY), "How long does fuel keep?", id="20261121-fuel-q001").path)
    return by_hand(h, path, {"answered_by": h.note(BOATS).id, "answered_on": h.today})


@caught_as("record-by-hand")
def answers_counted_by_hand(h: History) -> str:
    h.checkout()
    kb = h.kb(ANA)
    fields = {"instrument": "learning", "version": 1, "round": "2026", "on": kb.today, "people": 5}
    fields["id"] = "20261121-learning-2026-a001"
    answers = [{"item": "org-01@1", "counts": [1, 1, 1, 1, 1, 0, 0]}]
    path = str(new(kb, "assessment", {**fields, "answers": answers}).path)
    data = swap("[1, 1, 1, 1, 1, 0, 0]", "[0, 0, 0, 0, 0, 5, 0]")(h.data(path))
    return h.commit("Count again\n", {path: data}, who=ANA)

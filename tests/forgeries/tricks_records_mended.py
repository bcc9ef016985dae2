"""What was made good on one branch, and taken from another that still has it; what is overlaid."""

from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import FUEL, MAL
from tests.forgeries.builder import Files, History
from tests.forgeries.corpus import caught_as, swap
from tests.forgeries.uses import a_done, a_verified, by_hand, planned, seen, with_fields


def beside(h: History, files: Files, who: Person = MAL) -> str:
    """A forged commit on a branch that a merge leaves, and that goes on."""
    h.fork("side")
    forged = h.commit("Tidy up\n", files, who=who, on="side")
    h.merge(MAL, tree="main")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    return forged


@caught_as("state-without-move")
def state_of_a_branch_that_was_left(h: History) -> str:
    path = h.path(FUEL)
    data = swap("state: captured", "state: validated")(h.data(path))
    forged = beside(h, {path: data})
    h.merge(MAL, {path: data}, tree="main")
    return forged


@caught_as("record-by-hand")
def verification_of_a_branch_that_was_left(h: History) -> str:
    path = a_done(h)
    data = with_fields(h, path, seen(h))
    forged = beside(h, {path: data})
    h.merge(MAL, {path: data}, tree="main")
    return forged


@caught_as("record-by-hand")
def verification_of_a_branch_that_was_left_in_other_words(h: History) -> str:
    path = a_done(h)
    data = with_fields(h, path, seen(h))
    forged = beside(h, {path: data})
    h.merge(MAL, {path: data.replace(b"action: Sign", b"action: Sign early")}, tree="main")
    return forged


@caught_as("rules-by-other")
def rules_of_a_branch_that_was_left(h: History) -> str:
    data = swap('steward = ["ana@', 'steward = ["mal@')(h.data("policy.toml"))
    forged = beside(h, {"policy.toml": data})
    h.merge(MAL, {"policy.toml": data}, tree="main")
    return forged


@caught_as("record-by-hand")
def verification_that_was_put_right_on_another_branch(h: History) -> str:
    path = a_done(h)
    before = h.data(path)
    forged = by_hand(h, path, seen(h), MAL)
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    h.commit("As it was\n", {path: before}, who=BEN)
    h.merge(CY, {path: h.data(path, "side")})
    return forged


@caught_as("changed-after-verification")
def a_use_that_was_taken_away_on_another_branch(h: History) -> str:
    path = a_verified(h)
    forged = by_hand(h, path, {"outcome": "no-difference"}, MAL)
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    h.commit("Away\n", {path: None}, who=ANA)
    h.merge(CY, {path: h.data(path, "side")})
    return forged


@caught_as("merged-record")
def plan_that_loses_its_day_in_a_merge(h: History) -> str:
    path = planned(h)
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    return h.merge(MAL, {path: with_fields(h, path, {"due": None})}, tree="main")


@caught_as("removed-note")
def note_that_another_overwrites_in_a_merge(h: History) -> str:
    path = h.path(FUEL)
    data = h.data(path)
    h.fork("side")
    h.commit("Sort\n", {path: None, "notes/x.md": data}, who=CY, on="side")
    other = data.replace(b"aaaa", b"zzzz")
    h.commit("New\n", {path: other}, who=CY, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(MAL, {path: other}, tree="main")

"""What a merge that lost nothing forgets, so that the next could drop it; and who wrote what."""

from dataclasses import replace

from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, swap
from tests.forgeries.tricks_older import EVE, FRENCH, elsewhere, revised

REJECT = replace(APPROVE, verdict="reject")
EXPERT = replace(APPROVE, method="expert-review", topic="logistics")


def packed(h: History, name: str) -> None:
    """A branch on which the packaging of a note changes."""
    h.fork("pack")
    h.commit("French\n", {h.path(name): FRENCH(h.data(h.path(name)))}, who=CY, on="pack")


def merged(h: History) -> None:
    """That branch comes in, and a branch called old is merged after it as it stands."""
    tree = h.merged_tree("main", "pack")
    h.commit("Merge pack\n", {}, who=ANA, parents=[h.tip(), h.tip("pack")], tree=tree)


def old_merged(h: History) -> str:
    """The old branch is merged, and its files are taken."""
    return h.commit("Merge old\n", {}, who=MAL, parents=[h.tip(), h.tip("old")], tree="old")


@caught_as("merge-lost-move")
def retirement_forgotten_by_a_merge(h: History) -> str:
    packed(h, FUEL)
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    h.fork("old")
    h.forge("retire", FUEL, CY)
    h.forge("reopen", FUEL, ANA)
    merged(h)
    return old_merged(h)


@caught_as("merge-lost-move")
def narrowing_forgotten_by_a_merge(h: History) -> str:
    packed(h, ROADS)
    h.forge("release", ROADS, ANA, replace(ASK, level="domestic"))
    h.fork("old")
    h.forge("narrow", ROADS, CY, replace(ASK, level="internal"))
    merged(h)
    return old_merged(h)


@caught_as("merge-lost-move")
def owner_forgotten_by_a_merge(h: History) -> str:
    packed(h, ROADS)
    h.forge("reassign", ROADS, CY, replace(ASK, owner="mal@example.org"))
    h.fork("old")
    h.forge("reassign", ROADS, ANA, replace(ASK, owner="cy@example.org"))
    merged(h)
    return old_merged(h)


@caught_as("merge-lost-move")
def rejection_forgotten_by_a_merge(h: History) -> str:
    h.fork("pack")
    h.forge("format", ROADS, ANA, on="pack")
    revised(h, ROADS)
    h.fork("old")
    h.checkout()
    h.move("validate", ROADS, BEN, REJECT)
    merged(h)
    return old_merged(h)


@caught_as("merge-lost-move")
def rejection_forgotten_by_a_merge_that_joins(h: History) -> str:
    h.fork("pack")
    h.forge("format", ROADS, ANA, on="pack")
    revised(h, ROADS)
    h.fork("old")
    data = h.data(h.path(ROADS))
    other = swap("Text of results", "No results")(data)
    h.commit("Forth\n", {h.path(ROADS): other}, who=MAL, on="old")
    h.commit("Back\n", {h.path(ROADS): data}, who=MAL, on="old")
    h.checkout()
    h.move("validate", ROADS, BEN, REJECT)
    h.commit("French\n", {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY)
    formatted = {h.path(ROADS): FRENCH(h.data(h.path(ROADS), "pack"))}
    parents = [h.tip(), h.tip("pack")]
    h.commit("Merge pack\n", formatted, who=ANA, parents=parents, tree="main")
    return old_merged(h)


def left_out(h: History, branch: str) -> str:
    """A branch is merged, and nothing of it is taken."""
    return h.commit("Merge\n", {}, who=MAL, parents=[h.tip(), h.tip(branch)], tree=h.tip())


def forged_and_decided(h: History) -> None:
    """A branch on which Mal widens a note, who may not, and one on which Ana narrows it."""
    h.checkout()
    h.move("release", BOATS, ANA, replace(ASK, level="domestic"))
    h.fork("decided")
    h.forge("narrow", BOATS, ANA, replace(ASK, level="internal"), on="decided")
    h.fork("forged")
    h.forge("release", BOATS, MAL, replace(ASK, level="international"), on="forged")


@caught_as("merge-lost-move")
def narrowing_left_out_behind_a_forged_release_that_was_left_out(h: History) -> str:
    forged_and_decided(h)
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL)
    left_out(h, "forged")
    return left_out(h, "decided")


@caught_as("merge-lost-move")
def narrowing_left_out_behind_a_forged_release_that_was_renewed(h: History) -> str:
    forged_and_decided(h)
    domestic = swap("level: international", "level: domestic")
    h.forge("release", BOATS, MAL, replace(ASK, level="international"))
    h.commit("Back\n", {h.path(BOATS): FRENCH(domestic(h.data(h.path(BOATS))))}, who=CY)
    h.forge("renew", BOATS, BEN, APPROVE)
    return left_out(h, "decided")


@caught_as("mixed-merge")
def widest_level_for_words_of_a_peer_review(h: History) -> str:
    h.checkout()
    h.move("validate", FUEL, DEE, EXPERT)
    h.fork("side")
    h.forge("release", FUEL, ANA, replace(ASK, level="international"))
    revised(h, FUEL, on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    return h.merge(ANA)


@caught_as("own-approval", signed=True)
def author_forgotten_behind_an_approval_without_a_signature(h: History) -> str:
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=BEN)
    h.forge("validate/quorum", FUEL, DEE, APPROVE, sign=False)
    data = swap("Text of results", "No results")(h.data(h.path(FUEL)))
    made = h.imitate("revise", FUEL, CY, data=data)
    h.commit(made.message, {h.path(FUEL): made.data}, who=CY)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("illegal-move")
def retired_note_that_was_away_is_captured_after_it_came_back(h: History) -> str:
    path = h.path(ROADS)
    h.forge("retire", ROADS, CY)
    h.commit("Away\n", {path: None}, who=CY)
    again = h.data(h.path(FUEL)).replace(FUEL.encode(), ROADS.encode())
    h.commit("Back\n", {path: again}, who=CY)
    made = h.imitate("capture", ROADS, CY)
    message = made.message.replace("captured -> captured", "-> captured")
    return h.commit(message, {path: FRENCH(made.data)}, who=CY)


# Without a role


@caught_as("not-entitled")
def note_brought_back_by_a_stranger(h: History) -> str:
    path = h.path(BOATS)
    data = h.data(path)
    h.commit("Away\n", {path: None}, who=CY)
    return h.commit("Back\n", {path: data}, who=EVE)


@caught_as("not-entitled")
def note_brought_back_by_a_stranger_in_a_merge(h: History) -> str:
    path = h.path(BOATS)
    data = h.data(path)
    elsewhere(h)
    h.commit("Away\n", {path: None}, who=CY)
    return h.merge(EVE, {path: data}, tree="main")

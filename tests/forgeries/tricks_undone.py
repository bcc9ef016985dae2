"""Decisions that somebody undoes in two steps, where each step by itself would be found."""

from dataclasses import replace

from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply, swap

FRENCH = swap("language: en", "language: fr")
ALIVE = swap("state: retired", "state: validated")
WIDER = swap("level: internal", "level: domestic")
NARROW = replace(ASK, level="internal")


def taken_up_again(h: History, name: str = ROADS) -> str:
    """Cy retires a note, and Mal writes by hand that it is validated."""
    h.forge("retire", name, CY)
    path = h.path(name)
    return h.commit("By hand\n", {path: ALIVE(h.data(path))}, who=MAL)


# A renewal proves what stands; it is no way to change it


@caught_as("move-mismatch")
def level_widened_by_a_renewal(h: History) -> str:
    say = reply("Level: internal", "Level: domestic")
    return h.forge("renew", ROADS, BEN, APPROVE, edit=WIDER, say=say)


@caught_as("move-mismatch")
def owner_changed_by_a_renewal(h: History) -> str:
    edit, say = swap("owner: cy@", "owner: ben@"), reply("Owner: cy@", "Owner: ben@")
    return h.forge("renew", ROADS, BEN, APPROVE, edit=edit, say=say)


@caught_as("move-mismatch")
def level_given_by_a_renewal(h: History) -> str:
    path = h.path(ROADS)
    h.commit("By hand\n", {path: swap("level: internal\n", "")(h.data(path))}, who=MAL)
    made = h.imitate("renew", ROADS, BEN, APPROVE)
    data = swap("owner: cy@", "level: domestic\nowner: cy@")(made.data)
    message = reply("Kmkit-Owner:", "Kmkit-Level: domestic\nKmkit-Owner:")(made.message)
    return h.commit(message, {path: data}, who=BEN)


@caught_as("move-mismatch")
def owner_given_by_a_renewal(h: History) -> str:
    path = h.path(ROADS)
    h.commit("By hand\n", {path: swap("owner: cy@example.org\n", "")(h.data(path))}, who=MAL)
    made = h.imitate("renew", ROADS, BEN, APPROVE)
    data = swap("level: internal", "owner: ben@example.org\nlevel: internal")(made.data)
    message = reply("Kmkit-Method:", "Kmkit-Owner: ben@example.org\nKmkit-Method:")(made.message)
    return h.commit(message, {path: data}, who=BEN)


# What was retired is taken up again by a manager alone


@caught_as("state-without-move")
def retirement_undone_by_hand_and_renewed_behind_a_rename(h: History) -> str:
    h.forge("retire", ROADS, CY)
    path = h.path(ROADS)
    forged = h.commit("R\n", {path: None, f"notes/{ROADS}.md": ALIVE(h.data(path))}, who=MAL)
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def retirement_undone_by_hand_and_renewed_after_a_move(h: History) -> str:
    forged = taken_up_again(h)
    h.forge("reassign", ROADS, ANA, replace(ASK, owner=DEE.email))
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def retirement_undone_by_hand_and_judged_anew(h: History) -> str:
    forged = taken_up_again(h)
    h.forge("revise", ROADS, CY)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return forged


@caught_as("unproved")
def retired_note_that_its_owner_removes_and_brings_back(h: History) -> str:
    path = h.path(ROADS)
    before = h.data(path)
    h.forge("retire", ROADS, CY)
    h.commit("Away\n", {path: None}, who=CY)
    forged = h.commit("Back\n", {path: before}, who=CY)
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


# What a merge dropped does not come good by a detour


def dropped(h: History) -> str:
    """Cy retires the note on boats on side, and Mal's merge keeps what stood on main."""
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    return h.merge(MAL, tree="main")


@caught_as("merge-lost-move")
def retirement_dropped_by_a_merge_and_renewed(h: History) -> str:
    forged = dropped(h)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_by_a_merge_and_edited_forth_and_back(h: History) -> str:
    forged = dropped(h)
    path = h.path(BOATS)
    before = h.data(path)
    h.commit("French\n", {path: FRENCH(before)}, who=CY)
    h.commit("English\n", {path: before}, who=CY)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_by_words_of_a_merge_that_are_taken_back(h: History) -> str:
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    path = h.path(BOATS)
    before = h.data(path)
    forged = h.merge(MAL, {path: FRENCH(before)}, tree="main")
    h.commit("English\n", {path: before}, who=MAL)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_by_words_of_a_merge_that_are_renewed(h: History) -> str:
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    path = h.path(BOATS)
    forged = h.merge(MAL, {path: FRENCH(h.data(path))}, tree="main")
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_by_a_merge_and_by_the_next(h: History) -> str:
    h.fork("third")
    h.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="weekly-digest"))
    h.fork("side")
    path = h.path(BOATS)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY, on="side")
    h.forge("retire", BOATS, CY, on="third")
    parents = [h.tip(), h.tip("third")]
    h.commit("Third\n", {}, who=MAL, parents=parents, tree="main")
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def retirement_dropped_while_something_else_is_wrong(h: History) -> str:
    path = h.path(BOATS)
    before = h.data(path)
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    h.commit("Typo\n", {path: WORDS(before)}, who=MAL)
    forged = h.merge(MAL, tree="main")
    h.commit("Put it back\n", {path: before}, who=MAL)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_after_its_branch_was_spoilt(h: History) -> str:
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    path = h.path(BOATS)
    data = FRENCH(swap("state: retired", "state: captured")(h.data(path, "side")))
    h.commit("By hand\n", {path: data}, who=MAL, on="side")
    return h.merge(MAL, tree="main")


@caught_as("merge-lost-move")
def narrowing_of_a_spoilt_branch_dropped(h: History) -> str:
    h.forge("release", BOATS, ANA, replace(ASK, level="domestic"))
    h.fork("side")
    path = h.path(BOATS)
    h.commit("Typo\n", {path: WORDS(h.data(path))}, who=MAL, on="side")
    h.forge("narrow", BOATS, CY, NARROW, on="side")
    return h.merge(MAL, tree="main")


@caught_as("not-entitled")
def narrowing_dropped_for_a_widening_that_is_taken_back(h: History) -> str:
    h.forge("release", BOATS, ANA, replace(ASK, level="domestic"))
    path = h.path(BOATS)
    before = h.data(path)
    h.fork("side")
    h.forge("narrow", BOATS, CY, NARROW, on="side")
    forged = h.forge("release", BOATS, MAL, replace(ASK, level="international"))
    h.merge(MAL, tree="main")
    h.commit("Put it back\n", {path: before}, who=MAL)
    return forged


@caught_as("unproved")
def retired_note_that_a_merge_removes_comes_back_as_it_was(h: History) -> str:
    path = h.path(BOATS)
    before = h.data(path)
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    h.forge("retire", BOATS, CY)
    h.merge(CY, {path: None}, parents=[h.tip("side"), h.tip()], tree="main")
    return h.commit("Back\n", {path: before}, who=MAL)


@caught_as("unproved")
def retired_note_that_was_removed_on_the_other_side_comes_back(h: History) -> str:
    path = h.path(BOATS)
    before = h.data(path)
    h.fork("side")
    h.commit("Away\n", {path: None}, who=CY, on="side")
    h.forge("retire", BOATS, CY)
    h.merge(MAL, {path: None}, tree="main")
    return h.commit("Back\n", {path: before}, who=MAL)


@caught_as("unproved")
def retired_note_that_was_removed_on_both_sides_comes_back(h: History) -> str:
    path = h.path(BOATS)
    before = h.data(path)
    h.fork("side")
    h.commit("Away\n", {path: None}, who=CY, on="side")
    h.forge("retire", BOATS, CY)
    h.commit("Away\n", {path: None}, who=CY)
    h.merge(MAL, {}, parents=[h.tip("side"), h.tip()], tree="main")
    return h.commit("Back\n", {path: before}, who=MAL)


# One commit, two things


@caught_as("more-than-the-note")
def approval_beside_another_text_edited_forth_and_back(h: History) -> str:
    boats = h.path(BOATS)
    before = h.data(boats)
    forged = h.forge("validate/quorum", FUEL, BEN, APPROVE, files={boats: WORDS(before)})
    path = h.path(FUEL)
    approved = h.data(path)
    h.commit("French\n", {path: FRENCH(approved)}, who=CY)
    h.commit("Both\n", {path: approved, boats: before}, who=CY)
    return forged

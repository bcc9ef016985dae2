"""Older versions that a merge brings back, what it writes by itself, and what nobody judged."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, RETURN, WORDS, caught_as, swap

EVE = Person("Eve Low", "eve@example.com")
"""Has no role at all."""
FRENCH = swap("language: en", "language: fr")
REJECT = replace(APPROVE, verdict="reject")


def elsewhere(h: History) -> None:
    """A branch on which nothing happens to notes."""
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


def revised(h: History, name: str, **options: str) -> None:
    """A note in other words, as a revision of what was approved."""
    on = options.get("on", "main")
    made = h.imitate("revise", name, CY, data=WORDS(h.data(h.path(name), on)), on=on)
    h.commit(made.message, {h.path(name, on): made.data}, who=CY, on=on)


# Older versions


@caught_as("merge-lost-move")
def approved_revision_dropped_for_what_stood_before(h: History) -> str:
    elsewhere(h)
    revised(h, ROADS)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return h.merge(EVE, tree="side")


@caught_as("merge-lost-move")
def withdrawn_version_in_force_again(h: History) -> str:
    h.forge("revise", ROADS, CY)
    elsewhere(h)
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def rejected_revision_behind_a_question(h: History) -> str:
    revised(h, ROADS)
    h.fork("side")
    h.forge("ask", ROADS, MAL, replace(ASK, to=DEE.email), on="side")
    h.checkout()
    h.move("validate", ROADS, BEN, REJECT)
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def approval_dropped_behind_a_question(h: History) -> str:
    h.fork("side")
    h.forge("ask", FUEL, MAL, replace(ASK, to=DEE.email), on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    h.forge("format", FUEL, ANA)
    return h.merge(MAL, tree="side")


@caught_as("mixed-merge")
def level_and_owner_of_the_older_side(h: History) -> str:
    h.forge("release", ROADS, ANA, replace(ASK, level="domestic"))
    elsewhere(h)
    h.forge("narrow", ROADS, ANA, replace(ASK, level="internal"))
    h.forge("reassign", ROADS, ANA, replace(ASK, owner=DEE.email))
    older = {"level": "domestic", "owner": CY.email}
    return h.merge(MAL, {h.path(ROADS): FRENCH(write_fields(h.note(ROADS), older))}, tree="main")


@caught_as("merge-lost-move")
def return_dropped_behind_other_words(h: History) -> str:
    h.fork("side")
    data = h.data(h.path(FUEL))
    h.commit("Words\n", {h.path(FUEL): WORDS(data)}, who=MAL, on="side")
    h.forge("validate/return", FUEL, BEN, RETURN)
    merged = h.merge(MAL, tree="side")
    h.commit("As it was\n", {h.path(FUEL): data}, who=MAL)
    h.forge("validate/quorum", FUEL, DEE, APPROVE)
    return merged


# What a merge writes, or leaves out


@caught_as("removed-note")
def young_note_left_out_by_a_merge(h: History) -> str:
    elsewhere(h)
    data = h.data(h.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    h.commit("Lorries\n", {"notes/lorries.md": data}, who=CY)
    return h.merge(EVE, {"notes/lorries.md": None}, tree="main")


@caught_as("not-entitled")
def words_of_a_stranger_in_a_merge(h: History) -> str:
    elsewhere(h)
    return h.merge(EVE, {h.path(FUEL): WORDS(h.data(h.path(FUEL)))})


@caught_as("not-entitled")
def note_of_a_stranger_in_a_merge(h: History) -> str:
    elsewhere(h)
    data = h.data(h.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    return h.merge(EVE, {"notes/lorries.md": data})


@caught_as("mixed-merge")
def review_of_a_note_that_a_merge_brings(h: History) -> str:
    elsewhere(h)
    data = h.data(h.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    claim = 'state: captured\nreviewed: {on: 2026-11-20, by: ana@example.org, because: "ok"}'
    return h.merge(CY, {"notes/lorries.md": swap("state: captured", claim)(data)})


def in_place(h: History, mode: str) -> str:
    """A merge in which something else of the same name in git stands in a note's place."""
    elsewhere(h)
    blob = h.run("rev-parse", f"main:{h.path(ROADS)}")
    entry = Entry(mode, blob.encode() if mode == SUBMODULE else h.data(h.path(ROADS)))
    return h.merge(MAL, {h.path(ROADS): entry})


@caught_as("not-a-file")
def submodule_of_the_name_of_the_file(h: History) -> str:
    return in_place(h, SUBMODULE)


@caught_as("not-a-file")
def link_of_the_name_of_the_file(h: History) -> str:
    return in_place(h, LINK)


@caught_as("not-a-file")
def submodule_that_is_to_be_ignored(h: History) -> str:
    settings = '[submodule "sub"]\n\tpath = notes/sub\n\turl = ./sub\n\tignore = all\n'
    h.commit("Settings\n", {".gitmodules": settings.encode()}, who=MAL)
    h.checkout()
    return h.commit("Sub\n", {"notes/sub": Entry(SUBMODULE, h.tip().encode())}, who=MAL)


# What no approval decides

CLAIMS = """disseminated:
  - {on: 2026-11-20, channel: website, by: ana@example.org}
reviewed: {on: 2026-11-20, by: cy@example.org, because: "ok"}"""


def by_hand(h: History, state: str = "validated") -> str:
    """A dissemination and a review that nobody made, and another state."""
    data = swap("state: validated", f"state: {state}\n{CLAIMS}")(h.data(h.path(ROADS)))
    return h.commit("By hand\n", {h.path(ROADS): data}, who=MAL)


@caught_as("state-without-move")
def state_by_hand_in_force_behind_a_revision(h: History) -> str:
    forged = by_hand(h, "maintained")
    h.forge("revise", ROADS, MAL)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def review_by_hand_behind_a_revision(h: History) -> str:
    forged = by_hand(h)
    h.forge("revise", ROADS, CY)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def level_and_owner_by_hand_renewed_by_a_reviewer(h: History) -> str:
    edit = write_fields(h.note(ROADS), {"level": "domestic", "owner": MAL.email})
    forged = h.commit("By hand\n", {h.path(ROADS): edit}, who=MAL)
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


def captured_again(h: History, *, words: bool) -> str:
    """The owner removes a note and captures it again, without a return that stood."""
    path, data = h.path(FUEL), h.data(h.path(FUEL))
    if words:
        h.commit("Words\n", {path: WORDS(data)}, who=BEN)
    else:
        h.forge("validate/return", FUEL, DEE, RETURN)
    print_ = h.imitate("validate/quorum", FUEL, CY, APPROVE)
    h.commit("Away\n", {path: None}, who=CY)
    message = h.run("log", "-1", "--format=%B", "--grep", f"capture: .*{FUEL[:4]}")
    told = [line for line in print_.message.split("\n") if "Kmkit-Fingerprint" in line]
    lines = [told[0] if "Kmkit-Fingerprint" in line else line for line in message.split("\n")]
    again = FRENCH(WORDS(data) if words else data)
    return h.commit("\n".join(lines) + "\n", {path: again}, who=CY)


@caught_as("verdicts-differ")
def return_removed_with_the_note(h: History) -> str:
    forged = captured_again(h, words=False)
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return forged


@caught_as("own-approval")
def author_removed_with_the_note(h: History) -> str:
    captured_again(h, words=True)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("mixed-merge")
def state_of_no_side_in_force_behind_a_revision(h: History) -> str:
    elsewhere(h)
    data = swap("state: validated", "state: maintained")(h.data(h.path(ROADS)))
    merged = h.merge(MAL, {h.path(ROADS): data})
    h.forge("revise", ROADS, MAL)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return merged


@caught_as("unproved")
def state_of_a_forged_note_changed_by_hand_and_revised(h: History) -> str:
    data = h.data(h.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    forged = h.commit("New\n", {"notes/lorries-eeee.md": data}, who=MAL)
    other = swap("state: validated", "state: formatted")(data)
    h.commit("By hand\n", {"notes/lorries-eeee.md": other}, who=MAL)
    h.forge("revise", "lorries-eeee", MAL)
    return forged


@caught_as("merge-lost-move")
def retirement_dropped_by_a_merge_and_judged_anew(h: History) -> str:
    elsewhere(h)
    h.forge("retire", ROADS, ANA)
    merged = h.merge(MAL, tree="side")
    h.forge("revise", ROADS, CY)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return merged


@caught_as("removed-note")
def note_removed_once_and_brought_back_left_out_by_a_merge(h: History) -> str:
    path, data = h.path(ROADS), h.data(h.path(ROADS))
    elsewhere(h)
    h.commit("Away\n", {path: None}, who=CY)
    h.commit("Back\n", {path: data}, who=CY)
    return h.merge(EVE, {path: None}, tree="main")


@caught_as("state-without-move")
def level_by_hand_behind_an_approval_by_a_manager(h: History) -> str:
    edit = write_fields(h.note(ROADS), {"level": "domestic"})
    forged = h.commit("By hand\n", {h.path(ROADS): edit}, who=MAL)
    h.forge("revise", ROADS, CY)
    board = replace(APPROVE, method="committee", decided_by="The board", minutes="item 3")
    h.forge("validate/quorum", ROADS, ANA, board)
    return forged


@caught_as("state-without-move")
def successor_by_hand_behind_an_approval(h: History) -> str:
    edit = write_fields(h.note(ROADS), {"superseded_by": f"20261121-{WELLS}"})
    forged = h.commit("By hand\n", {h.path(ROADS): edit}, who=MAL)
    h.forge("revise", ROADS, CY)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return forged


# Behind a move of one's own


def rejected(h: History) -> None:
    """A revision that is judged; Ben rejects it on main, and side has it as it was."""
    revised(h, ROADS)
    h.fork("side")
    h.checkout()
    h.move("validate", ROADS, BEN, REJECT)


@caught_as("merge-lost-move")
def rejected_revision_behind_a_return(h: History) -> str:
    rejected(h)
    h.forge("validate/return", ROADS, DEE, RETURN, on="side")
    merged = h.merge(DEE, tree="side")
    h.forge("validate/quorum", ROADS, DEE, APPROVE)
    return merged


@caught_as("merge-lost-move")
def rejected_revision_behind_words_forth_and_back(h: History) -> str:
    rejected(h)
    path = h.path(ROADS, "side")
    data = h.data(path, "side")
    other = swap("Never sign anything.", "Never sign.")(data)
    h.commit("Words\n", {path: other}, who=MAL, on="side")
    h.commit("Back\n", {path: data}, who=MAL, on="side")
    h.forge("ask", ROADS, MAL, replace(ASK, to=DEE.email), on="side")
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def rejected_revision_back_after_a_further_step(h: History) -> str:
    rejected(h)
    h.forge("format", ROADS, ANA)
    path = h.path(ROADS, "side")
    data = h.data(path, "side")
    other = swap("Never sign anything.", "Never sign.")(data)
    h.commit("Words\n", {path: other}, who=MAL, on="side")
    h.commit("Back\n", {path: data}, who=MAL, on="side")
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def approved_revision_dropped_behind_a_revision(h: History) -> str:
    h.fork("side")
    revised(h, ROADS)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    h.forge("revise", ROADS, MAL, on="side")
    return h.merge(MAL, tree="side")


def withdrawn(h: History) -> None:
    """What was in force is withdrawn on main; Dee returns its revision on side."""
    h.forge("revise", ROADS, CY)
    h.fork("side")
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    h.forge("validate/return", ROADS, DEE, RETURN, on="side")


@caught_as("merge-lost-move")
def withdrawn_version_in_force_behind_a_return(h: History) -> str:
    withdrawn(h)
    return h.merge(DEE, tree="side")


@caught_as("mixed-merge")
def withdrawn_version_in_force_in_other_packaging(h: History) -> str:
    withdrawn(h)
    return h.merge(DEE, {h.path(ROADS): FRENCH(h.data(h.path(ROADS), "side"))}, tree="main")


@caught_as("mixed-merge")
def level_of_the_older_side_behind_a_renewal(h: History) -> str:
    h.forge("release", ROADS, ANA, replace(ASK, level="domestic"))
    h.fork("side")
    h.forge("narrow", ROADS, ANA, replace(ASK, level="internal"))
    h.forge("renew", ROADS, DEE, APPROVE, on="side")
    data = FRENCH(h.data(h.path(ROADS), "side"))
    return h.merge(DEE, {h.path(ROADS): data}, tree="main")


@caught_as("merge-lost-move")
def narrowing_dropped_for_one_that_goes_less_far(h: History) -> str:
    board = replace(APPROVE, method="committee", decided_by="The board", minutes="item 3")
    h.forge("validate/quorum", FUEL, ANA, board)
    h.forge("format", FUEL, ANA)
    h.forge("release", FUEL, ANA, replace(ASK, level="international"))
    h.fork("side")
    h.forge("narrow", FUEL, ANA, replace(ASK, level="internal"))
    h.forge("narrow", FUEL, CY, replace(ASK, level="domestic"), on="side")
    return h.merge(CY, tree="side")


@caught_as("merge-lost-move")
def second_return_in_the_same_words_dropped(h: History) -> str:
    for ask in (RETURN, APPROVE):
        row = "validate/return" if ask is RETURN else "validate"
        h.forge("validate/return", FUEL, DEE, replace(RETURN, because="A comma."))
        h.forge(row, FUEL, BEN, replace(ask, because="So."))
    elsewhere(h)
    h.forge("validate/return", FUEL, BEN, replace(RETURN, because="So."))
    return h.merge(EVE, tree="side")


@caught_as("quorum-not-reached")
def return_by_another_method_settled(h: History) -> str:
    h.fork("side")
    expert = replace(RETURN, method="expert-review", topic="logistics")
    h.forge("validate/return", FUEL, DEE, expert)
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    verdicts = [*h.note(FUEL, "side").fields.verdicts, *h.note(FUEL).fields.verdicts]
    h.merge(MAL, {h.path(FUEL): write_fields(h.note(FUEL), {"verdicts": verdicts})}, tree="main")
    return h.forge("settle", FUEL, MAL)


@caught_as("verdicts-differ")
def verdicts_of_the_round_before_in_a_merge(h: History) -> str:
    h.fork("side")
    given = h.note(ROADS).fields.verdicts
    h.commit("French\n", {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY, on="side")
    h.forge("revise", ROADS, ANA)
    joined = FRENCH(write_fields(h.note(ROADS), {"verdicts": given}))
    merged = h.merge(MAL, {h.path(ROADS): joined}, tree="main")
    h.forge("settle", ROADS, MAL)
    return merged


# Removed and renewed


@caught_as("verdicts-differ")
def return_removed_with_the_note_and_captured_later(h: History) -> str:
    path, data = h.path(FUEL), h.data(h.path(FUEL))
    message = h.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: .*{FUEL}")
    h.forge("validate/return", FUEL, DEE, RETURN)
    h.commit("Away\n", {path: None}, who=CY)
    h.commit("Back\n", {path: FRENCH(data)}, who=CY)
    forged = h.commit(message + "\n", {}, who=CY)
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return forged


@caught_as("illegal-move")
def retirement_removed_with_the_note(h: History) -> str:
    path, data = h.path(FUEL), h.data(h.path(FUEL))
    message = h.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: .*{FUEL}")
    h.forge("retire", FUEL, ANA)
    h.commit("Away\n", {path: None}, who=CY)
    return h.commit(message + "\n", {path: data}, who=CY)


@caught_as("refused-move")
def verdict_by_hand_renewed_and_taken_for_a_committee(h: History) -> str:
    note = h.note(ROADS)
    board = {"method": "committee", "decided_by": "The board", "minutes": "item 3"}
    forged = note.fields.verdicts[0].model_copy(update={**board, "by": ANA.email})
    h.forge("format", ROADS, ANA)
    note = h.note(ROADS)
    data = write_fields(note, {"verdicts": [forged, *note.fields.verdicts]})
    h.commit("By hand\n", {h.path(ROADS): data}, who=MAL)
    h.forge("renew", ROADS, DEE, APPROVE)
    return h.forge("release", ROADS, ANA, replace(ASK, level="international"))

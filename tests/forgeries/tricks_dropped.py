"""What a merge drops behind what is its own, and what no renewal makes good."""

from dataclasses import replace
from datetime import date

from kmkit.note.file import write_fields
from kmkit.note.model import Reviewed
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, caught_as, reply, swap
from tests.forgeries.tricks_older import EVE, FRENCH, elsewhere

REJECT = replace(CROWD, verdict="reject")
HELD = Reviewed(on=date(2026, 11, 20), by="cy@example.org", because="It holds.")
"""A review that nobody made."""
HEADS = ("Context and challenge", "Solution and actions", "Results", "Lessons")
BODY = "".join(f"## {head}\n\nText of {head.lower()}.\n\n" for head in HEADS)


def fields(name: str, owner: str) -> dict[str, object]:
    """A lesson about the sea."""
    return {
        "id": f"20261121-{name}",
        "title": "The lesson of the sea",
        "summary": "Look first.",
        "sources": ["anonymous"],
        "owner": owner,
    }


# Behind other words


@caught_as("verdicts-differ")
def return_dropped_behind_words_of_a_merge(h: History) -> str:
    h.forge("validate/return", FUEL, BEN, RETURN)
    elsewhere(h)
    data = WORDS(write_fields(h.note(FUEL), {"verdicts": None}))
    return h.merge(MAL, {h.path(FUEL): data}, tree="main")


@caught_as("merge-lost-move")
def withdrawn_version_in_force_behind_other_words(h: History) -> str:
    h.forge("revise", ROADS, CY)
    h.fork("side")
    h.commit("Words\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=MAL, on="side")
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def rejected_and_withdrawn_version_in_force_behind_other_words(h: History) -> str:
    h.forge("revise", ROADS, CY)
    h.fork("side")
    h.commit("Words\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=MAL, on="side")
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return h.merge(MAL, tree="side")


# Behind an approval that settled nothing


@caught_as("merge-lost-move")
def withdrawn_version_in_force_behind_one_approval_of_three(h: History) -> str:
    h.forge("revise", ROADS, CY)
    h.fork("side")
    h.forge("validate", ROADS, DEE, CROWD, on="side")
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    return h.merge(MAL, tree="side")


@caught_as("mixed-merge")
def withdrawn_version_in_force_from_a_side_with_one_approval(h: History) -> str:
    h.forge("revise", ROADS, CY)
    h.fork("side")
    h.forge("validate", ROADS, DEE, CROWD, on="side")
    h.forge("retire", ROADS, ANA)
    h.forge("reopen", ROADS, ANA)
    in_force = h.note(ROADS, "side").fields.in_force
    data = FRENCH(write_fields(h.note(ROADS), {"in_force": in_force}))
    return h.merge(MAL, {h.path(ROADS): data}, tree="main")


@caught_as("merge-lost-move")
def verdicts_of_a_round_that_was_rejected(h: History) -> str:
    for who in (BEN, DEE):
        h.forge("validate", FUEL, who, CROWD)
    elsewhere(h)
    h.forge("validate/reject", FUEL, DEE, REJECT)
    h.forge("reopen", FUEL, ANA)
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def verdicts_of_a_round_that_was_rejected_and_one_more(h: History) -> str:
    h.rules(reply('"dee@example.org"]', '"dee@example.org", "eve@example.org"]'), ANA)
    h.forge("validate", FUEL, BEN, CROWD)
    h.fork("side")
    h.forge("validate", FUEL, DEE, CROWD, on="side")
    h.forge("validate/reject", FUEL, BEN, REJECT)
    h.forge("reopen", FUEL, ANA)
    return h.merge(MAL, tree="side")


# In a merge that joins


@caught_as("merge-lost-move")
def narrowed_less_far_in_a_joined_merge(h: History) -> str:
    expert = replace(APPROVE, method="expert-review", topic="logistics")
    h.forge("validate/quorum", FUEL, DEE, expert)
    h.forge("release", FUEL, ANA, replace(ASK, level="international"))
    h.fork("side")
    h.forge("narrow", FUEL, CY, replace(ASK, level="internal"))
    h.forge("narrow", FUEL, CY, replace(ASK, level="domestic"), on="side")
    data = swap("level: internal", "level: domestic")(FRENCH(h.data(h.path(FUEL))))
    return h.merge(MAL, {h.path(FUEL): data}, tree="main")


@caught_as("removed-note")
def note_left_out_behind_one_of_its_path(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.kb(CY).capture(fields("seas-eeee", CY.email), BODY)
    path = h.path("seas-eeee", "side")
    h.checkout()
    h.kb(MAL).capture(fields("lake-ffff", MAL.email), BODY)
    other = h.path("lake-ffff")
    h.commit("Move\n", {other: None, path: h.data(other)}, who=MAL)
    return h.merge(MAL, {path: None}, tree="main")


@caught_as("own-approval")
def author_forgotten_of_what_the_other_branch_removed(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.kb(BEN).capture(fields("seas-eeee", BEN.email), BODY)
    path = h.path("seas-eeee", "side")
    data = h.data(path, "side").replace(b"ben@", b"mal@").replace(b"Ben Adu", b"Mal Ory")
    h.commit("Away\n", {path: None}, who=BEN, on="side")
    h.checkout()
    h.merge(MAL, {path: data + b"\n"})
    made = h.imitate("capture", "seas-eeee", MAL)
    h.commit(
        made.message.replace("captured -> captured", "-> captured"), {path: made.data}, who=MAL
    )
    return h.forge("validate/quorum", "seas-eeee", BEN, APPROVE)


@caught_as("own-approval")
def author_forgotten_of_what_a_merged_branch_had_removed(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.kb(BEN).capture(fields("seas-eeee", BEN.email), BODY)
    path = h.path("seas-eeee", "side")
    data = h.data(path, "side").replace(b"ben@", b"mal@").replace(b"Ben Adu", b"Mal Ory")
    h.commit("Away\n", {path: None}, who=BEN, on="side")
    h.checkout()
    h.merge(CY)
    h.commit("Back\n", {path: data + b"\n"}, who=MAL)
    made = h.imitate("capture", "seas-eeee", MAL)
    message = made.message.replace("captured -> captured", "-> captured")
    h.commit(message, {path: made.data}, who=MAL)
    return h.forge("validate/quorum", "seas-eeee", BEN, APPROVE)


@caught_as("merge-lost-move")
def one_approval_of_three_dropped_for_older_words(h: History) -> str:
    elsewhere(h)
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY)
    h.forge("validate", FUEL, BEN, CROWD)
    return h.merge(MAL, tree="side")


@caught_as("verdicts-differ")
def return_forgotten_of_what_the_other_branch_removed(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.kb(MAL).capture(fields("seas-eeee", MAL.email), BODY)
    path = h.path("seas-eeee", "side")
    data = h.data(path, "side")
    h.forge("validate/return", "seas-eeee", BEN, RETURN, on="side")
    h.commit("Away\n", {path: None}, who=MAL, on="side")
    return h.merge(MAL, {path: WORDS(data)})


@caught_as("not-entitled")
def packaging_by_a_stranger_in_a_merge(h: History) -> str:
    elsewhere(h)
    data = swap("Anybody who drives.", "Buy from Zed.")(h.data(h.path(BOATS)))
    return h.merge(EVE, {h.path(BOATS): data}, tree="main")


@caught_as("not-entitled")
def packaging_left_out_by_a_stranger_in_a_merge(h: History) -> str:
    elsewhere(h)
    data = swap("language: en\n", "")(h.data(h.path(BOATS)))
    return h.merge(EVE, {h.path(BOATS): data}, tree="main")


@caught_as("not-entitled")
def packaging_by_a_stranger_where_a_submodule_stood(h: History) -> str:
    path = h.path(BOATS)
    data = swap("Anybody who drives.", "Buy from Zed.")(h.data(path))
    h.fork("side")
    h.commit("Sub\n", {path: Entry(SUBMODULE, b"1" * 40)}, who=MAL, on="side")
    return h.merge(EVE, {path: data}, tree="main")


# What no renewal makes good


@caught_as("not-entitled")
def confirmed_by_somebody_else_and_renewed(h: History) -> str:
    forged = h.forge("confirm", BOATS, MAL)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("not-entitled")
def disseminated_by_somebody_else_and_renewed(h: History) -> str:
    forged = h.forge("disseminate/again", BOATS, MAL, replace(ASK, channel="weekly-digest"))
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("unsigned-move", signed=True)
def confirmed_without_a_signature_and_renewed(h: History) -> str:
    forged = h.forge("confirm", BOATS, CY, sign=False)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("unsigned-move", signed=True)
def released_without_a_signature_after_a_fault_and_renewed(h: History) -> str:
    h.commit("Words\n", {h.path(BOATS): WORDS(h.data(h.path(BOATS)))}, who=CY)
    forged = h.forge("release", BOATS, ANA, replace(ASK, level="domestic"), sign=False)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("unsigned-move", signed=True)
def reassigned_without_a_signature_after_a_fault_and_renewed(h: History) -> str:
    h.commit("Words\n", {h.path(BOATS): WORDS(h.data(h.path(BOATS)))}, who=CY)
    ask = replace(ASK, owner="mal@example.org")
    forged = h.forge("reassign", BOATS, ANA, ask, sign=False)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


def reviewed_on_a_side(h: History, data: bytes) -> None:
    """A branch on which a hand wrote a review; main has ``data``."""
    h.fork("side")
    path, held = h.path(BOATS), write_fields(h.note(BOATS), {"reviewed": HELD})
    h.commit("Held\n", {path: held}, who=MAL, on="side")
    h.commit("Else\n", {path: data}, who=MAL)


@caught_as("state-without-move")
def review_by_hand_joined_to_changed_words_and_renewed(h: History) -> str:
    reviewed_on_a_side(h, WORDS(h.data(h.path(BOATS))))
    forged = h.tip("side")
    h.merge(MAL, {h.path(BOATS): WORDS(h.data(h.path(BOATS), "side"))}, tree="main")
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def review_by_hand_in_a_mixed_merge_and_renewed(h: History) -> str:
    reviewed_on_a_side(h, FRENCH(h.data(h.path(BOATS))))
    forged = h.tip("side")
    third = swap("Text of results", "Third")(FRENCH(h.data(h.path(BOATS), "side")))
    h.merge(MAL, {h.path(BOATS): third}, tree="main")
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("unproved")
def owner_of_a_note_that_was_away_and_renewed(h: History) -> str:
    path = h.path(BOATS)
    data = h.data(path)
    h.commit("Away\n", {path: None}, who=CY)
    forged = h.commit("Back\n", {path: swap("owner: cy@", "owner: mal@")(data)}, who=MAL)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("unproved")
def review_of_a_note_that_was_away_and_renewed(h: History) -> str:
    note = h.note(BOATS)
    path = note.path.as_posix()
    h.commit("Away\n", {path: None}, who=CY)
    forged = h.commit("Back\n", {path: write_fields(note, {"reviewed": HELD})}, who=MAL)
    h.forge("renew", BOATS, BEN, APPROVE)
    return forged


@caught_as("mixed-merge")
def level_of_a_note_that_was_away_in_a_merge_and_renewed(h: History) -> str:
    path = h.path(ROADS)
    data = h.data(path)
    elsewhere(h)
    h.commit("Away\n", {path: None}, who=CY)
    wide = swap("level: internal", "level: domestic")(data)
    forged = h.merge(MAL, {path: wide}, tree="main")
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


@caught_as("unsigned-move", signed=True)
def reopened_without_a_signature_and_renewed(h: History) -> str:
    h.forge("retire", ROADS, ANA)
    forged = h.forge("reopen", ROADS, ANA, sign=False)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    h.forge("renew", ROADS, BEN, APPROVE)
    return forged


@caught_as("state-without-move")
def state_by_hand_over_a_return_and_renewed(h: History) -> str:
    h.forge("validate/return", FUEL, BEN, RETURN)
    path = h.path(FUEL)
    validated = swap("state: captured", "state: validated")(h.data(path))
    forged = h.commit("Done\n", {path: validated}, who=MAL)
    h.forge("renew", FUEL, DEE, APPROVE)
    return forged


@caught_as("unsigned-move", signed=True)
def approval_without_a_signature_over_a_return_and_renewed(h: History) -> str:
    h.forge("validate/return", FUEL, BEN, RETURN)
    forged = h.forge("validate/quorum", FUEL, BEN, APPROVE, sign=False)
    h.forge("renew", FUEL, DEE, APPROVE)
    return forged


# One finding of two notes


@caught_as("bad-trailers")
def one_of_two_notes_of_a_bad_commit_put_right(h: History) -> str:
    paths = [h.path(FUEL), h.path(ROADS)]
    before = h.data(paths[0])
    changed = {path: FRENCH(h.data(path)) for path in paths}
    forged = h.commit("Tidy\n\nKmkit-note: x\n", changed, who=MAL)
    h.commit("Put back\n", {paths[0]: before}, who=MAL)
    return forged

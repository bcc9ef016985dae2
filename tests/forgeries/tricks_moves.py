"""Moves that never happened, skip a step, or say something else than they do."""

from dataclasses import replace

from kmkit.lifecycle.context import Request
from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, History
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, caught_as, reply, swap

# Without a move


@caught_as("state-without-move")
def state_by_hand(h: History) -> str:
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    return h.commit("Tidy up\n", {h.path(FUEL): data}, who=CY)


@caught_as("state-without-move")
def verdict_by_hand(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    return h.commit("Tidy up\n", {h.path(FUEL): made.data}, who=BEN)


@caught_as("state-without-move")
def level_by_hand(h: History) -> str:
    data = swap("level: internal", "level: international")(h.data(h.path(BOATS)))
    return h.commit("Tidy up\n", {h.path(BOATS): data}, who=CY)


@caught_as("state-without-move")
def review_by_hand(h: History) -> str:
    made = h.imitate("confirm", BOATS, CY)
    data = swap("state: maintained", "state: disseminated")(made.data)
    return h.commit("Tidy up\n", {h.path(BOATS): data}, who=CY)


@caught_as("state-without-move")
def owner_by_hand(h: History) -> str:
    data = swap("owner: cy@example.org", "owner: mal@example.org")(h.data(h.path(ROADS)))
    return h.commit("Tidy up\n", {h.path(ROADS): data}, who=MAL)


@caught_as("state-without-move")
def dissemination_by_hand(h: History) -> str:
    note = h.note(BOATS)
    data = write_fields(note, {"disseminated": note.fields.disseminated * 2})
    return h.commit("Tidy up\n", {h.path(BOATS): data}, who=ANA)


@caught_as("state-without-move")
def state_slipped_into_an_edit(h: History) -> str:
    made = h.imitate("edit", FUEL, CY, data=WORDS(h.data(h.path(FUEL))))
    data = swap("level: internal", "level: domestic")(made.data)
    return h.commit(made.message, {h.path(FUEL): data}, who=CY)


# Steps that the lifecycle does not have


@caught_as("illegal-move")
def skipped_state(h: History) -> str:
    return h.forge("format", FUEL, ANA)


@caught_as("illegal-move")
def validated_in_one_jump_to_maintained(h: History) -> str:
    return h.forge("confirm", ROADS, CY)


@caught_as("illegal-move")
def reworded_when_it_is_too_late(h: History) -> str:
    data = WORDS(h.data(h.path(BOATS)))
    made = h.imitate("reword", BOATS, ANA, data=data)
    return h.commit(made.message, {h.path(BOATS): made.data}, who=ANA)


@caught_as("illegal-move")
def captured_twice(h: History) -> str:
    return h.forge("capture", FUEL, CY, edit=WORDS, say=reply("captured -> ", "-> "))


@caught_as("illegal-move")
def unheard_of_move(h: History) -> str:
    say = reply("validate captured -> validated", "bless captured -> validated")
    return h.forge("validate/quorum", FUEL, BEN, say=say, ask=APPROVE)


# Trailers that lie


@caught_as("move-mismatch")
def trailers_claim_another_beginning(h: History) -> str:
    data = swap("state: captured", "state: formatted")(h.data(h.path(FUEL)))
    made = h.imitate("format", FUEL, ANA)
    message = reply("captured -> formatted", "validated -> formatted")(made.message)
    return h.commit(message, {h.path(FUEL): data}, who=ANA)


@caught_as("move-mismatch")
def trailers_claim_another_end(h: History) -> str:
    edit = swap("state: validated", "state: formatted")
    return h.forge("validate/quorum", FUEL, BEN, edit=edit, ask=APPROVE)


@caught_as("move-mismatch")
def trailers_of_another_note(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, say=reply(FUEL, ROADS), ask=APPROVE)


@caught_as("move-mismatch")
def level_wider_than_the_trailer_says(h: History) -> str:
    edit = swap("level: domestic", "level: international")
    return h.forge("release", BOATS, ANA, replace(ASK, level="domestic"), edit=edit)


@caught_as("move-mismatch")
def owner_other_than_the_trailer_says(h: History) -> str:
    edit = swap("owner: dee@example.org", "owner: mal@example.org")
    return h.forge("reassign", BOATS, ANA, replace(ASK, owner="dee@example.org"), edit=edit)


@caught_as("fingerprint-mismatch")
def approval_of_a_different_fingerprint(h: History) -> str:
    print_ = h.note(ROADS).fields.verdicts[0].fingerprint
    return h.forge("validate/quorum", FUEL, BEN, print_=print_, ask=APPROVE)


@caught_as("fingerprint-mismatch")
def fingerprint_of_nothing(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, print_="k1:" + "0" * 64, ask=APPROVE)


@caught_as("fingerprint-mismatch")
def validated_and_rewritten_under_the_old_fingerprint(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, edit=WORDS, ask=APPROVE)


@caught_as("fingerprint-mismatch")
def cherry_picked_onto_other_words(h: History) -> str:
    h.fork("side")
    picked = h.forge("validate/quorum", FUEL, BEN, on="side", ask=APPROVE)
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY)
    h.checkout()
    h.run("-c", "user.name=Mal", "-c", "user.email=mal@example.org", "cherry-pick", "-x", picked)
    return h.tip()


@caught_as("text-changed-in-move")
def validated_and_rewritten_under_the_new_fingerprint(h: History) -> str:
    data = WORDS(h.data(h.path(FUEL)))
    made = h.imitate("validate/quorum", FUEL, BEN, data=data, ask=APPROVE)
    return h.commit(made.message, {h.path(FUEL): made.data}, who=BEN)


@caught_as("text-changed-in-move")
def formatted_and_rewritten(h: History) -> str:
    made = h.imitate("format", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    return h.commit(made.message, {h.path(ROADS): made.data}, who=ANA)


@caught_as("verdicts-differ")
def verdict_in_the_name_of_another(h: History) -> str:
    edit = swap("by: ben@example.org, method", "by: dee@example.org, method")
    return h.forge("validate/quorum", FUEL, BEN, edit=edit, ask=APPROVE)


@caught_as("verdicts-differ")
def verdict_turned_round(h: History) -> str:
    edit = swap("verdict: return", "verdict: approve")
    return h.forge("validate/return", FUEL, BEN, RETURN, edit=edit)


@caught_as("verdicts-differ")
def two_verdicts_by_one_commit(h: History) -> str:
    def twice(data: bytes) -> bytes:
        line = next(row for row in data.split(b"\n") if b"by: ben@" in row)
        return data.replace(line, line + b"\n" + line.replace(b"ben@", b"dee@"))

    return h.forge("validate", FUEL, BEN, CROWD, edit=twice)


# More, less and several at once


@caught_as("move-without-change")
def move_of_nothing(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    return h.commit(made.message, {}, who=BEN)


@caught_as("more-than-the-note")
def another_note_in_the_same_commit(h: History) -> str:
    other = {h.path(WELLS): h.data(h.path(WELLS)).replace(b"logistics", b"lorries")}
    return h.forge("validate/quorum", FUEL, BEN, files=other, ask=APPROVE)


@caught_as("more-than-the-note")
def rules_in_the_same_commit(h: History) -> str:
    rules = {"policy.toml": h.data("policy.toml") + b"\n# looser\n"}
    return h.forge("format", ROADS, ANA, files=rules)


@caught_as("squashed")
def squashed_moves(h: History) -> str:
    first = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    h.fork("side")
    h.commit(first.message, {h.path(FUEL): first.data}, who=BEN, on="side")
    second = h.imitate("format", FUEL, ANA, on="side")
    message = f"Note on fuel (#12)\n\n* {first.message}\n* {second.message}"
    return h.commit(message, {h.path(FUEL): second.data}, who=ANA)


@caught_as("squashed")
def squashed_by_git(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, on="side", ask=APPROVE)
    h.forge("format", FUEL, ANA, on="side")
    h.checkout()
    h.run("merge", "--squash", "-q", "side")
    h.run("-c", "user.name=Mal", "-c", "user.email=mal@example.org", "commit", "-q", "--no-edit")
    return h.tip()


# What kmkit would have refused


@caught_as("refused-move")
def without_a_reason(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, replace(APPROVE, because=""))


@caught_as("refused-move")
def formatted_with_fields_missing(h: History) -> str:
    return h.forge("format", WELLS, ANA)


@caught_as("refused-move")
def disseminated_beyond_its_level(h: History) -> str:
    return h.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="website"))


@caught_as("refused-move")
def disseminated_through_no_channel(h: History) -> str:
    return h.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="grapevine"))


@caught_as("refused-move")
def released_to_all_after_peer_review(h: History) -> str:
    return h.forge("release", BOATS, ANA, replace(ASK, level="international"))


@caught_as("refused-move")
def retired_without_a_reason(h: History) -> str:
    return h.forge("retire", BOATS, CY, Request())


@caught_as("refused-move")
def captured_without_provenance(h: History) -> str:
    data = h.data(h.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    head, _, rest = data.partition(b"gathered:")
    made = h.imitate("capture", FUEL, CY)
    message = made.message.replace(FUEL, "lorries-eeee").replace("captured -> ", "-> ")
    path = "notes/2026/20261121-lorries-eeee.md"
    return h.commit(message, {path: head + rest.partition(b"\n")[2]}, who=CY)


@caught_as("method-not-allowed")
def self_review_of_a_lesson(h: History) -> str:
    return h.forge("validate/quorum", FUEL, CY, replace(APPROVE, method="self-review"))


@caught_as("method-not-allowed")
def method_switched_in_mid_round(h: History) -> str:
    h.move("validate", FUEL, BEN, CROWD)
    return h.forge("validate/quorum", FUEL, DEE, ask=APPROVE)


@caught_as("method-not-allowed")
def committee_without_names(h: History) -> str:
    return h.forge("validate/quorum", FUEL, ANA, replace(APPROVE, method="committee"))


@caught_as("method-not-allowed")
def expert_of_what(h: History) -> str:
    return h.forge("validate/quorum", FUEL, DEE, replace(APPROVE, method="expert-review"))

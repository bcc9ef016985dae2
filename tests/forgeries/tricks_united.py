"""Merges that join what two branches say, and gain by it."""

from dataclasses import replace

from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS, capture
from tests.forgeries.builder import ASK, NOTHING, SUBMODULE, Entry, Files, History
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, caught_as, reply, swap
from tests.forgeries.tricks_more import NEW_PATH, captured

FRENCH = swap("language: en", "language: fr")
RESULTS = swap("Text of results", "Other text of results")


def elsewhere(h: History) -> None:
    """Nothing happens to notes on side."""
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


def evil(h: History, files: Files = NOTHING) -> str:
    """A merge of main and a side on which nothing happened."""
    elsewhere(h)
    return h.merge(CY, files)


# Writers


@caught_as("own-approval")
def words_of_another_branch_approved_by_their_writer(h: History) -> str:
    data = h.data(h.path(FUEL))
    h.fork("side")
    h.commit("Words\n", {h.path(FUEL): WORDS(data)}, who=BEN, on="side")
    h.commit("Results\n", {h.path(FUEL): RESULTS(data)}, who=CY)
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_a_merge_approved_by_their_writer(h: History) -> str:
    evil(h, {h.path(FUEL): WORDS(h.data(h.path(FUEL)))})
    h.merge(BEN, {h.path(FUEL): RESULTS(h.data(h.path(FUEL)))}, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def packaging_joined_and_approved_by_the_writer(h: History) -> str:
    data = RESULTS(h.data(h.path(FUEL)))
    h.commit("Results\n", {h.path(FUEL): data}, who=BEN)
    h.fork("side")
    h.commit("French\n", {h.path(FUEL): FRENCH(data)}, who=CY, on="side")
    topics = swap("topics: [logistics]", "topics: [fuel]")
    h.commit("Topics\n", {h.path(FUEL): topics(data)}, who=CY)
    h.merge(ANA, {h.path(FUEL): topics(FRENCH(data))}, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def committee_of_who_wrote_on_another_branch(h: History) -> str:
    data = h.data(h.path(FUEL))
    h.fork("side")
    h.commit("Words\n", {h.path(FUEL): WORDS(data)}, who=DEE, on="side")
    h.commit("Results\n", {h.path(FUEL): RESULTS(data)}, who=CY)
    h.merge(ANA)
    ask = replace(APPROVE, method="committee", decided_by="Dee Lim, The board", minutes="2026-11")
    return h.forge("validate/quorum", FUEL, ANA, ask)


# Verdicts


@caught_as("verdicts-differ")
def verdict_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("validate", FUEL, BEN, CROWD)
    h.commit("French\n", {h.path(FUEL): FRENCH(h.data(h.path(FUEL), "side"))}, who=CY, on="side")
    data = FRENCH(write_fields(h.note(FUEL), {"verdicts": ()}))
    return h.merge(ANA, {h.path(FUEL): data}, tree="main")


@caught_as("mixed-merge")
def owner_of_neither_side(h: History) -> str:
    h.fork("side")
    h.commit("French\n", {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY, on="side")
    h.forge("format", ROADS, ANA)
    data = swap("owner: cy@", "owner: mal@")(FRENCH(h.data(h.path(ROADS))))
    return h.merge(MAL, {h.path(ROADS): data}, tree="main")


@caught_as("mixed-merge")
def dissemination_of_neither_side(h: History) -> str:
    note = h.note(BOATS)
    data = write_fields(note, {"disseminated": note.fields.disseminated * 2})
    return evil(h, {h.path(BOATS): data})


@caught_as("mixed-merge")
def one_of_two_joined_verdicts_is_new(h: History) -> str:
    h.fork("side")
    h.forge("validate", FUEL, BEN, CROWD)
    h.forge("ask", FUEL, CY, replace(ASK, to=DEE.email), on="side")
    verdicts = h.note(FUEL).fields.verdicts
    more = [verdict.model_copy(update={"by": DEE.email}) for verdict in verdicts]
    data = write_fields(h.note(FUEL), {"verdicts": (*verdicts, *more)})
    data = swap("level: internal", "level: domestic")(data)
    return h.merge(ANA, {h.path(FUEL): data}, tree="main")


# Found on one side


def changed_on_one_side(h: History, old: str, new: str) -> tuple[str, bytes]:
    """A field of the note on roads changes by hand on main, its packaging on side; both joined."""
    path = h.path(ROADS)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY, on="side")
    h.commit("By hand\n", {path: swap(old, new)(h.data(path))}, who=MAL)
    return path, swap(old, new)(h.data(path, "side"))


@caught_as("mixed-merge")
def owner_by_hand_laundered_by_a_merge(h: History) -> str:
    path, data = changed_on_one_side(h, "owner: cy@", "owner: mal@")
    return h.merge(MAL, {path: data})


@caught_as("mixed-merge")
def level_by_hand_laundered_by_a_merge(h: History) -> str:
    path, data = changed_on_one_side(h, "level: internal", "level: international")
    return h.merge(MAL, {path: data})


@caught_as("verdicts-differ")
def verdict_by_hand_laundered_by_a_merge(h: History) -> str:
    path = h.path(FUEL)
    made = h.imitate("validate", FUEL, BEN, CROWD)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY, on="side")
    h.commit("By hand\n", {path: made.data}, who=MAL)
    return h.merge(MAL, {path: FRENCH(made.data)}, tree="main")


@caught_as("own-part")
def source_taken_out_and_laundered_by_a_merge(h: History) -> str:
    capture(h, "seas-eeee", sources=["Ben Adu"])
    path = h.path("seas-eeee")
    data = h.data(path)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    h.commit("By hand\n", {path: swap("- Ben Adu", "- anonymous")(data)}, who=BEN)
    return h.merge(MAL, {path: swap("- Ben Adu", "- anonymous")(FRENCH(data))}, tree="main")


@caught_as("changed-after-approval")
def one_of_two_forgeries_taken(h: History) -> str:
    path = h.path(ROADS)
    data = h.data(path)
    h.fork("side")
    h.commit("Other\n", {path: RESULTS(data)}, who=CY, on="side")
    forged = h.commit("Typo\n", {path: WORDS(data)}, who=CY)
    h.merge(CY, {}, tree="main")
    return forged


@caught_as("state-without-move")
def state_by_hand_and_the_move_on_another_branch(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    data = h.data(h.path(FUEL, "side"), "side")
    forged = h.commit("By hand\n", {h.path(FUEL): data}, who=CY)
    h.merge(CY, {}, tree="main")
    h.forge("format", FUEL, ANA)
    return forged


@caught_as("merge-lost-move")
def rejection_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("validate/reject", FUEL, BEN, replace(APPROVE, verdict="reject"), on="side")
    h.forge("ask", FUEL, CY, replace(ASK, to=DEE.email))
    return h.merge(MAL, {}, tree="main")


@caught_as("merge-lost-move")
def retirement_and_packaging_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    data = FRENCH(h.data(h.path(BOATS), "side"))
    h.commit("French\n", {h.path(BOATS): data}, who=CY, on="side")
    return h.merge(MAL, {}, tree="main")


@caught_as("merge-lost-move")
def dissemination_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="weekly-digest"), on="side")
    h.forge("confirm", BOATS, CY)
    return h.merge(MAL, {}, tree="main")


@caught_as("merge-lost-move")
def taking_up_again_dropped_by_a_merge(h: History) -> str:
    h.forge("retire", ROADS, CY)
    h.fork("side")
    h.forge("reopen", ROADS, ANA, on="side")
    h.forge("validate/quorum", ROADS, BEN, APPROVE, on="side")
    h.commit("French\n", {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY)
    return h.merge(MAL, {}, tree="main")


@caught_as("merge-lost-move")
def widening_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("release", ROADS, ANA, replace(ASK, level="domestic"), on="side")
    h.forge("format", ROADS, ANA)
    return h.merge(MAL, {}, tree="main")


@caught_as("mixed-merge")
def invented_verdict_beside_an_invented_level(h: History) -> str:
    h.fork("side")
    h.forge("validate", FUEL, BEN, CROWD)
    h.commit("French\n", {h.path(FUEL): FRENCH(h.data(h.path(FUEL), "side"))}, who=CY, on="side")
    data = swap("level: internal", "level: domestic")(h.data(h.path(FUEL), "side"))
    return h.merge(MAL, {h.path(FUEL): data}, tree="main")


@caught_as("merge-lost-move")
def narrowing_that_one_merge_kept_dropped_by_the_next(h: History) -> str:
    h.move("release", BOATS, ANA, replace(ASK, level="domestic"))
    path = h.path(BOATS)
    h.fork("third")
    h.fork("side")
    h.forge("narrow", BOATS, CY, replace(ASK, level="internal"), on="side")
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY)
    h.merge(ANA)
    h.commit("Topics\n", {path: h.data(path, "third") + b"\n"}, who=CY, on="third")
    parents = [h.tip(), h.tip("third")]
    return h.commit("Third\n", {}, who=MAL, parents=parents, tree="third")


# Files


@caught_as("bad-trailers")
def merge_with_trailers_that_are_odd(h: History) -> str:
    elsewhere(h)
    message = f"Merge\n\nKmkit-note: 20261121-{ROADS}\n"
    return h.merge(CY, {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, message=message)


@caught_as("unsigned-move", signed=True)
def rules_brought_by_an_unsigned_merge(h: History) -> str:
    h.fork("side")
    h.rules(reply("crowd = 3", "crowd = 2"), ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {"README.md": b"y\n"}, sign=False)


@caught_as("duplicate-id")
def twins_brought_by_a_merge(h: History) -> str:
    data = captured(h)[0]
    return evil(h, {NEW_PATH: data, "notes/twin.md": FRENCH(data)})


@caught_as("duplicate-id")
def validated_twin_of_a_captured_note(h: History) -> str:
    data = captured(h)[0]
    twin = swap("state: captured", "state: validated")(data)
    return evil(h, {NEW_PATH: data, "notes/twin.md": twin})


@caught_as("duplicate-id")
def copy_with_an_early_name_by_a_merge(h: History) -> str:
    return evil(h, {"notes/0.md": FRENCH(h.data(h.path(ROADS)))})


@caught_as("duplicate-id")
def same_copy_with_an_early_name_by_a_merge(h: History) -> str:
    return evil(h, {"notes/0.md": h.data(h.path(ROADS))})


@caught_as("id-changed")
def id_dropped_by_a_merge(h: History) -> str:
    return evil(h, {h.path(ROADS): swap(f"id: 20261121-{ROADS}\n", "")(h.data(h.path(ROADS)))})


@caught_as("id-changed")
def id_changed_in_a_merge_of_a_new_note(h: History) -> str:
    elsewhere(h)
    h.checkout("side")
    capture(h, "seas-eeee")
    path = h.path("seas-eeee", "side")
    return h.merge(CY, {path: swap("-seas-eeee", "-seas-9999")(h.data(path, "side"))})


@caught_as("unproved")
def new_note_of_a_merge_is_not_captured(h: History) -> str:
    evil(h, {NEW_PATH: captured(h)[0]})
    made = h.imitate("validate/quorum", "lorries-eeee", BEN, APPROVE)
    return h.commit(made.message, {NEW_PATH: made.data}, who=BEN)


@caught_as("mixed-merge")
def text_of_a_merge_in_a_note_with_a_round(h: History) -> str:
    h.forge("validate", FUEL, BEN, CROWD)
    elsewhere(h)
    h.merge(CY, {h.path(WELLS): WORDS(h.data(h.path(WELLS)))})
    return h.tip()


@caught_as("not-a-file")
def submodule_put_by_a_merge_and_another_guidance(h: History) -> str:
    forged = evil(h, {h.path(WELLS): Entry(SUBMODULE, b"1" * 40)})
    template = b"---\nkind: lesson\nhelp: x\nvalidate_by: [crowd]\n---\n## Lessons\n\n<!-- ? -->\n"
    h.commit("T\n", {"templates/notes/lesson.md.j2": template}, who=ANA)
    return forged

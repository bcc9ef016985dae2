"""Tricks that one line alone finds: odd in a merge, beside another note, or in the rules."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS, capture
from tests.forgeries.builder import SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, caught_as, reply, swap
from tests.forgeries.tricks_more import NEW, NEW_PATH, STRANGER, captured
from tests.forgeries.tricks_rules import FEWER, TEMPLATE, elsewhere

FRENCH = swap("language: en", "language: fr")
RESULTS = swap("Text of results", "Other text of results")
WIDER = swap("level: internal", "level: domestic")
COMMITTEE = replace(APPROVE, method="committee", minutes="2026-11")
LESSON, BRIEF = "templates/notes/lesson.md.j2", "templates/notes/brief.md.j2"
ODD = "Rules\n\nKmkit-note: x\n"

# Writers of a merge


@caught_as("own-approval")
def words_mixed_in_a_merge_and_renewed_by_their_writer(h: History) -> str:
    path = h.path(FUEL)
    h.fork("side")
    h.forge("validate/quorum", FUEL, DEE, APPROVE)
    h.commit("Words\n", {path: WORDS(h.data(path, "side"))}, who=BEN, on="side")
    h.merge(MAL)
    return h.forge("renew", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def committee_of_who_wrote_in_a_merge(h: History) -> str:
    elsewhere(h)
    h.merge(DEE, {h.path(FUEL): WORDS(h.data(h.path(FUEL)))})
    return h.forge("validate/quorum", FUEL, ANA, replace(COMMITTEE, decided_by="Dee Lim"))


@caught_as("own-approval")
def committee_of_a_co_author(h: History) -> str:
    message = "Words\n\nCo-authored-by: Dee Lim <dee@example.org>\n"
    h.commit(message, {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY)
    return h.forge("validate/quorum", FUEL, ANA, replace(COMMITTEE, decided_by="Dee Lim"))


# Claims of a merge


@caught_as("mixed-merge")
def approved_note_set_back_by_a_merge(h: History) -> str:
    elsewhere(h)
    data = swap("state: validated", "state: captured")(h.data(h.path(ROADS)))
    return h.merge(CY, {h.path(ROADS): WORDS(data)})


@caught_as("mixed-merge")
def level_and_words_of_a_merge(h: History) -> str:
    elsewhere(h)
    return h.merge(CY, {h.path(FUEL): WORDS(WIDER(h.data(h.path(FUEL))))})


@caught_as("verdicts-differ")
def verdict_dropped_by_a_merge_beside_another_text(h: History) -> str:
    path = h.path(FUEL)
    h.fork("side")
    h.forge("validate", FUEL, BEN, CROWD)
    h.commit("Words\n", {path: WORDS(h.data(path, "side"))}, who=CY, on="side")
    data = FRENCH(write_fields(h.note(FUEL), {"verdicts": ()}))
    return h.merge(ANA, {path: data}, tree="main")


@caught_as("mixed-merge")
def finding_of_a_merge_beside_a_new_note_that_is_captured(h: History) -> str:
    elsewhere(h)
    data, message = captured(h)
    forged = h.merge(CY, {NEW_PATH: data, h.path(BOATS): WORDS(h.data(h.path(BOATS)))})
    h.commit(message, {}, who=CY)
    return forged


# Names


def spoken_for(h: History) -> tuple[str, bytes]:
    """A note for which Ben gave the knowledge."""
    capture(h, "seas-eeee", sources=["Ben Adu"])
    path = h.path("seas-eeee")
    return path, h.data(path)


WITHOUT = swap("- Ben Adu", "- anonymous")


@caught_as("own-part")
def name_taken_out_in_a_merge_of_two_spoilt_sides(h: History) -> str:
    path, data = spoken_for(h)
    h.commit("Level\n", {path: WIDER(data)}, who=CY)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(WIDER(data))}, who=CY, on="side")
    h.commit("Topics\n", {path: swap("[logistics]", "[fuel]")(WIDER(data))}, who=CY)
    merged = swap("[logistics]", "[fuel]")(FRENCH(WIDER(data)))
    return h.merge(BEN, {path: WITHOUT(merged)}, tree="main")


@caught_as("own-part")
def one_of_two_findings_laundered_by_a_merge(h: History) -> str:
    path, data = spoken_for(h)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    h.commit("By hand\n", {path: WITHOUT(data)}, who=BEN)
    h.commit("By hand\n", {path: WIDER(WITHOUT(data))}, who=CY)
    return h.merge(MAL, {path: WITHOUT(FRENCH(data))}, tree="main")


@caught_as("own-part")
def name_taken_out_and_laundered_by_a_merge_of_three(h: History) -> str:
    path, data = spoken_for(h)
    h.fork("side")
    h.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    h.fork("third")
    h.commit("By hand\n", {path: WITHOUT(data)}, who=BEN, on="third")
    h.commit("By hand\n", {path: WIDER(data)}, who=CY)
    parents = [h.tip(), h.tip("side"), h.tip("third")]
    files = {path: WITHOUT(FRENCH(data))}
    return h.commit("Three\n", files, who=MAL, parents=parents, tree="main")


@caught_as("not-a-file")
def other_fields_where_a_submodule_stood(h: History) -> str:
    path = h.path(FUEL)
    data = h.data(path)
    forged = h.commit("S\n", {path: Entry(SUBMODULE, b"1" * 40)}, who=CY)
    h.commit("French\n", {path: FRENCH(data)}, who=CY)
    return forged


# One commit before its judge


@caught_as("outside-anchor")
def rules_and_settings_of_an_orphan_root(h: History) -> str:
    files = {name: h.data(name) + b"\n" for name in ("policy.toml", "kmkit.toml")}
    root = h.commit("Begin\n", files, who=MAL, on="side", parents=[])
    h.merge(MAL, {}, tree="main", parents=[h.tip(), h.tip("side")])
    return root


@caught_as("outside-anchor", signed=True)
def orphan_root_where_signatures_are_asked_for(h: History) -> str:
    root = h.commit("Begin\n", {NEW_PATH: captured(h)[0]}, who=CY, on="side", parents=[])
    h.merge(CY, {}, tree="main", parents=[h.tip(), h.tip("side")])
    return root


@caught_as("bad-trailers")
def rules_changed_with_trailers_that_are_odd(h: History) -> str:
    return h.commit(ODD, {"policy.toml": h.data("policy.toml") + b"\n"}, who=ANA)


@caught_as("unsigned-move", signed=True)
def unsigned_move_of_nothing(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    return h.commit(made.message, {}, who=BEN, sign=False)


@caught_as("unsigned-move", signed=True)
def words_of_nobody(h: History) -> str:
    def change(raw: bytes) -> bytes:
        return b"".join(line for line in raw.splitlines(True) if not line.startswith(b"author "))

    words = {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}
    return h.commit("Words\n", words, who=CY, sign=False, change=change)


@caught_as("changed-after-approval")
def finding_beside_a_move_that_is_made_good(h: History) -> str:
    boats = h.path(BOATS)
    spoilt = {boats: WORDS(h.data(boats)), h.path(WELLS): RESULTS(h.data(h.path(WELLS)))}
    forged = h.forge("validate/quorum", FUEL, BEN, APPROVE, files=spoilt)
    h.forge("revise", FUEL, CY)
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return forged


# Captured as it stands


@caught_as("move-mismatch")
def capture_of_one_note_that_changes_another(h: History) -> str:
    data, message = captured(h)
    h.write("Add\n", {NEW_PATH: data}, CY)
    return h.commit(message, {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY)


@caught_as("move-without-change")
def approval_of_a_note_that_nobody_captured_as_it_stands(h: History) -> str:
    h.write("Add\n", {NEW_PATH: captured(h)[0]}, CY)
    message = h.imitate("validate/quorum", NEW, BEN, APPROVE).message
    return h.commit(message, {}, who=BEN)


@caught_as("move-without-change")
def capture_of_a_note_that_is_not_there(h: History) -> str:
    return h.commit(captured(h)[1], {}, who=CY)


@caught_as("move-without-change")
def capture_of_a_submodule(h: History) -> str:
    data, message = captured(h)
    h.write("Add\n", {NEW_PATH: data}, CY)
    h.commit("S\n", {NEW_PATH: Entry(SUBMODULE, b"1" * 40)}, who=CY)
    return h.commit(message, {}, who=CY)


@caught_as("unproved")
def spoilt_note_captured_as_it_stands_by_a_stranger(h: History) -> str:
    data, message = captured(h)
    forged = h.write("Add\n", {NEW_PATH: swap("state: captured", "state: validated")(data)}, CY)
    h.write("Set it back\n", {NEW_PATH: data}, CY)
    h.commit(message, {}, who=STRANGER)
    return forged


@caught_as("unsigned-move", signed=True)
def unsigned_capture_of_a_note_as_it_stands(h: History) -> str:
    data, message = captured(h)
    h.write("Add\n", {NEW_PATH: data}, CY)
    return h.commit(message, {}, who=CY, sign=False)


@caught_as("unproved")
def unproved_note_that_is_spoilt_and_put_back(h: History) -> str:
    data = swap("state: captured", "state: validated")(captured(h)[0])
    forged = h.commit("Add\n", {NEW_PATH: data}, who=CY)
    h.commit("Words\n", {NEW_PATH: WORDS(data)}, who=CY)
    h.commit("Back\n", {NEW_PATH: data}, who=CY)
    return forged


# Rules


@caught_as("merged-rules")
def rules_by_the_steward_of_one_side_alone(h: History) -> str:
    h.fork("side")
    h.rules(reply('steward = ["ana@', 'steward = ["mal@example.org", "ana@'), ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    rules = FEWER(h.data("policy.toml").decode())
    return h.merge(MAL, {"policy.toml": rules.encode()}, tree="main")


@caught_as("removed-note")
def note_removed_in_a_merge_by_the_manager_of_one_side_alone(h: History) -> str:
    h.fork("side")
    h.rules(reply('manager = ["ana@', 'manager = ["mal@example.org", "ana@'), ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(MAL, {h.path(ROADS): None})


@caught_as("unapproved-text")
def formatted_after_the_quorum_was_raised(h: History) -> str:
    h.rules(reply("crowd = 3", "crowd = 1"), ANA)
    h.forge("validate/quorum", FUEL, BEN, CROWD)
    h.rules(reply("crowd = 1", "crowd = 3"), ANA)
    return h.forge("format", FUEL, ANA)


@caught_as("rules-unreadable")
def rules_in_bytes_that_are_no_text(h: History) -> str:
    return h.commit("R\n", {"policy.toml": b"\xff\xfe[roles]\n"}, who=ANA)


@caught_as("method-not-allowed")
def template_stays_when_another_comes(h: History) -> str:
    h.commit("T\n", {LESSON: TEMPLATE}, who=ANA)
    h.commit("T\n", {BRIEF: TEMPLATE.replace(b"lesson", b"brief")}, who=ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("method-not-allowed")
def template_stays_when_another_goes(h: History) -> str:
    h.commit("T\n", {LESSON: TEMPLATE, BRIEF: TEMPLATE.replace(b"lesson", b"brief")}, who=ANA)
    h.commit("T\n", {BRIEF: None}, who=ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


def three_branches(h: History) -> None:
    """Ana adds a template for briefs on main; third has left before, side after."""
    h.commit("T\n", {LESSON: TEMPLATE}, who=ANA)
    h.fork("third")
    h.commit("Third\n", {"THIRD.md": b"x\n"}, who=CY, on="third")
    h.commit("B\n", {BRIEF: TEMPLATE.replace(b"lesson", b"brief")}, who=ANA)
    h.fork("side")


def third(h: History, who: Person = MAL) -> str:
    """A merge that keeps the rules of third."""
    files = {BRIEF: None}
    return h.commit("Third\n", files, who=who, parents=[h.tip(), h.tip("third")], tree="main")


@caught_as("merged-rules")
def template_taken_back_after_the_steward_wrote_another_in_a_merge(h: History) -> str:
    three_branches(h)
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    h.merge(ANA, {LESSON: TEMPLATE + b"\n"})
    return third(h)


@caught_as("merged-rules")
def template_taken_back_after_another_came_by_a_merge(h: History) -> str:
    three_branches(h)
    h.commit("T\n", {LESSON: TEMPLATE + b"\n"}, who=ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    h.merge(CY)
    return third(h)

"""Tricks between two checks: each is caught by one condition alone, which the others would miss."""

from dataclasses import replace
from datetime import date, timedelta

from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, capture
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, caught_as, reply, swap
from tests.forgeries.tricks_more import NEW_PATH, captured

COMMITTEE = replace(APPROVE, method="committee", minutes="2026-11")
REJECT = replace(APPROVE, verdict="reject")
FRENCH = swap("language: en", "language: fr")

# People


@caught_as("own-part")
def source_takes_out_its_own_name(h: History) -> str:
    capture(h, "seas-eeee", sources=["Ben Adu"])
    path = h.path("seas-eeee")
    forged = h.write("Tidy\n", {path: swap("- Ben Adu", "- anonymous")(h.data(path))}, BEN)
    h.move("validate", "seas-eeee", BEN, APPROVE)
    return forged


@caught_as("own-part")
def source_takes_out_its_own_name_beside_a_capture(h: History) -> str:
    capture(h, "seas-eeee", sources=["Ben Adu"])
    path = h.path("seas-eeee")
    capture(h, "dunes-ffff")
    message, before = h.run("log", "-1", "--format=%B", "main"), h.run("rev-parse", "main~1")
    files = {path: swap("- Ben Adu", "- anonymous")(h.data(path))}
    return h.commit(f"{message}\n", files, who=BEN, parents=[before], tree="main")


@caught_as("own-approval")
def source_takes_out_its_own_name_and_approves_twice(h: History) -> str:
    """Else the second approval would make good what was found of the first."""
    source_takes_out_its_own_name(h)
    h.move("reopen", "seas-eeee", BEN)
    return h.forge("validate/quorum", "seas-eeee", BEN, APPROVE)


@caught_as("own-approval")
def source_takes_out_its_own_name_in_a_merge_and_approves(h: History) -> str:
    source_takes_out_its_own_name_in_a_merge(h)
    h.forge("validate/quorum", "seas-eeee", BEN, APPROVE)
    h.forge("revise", "seas-eeee", BEN)
    return h.forge("validate/quorum", "seas-eeee", BEN, APPROVE)


@caught_as("own-part")
def source_takes_out_its_own_name_in_an_edit(h: History) -> str:
    capture(h, "seas-eeee", sources=["Ben Adu"])
    data = swap("- Ben Adu", "- anonymous")(h.data(h.path("seas-eeee")))
    made = h.imitate("edit", "seas-eeee", BEN, data=data)
    return h.commit(made.message, {h.path("seas-eeee"): made.data}, who=BEN)


@caught_as("own-part")
def backup_by_hand(h: History) -> str:
    path = h.path(BOATS)
    backup = swap("review_every:", "backup: mal@example.org\nreview_every:")
    forged = h.write("Tidy\n", {path: backup(h.data(path))}, MAL)
    h.move("confirm", BOATS, MAL)
    return forged


@caught_as("own-part")
def source_takes_out_its_own_name_in_a_merge(h: History) -> str:
    capture(h, "seas-eeee", sources=["Ben Adu"])
    path = h.path("seas-eeee")
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    data = swap("- Ben Adu", "- anonymous")(h.data(path))
    return h.merge(BEN, {path: data}, tree="side")


@caught_as("own-approval")
def committee_of_the_writer(h: History) -> str:
    path = h.path(FUEL)
    h.write("Words\n", {path: WORDS(h.data(path))}, DEE)
    ask = replace(COMMITTEE, decided_by="Dee Lim and the board")
    return h.forge("validate/quorum", FUEL, ANA, ask)


@caught_as("own-approval")
def committee_of_the_first_writer(h: History) -> str:
    path = h.path(FUEL)
    h.write("Words\n", {path: WORDS(h.data(path))}, DEE)
    ask = replace(COMMITTEE, decided_by="Cy Young and the board")
    return h.forge("validate/quorum", FUEL, ANA, ask)


@caught_as("own-approval")
def approved_by_the_first_of_two_who_revised(h: History) -> str:
    path = h.path(ROADS)
    made = h.imitate("revise", ROADS, ANA, data=WORDS(h.data(path)))
    h.commit(made.message, {path: made.data}, who=ANA)
    h.write("Words\n", {path: swap("Never sign", "Seldom sign")(h.data(path))}, BEN)
    h.write("Words\n", {path: swap("Seldom sign", "Always sign")(h.data(path))}, DEE)
    return h.forge("validate/quorum", ROADS, BEN, APPROVE)


@caught_as("own-approval")
def approved_by_a_writer_after_packaging(h: History) -> str:
    path = h.path(FUEL)
    h.write("Words\n", {path: WORDS(h.data(path))}, BEN)
    h.write("French\n", {path: FRENCH(h.data(path))}, CY)
    h.write("Words\n", {path: swap("Never sign", "Seldom sign")(h.data(path))}, DEE)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def approved_by_the_writer_after_another_wrote(h: History) -> str:
    path = h.path(FUEL)
    h.write("Words\n", {path: WORDS(h.data(path))}, BEN)
    h.write("Words\n", {path: swap("Never sign", "Seldom sign")(h.data(path))}, DEE)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("method-not-allowed")
def renewed_by_another_method_without_a_need(h: History) -> str:
    ask = replace(APPROVE, method="expert-review", topic="logistics")
    return h.forge("renew", ROADS, DEE, ask)


# Moves


@caught_as("verdicts-differ")
def verdict_changed_in_an_edit(h: History) -> str:
    data = FRENCH(h.data(h.path(ROADS)))
    made = h.imitate("edit", ROADS, CY, data=data)
    edited = swap("Checked against the log.", "Checked by three engineers.")(made.data)
    return h.commit(made.message, {h.path(ROADS): edited}, who=CY)


@caught_as("state-without-move")
def level_changed_in_a_rewording(h: History) -> str:
    made = h.imitate("reword", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    data = swap("level: internal", "level: domestic")(made.data)
    return h.commit(made.message, {h.path(ROADS): data}, who=ANA)


@caught_as("state-without-move")
def level_changed_by_hand_and_the_text_approved_anew(h: History) -> str:
    """To approve a text does not decide how far it may go."""
    widened = swap("level: internal", "level: domestic")(h.data(h.path(ROADS)))
    made = h.commit("Wider\n", {h.path(ROADS): widened}, who=BEN)
    h.forge("revise", ROADS, ANA)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return made


@caught_as("state-without-move")
def owner_changed_by_hand_and_the_text_approved_anew(h: History) -> str:
    changed = swap("owner: cy@", "owner: ben@")(h.data(h.path(ROADS)))
    made = h.commit("Mine\n", {h.path(ROADS): changed}, who=CY)
    h.forge("revise", ROADS, CY)
    h.forge("validate/quorum", ROADS, BEN, APPROVE)
    return made


@caught_as("bad-in-force")
def version_in_force_added_to_an_edit(h: History) -> str:
    made = h.imitate("edit", FUEL, CY, data=FRENCH(h.data(h.path(FUEL))))
    blob = h.run("rev-parse", f"main:{h.path(ROADS)}")
    line = f"in_force: {{blob: {blob}, state: validated}}\nlanguage:"
    data = swap("language:", line)(made.data)
    return h.commit(made.message, {h.path(FUEL): data}, who=CY)


@caught_as("illegal-move")
def approval_without_a_verdict(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, say=reply("Kmkit-Verdict: approve\n", ""))


@caught_as("refused-move")
def captured_as_a_kind_that_is_not_there(h: History) -> str:
    data, message = captured(h)
    return h.commit(message, {NEW_PATH: swap("kind: lesson", "kind: poem")(data)}, who=CY)


@caught_as("illegal-move")
def return_that_validates(h: History) -> str:
    edit = swap("state: captured", "state: validated")
    say = reply("captured -> captured", "captured -> validated")
    return h.forge("validate/return", FUEL, BEN, RETURN, edit=edit, say=say)


@caught_as("illegal-move")
def rejection_that_keeps_the_note(h: History) -> str:
    edit = swap("state: retired", "state: captured")
    say = reply("captured -> retired", "captured -> captured")
    return h.forge("validate/reject", FUEL, BEN, REJECT, edit=edit, say=say)


@caught_as("text-changed-in-move")
def rejection_that_keeps_other_words(h: History) -> str:
    def edit(data: bytes) -> bytes:
        return WORDS(swap("state: retired", "state: captured")(data))

    say = reply("captured -> retired", "captured -> captured")
    return h.forge("validate/reject", FUEL, BEN, REJECT, edit=edit, say=say)


def revised(h: History, name: str) -> None:
    """Cy rewrites an approved note; what stood stays in force."""
    made = h.imitate("revise", name, CY, data=WORDS(h.data(h.path(name))))
    h.commit(made.message, {h.path(name): made.data}, who=CY)


@caught_as("illegal-move")
def rejected_revision_that_gains_a_state(h: History) -> str:
    before = h.data(h.path(ROADS))
    revised(h, ROADS)
    made = h.imitate("validate/quorum", ROADS, BEN, REJECT)
    say = reply("captured -> validated", "captured -> formatted")
    data = swap("state: validated", "state: formatted")(before)
    return h.commit(say(made.message), {h.path(ROADS): data}, who=BEN)


@caught_as("bad-in-force")
def revision_rejected_for_a_version_that_is_not_there(h: History) -> str:
    """What stands again is the approved text; what the revision left in force is nothing."""
    path = h.path(ROADS)
    before, blob = h.data(path), h.run("rev-parse", f"main:{path}")
    made = h.imitate("revise", ROADS, CY, data=WORDS(before))
    nothing = "f" * len(blob)
    data = swap(blob, nothing)(made.data)
    h.commit(reply(blob, nothing)(made.message), {path: data}, who=CY)
    made = h.imitate("validate/quorum", ROADS, BEN, REJECT)
    return h.commit(made.message, {path: before}, who=BEN)


@caught_as("bad-in-force")
def revision_that_leaves_what_nobody_approved_in_force(h: History) -> str:
    made = h.imitate("reword", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    h.commit(made.message, {h.path(ROADS): made.data}, who=ANA)
    blob = h.run("rev-parse", f"main:{h.path(ROADS)}")
    say = reply("Kmkit-Fingerprint", f"Kmkit-In-Force: {blob} validated\nKmkit-Fingerprint")
    edit = swap("language:", f"in_force: {{blob: {blob}, state: validated}}\nlanguage:")
    return h.forge("revise", ROADS, CY, edit=edit, say=say)


@caught_as("quorum-not-reached")
def first_of_three_calls_it_validated(h: History) -> str:
    edit = swap("state: captured", "state: validated")
    say = reply("captured -> captured", "captured -> validated")
    return h.forge("validate", FUEL, BEN, CROWD, edit=edit, say=say)


@caught_as("illegal-move")
def settled_two_states_on(h: History) -> str:
    h.rules(lambda text: text.replace("crowd = 3", "crowd = 2"), ANA)
    h.fork("side")
    h.forge("validate", FUEL, BEN, CROWD)
    h.forge("validate", FUEL, DEE, CROWD, on="side")
    rows = h.data(h.path(FUEL, "side"), "side").split(b"\n")
    theirs = next(row for row in rows if b"by: dee@" in row)
    mine = next(row for row in h.data(h.path(FUEL)).split(b"\n") if b"by: ben@" in row)
    data = h.data(h.path(FUEL)).replace(mine, mine + b"\n" + theirs)
    h.merge(CY, {h.path(FUEL): data}, tree="main")
    edit = swap("state: validated", "state: formatted")
    return h.forge("settle", FUEL, CY, edit=edit, say=reply("-> validated", "-> formatted"))


@caught_as("refused-move")
def review_put_off_to_the_first_day_of_all(h: History) -> str:
    return h.forge("defer", BOATS, CY, replace(ASK, due=date.min))


@caught_as("refused-move")
def review_put_off_until_nobody_knows(h: History) -> str:
    def edit(data: bytes) -> bytes:
        lines = FRENCH(data).split(b"\n")
        return b"\n".join(line for line in lines if not line.startswith(b"deferred"))

    due = h.today + timedelta(days=10)
    return h.forge("defer", BOATS, CY, replace(ASK, due=due), edit=edit)


@caught_as("state-without-move")
def level_changed_and_the_review_put_off(h: History) -> str:
    forged = h.commit(
        "By hand\n",
        {h.path(BOATS): swap("level: internal", "level: domestic")(h.data(h.path(BOATS)))},
        who=CY,
    )
    h.forge("defer", BOATS, CY, replace(ASK, due=h.today + timedelta(days=10)))
    return forged


@caught_as("state-without-move")
def one_move_in_a_squash(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, APPROVE)
    quoted = "".join(f"    {line}\n" for line in made.message.splitlines())
    return h.commit(f"Squashed\n\n{quoted}", {h.path(FUEL): made.data}, who=BEN)


@caught_as("squashed")
def two_moves_squashed_over_an_approved_text(h: History) -> str:
    made = h.imitate("revise", ROADS, CY, data=WORDS(h.data(h.path(ROADS))))
    quoted = "".join(f"    {line}\n" for line in made.message.splitlines())
    files = {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}
    return h.commit(f"Squashed\n\n{quoted}\n{quoted}", files, who=CY)


@caught_as("unproved")
def new_note_without_a_state(h: History) -> str:
    data = swap("state: captured\n", "")(captured(h)[0])
    forged = h.commit("Add\n", {NEW_PATH: data}, who=CY)
    h.commit("Words\n", {NEW_PATH: WORDS(data)}, who=CY)
    return forged


@caught_as("unproved")
def new_note_with_verdicts(h: History) -> str:
    data = swap("state: validated", "state: captured")(h.data(h.path(ROADS)))
    return h.commit("Add\n", {NEW_PATH: data.replace(ROADS.encode(), b"lorries-eeee")}, who=CY)


def brought(h: History, entry: str) -> str:
    """A new note that is only captured comes with what a move leaves behind."""
    data = swap("language:", f"{entry}\nlanguage:")(captured(h)[0])
    return h.commit("Add\n", {NEW_PATH: data}, who=CY)


@caught_as("unproved")
def new_note_that_reached_somebody(h: History) -> str:
    return brought(h, "disseminated:\n  - {on: 2026-11-21, channel: weekly-digest}")


@caught_as("unproved")
def new_note_that_was_reviewed(h: History) -> str:
    return brought(h, "reviewed: {on: 2026-11-21, by: cy@example.org}")


@caught_as("unproved")
def new_note_with_a_version_in_force(h: History) -> str:
    blob = h.run("rev-parse", f"main:{h.path(ROADS)}")
    return brought(h, f"in_force: {{blob: {blob}, state: validated}}")


# What was found stays found


@caught_as("own-approval")
def own_approval_after_a_change_by_hand(h: History) -> str:
    path = h.path(ROADS)
    h.write("Typo\n", {path: WORDS(h.data(path))}, BEN)
    h.move("reopen", ROADS, CY, ASK)
    return h.forge("validate/quorum", ROADS, BEN, APPROVE)


@caught_as("changed-after-approval")
def text_of_before_the_last_round_put_back(h: History) -> str:
    path = h.path(ROADS)
    first = h.data(path)
    h.write("Typo\n", {path: WORDS(first)}, CY)
    h.move("reopen", ROADS, CY, ASK)
    h.move("validate", ROADS, BEN, APPROVE)
    return h.commit("Put it back\n", {path: first}, who=CY)


@caught_as("state-without-move")
def retirement_undone_by_an_older_file(h: History) -> str:
    path = h.path(ROADS)
    before = h.data(path)
    h.write("Typo\n", {path: WORDS(before)}, MAL)
    h.forge("retire", ROADS, CY)
    return h.commit("Put it back\n", {path: before}, who=MAL)


@caught_as("state-without-move")
def narrowing_undone_by_an_older_file(h: History) -> str:
    h.move("release", BOATS, ANA, replace(ASK, level="domestic"))
    path = h.path(BOATS)
    before = h.data(path)
    h.write("Typo\n", {path: WORDS(before)}, MAL)
    h.forge("narrow", BOATS, CY, replace(ASK, level="internal"))
    return h.commit("Put it back\n", {path: before}, who=MAL)


@caught_as("changed-after-approval")
def renewed_by_one_of_a_crowd(h: History) -> str:
    path = h.path(ROADS)
    forged = h.write("Typo\n", {path: WORDS(h.data(path))}, MAL)
    h.forge("renew", ROADS, DEE, CROWD)
    return forged


@caught_as("unproved")
def capture_of_a_note_in_doubt_by_nobody(h: History) -> str:
    forged = h.write(
        "Add\n", {NEW_PATH: h.data(h.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")}, CY
    )
    data, message = captured(h)
    h.commit(message, {NEW_PATH: swap("level: internal", "level: domestic")(data)}, who=CY)
    return forged


@caught_as("unproved")
def walk_of_a_note_that_nobody_captured(h: History) -> str:
    h.write("Add\n", {NEW_PATH: captured(h)[0]}, CY)
    h.forge("validate/quorum", "lorries-eeee", BEN, APPROVE)
    return h.forge("format", "lorries-eeee", ANA)


@caught_as("move-without-change")
def captured_a_second_time(h: History) -> str:
    message = h.run("log", "-1", "--format=%B", "--grep", f"Kmkit-Note: 20261121-{FUEL}")
    return h.commit(message + "\n", {}, who=CY)


@caught_as("not-entitled")
def captured_as_it_stands_by_a_stranger(h: History) -> str:
    data, message = captured(h)
    h.write("Add\n", {NEW_PATH: data}, CY)
    h.rules(reply('contributor = ["*@example.org"]', 'contributor = ["cy@example.org"]'), ANA)
    return h.commit(message, {}, who=MAL)


# Files


@caught_as("duplicate-id")
def copied_while_the_first_is_edited(h: History) -> str:
    path = h.path(FUEL)
    data = h.data(path)
    return h.commit("Copy\n", {path: FRENCH(data), "notes/copy.md": data}, who=CY)


@caught_as("not-a-file")
def link_in_another_place(h: History) -> str:
    path = h.path(FUEL)
    return h.commit("L\n", {path: None, "notes/fuel.md": Entry(LINK, b"../policy.toml")}, who=CY)


@caught_as("not-a-file")
def approved_link(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, APPROVE)
    return h.commit(made.message, {h.path(FUEL): Entry(LINK, b"../roads.md")}, who=BEN)


@caught_as("not-a-file")
def submodule_of_nothing_and_another_guidance(h: History) -> str:
    entry = Entry(SUBMODULE, b"1" * 40)
    forged = h.commit("S\n", {h.path(FUEL): entry}, who=CY)
    template = (
        b"---\nkind: lesson\nhelp: x\nvalidate_by: [peer-review]\n---\n## Lessons\n\n<!-- ? -->\n"
    )
    h.commit("T\n", {"templates/notes/lesson.md.j2": template}, who=ANA)
    return forged


@caught_as("removed-note")
def renamed_so_that_it_is_no_note(h: History) -> str:
    path = h.path(BOATS)
    return h.commit("Sort\n", {path: None, "notes/boats.txt": h.data(path)}, who=MAL)


@caught_as("removed-note")
def removed_beside_a_draft_without_an_id(h: History) -> str:
    draft = b"---\ntitle: Draft\n---\n\n## Lessons\n"
    return h.commit("Sort\n", {h.path(BOATS): None, "notes/draft.md": draft}, who=MAL)


@caught_as("more-than-the-note")
def retired_by_removing_another(h: History) -> str:
    files = {h.path(ROADS): None}
    return h.forge("retire", BOATS, CY, files=files)


@caught_as("unreadable-note")
def approval_that_drops_the_id(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, edit=swap(f"id: 20261121-{FUEL}\n", ""))


@caught_as("bad-trailers")
def packaging_with_trailers_that_are_odd(h: History) -> str:
    message = f"edit: x\n\nKmkit-note: 20261121-{ROADS}\n"
    return h.commit(message, {h.path(ROADS): FRENCH(h.data(h.path(ROADS)))}, who=CY)


@caught_as("changed-after-approval")
def one_of_two_notes_rewritten(h: History) -> str:
    roads, boats = h.path(ROADS), h.path(BOATS)
    files = {boats: WORDS(h.data(boats)), roads: FRENCH(h.data(roads))}
    return h.commit("Two\n", files, who=CY)


@caught_as("unreadable-note")
def broken_under_another_name(h: History) -> str:
    path = h.path(ROADS)
    broken = swap("state: validated", "state: validated\nstate: captured")(h.data(path))
    return h.commit("Sort\n", {path: None, "notes/roads.md": broken}, who=CY)


@caught_as("changed-after-approval")
def one_rewritten_and_one_put_back(h: History) -> str:
    boats, roads = h.path(BOATS), h.path(ROADS)
    before = h.data(roads)
    h.write("Typo\n", {roads: WORDS(before)}, CY)
    return h.commit("Two\n", {boats: WORDS(h.data(boats)), roads: before}, who=CY)


@caught_as("changed-after-approval")
def one_rewritten_and_one_renamed(h: History) -> str:
    boats, roads = h.path(BOATS), h.path(ROADS)
    files = {boats: WORDS(h.data(boats)), roads: None, "notes/roads.md": h.data(roads)}
    return h.commit("Two\n", files, who=CY)


@caught_as("text-changed-in-move")
def text_put_back_under_a_move(h: History) -> str:
    path = h.path(ROADS)
    before = h.data(path)
    h.write("Typo\n", {path: WORDS(before)}, CY)
    made = h.imitate("reassign", ROADS, ANA, replace(ASK, owner=DEE.email))
    return h.commit(made.message, {path: before}, who=ANA)

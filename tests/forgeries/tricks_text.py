"""Words that change under an approval, files that are not what they seem."""

from dataclasses import replace

from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, swap

# The substance


@caught_as("changed-after-approval")
def edit_after_approval(h: History) -> str:
    return h.commit("Typo\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY)


@caught_as("changed-after-approval")
def title_after_approval(h: History) -> str:
    data = swap("title: The lesson of the boats", "title: Ban the boats")(h.data(h.path(BOATS)))
    return h.commit("Typo\n", {h.path(BOATS): data}, who=CY)


@caught_as("changed-after-approval")
def evidence_after_approval(h: History) -> str:
    data = swap("annex/log.csv", "annex/forged.csv")(h.data(h.path(ROADS)))
    return h.commit("Typo\n", {h.path(ROADS): data}, who=CY)


@caught_as("changed-after-approval")
def edit_after_approval_called_packaging(h: History) -> str:
    made = h.imitate("edit", ROADS, CY, data=WORDS(h.data(h.path(ROADS))))
    return h.commit(made.message, {h.path(ROADS): made.data}, who=CY)


@caught_as("changed-after-approval")
def edit_after_approval_while_renamed(h: History) -> str:
    old = h.path(ROADS)
    return h.commit("Sort\n", {old: None, "notes/roads.md": WORDS(h.data(old))}, who=CY)


@caught_as("changed-after-approval")
def section_hidden_in_a_comment(h: History) -> str:
    data = swap("Text of results.", "<!-- Text of results. -->")(h.data(h.path(BOATS)))
    return h.commit("Tidy up\n", {h.path(BOATS): data}, who=CY)


@caught_as("unapproved-text")
def formatted_without_the_same_meaning(h: History) -> str:
    made = h.imitate("reword", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    h.commit(made.message, {h.path(ROADS): made.data}, who=ANA)
    return h.forge("format", ROADS, ANA)


@caught_as("unapproved-text")
def disseminated_again_after_the_words_changed(h: History) -> str:
    h.commit("Typo\n", {h.path(BOATS): WORDS(h.data(h.path(BOATS)))}, who=CY)
    return h.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="weekly-digest"))


@caught_as("bad-in-force")
def another_version_in_force(h: History) -> str:
    old, mine = (h.run("rev-parse", f"main:{h.path(name)}") for name in (BOATS, WELLS))
    made = h.imitate("revise", BOATS, CY, data=WORDS(h.data(h.path(BOATS))))
    assert old in made.message
    files = {h.path(BOATS): made.data.replace(old.encode(), mine.encode())}
    return h.commit(made.message.replace(old, mine), files, who=CY)


@caught_as("bad-in-force")
def in_force_of_a_note_never_approved(h: History) -> str:
    h.move("reopen", ROADS, CY)
    blob = h.run("rev-parse", f"main:{h.path(FUEL)}")
    note = h.note(ROADS)
    assert note.fields.in_force
    data = h.data(h.path(ROADS)).replace(note.fields.in_force.blob.encode(), blob.encode())
    return h.commit("Tidy up\n", {h.path(ROADS): data}, who=CY)


# Identity


@caught_as("id-changed")
def id_changed(h: History) -> str:
    data = swap(f"id: 20261121-{FUEL}", "id: 20261121-lorries-eeee")(h.data(h.path(FUEL)))
    return h.commit("Tidy up\n", {h.path(FUEL): data}, who=CY)


@caught_as("id-changed")
def id_moved_to_another_file(h: History) -> str:
    data = h.data(h.path(FUEL)).replace(FUEL.encode(), ROADS.encode())
    return h.commit("Tidy up\n", {h.path(FUEL): data, h.path(ROADS): None}, who=CY)


@caught_as("id-changed")
def ids_exchanged(h: History) -> str:
    fuel, roads = h.data(h.path(FUEL)), h.data(h.path(ROADS))
    files = {
        h.path(FUEL): fuel.replace(FUEL.encode(), ROADS.encode()),
        h.path(ROADS): roads.replace(ROADS.encode(), FUEL.encode()),
    }
    return h.commit("Tidy up\n", files, who=CY)


@caught_as("duplicate-id")
def two_files_with_one_id(h: History) -> str:
    return h.commit("Copy\n", {"notes/copy.md": h.data(h.path(ROADS))}, who=CY)


@caught_as("duplicate-id")
def two_files_with_one_id_and_other_words(h: History) -> str:
    return h.commit("Copy\n", {"notes/0000.md": WORDS(h.data(h.path(ROADS)))}, who=CY)


@caught_as("not-a-file")
def link_as_a_note(h: History) -> str:
    return h.commit("Link\n", {h.path(ROADS): Entry(LINK, b"../../../etc/passwd")}, who=CY)


@caught_as("not-a-file")
def link_as_a_new_note(h: History) -> str:
    target = h.path(ROADS).removeprefix("notes/").encode()
    return h.commit("Link\n", {"notes/link.md": Entry(LINK, target)}, who=CY)


@caught_as("not-a-file")
def submodule_as_a_note(h: History) -> str:
    entry = Entry(SUBMODULE, h.tip().encode())
    h.run("config", "diff.ignoreSubmodules", "all")
    return h.commit("Submodule\n", {h.path(ROADS): entry}, who=CY)


@caught_as("not-a-file")
def folder_of_notes_becomes_a_link(h: History) -> str:
    notes = h.git.tracked(h.tip(), "notes")
    h.commit("Away\n", dict.fromkeys(notes), who=ANA)
    return h.commit("Link\n", {"notes": Entry(LINK, b"../elsewhere")}, who=ANA)


@caught_as("not-a-file")
def submodule_full_of_notes(h: History) -> str:
    return h.commit("Submodule\n", {"notes/more": Entry(SUBMODULE, h.tip().encode())}, who=CY)


@caught_as("unreadable-note")
def two_states_in_one_note(h: History) -> str:
    data = swap("state: captured", "state: captured\nstate: validated")(h.data(h.path(FUEL)))
    return h.commit("Tidy up\n", {h.path(FUEL): data}, who=CY)


@caught_as("unreadable-note")
def note_behind_a_large_file_pointer(h: History) -> str:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    return h.commit("LFS\n", {h.path(ROADS): pointer}, who=CY)


@caught_as("state-without-move")
def state_changed_together_with_a_rename(h: History) -> str:
    old = h.path(FUEL)
    data = swap("state: captured", "state: validated")(h.data(old))
    return h.commit("Sort\n", {old: None, "notes/fuel.md": data}, who=CY)


@caught_as("removed-note")
def removed_by_a_stranger(h: History) -> str:
    return h.commit("Tidy up\n", {h.path(ROADS): None}, who=MAL)


@caught_as("unproved")
def validated_note_from_nowhere(h: History) -> str:
    data = h.data(h.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    return h.commit("Import\n", {"notes/2026/20261121-lorries-eeee.md": data}, who=CY)


@caught_as("unproved")
def changed_while_it_was_out_of_sight(h: History) -> str:
    path, data = h.path(ROADS), h.data(h.path(ROADS))
    h.commit("Out\n", {path: None, "drafts/roads.md": data}, who=CY)
    h.commit("Typo\n", {"drafts/roads.md": WORDS(data)}, who=CY)
    return h.commit("In again\n", {path: WORDS(data), "drafts/roads.md": None}, who=CY)


@caught_as("unproved")
def removed_and_made_anew_as_validated(h: History) -> str:
    path = h.path(FUEL)
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    h.commit("Out\n", {path: None}, who=CY)
    return h.commit("In again\n", {path: made.data}, who=CY)


@caught_as("unproved")
def rebase_that_lost_the_moves(h: History) -> str:
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    data = made.data.replace(FUEL.encode(), b"lorries-eeee")
    return h.commit("Lorries (#7)\n", {"notes/2026/20261121-lorries-eeee.md": data}, who=CY)

"""Tricks that look for the seams: between two rules, between two readers, between two branches."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import LINK, SUBMODULE, Entry, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply, swap

NEW = "lorries-eeee"
NEW_PATH = f"notes/2026/20261121-{NEW}.md"
STRANGER = Person("Out Sider", "out@elsewhere.example")

# New notes


def captured(h: History, who: Person = CY) -> tuple[bytes, str]:
    """File and message of a capture like that of the note on fuel, under another id."""
    made = h.imitate("capture", FUEL, who)
    data = made.data.replace(FUEL.encode(), NEW.encode())
    return data, made.message.replace(FUEL, NEW).replace("capture captured -> ", "capture -> ")


@caught_as("illegal-move")
def captured_as_validated(h: History) -> str:
    data, message = captured(h)
    data = swap("state: captured", "state: validated")(data)
    return h.commit(message.replace("-> captured", "-> validated"), {NEW_PATH: data}, who=CY)


@caught_as("duplicate-id")
def captured_again_elsewhere(h: History) -> str:
    data, message = captured(h)
    data, message = data.replace(NEW.encode(), ROADS.encode()), message.replace(NEW, ROADS)
    return h.commit(message, {NEW_PATH: data}, who=CY)


@caught_as("move-mismatch")
def captured_at_another_level(h: History) -> str:
    data, message = captured(h)
    data = swap("level: internal", "level: domestic")(data)
    return h.commit(message, {NEW_PATH: data}, who=CY)


@caught_as("unreadable-note")
def new_note_with_two_states(h: History) -> str:
    data = swap("state: captured", "state: captured\nstate: validated")(captured(h)[0])
    return h.commit("Add\n", {NEW_PATH: data}, who=CY)


@caught_as("unreadable-note")
def validated_note_without_an_id(h: History) -> str:
    data = swap(f"id: 20261121-{ROADS}\n", "")(h.data(h.path(ROADS)))
    return h.commit("Add\n", {NEW_PATH: data}, who=CY)


# By hand, and by nobody


@caught_as("not-entitled")
def stranger_edits_by_hand(h: History) -> str:
    return h.commit("Typo\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=STRANGER)


@caught_as("not-entitled")
def stranger_changes_packaging_by_hand(h: History) -> str:
    data = swap("Anybody who drives.", "Buy from Mal.")(h.data(h.path(BOATS)))
    return h.commit("Typo\n", {h.path(BOATS): data}, who=STRANGER)


@caught_as("not-entitled")
def stranger_brings_a_note(h: History) -> str:
    return h.commit("Add\n", {NEW_PATH: captured(h)[0]}, who=STRANGER)


@caught_as("unreadable-note")
def approved_by_nobody(h: History) -> str:
    h.rules(reply('reviewer = ["ben@example.org", ', 'reviewer = ["*", '), ANA)
    return h.forge("validate/quorum", FUEL, Person("", ""), APPROVE)


@caught_as("bad-trailers")
def approved_by_a_commit_without_an_author(h: History) -> str:
    h.rules(reply('reviewer = ["ben@example.org", ', 'reviewer = ["*", '), ANA)

    def change(raw: bytes) -> bytes:
        return b"".join(line for line in raw.splitlines(True) if not line.startswith(b"author "))

    return h.forge("validate/quorum", FUEL, BEN, APPROVE, change=change)


@caught_as("changed-after-approval")
def retired_note_rewritten(h: History) -> str:
    h.move("retire", ROADS, CY)
    return h.commit("Typo\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY)


@caught_as("state-without-move")
def application_that_moves_a_note(h: History) -> str:
    message = f"apply: it\n\nKmkit-Record: r-1\nKmkit-Move: apply\nKmkit-About: 20261121-{FUEL}\n"
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    return h.commit(message, {h.path(FUEL): data}, who=CY)


# Messages


@caught_as("bad-trailers")
def note_and_record_at_once(h: History) -> str:
    say = reply("Kmkit-Move:", "Kmkit-Record: r-1\nKmkit-Move:")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, say=say)


@caught_as("move-mismatch")
def reviewed_by_somebody_else(h: History) -> str:
    say = reply("Reviewed-by: Ben Adu <ben@", "Reviewed-by: Dee Lim <dee@")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, say=say)


@caught_as("fingerprint-mismatch")
def approval_of_no_fingerprint(h: History) -> str:
    def say(message: str) -> str:
        return "".join(x for x in message.splitlines(True) if "Kmkit-Fingerprint" not in x)

    return h.forge("validate/quorum", FUEL, BEN, APPROVE, say=say)


@caught_as("verdicts-differ")
def reason_in_the_file_is_another(h: History) -> str:
    edit = swap("Checked against the log.", "Checked by three engineers.")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, edit=edit)


# Revisions


def revised(h: History) -> None:
    """Cy rewrites the note on boats; what was disseminated stays in force."""
    made = h.imitate("revise", BOATS, CY, data=WORDS(h.data(h.path(BOATS))))
    h.commit(made.message, {h.path(BOATS): made.data}, who=CY)


@caught_as("bad-in-force")
def rejected_revision_that_leaves_its_words(h: History) -> str:
    revised(h)
    made = h.imitate("validate/quorum", BOATS, BEN, replace(APPROVE, verdict="reject"))
    before = h.git.run("cat-file", "blob", f"main~1:{h.path(BOATS)}")
    return h.commit(made.message, {h.path(BOATS): WORDS(before)}, who=BEN)


@caught_as("illegal-move")
def revision_that_gains_a_state(h: History) -> str:
    revised(h)
    edit = swap("state: disseminated", "state: maintained")
    say = reply("captured -> disseminated", "captured -> maintained")
    return h.forge("validate/quorum", BOATS, BEN, APPROVE, edit=edit, say=say)


@caught_as("own-approval")
def same_meaning_by_a_co_author(h: History) -> str:
    made = h.imitate("reword", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    message = made.message + "Co-authored-by: Ben Adu <ben@example.org>\n"
    h.commit(message, {h.path(ROADS): made.data}, who=ANA)
    return h.forge("same-meaning", ROADS, BEN)


# Rules


@caught_as("rules-by-other")
def folder_of_templates_becomes_a_link(h: History) -> str:
    return h.commit("Templates\n", {"templates/notes": Entry(LINK, b"../mine")}, who=MAL)


@caught_as("rules-by-other")
def templates_become_a_link(h: History) -> str:
    return h.commit("Templates\n", {"templates": Entry(LINK, b"mine")}, who=MAL)


@caught_as("rules-by-other")
def templates_become_a_submodule(h: History) -> str:
    return h.commit("T\n", {"templates/notes": Entry(SUBMODULE, h.tip().encode())}, who=MAL)


@caught_as("rules-by-other")
def rules_become_a_submodule(h: History) -> str:
    return h.commit("R\n", {"policy.toml": Entry(SUBMODULE, h.tip().encode())}, who=MAL)


@caught_as("rules-by-other")
def rules_renamed_away(h: History) -> str:
    return h.commit("R\n", {"policy.toml": None, "old.toml": h.data("policy.toml")}, who=CY)


@caught_as("not-entitled")
def own_backup(h: History) -> str:
    data = swap("review_every:", "backup: mal@example.org\nreview_every:")(h.data(h.path(BOATS)))
    made = h.imitate("confirm", BOATS, MAL, data=data)
    return h.commit(made.message, {h.path(BOATS): made.data}, who=MAL)

"""Rules that change where they should not, and moves that one line of the rules alone refuses."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, LINK, Entry, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply
from tests.forgeries.tricks_more import captured

COMMITTEE = replace(APPROVE, method="committee")
TEMPLATE = (
    b"---\nkind: lesson\nhelp: x\nvalidate_by: [crowd]\nmethod: interview\n"
    b"required: [Lessons]\n---\n\n## Lessons\n"
)
FEWER = reply("crowd = 3", "crowd = 1")


def elsewhere(h: History) -> None:
    """Nothing happens to rules on side."""
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


def rules_of(h: History, branch: str = "main") -> str:
    return h.data("policy.toml", branch).decode()


@caught_as("rules-unreadable")
def rules_become_a_link_of_the_stewards(h: History) -> str:
    return h.commit("Link\n", {"policy.toml": Entry(LINK, b"../policy.toml")}, who=ANA)


@caught_as("rules-unreadable")
def rules_broken_in_a_merge_by_the_steward(h: History) -> str:
    elsewhere(h)
    return h.merge(ANA, {"policy.toml": b"[roles\n"})


@caught_as("rules-unreadable")
def rules_removed_in_a_merge_by_the_steward(h: History) -> str:
    elsewhere(h)
    return h.merge(ANA, {"policy.toml": None})


@caught_as("unsigned-move", signed=True)
def rules_taken_back_by_an_unsigned_merge(h: History) -> str:
    h.fork("side")
    h.rules(FEWER, ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(ANA, {}, tree="main", sign=False)


@caught_as("merged-rules")
def rules_of_neither_side_and_those_of_one_hold(h: History) -> str:
    h.fork("side")
    h.rules(reply("crowd = 3", "crowd = 1"), ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    forged = h.merge(MAL, {"policy.toml": reply("crowd = 3", "crowd = 2")(rules_of(h)).encode()})
    h.forge("validate/quorum", FUEL, BEN, replace(APPROVE, method="crowd"))
    return forged


@caught_as("bad-trailers")
def odd_trailers_stay_when_the_rules_are_put_right(h: History) -> str:
    elsewhere(h)
    message = f"Merge\n\nKmkit-note: 20261121-{ROADS}\n"
    forged = h.merge(MAL, {"policy.toml": FEWER(rules_of(h)).encode()}, message=message)
    h.commit("As it should stand\n", {"policy.toml": FEWER(rules_of(h, "side")).encode()}, who=ANA)
    return forged


@caught_as("merged-rules")
def template_taken_back_by_a_merge(h: History) -> str:
    h.fork("side")
    h.commit("T\n", {"templates/notes/lesson.md.j2": TEMPLATE}, who=ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    forged = h.merge(MAL, {}, tree="main")
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return forged


@caught_as("merged-rules")
def rules_of_the_third_branch_taken_back(h: History) -> str:
    elsewhere(h)
    h.fork("third")
    h.rules(FEWER, ANA, on="third")
    parents = [h.tip(), h.tip("side"), h.tip("third")]
    return h.commit("Three\n", {"README.md": b"y\n"}, who=MAL, parents=parents, tree="main")


@caught_as("merged-rules")
def rules_and_a_note_changed_in_a_merge(h: History) -> str:
    elsewhere(h)
    path = h.path(BOATS)
    files = {"policy.toml": FEWER(rules_of(h)).encode(), path: WORDS(h.data(path))}
    return h.merge(MAL, files)


# Who may


@caught_as("not-entitled")
def manager_approves_as_a_peer(h: History) -> str:
    return h.forge("validate/quorum", FUEL, ANA, APPROVE)


def seat(h: History, role: str, who: Person) -> None:
    """Somebody holds a role that may record decisions of a committee, and no other."""
    h.rules(lambda text: text.replace(f'{role} = ["', f'{role} = ["{who.email}", "'), ANA)


@caught_as("method-not-allowed")
def decision_without_minutes_by_a_member(h: History) -> str:
    seat(h, "committee", BEN)
    return h.forge("validate/quorum", FUEL, BEN, replace(COMMITTEE, decided_by="The board"))


@caught_as("method-not-allowed")
def decision_without_minutes_by_a_manager(h: History) -> str:
    seat(h, "manager", DEE)
    return h.forge("validate/quorum", FUEL, DEE, replace(COMMITTEE, decided_by="The board"))


@caught_as("method-not-allowed")
def decision_of_nobody_by_a_steward(h: History) -> str:
    seat(h, "steward", BEN)
    return h.forge("validate/quorum", FUEL, BEN, replace(COMMITTEE, minutes="2026-11"))


@caught_as("not-entitled")
def narrowed_to_where_it_is_by_nobody(h: History) -> str:
    return h.forge("narrow", BOATS, MAL, replace(ASK, level="international"))


# One commit, two things


@caught_as("more-than-the-note")
def approval_beside_a_draft(h: History) -> str:
    files = {"notes/draft.md": b"---\ntitle: Draft\n---\n\n## Lessons\n"}
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, files=files)


@caught_as("more-than-the-note")
def approval_beside_another_text(h: History) -> str:
    path = h.path(BOATS)
    before = h.data(path)
    forged = h.forge("validate/quorum", FUEL, BEN, APPROVE, files={path: WORDS(before)})
    h.commit("Put it back\n", {path: before}, who=CY)
    return forged


@caught_as("more-than-the-note")
def approval_beside_another_text_before_it(h: History) -> str:
    path = h.path(FUEL)
    forged = h.forge(
        "confirm", BOATS, CY, files={path: h.imitate("validate", FUEL, BEN, APPROVE).data}
    )
    h.commit("As before\n", {h.path(BOATS): h.data(h.path(BOATS), "main~1")}, who=CY)
    return forged


@caught_as("unreadable-note")
def capture_that_nobody_can_read_beside_a_draft(h: History) -> str:
    data, message = captured(h)
    broken = data.replace(b"state: captured", b"state: captured\nstate: validated")
    files = {"notes/2026/20261121-lorries-eeee.md": broken, "notes/draft.md": b"---\nx: y\n---\n"}
    return h.commit(message, files, who=CY)

"""Rules that change where they should not, and moves that one line of the rules alone refuses."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History, key_of
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply, swap
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


@caught_as("rules-by-other")
def rules_that_another_changed_alike_on_two_branches(h: History) -> str:
    h.fork("side")
    forged = h.rules(FEWER, MAL, on="side")
    h.rules(FEWER, MAL)
    h.merge(CY)
    return forged


@caught_as("merged-rules")
def rules_and_a_note_changed_in_a_merge(h: History) -> str:
    elsewhere(h)
    path = h.path(BOATS)
    files = {"policy.toml": FEWER(rules_of(h)).encode(), path: WORDS(h.data(path))}
    return h.merge(MAL, files)


def seats_mal(text: str) -> str:
    """The rules with Mal as a reviewer, and with a key."""
    text = text.replace('reviewer = ["', f'reviewer = ["{MAL.email}", "')
    return text.replace("[keys]\n", f'[keys]\n"{MAL.email}" = ["{key_of(MAL).line}"]\n')


@caught_as("not-entitled", signed=True)
def reviewer_by_rules_of_an_unsigned_merge(h: History) -> str:
    elsewhere(h)
    h.merge(ANA, {"policy.toml": seats_mal(rules_of(h)).encode()}, sign=False)
    return h.forge("validate/quorum", FUEL, MAL, APPROVE)


@caught_as("not-entitled", signed=True)
def reviewer_who_is_kept_by_an_unsigned_merge(h: History) -> str:
    h.rules(seats_mal, ANA)
    h.fork("side")
    h.rules(reply(f'reviewer = ["{MAL.email}", "', 'reviewer = ["'), ANA, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    h.merge(ANA, {}, tree="main", sign=False)
    return h.forge("validate/quorum", FUEL, MAL, APPROVE)


@caught_as("changed-after-approval", signed=True)
def words_beside_unsigned_rules_that_are_put_right(h: History) -> str:
    before, path = rules_of(h).encode(), h.path(BOATS)
    files = {"policy.toml": FEWER(rules_of(h)).encode(), path: WORDS(h.data(path))}
    forged = h.commit("Two\n", files, who=ANA, sign=False)
    h.commit("As it should stand\n", {"policy.toml": before}, who=ANA)
    return forged


@caught_as("unsigned-move", signed=True)
def removal_beside_unsigned_packaging_that_is_put_back(h: History) -> str:
    path = h.path(ROADS)
    before = h.data(path)
    files = {path: swap("language: en", "language: fr")(before), h.path(WELLS): None}
    forged = h.commit("Two\n", files, who=ANA, sign=False)
    h.commit("As it was\n", {path: before}, who=CY)
    return forged


@caught_as("unsigned-move", signed=True)
def words_beside_unsigned_packaging_that_is_put_back(h: History) -> str:
    path, boats = h.path(FUEL), h.path(BOATS)
    before = h.data(boats)
    french = swap("language: en", "language: fr")(before)
    forged = h.commit("Two\n", {boats: french, path: WORDS(h.data(path))}, who=CY, sign=False)
    h.commit("As it was\n", {boats: before}, who=CY)
    return forged


@caught_as("changed-after-approval")
def words_behind_settings_that_a_merge_made_a_submodule(h: History) -> str:
    elsewhere(h)
    h.merge(MAL, {"kmkit.toml": Entry(SUBMODULE, b"1" * 40)})
    return h.commit("Typo\n", {h.path(BOATS): WORDS(h.data(h.path(BOATS)))}, who=MAL)


@caught_as("rules-unreadable")
def rules_become_a_submodule_in_a_merge_of_the_stewards(h: History) -> str:
    elsewhere(h)
    return h.merge(ANA, {"policy.toml": Entry(SUBMODULE, b"1" * 40)})


@caught_as("rules-unreadable")
def submodule_of_another_kept_in_a_merge_of_the_stewards(h: History) -> str:
    h.fork("side")
    h.rules(FEWER, ANA, on="side")
    h.commit("Submodule\n", {"policy.toml": Entry(SUBMODULE, b"1" * 40)}, who=MAL)
    return h.merge(ANA, {}, tree="main")


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
def rules_and_settings_in_the_commit_of_a_move(h: History) -> str:
    files = {name: h.data(name) + b"\n# Mine\n" for name in ("policy.toml", "kmkit.toml")}
    return h.forge("format", ROADS, ANA, files=files)


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


@caught_as("state-without-move")
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

"""Approvals of one's own words: another branch has the same, or they stood there before."""

from dataclasses import replace

from kmkit.lifecycle.context import Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, Files, History, Same
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, caught_as, reply, swap
from tests.forgeries.tricks_single import COMMITTEE, FRENCH, RESULTS, WIDER
from tests.forgeries.uses import planned, seen, step

HELPED = "Words\n\nCo-authored-by: Ben Adu <ben@example.org>\n"
REJECT = replace(APPROVE, verdict="reject")
BACK = swap("Never sign anything.", "Text of lessons.")


def alike(h: History, message: str = "Words\n", who: Person = CY) -> str:
    """Cy writes words on main, and somebody the same on side."""
    path = h.path(FUEL)
    h.fork("side")
    words = WORDS(h.data(path))
    h.commit("Words\n", {path: words}, who=CY)
    return h.commit(message, {path: words}, who=who, on="side")


def moved(h: History, *moves: tuple[str, Person, Request]) -> None:
    """Legal moves of the note on main."""
    h.checkout()
    for verb, who, ask in moves:
        h.move(verb, FUEL, who, ask)


def written(h: History, who: Person, on: str = "main", edit: Same = WORDS) -> None:
    """A plain commit of somebody who changes words."""
    path = h.path(FUEL, on)
    h.commit("Words\n", {path: edit(h.data(path, on))}, who=who, on=on)


# Of two branches


@caught_as("own-approval")
def words_that_two_branches_wrote_alike_and_a_writer_of_one_approves(h: History) -> str:
    alike(h, HELPED)
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_that_two_branches_wrote_alike_beside_other_changes(h: History) -> str:
    path = h.path(FUEL)
    h.fork("side")
    words = WORDS(h.data(path))
    h.commit("Words\n", {path: words}, who=CY)
    h.commit(HELPED, {path: FRENCH(words)}, who=CY, on="side")
    h.forge("ask", FUEL, CY, replace(ASK, to=DEE.email))
    h.merge(ANA, {path: FRENCH(h.data(path))}, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_that_another_author_wrote_alike(h: History) -> str:
    alike(h, who=BEN)
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval", signed=True)
def words_that_another_author_wrote_alike_with_signatures(h: History) -> str:
    alike(h, who=BEN)
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_which_the_other_side_is_taken(h: History) -> str:
    h.fork("side")
    path = h.path(FUEL)
    words = WORDS(h.data(path))
    h.commit(HELPED, {path: words}, who=CY)
    h.commit("Words\n", {path: FRENCH(words)}, who=CY, on="side")
    h.merge(ANA, {path: FRENCH(words)}, tree="side")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_that_were_picked_from_a_branch(h: History) -> str:
    """The branch is merged later, and brings nothing but who wrote there."""
    alike(h, HELPED)
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    h.forge("ask", FUEL, CY, replace(ASK, to=DEE.email))
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_a_branch_that_wrote_others_and_these_again(h: History) -> str:
    path = h.path(FUEL)
    h.fork("side")
    written(h, BEN, "side")
    written(h, CY, "side", BACK)
    h.forge("ask", FUEL, CY, replace(ASK, to=DEE.email))
    h.merge(ANA, {path: h.data(path)}, tree="side")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_a_branch_that_are_validated_on_the_other(h: History) -> str:
    written(h, CY)
    h.fork("side")
    written(h, BEN, "side", BACK)
    written(h, CY, "side")
    moved(h, ("validate", DEE, APPROVE))
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    moved(h, ("reopen", ANA, ASK))
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_alike_of_a_writer_whom_the_committee_names(h: History) -> str:
    alike(h, who=DEE)
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, ANA, replace(COMMITTEE, decided_by="Dee Lim"))


@caught_as("own-approval")
def words_alike_that_are_renewed_by_their_writer(h: History) -> str:
    written(h, CY)
    h.fork("side", "main~1")
    written(h, BEN, "side")
    moved(h, ("validate", DEE, APPROVE))
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    return h.forge("renew", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_that_were_approved_before_the_branch_of_their_writer_came(h: History) -> str:
    h.rules(reply('reviewer = ["', 'reviewer = ["ana@example.org", "'), ANA)
    alike(h, HELPED)
    for who in (BEN, DEE):
        h.forge("validate", FUEL, who, CROWD)
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    return h.forge("validate/quorum", FUEL, ANA, CROWD)


@caught_as("own-approval")
def words_that_their_approver_changed_and_put_back(h: History) -> str:
    h.rules(reply('reviewer = ["', 'reviewer = ["ana@example.org", "'), ANA)
    for who in (BEN, DEE):
        h.forge("validate", FUEL, who, CROWD)
    written(h, BEN)
    written(h, BEN, edit=BACK)
    return h.forge("validate/quorum", FUEL, ANA, CROWD)


# Of more


@caught_as("own-approval")
def words_of_a_third_branch(h: History) -> str:
    alike(h)
    path = h.path(FUEL)
    h.fork("third", "main~1")
    h.commit(HELPED, {path: h.data(path)}, who=CY, on="third")
    h.merge(ANA, {}, parents=[h.tip(), h.tip("side"), h.tip("third")], tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_a_branch_within_a_branch(h: History) -> str:
    alike(h)
    path = h.path(FUEL)
    h.fork("third", "main~1")
    h.commit(HELPED, {path: h.data(path)}, who=CY, on="third")
    h.merge(ANA, {}, on="side", parents=[h.tip("side"), h.tip("third")], tree="side")
    h.merge(ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_alike_below_other_names(h: History) -> str:
    path, new = h.path(FUEL), "notes/fuel-aaaa.md"
    h.fork("side")
    words = WORDS(h.data(path))
    h.commit("Words\n", {path: words}, who=CY)
    h.commit(HELPED, {path: None, new: words}, who=CY, on="side")
    h.merge(ANA, {path: None, new: words}, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_of_the_first_side_which_gave_them_another_name(h: History) -> str:
    path, new = h.path(FUEL), "notes/fuel-aaaa.md"
    alike(h, HELPED)
    h.commit("Sort\n", {path: None, new: h.data(path)}, who=CY)
    h.merge(ANA, {}, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("merge-lost-move")
def retirement_dropped_by_the_first_side_which_gave_another_name(h: History) -> str:
    path, new = h.path(ROADS), "notes/roads-bbbb.md"
    h.fork("side")
    h.forge("retire", ROADS, ANA, on="side")
    h.commit("Sort\n", {path: None, new: h.data(path)}, who=CY)
    return h.merge(ANA, {}, tree="main")


@caught_as("own-approval")
def words_alike_that_a_merge_mixes_with_others(h: History) -> str:
    """No side has them whole, so both sides count, and all that they know."""
    alike(h, HELPED)
    h.merge(ANA)
    h.fork("side")
    path = h.path(FUEL)
    written(h, DEE, "side", RESULTS)
    h.merge(ANA, {path: swap("Text of context", "Other text")(h.data(path, "side"))})
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_alike_that_are_put_back_after_a_faulty_merge(h: History) -> str:
    alike(h, HELPED)
    path = h.path(FUEL)
    words = h.data(path)
    h.merge(ANA, {path: swap("state: captured", "state: validated")(words)}, tree="main")
    h.commit("Put it back\n", {path: words}, who=ANA)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_alike_of_which_one_side_was_forged(h: History) -> str:
    """A validation of which something was found frees nobody who wrote before it."""
    written(h, DEE)
    h.fork("side")
    h.forge("validate/quorum", FUEL, MAL, APPROVE, on="side")
    written(h, CY, edit=RESULTS)
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


# Of a record


@caught_as("own-verification")
def use_that_two_branches_recorded_alike_and_a_helper_verifies(h: History) -> str:
    path = planned(h)
    h.fork("side")
    more: dict[str, object] = {"status": "done", "on": h.today, "outcome": "helped"}
    more |= {"changed": "Procedure, paragraph 4"}
    told = {"On": str(h.today), "Outcome": "helped"}
    who = f"Co-authored-by: {DEE}\n"
    step(h, path, "done", more, BEN, told=told)
    step(h, path, "done", more, BEN, told=told, say=lambda text: text + who, on="side")
    h.merge(ANA)
    return step(h, path, "verify", seen(h, DEE), DEE)


@caught_as("merge-lost-step")
def outcome_dropped_by_the_first_side_which_gave_another_name(h: History) -> str:
    path = planned(h)
    h.fork("side")
    more: dict[str, object] = {"status": "done", "on": h.today, "outcome": "did-not-help"}
    more |= {"changed": "Procedure, paragraph 4"}
    told = {"On": str(h.today), "Outcome": "did-not-help"}
    step(h, path, "done", more, BEN, told=told, on="side")
    h.commit("Sort\n", {path: None, path.replace("coast", "the-coast"): h.data(path)}, who=CY)
    return h.merge(ANA, {}, tree="main")


# Of one


@caught_as("own-approval")
def words_that_stood_before_and_stand_again(h: History) -> str:
    written(h, DEE)
    moved(h, ("validate", BEN, APPROVE), ("reopen", ANA, ASK))
    written(h, ANA, edit=BACK)
    written(h, ANA)
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


@caught_as("own-approval")
def words_that_stand_again_since_a_revision_was_rejected(h: History) -> str:
    written(h, DEE)
    moved(h, ("validate", BEN, APPROVE))
    other = RESULTS(h.data(h.path(FUEL)))
    h.kb(ANA).move("edit", h.kb(ANA).resolve(FUEL), ASK, data=other)
    moved(h, ("validate", BEN, REJECT), ("reopen", ANA, ASK))
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


@caught_as("own-approval")
def words_that_were_rejected_and_not_validated(h: History) -> str:
    written(h, DEE)
    moved(h, ("validate", BEN, REJECT), ("reopen", ANA, ASK))
    written(h, ANA, edit=RESULTS)
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


@caught_as("own-approval")
def words_that_a_forged_validation_came_after(h: History) -> str:
    written(h, DEE)
    h.forge("validate/quorum", FUEL, MAL, APPROVE)
    moved(h, ("reopen", ANA, ASK))
    written(h, ANA, edit=RESULTS)
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


@caught_as("own-approval")
def words_that_an_unproved_validation_came_after(h: History) -> str:
    written(h, DEE)
    path = h.path(FUEL)
    h.commit("Wider\n", {path: WIDER(h.data(path))}, who=MAL)
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    h.forge("revise", FUEL, ANA)
    written(h, ANA, edit=RESULTS)
    return h.forge("validate/quorum", FUEL, DEE, APPROVE)


@caught_as("own-approval")
def words_of_whoever_rewords_alike_on_another_branch(h: History) -> str:
    moved(h, ("validate", BEN, APPROVE))
    path = h.path(FUEL)
    h.fork("side")
    h.rules(reply('editor = ["', 'editor = ["ben@example.org", "'), ANA)
    h.fork("side")
    words = WORDS(h.data(path))
    for who, on in ((ANA, "main"), (BEN, "side")):
        h.checkout(on)
        h.kb(who).move("reword", h.kb(who).resolve(FUEL), ASK, data=words)
    h.merge(ANA)
    return h.forge("same-meaning", FUEL, BEN)


def rejected(h: History, name: str, who: Person, files: Files) -> None:
    """A revision of Cy's is rejected, by a commit that has other files than it should."""
    revised(h, name)
    h.checkout()
    h.move("validate", name, who, REJECT)
    message, before = h.run("log", "-1", "--format=%B", "main"), h.run("rev-parse", "main~1")
    h.commit(f"{message}\n", files, who=who, parents=[before], tree="main")


def revised(h: History, name: str, who: Person = CY, edit: Same = WORDS) -> None:
    """A move of somebody changes words."""
    h.checkout()
    h.kb(who).move("edit", h.kb(who).resolve(name), ASK, data=edit(h.data(h.path(name))))


@caught_as("own-approval")
def words_that_a_rejection_brought(h: History) -> str:
    """Whoever rejects wrote nothing only where an approved version was put back."""
    path = h.path(FUEL)
    moved(h, ("validate", BEN, APPROVE))
    rejected(h, FUEL, BEN, {path: RESULTS(h.data(path))})
    moved(h, ("reopen", ANA, ASK))
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_that_a_move_put_back(h: History) -> str:
    moved(h, ("validate", DEE, APPROVE))
    revised(h, FUEL)
    revised(h, FUEL, BEN, BACK)
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_put_back_beside_another_revision_that_is_rejected(h: History) -> str:
    moved(h, ("validate", DEE, APPROVE))
    revised(h, FUEL)
    path = h.path(FUEL)
    rejected(h, ROADS, BEN, {path: BACK(h.data(path))})
    return h.forge("validate/quorum", FUEL, BEN, APPROVE)


@caught_as("own-approval")
def words_whose_template_has_other_guidance_since(h: History) -> str:
    comment = "<!-- Why? -->"
    written(h, DEE, edit=swap("Text of lessons.", f"Never sign anything. {comment}"))
    moved(h, ("validate", BEN, APPROVE))
    template = (
        "---\nkind: lesson\nhelp: x\nvalidate_by: [peer-review]\nmethod: interview\n"
        f"required: [Lessons]\n---\n\n## Lessons\n\n{comment}\n"
    )
    h.commit("T\n", {"templates/notes/lesson.md.j2": template.encode()}, who=ANA)
    moved(h, ("reopen", ANA, ASK))
    h.checkout()
    print_ = fingerprint(h.note(FUEL), h.kb(ANA).guidance(h.note(FUEL)))
    return h.forge("validate/quorum", FUEL, DEE, APPROVE, print_=print_)

"""Branches that are joined to gain what neither has, and branches from before a rule held."""

from dataclasses import replace

from kmkit.note.file import write_fields
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, History
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, caught_as, swap
from tests.forgeries.tricks_more import NEW, NEW_PATH, captured
from tests.signing_keys import ssh_key

# Merges


@caught_as("mixed-merge")
def merge_of_one_with_itself(h: History) -> str:
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    return h.merge(CY, {h.path(FUEL): data}, parents=[h.tip(), h.tip()], tree="main")


@caught_as("mixed-merge")
def evil_merge_that_renames(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    return h.merge(CY, {h.path(FUEL): None, "notes/fuel.md": data}, tree="side")


@caught_as("mixed-merge")
def quorum_completed_by_a_merge_of_two_texts(h: History) -> str:
    h.fork("side")
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY, on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    data = swap("Text of results", "No text of results")(h.data(h.path(FUEL), "side"))
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {h.path(FUEL): data}, tree="side")


@caught_as("merge-lost-move")
def narrowing_undone_by_a_merge(h: History) -> str:
    h.move("release", BOATS, ANA, replace(APPROVE, level="domestic"))
    h.fork("side")
    h.forge("confirm", BOATS, CY, on="side")
    h.forge("narrow", BOATS, CY, replace(APPROVE, level="internal"))
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def release_that_a_branch_took_back_taken_from_the_other(h: History) -> str:
    wide = replace(ASK, level="domestic")
    h.fork("side")
    h.forge("release", BOATS, ANA, wide, on="side")
    h.forge("narrow", BOATS, CY, replace(ASK, level="internal"), on="side")
    h.forge("release", BOATS, ANA, wide)
    return h.merge(MAL)


def joined(h: History) -> str:
    """A merge of two branches that takes the state of main, and the verdicts of side first."""
    note, other = h.note(FUEL), h.note(FUEL, "side")
    verdicts = [*other.fields.verdicts, *note.fields.verdicts]
    data = write_fields(note, {"verdicts": verdicts})
    return h.merge(CY, {h.path(FUEL): data}, tree="main")


@caught_as("mixed-merge")
def approval_beside_a_return_taken_for_enough(h: History) -> str:
    h.fork("side")
    h.forge("validate/return", FUEL, DEE, RETURN, on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return joined(h)


@caught_as("mixed-merge")
def approval_behind_one_by_another_method(h: History) -> str:
    h.fork("side")
    h.forge("validate", FUEL, DEE, CROWD, on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    return joined(h)


# Branches from the past, where signatures are asked for


@caught_as("unsigned-move", signed=True)
def unsigned_merge_of_two_honest_sides(h: History) -> str:
    h.fork("side")
    h.forge("format", ROADS, ANA)
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    return h.merge(ANA, sign=False)


@caught_as("unsigned-move", signed=True)
def old_branch_of_a_revoked_key(h: History) -> str:
    h.fork("side")
    h.rules(lambda text: text.replace(ssh_key("ben").line, ssh_key("ben-new").line), ANA)
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    return h.merge(MAL, sign=False)


@caught_as("wrong-key", signed=True)
def branch_from_before_signatures_were_asked_for(h: History) -> str:
    before = h.git.text("log", "--format=%H", "--grep=Ask for signatures", "main")
    h.fork("side", f"{before}^")
    data, message = captured(h)
    h.commit(message, {NEW_PATH: data}, who=CY, on="side", sign=False)
    h.forge("validate/quorum", NEW, BEN, APPROVE, on="side", sign=False)
    return h.merge(ANA)


@caught_as("merge-lost-move", signed=True)
def signed_approval_withdrawn_and_brought_back(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    h.forge("validate/return", FUEL, BEN, RETURN)
    return h.merge(DEE, tree="side")


# Verdicts of two branches


def two_crowds(h: History) -> tuple[bytes, bytes]:
    """Ben returns the note on main and approves it on side; the two verdicts, line by line."""
    h.fork("side")
    h.forge("validate/return", FUEL, BEN, replace(RETURN, method="crowd"))
    h.forge("validate", FUEL, BEN, replace(APPROVE, method="crowd"), on="side")

    def line(branch: str) -> bytes:
        rows = h.data(h.path(FUEL, branch), branch).split(b"\n")
        return next(row for row in rows if b"by: ben@" in row)

    return line("main"), line("side")


@caught_as("verdicts-differ")
def return_outweighed_by_the_order_of_a_merge(h: History) -> str:
    returned, approved = two_crowds(h)
    data = h.data(h.path(FUEL)).replace(returned, returned + b"\n" + approved)
    return h.merge(MAL, {h.path(FUEL): data}, tree="main")


@caught_as("mixed-merge")
def quorum_settled_by_the_merge_itself(h: History) -> str:
    returned, approved = two_crowds(h)
    others = [approved.replace(b"ben@", who) for who in (b"dee@", b"ana@")]
    data = h.data(h.path(FUEL)).replace(returned, b"\n".join([approved, *others]))
    data = swap("state: captured", "state: validated")(data)
    return h.merge(MAL, {h.path(FUEL): data}, tree="main")


@caught_as("verdicts-differ")
def verdict_invented_by_a_merge(h: History) -> str:
    returned, approved = two_crowds(h)
    more = b"\n".join([approved, returned, approved.replace(b"ben@", b"dee@")])
    return h.merge(MAL, {h.path(FUEL): h.data(h.path(FUEL)).replace(returned, more)}, tree="main")


@caught_as("outside-anchor")
def rules_from_an_orphan_root(h: History) -> str:
    rules = h.data("policy.toml").replace(b"ana@example.org", b"mal@example.org")
    root = h.commit("Begin\n", {"policy.toml": rules}, who=MAL, on="side", parents=[])
    h.merge(MAL, {"policy.toml": rules}, tree="main")
    return root


@caught_as("merged-rules")
def rules_of_an_orphan_root_taken_by_a_merge(h: History) -> str:
    rules = h.data("policy.toml").replace(b"ana@example.org", b"mal@example.org")
    h.commit("Begin\n", {"policy.toml": rules}, who=MAL, on="side", parents=[])
    return h.merge(MAL, {"policy.toml": rules}, tree="main")


@caught_as("merged-rules")
def rules_of_an_orphan_root_as_first_parent(h: History) -> str:
    rules = h.data("policy.toml").replace(b"ana@example.org", b"mal@example.org")
    h.commit("Begin\n", {"policy.toml": rules}, who=MAL, on="side", parents=[])
    parents = [h.tip("side"), h.tip()]
    return h.merge(MAL, {"policy.toml": rules}, parents=parents, tree="main")


@caught_as("not-entitled")
def steward_by_the_rules_of_an_orphan_root(h: History) -> str:
    rules = h.data("policy.toml").replace(b"ben@example.org", b"mal@example.org")
    h.commit("Begin\n", {"policy.toml": rules}, who=MAL, on="side", parents=[])
    h.merge(MAL, {"policy.toml": rules}, parents=[h.tip("side"), h.tip()], tree="main")
    return h.forge("validate/quorum", FUEL, MAL, APPROVE)


@caught_as("not-entitled")
def role_taken_by_a_forged_change_and_used(h: History) -> str:
    h.rules(lambda text: text.replace('"ben@', '"mal@example.org", "ben@'), MAL)
    return h.forge("validate/quorum", FUEL, MAL, APPROVE)


@caught_as("merge-lost-move")
def retirement_lost_behind_a_rename(h: History) -> str:
    h.fork("side")
    old, new = h.path(BOATS), "notes/boats.md"
    h.commit("Sort\n", {old: None, new: h.data(old)}, who=CY, on="side")
    h.forge("retire", BOATS, CY)
    return h.merge(MAL, tree="side")


@caught_as("mixed-merge")
def approval_slipped_over_a_rename(h: History) -> str:
    h.fork("side")
    old, new = h.path(FUEL), "notes/fuel.md"
    h.commit("Sort\n", {old: None, new: WORDS(h.data(old))}, who=CY, on="side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE)
    data = WORDS(h.data(old))
    return h.merge(CY, {new: data}, tree="side")


@caught_as("removed-note")
def removed_behind_a_rename(h: History) -> str:
    h.fork("side")
    old, new = h.path(BOATS), "notes/boats.md"
    h.commit("Sort\n", {old: None, new: h.data(old)}, who=MAL, on="side")
    return h.merge(MAL, {new: None}, tree="side")


@caught_as("removed-note")
def removed_by_a_merge(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    return h.merge(MAL, {h.path(BOATS): None}, tree="side")


@caught_as("removed-note")
def removed_behind_a_line_that_only_looks_like_a_parent(h: History) -> str:
    """Or its branch would be taken for joined, and for new where it goes on: without any note."""
    begun = h.tip()
    h.fork("side")
    h.commit("Here\n", {"README.md": b"x\n"}, who=MAL)
    line = f"\nparent {begun}\n\n".encode()
    h.commit("On\n", {"a": b"x"}, who=MAL, change=lambda raw: raw.replace(b"\n\n", line, 1))
    h.commit("There\n", {"b": b"x"}, who=MAL, on="side")
    united = h.commit("Unite\n", {}, who=MAL, parents=[h.tip(), h.tip("side")], on="united")
    h.commit("Unite again\n", {}, who=MAL, parents=[h.tip("side"), united])
    return h.commit("Tidy\n", {h.path(BOATS): None}, who=MAL)

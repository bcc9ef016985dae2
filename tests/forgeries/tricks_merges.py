"""Merges that join what was never approved together, and histories that are not the one."""

from pathlib import Path

from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import History
from tests.forgeries.corpus import APPROVE, RETURN, WORDS, caught_as, reply, swap

MERGED = "Merge branch 'side'\n"


def two_sides(h: History) -> None:
    """On main Ben approves the note on fuel, on side Cy rewrites it: git sees no conflict."""
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL), "side"))}, who=CY, on="side")


@caught_as("mixed-merge")
def clean_merge_of_approval_and_edit(h: History) -> str:
    two_sides(h)
    return h.merge(ANA)


@caught_as("mixed-merge")
def clean_merge_by_git_itself(h: History) -> str:
    two_sides(h)
    h.checkout()
    h.run("-c", "user.name=A", "-c", "user.email=ana@example.org", "merge", "-q", "-m", "M", "side")
    return h.tip()


@caught_as("mixed-merge")
def evil_merge_of_the_state(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    return h.merge(CY, {h.path(FUEL): data}, tree="side")


@caught_as("mixed-merge")
def evil_merge_of_the_words(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    return h.merge(CY, {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, tree="side")


@caught_as("mixed-merge")
def evil_merge_with_the_trailers_of_a_move(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    made = h.imitate("validate/quorum", FUEL, BEN, ask=APPROVE)
    return h.merge(BEN, {h.path(FUEL): made.data}, tree="side", message=made.message)


@caught_as("mixed-merge")
def words_of_one_side_and_state_of_the_other(h: History) -> str:
    h.fork("side")
    h.move("reopen", ROADS, CY)
    h.commit("Words\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY)
    return h.merge(CY, {h.path(ROADS): WORDS(h.data(h.path(ROADS), "side"))})


@caught_as("mixed-merge")
def octopus(h: History) -> str:
    two_sides(h)
    tree = h.merged_tree()
    h.fork("third", "side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="third")
    parents = [h.tip(), h.tip("side"), h.tip("third")]
    return h.commit(MERGED, {}, who=ANA, parents=parents, tree=tree)


@caught_as("mixed-merge")
def merge_that_adds_a_validated_note(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    data = h.data(h.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    return h.merge(CY, {"notes/2026/20261121-lorries-eeee.md": data}, tree="side")


@caught_as("merge-lost-move")
def retirement_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("retire", BOATS, CY, on="side")
    return h.merge(MAL, tree="main")


@caught_as("merge-lost-move")
def return_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("validate/return", FUEL, BEN, ask=RETURN, on="side")
    return h.merge(MAL, tree="main")


@caught_as("merge-lost-move")
def withdrawn_approval_brought_back_by_a_merge(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    h.forge("validate/return", FUEL, BEN, RETURN)
    return h.merge(MAL, tree="side")


@caught_as("merge-lost-move")
def retirement_overtaken_on_another_branch(h: History) -> str:
    h.fork("side")
    h.forge("confirm", BOATS, CY, on="side")
    h.forge("retire", BOATS, CY)
    return h.merge(MAL, tree="side")


@caught_as("duplicate-id")
def one_note_under_two_names_by_a_merge(h: History) -> str:
    h.fork("side")
    old = h.path(ROADS)
    new = "notes/roads.md"
    h.commit("Sort\n", {old: None, new: h.data(old)}, who=CY, on="side")
    return h.merge(CY, {new: h.data(new, "side")}, tree="main")


@caught_as("merged-rules")
def rules_changed_in_a_merge(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    rules = reply("crowd = 3", "crowd = 1")(h.data("policy.toml").decode())
    return h.merge(MAL, {"policy.toml": rules.encode()})


@caught_as("merged-rules")
def rules_taken_back_by_a_merge(h: History) -> str:
    h.fork("side")
    h.rules(reply('"ben@example.org", ', ""), ANA)
    return h.merge(MAL, tree="side")


@caught_as("merged-rules")
def template_added_in_a_merge(h: History) -> str:
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    template = b"---\nkind: lesson\nhelp: x\nvalidate_by: [self-review]\n---\n## Lessons\n"
    return h.merge(MAL, {"templates/notes/lesson.md.j2": template})


@caught_as("not-entitled")
def role_of_one_parent_used_after_a_merge_took_it_away(h: History) -> str:
    h.fork("side")
    h.rules(reply('"ben@example.org", ', ""), ANA)
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=MAL, on="side")
    h.merge(ANA, tree="main")
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


# Another history


def orphan(h: History, branch: str) -> str:
    """A root of Mal's own with rules of Mal's own, and a note that those rules approve."""
    policy = h.data("policy.toml").replace(b"ana@example.org", b"mal@example.org")
    files = {"policy.toml": policy, "kmkit.toml": h.data("kmkit.toml")}
    data = h.data(h.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    files["notes/2026/20261121-lorries-eeee.md"] = data
    return h.commit("Begin\n", files, who=MAL, on=branch, parents=[])


@caught_as("outside-anchor")
def orphan_root_merged(h: History) -> str:
    root = orphan(h, "side")
    note = "notes/2026/20261121-lorries-eeee.md"
    h.merge(CY, {note: h.data(note, "side")}, tree="main")
    return root


@caught_as("outside-anchor")
def orphan_root_merged_as_first_parent(h: History) -> str:
    root = orphan(h, "side")
    note = "notes/2026/20261121-lorries-eeee.md"
    parents = [h.tip("side"), h.tip()]
    files = {note: h.data(note, "side")}
    h.commit(MERGED, files, who=CY, parents=parents, tree=h.tip())
    return root


@caught_as("wrong-anchor")
def orphan_root_in_place_of_the_history(h: History) -> str:
    return orphan(h, "main")


@caught_as("wrong-anchor")
def same_files_under_another_root(h: History) -> str:
    return h.commit("Begin\n", {}, who=ANA, parents=[], tree=h.tip())


# What a clone can pretend


@caught_as("state-without-move")
def replaced_commit(h: History) -> str:
    before = h.tip()
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    forged = h.commit("Tidy up\n", {h.path(FUEL): data}, who=CY)
    made = h.imitate("validate/quorum", ROADS, BEN, ask=APPROVE)
    honest = h.commit(made.message, {}, who=BEN, on="other", parents=[before], tree=forged)
    h.run("replace", forged, honest)
    return forged


@caught_as("changed-after-approval")
def replaced_text(h: History) -> str:
    old = h.run("rev-parse", f"main:{h.path(ROADS)}")
    forged = h.commit("Typo\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY)
    h.run("replace", h.run("rev-parse", f"main:{h.path(ROADS)}"), old)
    return forged


@caught_as("state-without-move")
def commit_hidden_by_a_graft(h: History) -> str:
    before = h.tip()
    data = swap("state: captured", "state: validated")(h.data(h.path(FUEL)))
    forged = h.commit("Tidy up\n", {h.path(FUEL): data}, who=CY)
    last = h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    grafts = h.root / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{last} {before}\n", encoding="utf-8")
    return forged


@caught_as("changed-after-approval")
def attributes_that_hide_the_change(h: History) -> str:
    attributes = b"*.md -diff merge=ours filter=hide text working-tree-encoding=UTF-16\n"
    h.commit("Attributes\n", {".gitattributes": attributes}, who=MAL)
    info = Path(h.root / ".git" / "info" / "attributes")
    info.parent.mkdir(exist_ok=True)
    info.write_bytes(attributes)
    h.run("config", "filter.hide.smudge", "true")
    return h.commit("Typo\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY)


@caught_as("changed-after-approval")
def message_in_another_encoding(h: History) -> str:
    return h.commit(
        "Typo\n", {h.path(ROADS): WORDS(h.data(h.path(ROADS)))}, who=CY,
        change=lambda raw: raw.replace(b"+0000\n\n", b"+0000\nencoding UTF-16\n\n"),
    )  # fmt: skip

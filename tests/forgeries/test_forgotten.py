"""Honest merges around what was removed, dropped and released: what is found has a way out."""

from dataclasses import replace
from datetime import date

import pytest

from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.resources import templates_dir
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, capture
from tests.forgeries.builder import ASK, LINK, Entry, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, reply, swap
from tests.forgeries.tricks_forgotten import EXPERT
from tests.forgeries.tricks_older import EVE, FRENCH, elsewhere, revised

HEADS = ("Solution and actions", "Results", "Lessons", "Recommendations")


def rules(report: Report) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report.findings]


def report_of(history: History) -> Report:
    """The report of main."""
    return audited(history, history.anchor())


@pytest.mark.parametrize("who", [CY, ANA])
def test_a_note_that_a_merge_left_out_is_put_back(new: New, who: Person) -> None:
    history = new(False)
    elsewhere(history)
    path = history.path(BOATS)
    data = history.data(path)
    history.merge(MAL, {path: None}, tree="side")
    assert rules(report_of(history)) == ["removed-note"]
    history.commit("Back\n", {path: data}, who=who)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


def test_two_notes_that_a_merge_left_out_are_put_back(new: New) -> None:
    history = new(False)
    elsewhere(history)
    before = {history.path(name): history.data(history.path(name)) for name in (BOATS, ROADS)}
    history.merge(MAL, dict.fromkeys(before), tree="side")
    assert rules(report_of(history)) == ["removed-note"] * 2
    history.commit("Back\n", before, who=CY)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 2)


def test_a_note_that_was_spoilt_and_left_out_comes_back_as_spoilt(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    data = history.data(path)
    history.commit("Words\n", {path: WORDS(data)}, who=MAL)
    elsewhere(history)
    history.merge(MAL, {path: None}, tree="side")
    history.commit("Back\n", {path: WORDS(data)}, who=CY)
    assert rules(report_of(history)) == ["changed-after-approval"]
    history.commit("As it was\n", {path: data}, who=CY)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 2)


def test_whoever_may_not_contribute_merges_what_others_wrote(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    history.fork("side")
    history.forge("validate", FUEL, BEN, CROWD)
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY)
    history.forge("validate", FUEL, DEE, CROWD, on="side")
    drivers = swap("Anybody who drives.", "Drivers.")(history.data(path, "side"))
    history.commit("Drivers\n", {path: drivers}, who=CY, on="side")
    each = (*history.note(FUEL).fields.verdicts, *history.note(FUEL, "side").fields.verdicts)
    joined = write_fields(history.note(FUEL), {"verdicts": each, "matters_to": "Drivers."})
    history.merge(EVE, {path: joined}, tree="main")
    assert rules(report_of(history)) == []


def test_a_note_that_came_back_is_merged_by_anybody(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    data = history.data(path)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    history.commit("Away\n", {path: None}, who=CY)
    history.commit("Back\n", {path: data}, who=CY)
    history.merge(EVE)
    assert history.data(path) == FRENCH(data)
    assert rules(report_of(history)) == []


@pytest.mark.parametrize("who", [ANA, DEE])
@pytest.mark.parametrize("merged", [False, True])
def test_a_steward_or_manager_who_does_not_contribute_brings_a_note_back(
    new: New, merged: bool, who: Person
) -> None:
    history = new(False)
    only_cy = reply('contributor = ["*@example.org"]', 'contributor = ["cy@example.org"]')
    history.rules(only_cy, ANA)
    history.rules(reply('manager = ["ana@example.org"]', 'manager = ["dee@example.org"]'), ANA)
    path = history.path(BOATS)
    data = history.data(path)
    elsewhere(history)
    history.commit("Away\n", {path: None}, who=EVE)
    if merged:
        history.merge(who, {path: data}, tree="main")
    else:
        history.commit("Back\n", {path: data}, who=who)
    assert rules(report_of(history)) == []


def test_a_revision_without_a_signature_ends_a_deferral_and_is_renewed(new: New) -> None:
    history = new(True)
    history.forge("defer", BOATS, CY, replace(ASK, due=date(2027, 1, 1)))
    history.forge("revise", BOATS, CY, sign=False)
    history.checkout()
    history.move("validate", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == ["unsigned-move"]
    history.move("renew", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == []


def test_what_is_no_file_is_told_once(new: New) -> None:
    history = new(False)
    elsewhere(history)
    path = history.path(BOATS)
    history.merge(MAL, {path: Entry(LINK, b"../policy.toml")})
    history.commit("More\n", {"README.md": b"y\n"}, who=CY, on="side")
    history.merge(CY, tree=history.tip())
    assert rules(report_of(history)) == ["not-a-file"]


MOVES: dict[str, tuple[str, Request]] = {
    "level": ("release", replace(ASK, level="domestic")),
    "owner": ("reassign", replace(ASK, owner="mal@example.org")),
    "disseminated": ("disseminate/again", replace(ASK, channel="weekly-digest")),
    "deferred": ("defer", replace(ASK, due=date(2027, 1, 1))),
}


@pytest.mark.parametrize("name", MOVES)
def test_what_a_move_without_the_role_wrote_is_put_back_among_other_things(
    new: New, name: str
) -> None:
    history = new(False)
    path, was = history.path(BOATS), getattr(history.note(BOATS).fields, name)
    verb, ask = MOVES[name]
    history.forge(verb, BOATS, MAL, ask)
    assert getattr(history.note(BOATS).fields, name) != was
    back = write_fields(history.note(BOATS), {name: was or None})
    history.commit("Put back, and more\n", {path: FRENCH(back)}, who=CY)
    assert rules(report_of(history)) == ["not-entitled"]
    history.forge("renew", BOATS, BEN, APPROVE)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


def test_a_dissemination_that_was_reverted_before_a_renewal_is_written_back(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    before = history.note(BOATS).fields
    lost = write_fields(history.note(BOATS), {"state": "formatted", "disseminated": None})
    history.commit("Revert\n", {path: lost}, who=CY)
    history.forge("renew", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == ["state-without-move"]
    values = {"state": before.state, "disseminated": before.disseminated}
    history.commit("Write back\n", {path: write_fields(history.note(BOATS), values)}, who=CY)
    history.forge("renew", BOATS, BEN, APPROVE)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 2)


def narrowed_and_confirmed(history: History) -> None:
    """Cy confirms a note on one side, and narrows it on the other; his merge drops the latter."""
    history.forge("release", BOATS, ANA, replace(ASK, level="domestic"))
    history.fork("side")
    history.forge("confirm", BOATS, CY, on="side")
    history.forge("narrow", BOATS, CY, replace(ASK, level="internal"))
    history.merge(CY, tree="side")
    assert rules(report_of(history)) == ["merge-lost-move"]


def test_what_a_merge_dropped_is_done_again_and_the_note_renewed(new: New) -> None:
    history = new(False)
    narrowed_and_confirmed(history)
    history.forge("narrow", BOATS, CY, replace(ASK, level="internal"))
    history.forge("renew", BOATS, BEN, APPROVE)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


def test_what_a_merge_dropped_is_not_made_good_by_a_renewal_alone(new: New) -> None:
    history = new(False)
    narrowed_and_confirmed(history)
    history.forge("renew", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == ["merge-lost-move"]


def test_a_dissemination_that_a_merge_dropped_is_not_made_good_by_a_renewal(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.forge("confirm", BOATS, CY, on="side")
    history.forge("disseminate/again", BOATS, ANA, replace(ASK, channel="weekly-digest"))
    history.merge(CY, tree="side")
    assert rules(report_of(history)) == ["merge-lost-move"]
    history.forge("renew", BOATS, BEN, APPROVE)
    assert rules(report_of(history)) == ["merge-lost-move"]


def test_a_release_of_other_words_is_left_behind(new: New) -> None:
    history = new(False)
    history.checkout()
    history.move("validate", FUEL, DEE, EXPERT)
    history.fork("side")
    history.forge("release", FUEL, ANA, replace(ASK, level="international"))
    revised(history, FUEL, on="side")
    history.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    history.merge(MAL, tree="side")
    assert rules(report_of(history)) == []


def released_and_revised(history: History) -> None:
    """Main releases what an expert approved; the side revises it."""
    history.checkout()
    history.move("validate", FUEL, DEE, EXPERT)
    history.fork("side")
    history.forge("release", FUEL, ANA, replace(ASK, level="international"))
    revised(history, FUEL, on="side")


def test_a_level_that_a_merge_made_too_wide_is_put_back_among_other_things(new: New) -> None:
    history = new(False)
    released_and_revised(history)
    history.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    history.merge(ANA)
    path = history.path(FUEL)
    narrow = FRENCH(swap("level: international", "level: internal")(history.data(path)))
    history.commit("Level\n", {path: narrow}, who=CY)
    assert rules(report_of(history)) == ["mixed-merge"]
    history.forge("renew", FUEL, BEN, APPROVE)
    assert rules(report_of(history)) == []


def test_a_revision_keeps_the_level_to_which_the_other_branch_released_it(new: New) -> None:
    history = new(False)
    released_and_revised(history)
    history.merge(MAL)
    assert rules(report_of(history)) == []


def test_the_widest_level_is_joined_to_words_of_an_expert_review(new: New) -> None:
    history = new(False)
    history.checkout()
    history.move("validate", FUEL, DEE, EXPERT)
    history.fork("side")
    history.forge("release", FUEL, ANA, replace(ASK, level="international"))
    revised(history, FUEL, on="side")
    history.forge("validate/quorum", FUEL, DEE, EXPERT, on="side")
    history.merge(MAL)
    assert rules(report_of(history)) == []


@pytest.mark.parametrize("turned", [False, True])
def test_guidance_that_changed_on_one_side_is_that_of_the_merge(new: New, turned: bool) -> None:
    history = new(False)
    path, template = history.path(FUEL), "templates/notes/lesson.md.j2"
    raw = (templates_dir() / "notes" / "lesson.md.j2").read_text(encoding="utf-8")
    heads = "\n\n".join(f"## {head}" for head in HEADS)
    front = raw.partition("headings:")[0]
    asked = f"{front}---\n## Context and challenge\n\n<!-- QQ? -->\n\n{heads}\n"
    history.commit("Template\n", {template: asked.encode()}, who=ANA)
    text = "Text of context and challenge."
    noted = swap(text, f"<!-- QQ? -->\n{text}")(history.data(path))
    history.commit("Note\n", {path: noted}, who=CY)
    history.fork("side")
    other = asked.replace("QQ?", "Say what it was.").encode()
    history.commit("Another template\n", {template: other}, who=ANA)
    history.checkout()
    capture(history, "lake-ffff")
    history.checkout("side")
    history.move("validate", FUEL, BEN, APPROVE)
    capture(history, "seas-eeee")
    history.checkout()
    tips = [history.tip(), history.tip("side")]
    parents = tips[::-1] if turned else tips
    tree = history.merged_tree()
    history.commit("Merge\n", {}, who=ANA, parents=parents, tree=tree)
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY)
    assert rules(report_of(history)) == []

"""Honest merges: what two branches did comes together, and nothing is found of it."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, capture
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, swap

FRENCH = swap("language: en", "language: fr")
RESULTS = swap("Text of results", "Other text of results")
CROWD_RETURN = replace(CROWD, verdict="return")


def honest(history: History) -> Report:
    """The report of main, in which nothing is found."""
    report = audited(history, history.anchor())
    assert report.findings == ()
    return report


def proof(report: Report, name: str) -> str:
    """How well a note stands."""
    return next(one.proof for one in report.standings if name in one.note)


def elsewhere(history: History) -> None:
    """Nothing happens to notes on side."""
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


# Texts and verdicts


def test_two_edits_of_a_captured_text_come_together(new: New) -> None:
    history = new(True)
    path = history.path(FUEL)
    data = history.data(path)
    history.fork("side")
    history.commit("Words\n", {path: WORDS(data)}, who=DEE, on="side")
    history.commit("Results\n", {path: RESULTS(data)}, who=CY)
    history.merge(ANA)
    assert proof(honest(history), FUEL) == "proved"
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    assert proof(honest(history), FUEL) == "proved"


def test_who_wrote_what_a_merge_left_out_is_no_writer(new: New) -> None:
    history = new(True)
    path = history.path(FUEL)
    data = history.data(path)
    history.fork("side")
    history.commit("Words\n", {path: WORDS(data)}, who=DEE, on="side")
    history.commit("Results\n", {path: RESULTS(data)}, who=BEN)
    history.merge(ANA, {path: FRENCH(WORDS(data))}, tree="main")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert proof(honest(history), FUEL) == "proved"


def test_a_note_that_a_merge_brought_is_captured_anew(new: New) -> None:
    history = new(False)
    elsewhere(history)
    data = history.data(history.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    path = "notes/lorries.md"
    history.merge(CY, {path: data})
    found = [finding.rule for finding in audited(history, history.anchor()).findings]
    assert found == ["mixed-merge"]
    data = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    history.write("Set it back\n", {path: data}, CY)
    history.kb(CY).adopt(PurePosixPath(path))
    report = honest(history)
    assert report.mended
    assert proof(report, "lorries") == "claimed"


def test_a_verdict_on_neither_text_is_left_out(new: New) -> None:
    history = new(True)
    path = history.path(FUEL)
    data = history.data(path)
    history.fork("side")
    history.forge("validate", FUEL, BEN, CROWD)
    returned = history.data(path)
    history.commit("Words\n", {path: WORDS(data)}, who=DEE, on="side")
    merged = WORDS(RESULTS(write_fields(history.note(FUEL), {"verdicts": ()})))
    assert returned != merged
    history.merge(ANA, {path: merged}, tree="main")
    honest(history)


def test_one_who_is_asked_answers_on_another_branch(new: New) -> None:
    history = new(True)
    history.forge("ask", FUEL, CY, replace(ASK, to=BEN.email))
    history.fork("side")
    history.forge("ask", FUEL, CY, replace(ASK, to=DEE.email), on="side")
    asked = history.note(FUEL, "side").fields.asked
    history.forge("validate", FUEL, BEN, CROWD)
    note = history.note(FUEL)
    data = write_fields(note, {"asked": (*note.fields.asked, asked[-1])})
    history.merge(CY, {history.path(FUEL): data}, tree="main")
    honest(history)


def test_what_was_brought_to_people_on_two_branches(new: New) -> None:
    history = new(True)
    history.fork("side")
    ask = replace(ASK, channel="weekly-digest")
    history.forge("disseminate/again", BOATS, ANA, ask)
    history.forge("disseminate/again", BOATS, ANA, replace(ask, evidence="x"), on="side")
    mine, yours = (history.note(BOATS, branch).fields.disseminated for branch in ("main", "side"))
    data = write_fields(history.note(BOATS), {"disseminated": (*mine, yours[-1])})
    history.merge(ANA, {history.path(BOATS): data}, tree="main")
    honest(history)


def test_fields_of_both_sides(new: New) -> None:
    history = new(True)
    history.fork("side")
    history.forge("confirm", BOATS, CY)
    history.forge("reassign", BOATS, ANA, replace(ASK, owner=DEE.email), on="side")
    data = swap("owner: cy@example.org", "owner: dee@example.org")(
        history.data(history.path(BOATS))
    )
    history.merge(ANA, {history.path(BOATS): data}, tree="main")
    assert proof(honest(history), BOATS) == "proved"


def test_a_revision_and_packaging_and_then_it_is_dropped(new: New) -> None:
    history = new(True)
    path = history.path(BOATS)
    history.fork("side")
    history.checkout("side")
    kb = history.kb(CY)
    kb.move("edit", kb.resolve(BOATS), ASK, data=WORDS(history.data(path)))
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY)
    data = FRENCH(history.data(path, "side"))
    history.merge(ANA, {path: data}, tree="main")
    honest(history)
    history.checkout()
    history.move("validate", BOATS, BEN, replace(APPROVE, verdict="reject"))
    honest(history)
    assert history.note(BOATS).state == "disseminated"


def test_a_commit_without_a_signature_on_one_side(new: New) -> None:
    history = new(True)
    history.rules(lambda text: text.replace('= "required"', '= "optional"'), ANA)
    path = history.path(ROADS)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY, on="side", sign=False)
    history.forge("format", ROADS, ANA)
    history.merge(ANA)
    report = honest(history)
    assert proof(report, ROADS) == "claimed"
    assert proof(report, FUEL) == "proved"
    history.fork("side")
    history.forge("confirm", BOATS, CY)
    history.commit(
        "French\n", {history.path(BOATS): FRENCH(history.data(history.path(BOATS), "side"))},
        who=CY, on="side", sign=False,
    )  # fmt: skip
    history.merge(ANA)
    assert proof(honest(history), BOATS) == "claimed"


# Files


def test_two_notes_swap_their_names(new: New) -> None:
    history = new(True)
    fuel, roads = history.path(FUEL), history.path(ROADS)
    history.fork("side")
    files = {fuel: history.data(roads), roads: history.data(fuel)}
    history.commit("Away\n", {fuel: None, roads: None}, who=ANA, on="side")
    history.commit("Swap\n", files, who=ANA, on="side")
    history.forge("confirm", BOATS, CY)
    history.merge(ANA)
    assert len(honest(history).standings) == 4


def test_a_note_that_a_merge_left_out_comes_back(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.checkout("side")
    capture(history, "seas-eeee")
    history.move("validate", "seas-eeee", BEN, APPROVE)
    data = history.data(history.path("seas-eeee", "side"), "side")
    history.merge(CY, {}, tree="main")
    assert len(honest(history).standings) == 4
    history.commit("Back\n", {"notes/seas.md": data}, who=CY)
    report = honest(history)
    assert proof(report, "seas") == "claimed"


def test_a_merge_may_edit_what_is_captured_on_one_side(new: New) -> None:
    history = new(True)
    elsewhere(history)
    history.checkout("side")
    capture(history, "seas-eeee")
    path = history.path("seas-eeee", "side")
    data = WORDS(history.data(path, "side"))
    draft = b"---\ntitle: Draft\n---\n\n## Lessons\n"
    added = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    files = {path: data, "notes/draft.md": draft, "notes/lorries.md": added, "notes/x.txt": b"x"}
    history.merge(CY, files)
    report = honest(history)
    assert proof(report, "seas") == "proved"
    assert proof(report, "lorries") == "unproved"
    history.checkout()
    more = {"notes/x.txt": b"y", "notes/draft.md": draft + b"x\n"}
    elsewhere(history)
    history.merge(CY, more)
    honest(history)


@pytest.mark.parametrize(("who", "role"), [(BEN, "manager"), (DEE, "steward"), (CY, "")])
def test_who_may_take_a_note_away_in_a_merge(new: New, who: Person, role: str) -> None:
    history = new(False)
    if role:
        given = f'{role} = ["{who.email}", "'
        history.rules(lambda text: text.replace(f'{role} = ["', given), ANA)
    elsewhere(history)
    history.merge(who, {history.path(ROADS): None})
    assert len(honest(history).standings) == 3


def test_a_note_that_its_owner_took_away_on_a_branch(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.commit("Away\n", {history.path(ROADS): None}, who=CY, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(MAL)
    assert len(honest(history).standings) == 3


def test_other_files_in_a_merge_need_no_signature(new: New) -> None:
    history = new(True)
    elsewhere(history)
    history.merge(MAL, {"README.md": b"y\n", "templates/x.md": b"x\n"}, sign=False)
    honest(history)


# Rules


def test_rules_of_the_third_of_three_branches(new: New) -> None:
    history = new(True)
    elsewhere(history)
    history.fork("third")
    history.rules(lambda text: text.replace("crowd = 3", "crowd = 1"), ANA, on="third")
    rules = history.data("policy.toml", "third")
    parents = [history.tip(), history.tip("side"), history.tip("third")]
    files = {"policy.toml": rules, "README.md": b"x\n"}
    history.commit("Three\n", files, who=CY, parents=parents, tree="main")
    history.forge("validate/quorum", FUEL, BEN, CROWD)
    assert proof(honest(history), FUEL) == "proved"


def test_guidance_that_comes_by_a_merge(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    data = swap("Text of lessons.", "Text of lessons. <!-- Why? -->")(history.data(path))
    history.commit("A comment\n", {path: data}, who=CY)
    history.fork("side")
    template = (
        b"---\nkind: lesson\nhelp: x\nvalidate_by: [peer-review]\nmethod: interview\n"
        b"required: [Lessons]\n---\n\n## Lessons\n\n<!-- Why? -->\n"
    )
    history.commit("T\n", {"templates/notes/lesson.md.j2": template}, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    honest(history)


# What was found on one side


def test_a_merge_that_takes_the_sound_side(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    elsewhere(history)
    forged = history.commit("Typo\n", {path: WORDS(before)}, who=CY)
    assert [f.commit for f in audited(history, history.anchor()).findings] == [forged]
    history.merge(CY, {path: before}, tree="main")
    report = honest(history)
    assert report.mended == 1
    assert proof(report, ROADS) == "claimed"


def test_a_merge_that_joins_the_sound_side(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(before)}, who=CY, on="side")
    history.commit("Typo\n", {path: WORDS(before)}, who=CY)
    data = swap("language: en", "language: ar")(before)
    history.merge(CY, {path: data}, tree="main")
    report = honest(history)
    assert report.mended == 1
    assert proof(report, ROADS) == "claimed"


def test_what_stands_on_the_other_side_is_put_back_later(new: New) -> None:
    history = new(False)
    path, boats = history.path(ROADS), history.path(BOATS)
    before = history.data(path)
    elsewhere(history)
    other = swap("-roads-bbbb", "-roads-9999")(before)
    history.merge(CY, {path: other, boats: WORDS(history.data(boats))})
    found = [finding.rule for finding in audited(history, history.anchor()).findings]
    assert sorted(found) == ["id-changed", "mixed-merge"]
    history.commit("Put it back\n", {path: before}, who=CY)
    report = audited(history, history.anchor())
    assert [finding.rule for finding in report.findings] == ["mixed-merge"]
    assert proof(report, ROADS) == "claimed"

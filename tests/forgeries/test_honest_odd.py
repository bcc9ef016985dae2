"""Honest histories that one line alone lets pass: nothing is found, or what was is made good."""

from dataclasses import replace

import pytest

from kmkit.note.file import write_fields
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.report import Report
from kmkit.trail.signing import Verifier
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, capture
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, swap
from tests.forgeries.tricks_more import NEW_PATH, captured
from tests.forgeries.tricks_rules import FEWER, TEMPLATE, elsewhere
from tests.forgeries.tricks_single import BRIEF, LESSON, ODD, WIDER, WITHOUT, spoken_for
from tests.forgeries.uses import planned

FRENCH = swap("language: en", "language: fr")
TOPICS = swap("[logistics]", "[fuel]")
POLICY, CONFIG = "policy.toml", "kmkit.toml"
BROKEN = b"[roles\n"


def report_of(history: History) -> Report:
    """The report of main."""
    return audited(history, history.anchor())


def rules(history: History) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report_of(history).findings]


def proof(history: History, name: str) -> str:
    """How well a note stands."""
    return next(one.proof for one in report_of(history).standings if name in one.note)


# Notes


def test_two_sides_of_a_spoilt_note_are_joined(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    history.commit("Typo\n", {path: WORDS(history.data(path))}, who=CY)
    history.fork("side")
    history.forge("reassign", ROADS, ANA, replace(ASK, owner=DEE.email))
    history.forge("release", ROADS, ANA, replace(ASK, level="domestic"), on="side")
    history.merge(CY, {path: WIDER(history.data(path))}, tree="main")
    assert rules(history) == ["changed-after-approval"]


def test_a_revision_that_a_merge_gave_the_old_text_is_dropped(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    data = history.data(path)
    history.fork("side")
    history.forge("validate/quorum", FUEL, BEN, APPROVE, on="side")
    made = history.imitate("revise", FUEL, CY, data=WORDS(history.data(path, "side")), on="side")
    history.commit(made.message, {path: made.data}, who=CY, on="side")
    in_force = history.note(FUEL, "side").fields.in_force
    history.commit("French\n", {path: FRENCH(data)}, who=CY)
    joined = write_fields(history.note(FUEL), {"in_force": in_force})
    history.merge(CY, {path: joined}, tree="main")
    assert rules(history) == []
    history.checkout()
    history.move("validate", FUEL, BEN, replace(APPROVE, verdict="reject"))
    assert rules(history) == []
    assert history.note(FUEL).state == "validated"


@pytest.mark.parametrize(
    ("old", "odd"),
    [("language:", "colour: red\nlanguage:"), ("gathered: {on: 2026-11-25", "gathered: {on: soon")],
)
def test_a_field_that_cannot_be_read_leaves_the_note_readable(new: New, old: str, odd: str) -> None:
    history = new(False)
    path = history.path(ROADS)
    history.commit("By hand\n", {path: swap(old, odd)(history.data(path))}, who=DEE)
    assert history.note(ROADS).problems
    assert (rules(history), proof(history, ROADS)) == ([], "claimed")


def test_who_captures_what_lay_there_may_leave_out_their_name(new: New) -> None:
    history = new(False)
    data, message = captured(history, BEN)
    named = swap("anonymous", "Ben Adu")(data)
    history.write("Add\n", {NEW_PATH: named}, CY)
    history.commit(message, {NEW_PATH: data}, who=BEN)
    assert rules(history) == []


def test_a_merge_takes_the_names_of_the_sound_side(new: New) -> None:
    history = new(False)
    path, data = spoken_for(history)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    history.commit("By hand\n", {path: WITHOUT(TOPICS(data))}, who=BEN)
    history.merge(CY, {path: FRENCH(TOPICS(data))}, tree="main")
    assert rules(history) == []


def test_a_merge_by_somebody_whom_another_took_out(new: New) -> None:
    history = new(False)
    path, data = spoken_for(history)
    history.fork("side")
    history.commit("Not Ben\n", {path: WITHOUT(data)}, who=CY)
    history.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    history.merge(BEN, {path: WITHOUT(FRENCH(data))}, tree="main")
    assert rules(history) == []


def test_a_merge_of_three_takes_the_names_of_one_sound_side(new: New) -> None:
    history = new(False)
    path, data = spoken_for(history)
    for branch in ("side", "third"):
        history.fork(branch)
    history.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    history.commit("By hand\n", {path: WITHOUT(TOPICS(data))}, who=BEN, on="third")
    history.commit("Not Ben\n", {path: WITHOUT(data)}, who=CY)
    parents = [history.tip(), history.tip("side"), history.tip("third")]
    files = {path: WITHOUT(FRENCH(data))}
    history.commit("Three\n", files, who=CY, parents=parents, tree="main")
    assert rules(history) == []


def test_a_merge_of_two_sides_that_lost_a_name_adds_another(new: New) -> None:
    history = new(False)
    path, data = spoken_for(history)
    less = WITHOUT(data)
    history.commit("By hand\n", {path: less}, who=BEN)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(less)}, who=CY, on="side")
    history.commit("Topics\n", {path: TOPICS(less)}, who=CY)
    more = swap("- anonymous", "- anonymous\n  - Eva")(TOPICS(FRENCH(less)))
    history.merge(CY, {path: more}, tree="main")
    assert rules(history) == ["own-part"]


def test_a_manager_names_the_backup(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    backup = swap("review_every:", "backup: dee@example.org\nreview_every:")
    history.commit("Backup\n", {path: backup(history.data(path))}, who=ANA)
    assert rules(history) == []


def test_a_note_that_came_back_goes_through_a_merge(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    data = history.data(path)
    history.commit("Away\n", {path: None}, who=MAL)
    history.commit("Back\n", {path: data}, who=CY)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(data)}, who=CY, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    assert (rules(history), report_of(history).mended) == ([], 1)


def test_what_a_branch_began_and_removed_again(new: New) -> None:
    history = new(False)
    elsewhere(history)
    record = planned(history)
    capture(history, "seas-eeee")
    away = {history.path("seas-eeee"): None, record: None}
    history.commit("Away\n", away, who=ANA)
    history.merge(CY, parents=[history.tip("side"), history.tip()])
    assert rules(history) == []


def test_a_note_mixed_in_a_merge_is_judged_anew(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    history.fork("side")
    history.forge("revise", ROADS, CY, on="side")
    history.commit("Words\n", {path: WORDS(history.data(path, "side"))}, who=CY, on="side")
    history.commit("By hand\n", {path: WIDER(history.data(path))}, who=MAL)
    history.merge(CY, {path: WORDS(history.data(path))}, tree="main")
    assert rules(history) == ["state-without-move", "mixed-merge"]
    for move in ("revise", "validate/quorum"):
        history.forge(move, ROADS, CY if move == "revise" else BEN, APPROVE)
    assert rules(history) == ["state-without-move", "mixed-merge"]  # nobody decided the level
    history.forge("narrow", ROADS, ANA, replace(ASK, level="internal"))
    history.forge("revise", ROADS, CY)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    assert (rules(history), report_of(history).mended) == ([], 2)


def test_a_picture_beside_a_move(new: New) -> None:
    history = new(False)
    history.forge("validate/quorum", FUEL, BEN, APPROVE, files={"notes/2026/fuel.svg": b"<svg/>"})
    assert rules(history) == []


def test_a_note_of_an_unknown_kind_with_a_comment(new: New) -> None:
    history = new(False)
    data = swap("kind: lesson", "kind: poem")(captured(history)[0])
    data = swap("Text of lessons.", "Text. <!-- Why? -->")(data)
    history.commit("Add\n", {NEW_PATH: data}, who=CY)
    assert rules(history) == []


# Commits that are nobody's business


def test_odd_trailers_where_no_note_and_no_rule_changes(new: New) -> None:
    history = new(False)
    history.commit(ODD, {"templates/digest.html.j2": b"x\n"}, who=CY)
    assert rules(history) == []


def test_a_branch_of_its_own_without_notes(new: New) -> None:
    history = new(False)
    files = {"templates/digest.html.j2": b"x\n", CONFIG: history.data(CONFIG)}
    history.commit("Pages\n", files, who=CY, on="side", parents=[])
    history.merge(CY, {}, tree="main", parents=[history.tip(), history.tip("side")])
    assert rules(history) == []


# Signatures


def test_signatures_that_only_the_audit_asks_for(new: New) -> None:
    history = new(True)
    history.rules(lambda text: text.replace('= "required"', '= "optional"'), ANA)
    path = history.path(FUEL)
    forged = history.commit("F\n", {path: FRENCH(history.data(path))}, who=CY, sign=False)
    assert rules(history) == []
    report = audit(
        history.git, "", anchor=history.anchor(), tip=history.tip(), signatures=Verifier(),
        require_signatures=True,
    )  # fmt: skip
    told = {(finding.rule, finding.commit) for finding in report.findings}
    assert ("unsigned-move", forged) in told


# Rules


def test_settings_that_cannot_be_read_stop_nobody(new: New) -> None:
    history = new(False)
    for broken in (b"[organisation\n", b"\xff\xfe\n"):
        history.commit("Settings\n", {CONFIG: broken}, who=CY)
        history.forge("format", ROADS if broken[:1] == b"[" else BOATS, ANA)
    assert rules(history) == ["illegal-move"]


def test_other_files_among_the_templates(new: New) -> None:
    history = new(False)
    files = {"templates/notes/README.txt": b"x\n", "templates/notes/old/lesson.md.j2": b"x\n"}
    history.commit("T\n", files, who=ANA)
    history.commit("T\n", dict.fromkeys(files), who=ANA)
    assert rules(history) == []


def test_two_changes_of_one_rule_are_put_right_at_once(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    for mine in (before + b"\n", before + b"\n\n"):
        history.commit("Mine\n", {POLICY: mine}, who=MAL)
    assert rules(history) == ["rules-by-other"] * 2
    history.commit("Back\n", {POLICY: before}, who=ANA)
    assert report_of(history).mended == 2
    assert rules(history) == []


def test_of_two_rules_that_cannot_be_read_one_is_put_right(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    history.commit("Two\n", {POLICY: BROKEN, LESSON: b"---\nx\n"}, who=ANA)
    history.commit("One\n", {LESSON: TEMPLATE}, who=ANA)
    assert [finding.path for finding in report_of(history).findings] == [POLICY]
    history.commit("And the other\n", {POLICY: before}, who=ANA)
    assert rules(history) == []


def test_of_two_rules_of_a_merge_one_is_put_right(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    elsewhere(history)
    history.merge(MAL, {POLICY: before + b"\n", LESSON: TEMPLATE})
    history.commit("One\n", {LESSON: None}, who=ANA)
    assert [finding.path for finding in report_of(history).findings] == [POLICY]
    history.commit("And the other\n", {POLICY: before}, who=ANA)
    assert rules(history) == []


def test_settings_dropped_by_an_unsigned_merge(new: New) -> None:
    history = new(True)
    history.fork("side")
    settings = {CONFIG: history.data(CONFIG) + b"\n"}
    history.commit("Settings\n", settings, who=CY, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY, {}, tree="main", sign=False)
    assert rules(history) == []


def test_the_steward_takes_in_a_merge_what_another_wrote(new: New) -> None:
    history = new(False)
    before = history.data(POLICY).decode()
    history.fork("side")
    history.commit("Mine\n", {POLICY: FEWER(before).encode()}, who=MAL)
    history.rules(lambda text: f"{text}\n", ANA, on="side")
    history.merge(ANA, {}, tree="main")
    assert rules(history) == ["rules-by-other"]
    history.forge("validate/quorum", FUEL, BEN, CROWD)
    assert rules(history) == ["rules-by-other"]


def next_merge(history: History, who: str = "third") -> None:
    """A merge of main into a branch that has left before."""
    parents = [history.tip(who), history.tip()]
    history.commit("Next\n", {}, who=CY, parents=parents, tree="main")


def test_rules_that_came_by_a_merge_go_on_by_the_next(new: New) -> None:
    history = new(False)
    brief = TEMPLATE.replace(b"lesson", b"brief")
    history.commit("T\n", {LESSON: TEMPLATE}, who=ANA)
    history.fork("third")
    history.commit("Third\n", {"THIRD.md": b"x\n"}, who=CY, on="third")
    history.fork("side")
    policy = FEWER(history.data(POLICY).decode()).encode()
    files = {POLICY: policy, CONFIG: history.data(CONFIG) + b"\n", LESSON: None, BRIEF: brief}
    history.commit("Four\n", files, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    next_merge(history)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(history) == []


def test_rules_go_on_after_another_was_refused(new: New) -> None:
    history = new(False)
    history.fork("third")
    history.commit("Third\n", {"THIRD.md": b"x\n"}, who=CY, on="third")
    history.rules(FEWER, ANA)
    history.commit("T\n", {LESSON: TEMPLATE}, who=MAL)
    next_merge(history)
    assert rules(history) == ["rules-by-other"]


def test_what_was_left_out_by_a_merge_stays_out_in_the_next(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    history.fork("third")
    history.commit("Third\n", {"THIRD.md": b"x\n"}, who=CY, on="third")
    history.commit("Mine\n", {POLICY: before + b"\n"}, who=MAL)
    history.fork("side", "main~1")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.merge(CY, {POLICY: before}, tree="main")
    assert rules(history) == []
    history.commit("Later\n", {"README.md": b"y\n"}, who=CY)
    next_merge(history)
    assert (rules(history), report_of(history).mended) == ([], 1)


def test_what_a_merge_took_over_is_put_right_afterwards(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    history.fork("side")
    history.commit("Mine\n", {POLICY: before + b"\n"}, who=MAL, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    assert rules(history) == ["rules-by-other"]
    history.commit("Back\n", {POLICY: before}, who=ANA)
    assert (rules(history), report_of(history).mended) == ([], 1)


def test_a_fault_of_one_rule_outlasts_a_merge_of_another(new: New) -> None:
    history = new(False)
    before = history.data(POLICY)
    history.fork("side")
    history.commit("T\n", {BRIEF: TEMPLATE.replace(b"lesson", b"brief")}, who=ANA, on="side")
    history.commit("Mine\n", {POLICY: before + b"\n"}, who=MAL)
    history.merge(CY)
    assert rules(history) == ["rules-by-other"]
    history.commit("Back\n", {POLICY: before}, who=ANA)
    assert (rules(history), report_of(history).mended) == ([], 1)


def test_a_template_that_is_gone_on_a_branch_holds_no_more(new: New) -> None:
    history = new(False)
    history.commit("T\n", {LESSON: TEMPLATE}, who=ANA)
    history.fork("side")
    history.commit("T\n", {LESSON: None}, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(history) == []

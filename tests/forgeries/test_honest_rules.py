"""Rules that stewards change, on one branch or on several: nothing is found of it."""

from dataclasses import replace

import pytest

from kmkit.lifecycle.person import Person
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, swap
from tests.forgeries.tricks_rules import FEWER, TEMPLATE

POLICY, CONFIG, LESSON = "policy.toml", "kmkit.toml", "templates/notes/lesson.md.j2"
OPEN = TEMPLATE.replace(b"[crowd]", b"[peer-review, crowd]")


def report_of(history: History) -> Report:
    """The report of main."""
    return audited(history, history.anchor())


def rules(history: History) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report_of(history).findings]


def text(history: History, branch: str = "main") -> bytes:
    """policy.toml."""
    return history.data(POLICY, branch)


def put(history: History, data: bytes, who: Person, branch: str = "main") -> str:
    """A commit of policy.toml."""
    return history.commit("Rules\n", {POLICY: data}, who=who, on=branch)


def test_the_steward_puts_right_what_others_changed(new: New) -> None:
    history = new(False)
    before, mine = text(history), FEWER(text(history).decode()).encode()
    history.commit("Mine\n", {POLICY: mine, LESSON: TEMPLATE}, who=MAL)
    assert rules(history) == ["rules-by-other"] * 2
    put(history, before, ANA)
    report = report_of(history)
    assert ([f.path for f in report.findings], report.mended) == ([LESSON], 1)
    history.commit("T\n", {LESSON: None}, who=ANA)
    put(history, mine, MAL)
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 3)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(history) == []


def test_the_steward_repairs_what_cannot_be_read(new: New) -> None:
    history = new(False)
    before = text(history)
    made = history.imitate("validate/quorum", FUEL, BEN, APPROVE)
    put(history, b"[roles\n", ANA)
    assert rules(history) == ["rules-unreadable"]
    history.commit(made.message, {history.path(FUEL): made.data}, who=BEN)
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


@pytest.mark.parametrize("branch", ["main", "side"])
def test_the_steward_puts_right_what_another_changed_before_a_merge(new: New, branch: str) -> None:
    history = new(False)
    before = text(history)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    put(history, FEWER(before.decode()).encode(), MAL, branch)
    history.merge(ANA, {POLICY: before + b"\n"})
    assert rules(history) == ["rules-by-other"]
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


def test_the_steward_puts_right_what_a_merge_brought(new: New) -> None:
    history = new(False)
    before, mine = text(history), FEWER(text(history).decode()).encode()
    history.fork("side")
    put(history, mine, MAL)
    put(history, mine, MAL, "side")
    history.merge(CY, {POLICY: before + b"\n# Mine\n"})
    assert sorted(rules(history)) == ["merged-rules", "rules-by-other", "rules-by-other"]
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 3)
    history.fork("side")
    put(history, mine, MAL)
    put(history, mine, MAL, "side")
    history.merge(CY)
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 5)


def test_the_steward_changes_one_template_in_a_merge_and_puts_another_right(new: New) -> None:
    history = new(False)
    brief = "templates/notes/brief.md.j2"
    history.commit("B\n", {brief: TEMPLATE.replace(b"lesson", b"brief")}, who=MAL)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.merge(ANA, {LESSON: OPEN})
    assert rules(history) == ["rules-by-other"]
    history.commit("Away\n", {brief: None}, who=ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


def test_the_steward_repairs_what_cannot_be_read_after_a_merge(new: New) -> None:
    history = new(False)
    before = text(history)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.merge(ANA, {POLICY: b"[roles\n"})
    assert rules(history) == ["rules-unreadable"]
    put(history, before, ANA)
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 1)


@pytest.mark.parametrize("mode", [LINK, SUBMODULE])
def test_no_file_in_the_place_of_a_template_comes_by_a_merge(new: New, mode: str) -> None:
    history = new(False)
    history.fork("side")
    history.commit("T\n", {LESSON: Entry(mode, b"1" * 40)}, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(history) == []


def test_a_merge_leaves_out_what_another_changed(new: New) -> None:
    history = new(False)
    before, mine = text(history), FEWER(text(history).decode()).encode()
    history.fork("side")
    put(history, mine, MAL)
    put(history, before + b"\n", ANA)
    put(history, mine, MAL, "side")
    history.merge(CY, {POLICY: before + b"\n"}, tree="main")
    report = report_of(history)
    assert (report.findings, report.mended) == ((), 2)


def test_merges_leave_out_twice_what_another_brought(new: New) -> None:
    history = new(False)
    for times in (1, 2):
        history.fork("side")
        channel = b'\n[channels.radio%d]\nkind = "site"\nlevel = "internal"\n' % times
        history.commit("Radio\n", {CONFIG: history.data(CONFIG) + channel}, who=ANA)
        history.commit("T\n", {LESSON: TEMPLATE}, who=MAL, on="side")
        parents = [history.tip("side"), history.tip()]
        history.commit("Merge\n", {}, who=CY, parents=parents, tree="main")
        report = report_of(history)
        assert (report.findings, report.mended) == ((), times)


def test_a_template_that_came_and_went_on_a_branch(new: New) -> None:
    history = new(False)
    history.fork("side")
    history.commit("T\n", {LESSON: TEMPLATE}, who=ANA, on="side")
    history.fork("third", "side")
    history.commit("T\n", {LESSON: None}, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    history.commit("Elsewhere\n", {"README.md": b"y\n"}, who=CY, on="third")
    parents = [history.tip(), history.tip("third")]
    history.commit("Third\n", {}, who=CY, parents=parents, tree="main")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(history) == []


def test_rules_that_were_put_back_on_a_branch(new: New) -> None:
    history = new(False)
    before = text(history)
    history.fork("side")
    put(history, FEWER(before.decode()).encode(), ANA, "side")
    history.fork("third", "side")
    put(history, before, ANA, "side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(CY)
    history.commit("Elsewhere\n", {"THIRD.md": b"y\n"}, who=CY, on="third")
    parents = [history.tip(), history.tip("third")]
    history.commit("Third\n", {}, who=CY, parents=parents, tree="main")
    assert rules(history) == []


def test_the_steward_takes_a_change_back_in_a_merge(new: New) -> None:
    history = new(True)
    history.fork("side")
    without = text(history).replace(b'"ben@example.org", "cy', b'"cy')
    put(history, without, ANA, "side")
    history.fork("third", "side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.merge(ANA, {}, tree="main")
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    history.commit("Elsewhere\n", {"THIRD.md": b"y\n"}, who=CY, on="third")
    parents = [history.tip(), history.tip("third")]
    history.commit("Third\n", {}, who=CY, parents=parents, tree="main")
    report = report_of(history)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved"}


def test_each_rule_comes_from_the_branch_that_changed_it(new: New) -> None:
    history = new(False)
    brief = "templates/notes/brief.md.j2"
    history.commit("T\n", {LESSON: OPEN}, who=ANA)
    history.fork("side")
    channel = b'\n[channels.radio]\nkind = "site"\nlevel = "internal"\n'
    files = {
        POLICY: FEWER(text(history).decode()).encode(),
        CONFIG: history.data(CONFIG) + channel,
        LESSON: TEMPLATE,
    }
    history.commit("Three\n", files, who=ANA, on="side")
    history.commit("B\n", {brief: OPEN.replace(b"lesson", b"brief")}, who=ANA)
    history.merge(CY)
    history.forge("validate/quorum", FUEL, BEN, CROWD)
    history.forge("format", ROADS, ANA)
    history.forge("disseminate", ROADS, ANA, replace(ASK, channel="radio"))
    history.checkout()
    fields = {"title": "Radio", "summary": "Call.", "kind": "brief", "sources": ["anonymous"]}
    history.kb(CY).capture(fields, "## Lessons\n\nCall early.\n")
    history.fork("side", "main")
    history.commit("T\n", {LESSON: None}, who=ANA, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    history.fork("later", "main")
    history.merge(CY)
    history.checkout()
    history.move("validate", "radio", BEN, APPROVE)
    assert rules(history) == []


def test_settings_change_in_the_commit_of_a_move(new: New) -> None:
    history = new(False)
    files = {CONFIG: history.data(CONFIG) + b"\n# Mine\n"}
    history.forge("validate/quorum", FUEL, BEN, APPROVE, files=files)
    assert rules(history) == []


def test_another_guidance_for_a_note_that_has_another_kind_since(new: New) -> None:
    history = new(False)
    path, comment = history.path(FUEL), "<!-- Why? -->"
    data = swap("kind: lesson", "kind: how-to")(history.data(path))
    said = swap("Text of lessons.", f"Text of lessons. {comment}")(data)
    history.commit("Another kind\n", {path: said}, who=CY)
    template = TEMPLATE.replace(b"lesson", b"how-to").replace(b"crowd", b"peer-review")
    template += comment.encode() + b"\n"
    history.commit("T\n", {"templates/notes/how-to.md.j2": template}, who=ANA)
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    assert rules(history) == []

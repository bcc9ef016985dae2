"""Rules that stewards change, on one branch or on several: nothing is found of it."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD
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

"""Honest histories of records, what is taken at its word, and what was put right."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest

from kmkit.errors import Refused
from kmkit.kb import applying, asking
from kmkit.kb.laying import lay
from kmkit.kb.recording import change, rewrite
from kmkit.kb.recording import new as record
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.kept import Kept
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE, NOW
from tests.forgeries import (
    tricks_records,
    tricks_records_joined,
    tricks_records_mended,  # noqa: F401 (fills the corpus)
    tricks_records_more,  # noqa: F401
)
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CORPUS, Trick, swap
from tests.forgeries.uses import (
    a_done,
    a_verified,
    by_hand,
    done,
    planned,
    proposed,
    screened,
    seen,
    step,
    verified,
    with_fields,
)

MINE = [trick for trick in CORPUS if "tricks_records" in trick.build.__module__]


def proofs(report: Report) -> set[str]:
    return {one.proof for one in report.records}


def optional(history: History) -> None:
    history.rules(lambda text: text.replace('records = "required"', 'records = "optional"'), ANA)


# What kmkit does


@pytest.mark.parametrize("signed", [False, True])
def test_whatever_kmkit_records_is_proved(new: New, signed: bool) -> None:
    history = new(signed)
    anchor = history.anchor()
    path = planned(history)
    due = history.today + timedelta(days=90)
    place = PurePosixPath(path)
    applying.replan(history.kb(BEN), place, due=due, by=CY.email, because="Cy has time.")
    done(history, path, who=CY, outcome="no-difference")
    applying.verify(history.kb(ANA), place, evidence="Log", outcome="helped", because="It did.")
    other = PurePosixPath(planned(history))
    applying.drop(history.kb(CY), other, because="Closed.")
    kb = history.kb(CY)
    note = kb.resolve(BOATS)
    applying.set_aside(kb, note, where="Inland", status="no-action", because="No boats.")
    kb = history.kb(ANA)
    kb.apply(note, where="Flood", outcome="did-not-help", because="They sank.")
    asked = asking.ask(history.kb(BEN), "How long does fuel keep?").path
    asking.answer(history.kb(BEN), asked, note)
    mail = PurePosixPath(proposed(history))
    kb = history.kb(DEE)
    decided = {"status": "declined", "decided_by": DEE.key, "decided_on": kb.today}
    change(kb, mail, decided, move="decline")
    critical = PurePosixPath(screened(history))
    kb = history.kb(CY)
    change(kb, critical, {"by": CY.key, "on": kb.today}, move="screen")
    staff = record(history.kb(ANA), "person", {"name": "Eve Oz", "email": "eve@example.org"})
    change(history.kb(ANA), staff.path, {"until": kb.today}, move="leave")
    text = (kb.root / place).read_bytes()
    rewrite(history.kb(BEN), place, text.replace(b"action: Sign", b"action: Sign early"))
    report = audited(history, anchor)
    assert report.findings == ()
    assert proofs(report) == {"proved" if signed else "claimed"}
    assert len(report.records) == 7
    (use,) = [one for one in report.records if one.path == path]
    assert (use.stage, use.outcome, use.by, use.note) == ("verified", "helped", ANA.key, note.id)


def test_who_had_a_part_in_it_is_refused_as_the_audit_would(new: New) -> None:
    history = new(False)
    path = a_done(history)
    with pytest.raises(Refused, match="cannot verify it"):
        verified(history, path, who=tricks_records.ALIAS)


def test_a_step_is_not_taken_unsigned_where_signatures_are_asked_for(new: New) -> None:
    history = new(True)
    path = planned(history)
    history.run("config", "commit.gpgsign", "false")
    with pytest.raises(Refused, match="ask for signed commits"):
        done(history, path)


# What a hand may do


def test_a_hand_may_change_all_but_the_walk(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_verified(history)
    by_hand(history, path, {"action": "Sign early", "evidence": ["annex/log.csv"]}, CY)
    history.commit("Sort\n", {path: None, "records/application/a/b.md": history.data(path)}, who=CY)
    open_ = b"---\nid: q\ntext: How long?\nby: ben@example.org\non: 2026-11-21\n---\n"
    history.commit("Ask\n", {"records/question/q.md": open_}, who=BEN)
    plan = b"---\nnote: n\nin: X\nstatus: planned\nby: cy@example.org\ndue: 2027-01-0%d\n---\n"
    for day in (1, 2):
        history.commit("Plan\n", {"records/application/p.md": plan % day}, who=CY)
    notes = "records/application/README.txt"
    for text in (b"Uses.\n", b"All uses.\n", None):
        history.commit("Say what this is\n", {notes: text}, who=CY)
    asked = asking.ask(history.kb(BEN), "How deep?", id="q2").path
    history.commit("Never mind\n", {str(asked): None}, who=BEN)
    for kind in ("person", "plan", "event"):
        folder = "people" if kind == "person" else f"records/{kind}"
        for data in (b"---\nname: X\n---\n", b"---\nname: Y\nuntil: 2026-12-01\n---\n"):
            history.commit("By hand\n", {f"{folder}/x.md": data}, who=BEN)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proofs(report) == {"claimed"}


def test_what_a_hand_wrote_is_told_apart_where_nothing_more_is_asked(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_verified(history)
    hand = history.data(path).replace(b"coast-road", b"other-road")
    optional(history)
    twin = path.replace("coast-road", "other-road")
    history.commit("One more\n", {twin: hand}, who=CY)
    changed = hand.replace(b"outcome: helped", b"outcome: no-difference")
    history.commit("Or not\n", {twin: changed}, who=CY)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.path: one.proof for one in report.records} == {path: "claimed", twin: "by-hand"}
    assert report.proofs["verified-by-hand"] == report.proofs["record-claimed"] == 1


def test_steps_of_an_earlier_kmkit_count(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history)
    step(history, path, "verify", seen(history), DEE, told={"Blob": "", "On": ""})
    report = audited(history, anchor)
    assert report.findings == ()
    assert proofs(report) == {"claimed"}


def test_what_stood_at_the_anchor_is_older_than_the_proof(new: New) -> None:
    history = new(False)
    path = a_done(history)
    anchor = history.tip()
    verified(history, path)
    report = audited(history, anchor)
    assert report.findings == ()
    assert proofs(report) == {"before-anchor"}
    forged = by_hand(history, path, {"outcome": "no-difference"})
    report = audited(history, anchor)
    assert [(f.rule, f.commit) for f in report.findings] == [("changed-after-verification", forged)]
    assert audited(history, forged).findings == ()


def test_a_doer_of_before_the_anchor_cannot_verify(new: New) -> None:
    history = new(False)
    path = a_done(history)
    anchor = history.tip()
    forged = step(history, path, "verify", seen(history, CY), BEN, told={"Evidence": "Log"})
    rules = {finding.rule for finding in audited(history, anchor).findings}
    assert rules == {"names-another", "own-verification", "step-mismatch"}
    assert audited(history, anchor).findings[0].commit == forged


ACTS: dict[str, Callable[[bytes], bytes | None]] = {
    "record-by-hand": swap("outcome: helped", "outcome: no-difference"),
    "removed-record": lambda data: None,
    "unreadable-record": swap("kind:", "kind: ["),
}


def test_what_kmkit_made_is_judged_always_and_the_rest_where_that_is_required(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    optional(history)
    sealed, hand = a_done(history), "records/application/20261121-by-hand.md"
    data = history.data(sealed)
    id = sealed.rpartition("/")[2].removesuffix(".md")
    data = swap(id, "20261121-by-hand")(data)
    history.commit("One more\n", {hand: data}, who=CY)
    required = swap('records = "optional"', 'records = "required"')(history.data("policy.toml"))
    for rule, act in ACTS.items():
        for path in (sealed, hand):
            for strict in (False, True):
                history.fork("side")
                if strict:
                    history.commit("Ask\n", {"policy.toml": required}, who=ANA, on="side")
                history.commit("Act\n", {path: act(history.data(path))}, who=MAL, on="side")
                report = audit(history.git, "", anchor=anchor, tip=history.tip("side"))
                found = [finding.rule for finding in report.findings]
                free = (path == hand and not strict) or (path == hand and "removed" in rule)
                assert found == ([] if free else [rule]), (rule, path, strict)


@pytest.mark.parametrize("role", ["manager", "steward"])
def test_a_manager_and_a_steward_may_take_a_record_away(new: New, role: str) -> None:
    history = new(False)
    anchor = history.anchor()
    other = {"manager": "steward", "steward": "manager"}[role]
    history.rules(lambda text: text.replace(f'{role} = ["', f'{role} = ["mal@example.org", "'), ANA)
    path = a_verified(history)
    history.commit("Away\n", {path: None}, who=MAL)
    assert audited(history, anchor).findings == (), other


# What the trailers say


def test_each_trailer_is_held_against_the_file(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    open_, path = planned(history), a_done(history)
    due = history.today + timedelta(days=400)
    on = str(history.today)
    doing: dict[str, object] = {"status": "done", "on": history.today, "outcome": "helped"}
    doing |= {"changed": "Procedure, paragraph 4"}
    told = {"On": on, "Outcome": "helped"}
    plan: dict[str, object] = {"due": due, "by": CY.email}
    asked = {"Due": str(due), "Asked": CY.email}
    other = history.note(ROADS).id
    steps: list[tuple[str, str, dict[str, object], dict[str, str], bool]] = [
        ("verify", path, seen(history), {}, True),
        ("verify", path, seen(history), {"About": other}, False),
        ("verify", path, seen(history), {"On": on}, False),
        ("verify", path, seen(history), {"Evidence": "Another log"}, False),
        ("verify", path, seen(history), {"Outcome": "helped"}, False),
        ("verify", path, seen(history), {"Outcome": "helped", "Blob": ""}, False),
        (
            "verify",
            path,
            seen(history, outcome="no-difference"),
            {"Outcome": "no-difference"},
            True,
        ),
        ("verify", path, seen(history, reported_by=CY.email), {}, False),
        ("verify", path, seen(history, due=None), {}, False),
        ("done", open_, doing, told, True),
        ("done", open_, doing, {**told, "On": "2026-01-01"}, False),
        ("done", open_, doing, {**told, "Outcome": "did-not-help"}, False),
        ("done", open_, doing, {**told, "Outcome": ""}, False),
        ("replan", open_, plan, asked, True),
        ("replan", open_, {"due": due}, {"Due": str(due), "Asked": BEN.email}, True),
        ("replan", open_, plan, {**asked, "Due": on}, False),
        ("replan", open_, plan, {"Due": str(due)}, False),
        ("replan", open_, plan, {"Asked": CY.email}, False),
    ]
    for verb, place, changes, more, honest in steps:
        history.fork("side")
        who = DEE if verb == "verify" else BEN
        step(history, place, verb, changes, who, told=more, on="side")
        report = audit(history.git, "", anchor=anchor, tip=history.tip("side"))
        found = {finding.rule for finding in report.findings}
        assert found == (set() if honest else {"step-mismatch"}), (verb, changes, more)


def test_whose_record_it_is_may_take_it_away(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history, who=DEE)
    place, due = PurePosixPath(path), history.today + timedelta(days=90)
    applying.replan(history.kb(ANA), place, due=due, by=CY.email, because="Cy has time.")
    for who, may in ((DEE, True), (BEN, True), (CY, True), (ANA, True), (MAL, False)):
        history.fork("side")
        history.commit("Never mind\n", {path: None}, who=who, on="side")
        report = audit(history.git, "", anchor=anchor, tip=history.tip("side"))
        assert [found.rule for found in report.findings] == ([] if may else ["removed-record"])


def test_a_record_with_the_id_of_a_note_stands_in_nobodys_way(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    id = history.note(FUEL).id
    plan = f"---\nid: {id}\nnote: {id}\nin: X\nstatus: planned\nby: cy@example.org\n---\n"
    history.write("Plan\n", {"records/application/x.md": plan.encode()}, CY)
    history.move("validate", FUEL, BEN, APPROVE)
    history.write("Sort\n", {"records/application/x.md": None}, CY)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.note: one.state for one in report.standings}[id] == "validated"


# What was put right


def test_what_was_put_back_is_no_finding(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history, "did-not-help")
    before = history.data(path)
    by_hand(history, path, {"outcome": "helped"}, BEN)
    by_hand(history, path, seen(history), BEN)
    assert len(audited(history, anchor).findings) == 2
    history.commit("As it was\n", {path: swap("Sign", "Sign early")(before)}, who=CY)
    report = audited(history, anchor)
    assert (report.findings, report.mended, proofs(report)) == ((), 2, {"claimed"})
    verified(history, path)
    assert audited(history, anchor).findings == ()


def test_a_forged_use_that_is_taken_away_is_no_finding_until_it_comes_back(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_verified(history)
    data = history.data(path).replace(b"coast-road", b"other-road")
    twin = path.replace("coast-road", "other-road")
    history.commit("One more\n", {twin: data}, who=CY)
    history.commit("Away\n", {twin: None}, who=BEN)
    report = audited(history, anchor)
    assert (report.findings, report.mended, len(report.records)) == ((), 1, 1)
    history.commit("Back\n", {twin: data}, who=CY)
    assert [found.rule for found in audited(history, anchor).findings] == ["record-by-hand"]
    history.commit("Only planned\n", {twin: with_status(data)}, who=CY)
    assert audited(history, anchor).findings == ()


def with_status(data: bytes) -> bytes:
    """The use as it was planned."""
    kept = [line for line in data.split(b"\n") if not line.startswith(WALKED)]
    return b"\n".join(kept).replace(b"status: verified", b"status: planned")


WALKED = (b"on:", b"outcome:", b"changed:", b"verified:", b"  on:", b"  by:", b"  evidence:")


def test_a_removal_is_made_good_by_bringing_the_file_back(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history, "did-not-help")
    data = history.data(path)
    history.commit("Clean up\n", {path: None}, who=CY)
    history.commit("Back\n", {path: data}, who=DEE)
    report = audited(history, anchor)
    assert (report.findings, report.mended, proofs(report)) == ((), 1, {"claimed"})


def test_a_step_that_a_merge_dropped_is_put_back(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    tricks_records_joined.merge_that_drops_an_outcome(history)
    (path,) = [one.path for one in audited(history, anchor).records]
    history.commit("As it was\n", {path: history.data(path, "main~1")}, who=CY)
    assert audited(history, anchor).findings == ()


WITH_FILES = ("record_as_a_link", "record_with_another_id", "record_that_cannot_be_read",
              "verified_use_of_another_note", "verified_by_the_doer", "amended_after_verification",
              "record_over_another", "unsigned_verification", "doer_by_hand",
              "evil_merge_of_a_verification", "merge_that_breaks_a_record",
              "merge_that_changes_an_id", "merge_that_makes_a_record_a_link",
              "merge_of_a_plan_that_a_hand_changed")  # fmt: skip


@pytest.mark.parametrize("name", WITH_FILES)
def test_the_file_of_before_puts_it_right(new: New, name: str) -> None:
    (trick,) = (trick for trick in MINE if trick.name == name)
    history = new(trick.signed)
    anchor = history.anchor()
    forged = trick.build(history)
    (found, *_) = [one for one in audited(history, anchor).findings if one.commit == forged]
    before = history.data(found.path, "main~1")
    extra = {"README.md": b"y\n"}
    history.commit("As it was\n", {found.path: before, **extra}, who=DEE)
    report = audited(history, anchor)
    left = {one.rule for one in report.findings}
    assert left == ({"record-id-changed"} if name == "record_over_another" else set())
    (one,) = [one for one in report.records if one.path == found.path]
    assert one.proof == ("proved" if trick.signed else "claimed")


# Merges


def aside(history: History, act: Callable[[], object]) -> None:
    """Do something on a branch of its own."""
    history.fork("side")
    tip = history.tip()
    act()
    history.run("branch", "-f", "side", "main")
    history.checkout("side")
    history.run("branch", "-f", "main", tip)
    history.checkout()


def test_a_merge_takes_the_walk_of_one_side(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    path = planned(history)
    aside(history, lambda: verified(history, done(history, path)))
    by_hand(history, path, {"action": "Sign early"})
    data = with_fields(history, path, {"action": "Sign early"}, on="side")
    history.merge(ANA, {path: data}, tree="main")
    report = audited(history, anchor)
    assert report.findings == ()
    assert {(one.stage, one.proof) for one in report.records} == {("verified", "proved")}


def test_a_merge_joins_two_plans_by_field_and_takes_new_uses(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    place, due = PurePosixPath(path), history.today + timedelta(days=200)

    def later() -> None:
        applying.replan(history.kb(ANA), place, due=due, because="Later.")
        planned(history, name=ROADS)

    aside(history, later)
    applying.replan(history.kb(ANA), place, by=CY.email, because="Cy has time.")
    both = with_fields(history, path, {"due": due})
    (other,) = set(history.git.tracked(history.tip("side"), "records")) - {path}
    history.merge(DEE, {path: both, other: history.data(other, "side")}, tree="main")
    report = audited(history, anchor)
    assert report.findings == ()
    assert proofs(report) == {"claimed"}
    done(history, path, who=CY)
    assert audited(history, anchor).findings == ()


def test_a_rename_on_one_side_and_a_step_on_the_other(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    history.fork("side")
    new_path = "records/application/x.md"
    files = {path: None, new_path: history.data(path)}
    history.commit("Sort\n", files, who=CY, on="side")
    done(history, path)
    history.merge(ANA)
    report = audited(history, anchor)
    assert report.findings == ()
    assert [(one.path, one.stage) for one in report.records] == [(new_path, "done")]


# What is kept, and where


@pytest.mark.parametrize("trick", MINE[::12], ids=[trick.name for trick in MINE[::12]])
def test_a_forgery_is_found_commit_by_commit(new: New, trick: Trick) -> None:
    history = new(trick.signed)
    anchor = history.anchor()
    trick.build(history)
    kept = Kept(history.git, "", anchor, signatures=False, required=False)
    listed = history.run("rev-list", "--topo-order", "--reverse", f"{anchor}..main").split()
    for commit in listed[-4:]:
        if anchor in history.run("rev-list", commit):
            later = audit(history.git, "", anchor=anchor, tip=commit, kept=kept)
            assert later == audit(history.git, "", anchor=anchor, tip=commit)
    assert later.findings


def test_a_knowledge_base_in_a_folder(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.run("init", "-q", "-b", "main")
    kb = lay(tmp_path / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
    anchor = history.tip()
    kb.capture({"title": "Fuel", "summary": "Sign early."}, "## Lessons\n\nSign.\n")
    (note,) = kb.notes()
    path = kb.apply(note, where="Flood", outcome="did-not-help", because="Late.")
    report = audit(kb.git, "kb/", anchor=anchor, tip=history.tip())
    assert (report.findings, [one.path for one in report.records]) == ((), [str(path)])
    place = f"kb/{path}"
    data = swap("did-not-help", "helped")(history.data(place))
    forged = history.commit("Tidy up\n", {place: data}, who=CY)
    found = audit(kb.git, "kb/", anchor=anchor, tip=history.tip()).findings
    assert [(f.rule, f.path, f.commit) for f in found] == [("record-by-hand", str(path), forged)]

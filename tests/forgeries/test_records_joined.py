"""Records in merges, and records that were in doubt: what is lost, what is kept, what stays."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath

import pytest

from kmkit.kb import applying
from kmkit.kb.recording import change
from kmkit.note.file import read
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import swap
from tests.forgeries.uses import (
    a_done,
    a_verified,
    by_hand,
    done,
    planned,
    screened,
    seen,
    step,
    verified,
    with_fields,
)

Act = Callable[[History, str], object]


def both(history: History, path: str, ours: Act, theirs: Act) -> None:
    """Each act on a branch of its own: the one on main, the other on side."""
    base = history.tip()
    theirs(history, path)
    history.fork("side")
    history.run("update-ref", "refs/heads/main", base)
    history.checkout()
    ours(history, path)


def replanned(history: History, path: str) -> None:
    due = history.today + timedelta(days=200)
    applying.replan(history.kb(ANA), PurePosixPath(path), due=due, because="Later.")


def dropped(history: History, path: str) -> None:
    applying.drop(history.kb(BEN), PurePosixPath(path), because="Not now.")


def rescreened(history: History, path: str) -> None:
    kb = history.kb(CY)
    change(kb, PurePosixPath(path), {"by": CY.key, "on": kb.today}, move="screen")


def removed(history: History, path: str) -> None:
    history.write("Never mind\n", {path: None}, BEN)


def elsewhere(history: History, path: str) -> None:
    history.write("Elsewhere\n", {"README.md": f"{history.day}\n".encode()}, CY)


def forged(history: History, path: str) -> None:
    history.write("Tidy\n", {path: with_fields(history, path, {"outcome": "no-difference"})}, CY)


def edited(history: History, path: str) -> None:
    history.write("Words\n", {path: with_fields(history, path, {"in": "Upper road"})}, CY)


BEGUN: dict[str, Callable[[History], str]] = {
    "planned": planned,
    "done": a_done,
    "screened": screened,
}


@pytest.mark.parametrize(
    ("begun", "ours", "theirs", "taken", "found", "stands"),
    [
        ("done", elsewhere, removed, "side", [], ""),
        ("done", removed, elsewhere, "main", [], ""),
        ("planned", dropped, done, "side", [], "done"),
        ("planned", dropped, done, "main", ["merge-lost-step"], "dropped"),
        ("planned", replanned, replanned, "main", [], "planned"),
        ("planned", replanned, replanned, "side", [], "planned"),
        ("planned", elsewhere, replanned, "main", ["merge-lost-step"], "planned"),
        ("planned", edited, done, "main", ["merge-lost-step"], "planned"),
        ("done", edited, elsewhere, "side", [], "done"),
        ("screened", rescreened, elsewhere, "side", ["merge-lost-step"], "screened"),
        ("screened", rescreened, rescreened, "side", [], "screened"),
        ("done", elsewhere, forged, "main", [], "done"),
        ("done", forged, elsewhere, "side", [], "done"),
        ("done", elsewhere, forged, "side", ["record-by-hand"], "done"),
    ],
)
def test_what_a_merge_may_take(
    new: New, begun: str, ours: Act, theirs: Act, taken: str, found: list[str], stands: str
) -> None:
    history = new(False)
    anchor = history.anchor()
    path = BEGUN[begun](history)
    both(history, path, ours, theirs)
    files = {path: history.data(path, taken)} if stands else {path: None}
    merged = history.merge(DEE, files, tree="main")
    report = audited(history, anchor)
    assert [finding.rule for finding in report.findings] == found
    assert [one.stage for one in report.records] == ([stands] if stands else [])
    assert [one.proof for one in report.records] == (
        ["unproved" if found else "claimed"] if stands else []
    )
    if found == ["merge-lost-step"]:
        other = {"main": "side", "side": f"{merged}~1"}[taken]
        right = history.run("show", f"{other}:{path}") + "\n"
        history.commit("As it was\n", {path: right.encode()}, who=CY)
        assert audited(history, anchor).findings == ()
    if not stands:
        history.commit("Back\n", {path: history.data(path, "main~2")}, who=CY)
        assert [one.proof for one in audited(history, anchor).records] == ["claimed"]


def test_a_plan_that_moved_on_is_not_joined_by_field(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    both(history, path, done, replanned)
    theirs = read(history.data(path, "side"), PurePosixPath(path)).raw["due"]
    history.merge(ANA, {path: with_fields(history, path, {"due": theirs})}, tree="main")
    assert rules(history, anchor, "main") == ["merged-record"]


def rules(history: History, anchor: str, branch: str = "side") -> list[str]:
    return [finding.rule for finding in told(history, anchor, branch).findings]


def told(history: History, anchor: str, branch: str = "side") -> Report:
    return audit(history.git, "", anchor=anchor, tip=history.tip(branch))


def optional(history: History) -> None:
    history.rules(lambda text: text.replace('records = "required"', 'records = "optional"'), ANA)


def test_what_was_never_sealed_in_a_merge(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    data = swap("outcome: helped", "outcome: no-difference")(history.data(a_done(history)))
    optional(history)
    path, hand = "records/application/x.md", data.replace(b"id: 2026", b"id: 2025")
    for strict in (False, True):
        history.fork("third")
        history.commit("By hand\n", {path: hand}, who=CY, on="third")
        if strict:
            asked = swap('records = "optional"', 'records = "required"')
            required = asked(history.data("policy.toml", "third"))
            history.commit("Ask\n", {"policy.toml": required}, who=ANA, on="third")
        history.fork("side", "third")
        history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
        changed = hand.replace(b"no-difference", b"helped")
        for files, rule in (({path: changed}, "merged-record"), ({path: None}, "")):
            parents = [history.tip("third"), history.tip("side")]
            on = {"on": "fourth", "parents": parents, "tree": "third"}
            history.commit("Merge\n", files, who=CY, **on)  # type: ignore[arg-type]
            report = told(history, anchor, "fourth")
            assert [f.rule for f in report.findings] == ([rule] if strict and rule else [])
            if rule and not strict:
                assert {one.proof for one in report.records} == {"claimed", "by-hand"}


# What was in doubt


def test_a_step_does_not_make_good_what_a_hand_wrote(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = a_done(history, "did-not-help")
    history.write("Tidy\n", {path: with_fields(history, path, {"outcome": "helped"})}, BEN)
    verified(history, path)
    report = audited(history, anchor)
    assert [finding.rule for finding in report.findings] == ["record-by-hand"]
    assert [(one.stage, one.proof) for one in report.records] == [("verified", "unproved")]
    assert report.proofs["verified-unproved"] == 1


def test_a_step_does_not_make_a_record_of_a_hand_one_of_the_trail(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    data = history.data(a_done(history)).replace(b"id: 2026", b"id: 2025")
    optional(history)
    path = "records/application/x.md"
    history.write("By hand\n", {path: data}, CY)
    verified(history, path)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {one.path: one.proof for one in report.records}[path] == "by-hand"


def test_a_seal_lasts(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    optional(history)
    path = a_done(history)
    step(history, path, "verify", seen(history), DEE, told={"Blob": "", "On": ""})
    by_hand(history, path, {"outcome": "no-difference"})
    assert rules(history, anchor, "main") == ["changed-after-verification"]


def test_a_plan_by_hand_is_nobodys_claim_until_it_says_more(new: New) -> None:
    history = new(False)
    anchor = history.anchor()
    path = planned(history)
    data = history.data(path).replace(b"id: 2026", b"id: 2025")
    new_path, twin = "records/application/x.md", "records/application/y.md"
    history.commit("Plan\n", {new_path: data}, who=CY)
    by_hand(history, new_path, {"by": CY.email})
    assert audited(history, anchor).findings == ()
    more = {"status": "done", "on": history.today, "outcome": "helped"}
    by_hand(history, new_path, {**more, "changed": "Procedure, 4"})
    assert rules(history, anchor, "main") == ["record-by-hand"]
    history.commit("Copy\n", {twin: history.data(path)}, who=CY)
    by_hand(history, twin, {"due": history.today + timedelta(days=9)})
    report = audited(history, anchor)
    assert {"record-by-hand", "duplicate-record"} == {one.rule for one in report.findings}
    assert {one.path: one.proof for one in report.records}[twin] == "unproved"


def test_what_was_done_before_the_anchor_is_not_planned_again(new: New) -> None:
    history = new(False)
    path = a_verified(history)
    anchor = history.tip()
    by_hand(history, path, {"status": "planned", "verified": None})
    assert rules(history, anchor, "main") == ["changed-after-verification"]

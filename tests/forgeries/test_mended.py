"""What was found and put right, and files that are nobody's business: nothing is left to say."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kmkit.lifecycle.person import Person
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.report import Report
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS, WELLS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, CROWD, WORDS, reply, swap
from tests.forgeries.tricks_more import STRANGER

FRENCH = swap("language: en", "language: fr")
BROKEN = swap("state: validated", "state: validated\nstate: captured")
OTHER = swap("-roads-bbbb", "-roads-9999")


def report_of(history: History) -> Report:
    """The report of main."""
    return audited(history, history.anchor())


def rules(report: Report) -> list[str]:
    """The rules of the findings."""
    return [finding.rule for finding in report.findings]


def proofs(report: Report) -> set[str]:
    """How well the notes stand."""
    return {standing.proof for standing in report.standings}


SPOILT: dict[str, tuple[str, Callable[[bytes], bytes | Entry | None]]] = {
    "link": ("not-a-file", lambda data: Entry(LINK, b"../policy.toml")),
    "submodule": ("not-a-file", lambda data: Entry(SUBMODULE, b"1" * 40)),
    "broken": ("unreadable-note", BROKEN),
    "other id": ("id-changed", OTHER),
    "removed": ("removed-note", lambda data: None),
}


def of_its_name(history: History, path: str) -> Entry:
    """A submodule that git knows by the very name of the file."""
    return Entry(SUBMODULE, history.run("rev-parse", f"main:{path}").encode())


def same_target(history: History, path: str) -> Entry:
    """A link that leads to what the file says."""
    return Entry(LINK, history.data(path))


@pytest.mark.parametrize("entry", [of_its_name, same_target])
def test_a_file_put_back_in_place_of_what_git_names_alike(
    new: New, entry: Callable[[History, str], Entry]
) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    history.commit("In place of it\n", {path: entry(history, path)}, who=MAL)
    assert rules(report_of(history)) == ["not-a-file"]
    history.commit("Put back\n", {path: before}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended, proofs(report)) == ([], 1, {"claimed"})


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_file_put_back_makes_the_finding_good(new: New, spoil: str) -> None:
    history = new(False)
    roads, boats = history.path(ROADS), history.path(BOATS)
    before, other = history.data(roads), history.data(boats)
    rule, change = SPOILT[spoil]
    forged = history.commit("Two\n", {boats: WORDS(other), roads: change(before)}, who=MAL)
    report = report_of(history)
    assert sorted(rules(report)) == sorted((rule, "changed-after-approval"))
    assert {finding.commit for finding in report.findings} == {forged}
    history.commit("Put one back\n", {roads: before}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended) == (["changed-after-approval"], 1)
    history.commit("And the other\n", {boats: other}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended, proofs(report)) == ([], 2, {"claimed"})
    history.checkout()
    history.move("format", ROADS, ANA)
    assert rules(report_of(history)) == []


def test_two_findings_of_one_note_go_together(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    history.commit("One\n", {path: WORDS(before)}, who=CY)
    spoilt = WORDS(swap("level: internal", "level: domestic")(before))
    history.commit("Two\n", {path: spoilt}, who=CY)
    history.commit("Gone\n", {path: None}, who=MAL)
    history.commit("There\n", {path: spoilt}, who=CY)
    assert rules(report_of(history)) == ["changed-after-approval", "state-without-move"]
    history.commit("As it was\n", {"notes/roads.md": before, path: None}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended, proofs(report)) == ([], 3, {"claimed"})


def test_a_note_that_was_removed_comes_back_under_another_name(new: New) -> None:
    history = new(True)
    path = history.path(FUEL)
    data = history.data(path)
    history.commit("Away\n", {path: None}, who=CY)
    assert rules(report_of(history)) == []
    history.commit("Back\n", {"notes/fuel.md": data}, who=ANA)
    assert rules(report_of(history)) == []
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    report = report_of(history)
    assert (rules(report), proofs(report)) == ([], {"proved"})


def test_what_stood_before_two_findings_is_put_back(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    history.commit("Typo\n", {path: WORDS(before)}, who=CY)
    history.forge("format", ROADS, MAL)
    assert len(report_of(history).findings) > 1
    history.commit("As it was\n", {path: before}, who=CY)
    assert (rules(report_of(history)), proofs(report_of(history))) == ([], {"claimed"})


def test_a_crowd_judges_anew_what_was_spoilt(new: New) -> None:
    history = new(False)
    history.rules(lambda text: text.replace("crowd = 3", "crowd = 2"), ANA)
    path = history.path(ROADS)
    history.write("Typo\n", {path: WORDS(history.data(path))}, CY)
    history.move("reopen", ROADS, CY, replace(ASK, withdraw=True))
    for who in (BEN, DEE):
        history.move("validate", ROADS, who, CROWD)
    report = report_of(history)
    assert (rules(report), report.mended, proofs(report)) == ([], 1, {"claimed"})


def test_a_new_note_by_hand_that_was_spoilt(new: New) -> None:
    history = new(False)
    data = history.data(history.path(FUEL)).replace(FUEL.encode(), b"lorries-eeee")
    history.commit("Add\n", {"notes/lorries.md": data}, who=CY)
    spoilt = swap("state: captured", "state: validated")(data)
    history.commit("Spoil\n", {"notes/lorries.md": spoilt}, who=CY)
    assert rules(report_of(history)) == ["state-without-move"]
    history.commit("Back\n", {"notes/lorries.md": data}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended) == ([], 1)


def test_a_new_round_after_two_findings(new: New) -> None:
    history = new(False)
    path = history.path(BOATS)
    history.write("One\n", {path: WORDS(history.data(path))}, CY)
    history.write("Two\n", {path: swap("Never sign", "Always sign")(history.data(path))}, CY)
    assert rules(report_of(history)) == ["changed-after-approval"] * 2
    history.move("reopen", BOATS, ANA, replace(ASK, withdraw=True))
    assert proofs(report_of(history)) == {"claimed", "unproved"}
    history.move("validate", BOATS, BEN, APPROVE)
    report = report_of(history)
    assert (rules(report), report.mended, proofs(report)) == ([], 2, {"claimed"})
    path = history.path(BOATS)
    last = history.data(path)
    history.write("Three\n", {path: swap("Always sign", "Seldom sign")(last)}, CY)
    assert rules(report_of(history)) == ["changed-after-approval"]
    history.write("Back\n", {path: last}, CY)
    report = report_of(history)
    assert (rules(report), report.mended) == ([], 3)


@pytest.mark.parametrize(("who", "role"), [(BEN, "manager"), (DEE, "steward")])
def test_a_manager_or_a_steward_may_take_a_note_away(new: New, who: Person, role: str) -> None:
    history = new(False)
    given = f'{role} = ["{who.email}", "'
    history.rules(lambda text: text.replace(f'{role} = ["', given), ANA)
    history.commit("Away\n", {history.path(ROADS): None}, who=who)
    assert rules(report_of(history)) == []


def test_what_a_branch_made_good_stays_so_whatever_another_does(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    before = history.data(path)
    typo = history.commit("Typo\n", {path: WORDS(before)}, who=CY)
    history.fork("side")
    history.commit("As it was\n", {path: before}, who=CY, on="side")
    history.commit("French\n", {path: FRENCH(before)}, who=CY, on="side")
    both = history.commit("Both at once\n", {path: FRENCH(before)}, who=CY)
    for parents in ([both, history.tip("side")], [history.tip("side"), both]):
        history.merge(CY, parents=parents, tree=both)
        report = report_of(history)
        assert typo not in {finding.commit for finding in report.findings}
        assert report.mended == 1


# Nobody's business


def test_other_files_among_the_notes(new: New) -> None:
    history = new(False)
    validated = history.data(history.path(ROADS)).replace(ROADS.encode(), b"lorries-eeee")
    files = {
        "notes/lorries.txt": validated,
        "notes/.drafts/lorries.md": validated,
        "notes/README.md": b"# Notes\n\nOne file each.\n",
        "notes/draft.md": b"---\ntitle: Draft\nstate: captured\n---\n\n## Lessons\n",
        "annex/lorries.md": validated,
    }
    history.commit("Add\n", files, who=CY)
    assert rules(report_of(history)) == []
    history.commit("Away\n", dict.fromkeys(files, None), who=CY)
    report = report_of(history)
    assert (rules(report), len(report.standings)) == ([], 4)


def test_who_may_not_contribute_may_tidy_up(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    files = {path: None, "notes/roads.md": history.data(path), "README.md": b"x\n"}
    history.commit("Sort\n", files, who=STRANGER)
    assert rules(report_of(history)) == []


def test_the_owner_may_write_who_may_not_contribute(new: New) -> None:
    history = new(False)
    history.rules(
        reply('contributor = ["*@example.org"]', 'contributor = ["ana@example.org"]'), ANA
    )
    path = history.path(WELLS)
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY)
    assert rules(report_of(history)) == []


def test_somebody_else_takes_a_name_out(new: New) -> None:
    history = new(False)
    path = history.path(FUEL)
    data = swap("anonymous", "Ben Adu")(history.data(path))
    history.write("A source\n", {path: data}, CY)
    history.write("French\n", {path: FRENCH(data)}, BEN)
    history.write("Not Ben\n", {path: swap("Ben Adu", "anonymous")(FRENCH(data))}, CY)
    backup = swap("review_every:", "backup: ben@example.org\nreview_every:")
    history.write("A backup\n", {path: backup(history.data(path))}, CY)
    history.write(
        "English\n", {path: swap("language: fr", "language: en")(history.data(path))}, MAL
    )
    assert rules(report_of(history)) == []
    history.move("validate", FUEL, BEN, APPROVE)
    assert rules(report_of(history)) == []


@pytest.mark.parametrize("words", [WORDS, FRENCH])
def test_a_move_that_touched_more_is_taken_back_whole(
    new: New, words: Callable[[bytes], bytes]
) -> None:
    history = new(False)
    boats, fuel = history.path(BOATS), history.path(FUEL)
    before = {path: history.data(path) for path in (boats, fuel)}
    history.forge("validate/quorum", FUEL, BEN, APPROVE, files={boats: words(before[boats])})
    assert "more-than-the-note" in rules(report_of(history))
    history.commit("Take it back\n", {fuel: before[fuel]}, who=CY)
    assert "more-than-the-note" not in rules(report_of(history))
    history.commit("And the other\n", {boats: before[boats]}, who=CY)
    report = report_of(history)
    assert (rules(report), proofs(report)) == ([], {"claimed"})
    history.forge("validate/quorum", FUEL, BEN, APPROVE)
    assert rules(report_of(history)) == []


def forged_note(history: History) -> tuple[str, bytes]:
    """A note that nobody captured came in as validated; its path and its bytes."""
    path = "notes/2026/20261121-lorries-eeee.md"
    data = history.data(history.path(ROADS)).replace(b"-roads-bbbb", b"-lorries-eeee")
    history.commit("Lorries\n", {path: data}, who=MAL)
    assert rules(report_of(history)) == ["unproved"]
    return path, data


def test_a_forged_note_that_a_manager_took_away_is_no_finding(new: New) -> None:
    history = new(False)
    path, data = forged_note(history)
    history.commit("Away\n", {path: None}, who=ANA)
    report = report_of(history)
    assert (rules(report), report.mended) == ([], 1)
    history.commit("Back\n", {path: data}, who=CY)
    report = report_of(history)
    assert (rules(report), report.mended) == (["unproved"], 0)


@pytest.mark.parametrize("who", [MAL, CY])
def test_who_may_not_take_it_away_makes_nothing_good(new: New, who: Person) -> None:
    history = new(False)
    path, _ = forged_note(history)
    history.commit("Away\n", {path: None}, who=who)
    assert "unproved" in rules(report_of(history))


def test_a_removal_that_nobody_signed_makes_nothing_good(new: New) -> None:
    history = new(True)
    path, data = "notes/2026/20261121-lorries-eeee.md", history.data(history.path(ROADS))
    forged = data.replace(b"-roads-bbbb", b"-lorries-eeee")
    history.commit("Lorries\n", {path: forged}, who=ANA)
    history.commit("Away\n", {path: None}, who=ANA, sign=False)
    assert rules(report_of(history)) == ["unproved", "unsigned-move"]
    history.commit("Back\n", {path: forged}, who=ANA)
    history.commit("Away again\n", {path: None}, who=ANA)
    assert "unproved" not in rules(report_of(history))


@pytest.mark.parametrize("turned", [False, True])
def test_a_merge_that_brings_a_forged_note_back_is_found(new: New, turned: bool) -> None:
    history = new(False)
    path, _ = forged_note(history)
    history.fork("side")
    history.commit("French\n", {history.path(ROADS): FRENCH(history.data(history.path(ROADS)))},
                   who=CY, on="side")  # fmt: skip
    away = history.commit("Away\n", {path: None}, who=ANA)
    sides = [away, history.tip("side")]
    history.merge(CY, parents=sides[::-1] if turned else sides, tree="side")
    assert "unproved" in rules(report_of(history))


# What stands again


def brought_back(history: History, data: bytes) -> tuple[str, str]:
    """A file of a branch from before it was put right, in a merge; the finding's commit first."""
    path = history.path(ROADS)
    before = history.data(path)
    forged = history.commit("Changed\n", {path: data}, who=MAL)
    history.fork("side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")
    history.commit("Put back\n", {path: before}, who=CY)
    return forged, history.merge(MAL, tree="side")


def standing_again(history: History, since: str) -> list[tuple[str, str]]:
    """The commit of each finding that is new since a commit, and that by which it stands again."""
    git, anchor = history.git, history.anchor()
    report = audit(git, "", anchor=anchor, tip=history.tip(), since=since)
    return [(finding.commit, finding.again) for finding in report.findings]


def test_a_finding_that_a_merge_brings_back_is_new_with_the_merge(new: New) -> None:
    history = new(False)
    forged, merged = brought_back(history, WORDS(history.data(history.path(ROADS))))
    base = history.tip("main~1")
    for since in ("", base):
        assert standing_again(history, since) == [(forged, merged)]
    assert standing_again(history, merged) == []


def test_a_finding_that_stood_on_both_sides_of_a_merge_is_not_new(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    forged = history.commit("Changed\n", {path: WORDS(history.data(path))}, who=MAL)
    history.fork("side")
    history.commit("French\n", {path: FRENCH(history.data(path))}, who=CY, on="side")
    history.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    base = history.tip()
    history.merge(CY)
    assert standing_again(history, "") == [(forged, "")]
    assert standing_again(history, base) == []


def test_a_finding_of_a_note_that_was_removed_is_new_when_it_comes_back(new: New) -> None:
    history = new(False)
    path = history.path(ROADS)
    spoilt = WORDS(history.data(path))
    forged = history.commit("Changed\n", {path: spoilt}, who=MAL)
    base = history.commit("Away\n", {path: None}, who=ANA)
    assert standing_again(history, "") == []
    back = history.commit("Back\n", {path: spoilt}, who=MAL)
    assert standing_again(history, base) == [(forged, back)]

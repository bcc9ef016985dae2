"""One pass of the audit: what it takes from the anchor, and what it asks git for."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.report import Report
from kmkit.trail.audit.session import Session
from kmkit.trail.git import Git
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import BOATS, MAL, ROADS
from tests.forgeries.builder import ASK, LINK, SUBMODULE, Entry, Files, History
from tests.forgeries.conftest import New, new, templates  # noqa: F401 (fixtures)
from tests.forgeries.corpus import APPROVE, WORDS, reply, swap
from tests.forgeries.uses import planned

BACKUP = swap("review_every:", "backup: mal@example.org\nreview_every:")
REJECT = replace(APPROVE, verdict="reject")


@pytest.mark.parametrize("name", ["a" * 40, "0123456789abcdef" * 4])
def test_what_git_may_have_is_asked_for(tmp_path: Path, name: str) -> None:
    assert session(tmp_path).read(name) == name.encode()


@pytest.mark.parametrize(
    "name",
    ["", "HEAD", "main", "A" * 40, "x" * 40, "g" * 64, "a" * 39 + "\n", "a" * 39 + " "]
    + ["a" * length for length in (1, 39, 41, 63, 65)],
)
def test_what_is_no_name_is_not_asked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(Cannot, match="no object of git"):
        session(tmp_path).read(name)


def session(folder: Path) -> Session:
    """A session that finds an object under every name."""

    def fetch(names: Sequence[str]) -> Iterator[bytes]:
        return (name.encode() for name in names)

    return Session(Git(folder), "", fetch, None, required=False)


# The anchor


def begun(history: History, anchor: str, prefix: str = "") -> Report:
    """What the audit says of main, beginning at a late commit."""
    return audit(history.git, prefix, anchor=anchor, tip=history.tip())


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_an_anchor_that_git_does_not_have_is_the_wrong_one(new: New) -> None:  # noqa: F811
    assert rules(begun(new(False), "0" * 40)) == ["wrong-anchor"]


def test_an_anchor_that_git_lost_is_no_wrong_one(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.anchor()
    place = history.root / ".git" / "objects" / anchor[:2] / anchor[2:]
    place.chmod(0o600)
    place.unlink()
    with pytest.raises(Cannot, match="git fsck"):
        begun(history, anchor)


def test_at_the_anchor_only_files_are_notes_and_rules(new: New) -> None:  # noqa: F811
    history = new(False)
    planned(history)
    honest = begun(history, history.tip())
    assert (len(honest.standings), len(honest.records)) == (4, 1)
    note = history.data(history.path(BOATS)).replace(BOATS.encode(), b"other-eeee")
    (record,) = (one.path for one in honest.records)
    folder = record.rpartition("/")[0]
    odd: Files = {
        "notes/2026/link.md": Entry(LINK, note),
        "notes/2026/whole": Entry(SUBMODULE, b"1" * 40),
        "notes/2026/text.txt": note,
        "notes/2026/nameless.md": b"## Lessons\n\nText.\n",
        "notes.md": note,
        "templates/notes/other.txt": b"---\n",
        "templates/policy.toml": b"[[x",
        "templates/notes/poem.md.j2": b"---\nkind: [\n---\n",
        f"{folder}/link.md": Entry(LINK, history.data(record)),
        f"{folder}/text.txt": b"x",
        "kmkit.toml": b"[[x",
    }
    anchor = history.commit("Odd\n", odd, who=ANA)
    report = begun(history, anchor)
    assert report.standings == honest.standings
    assert [one.path for one in report.records] == [record]
    history.rules(lambda text: text + "\n[[x\n", ANA)
    with pytest.raises(Cannot, match="rules at the anchor cannot be read"):
        begun(history, history.tip())


def test_notes_of_the_anchor_are_read_by_its_rules(new: New) -> None:  # noqa: F811
    history = new(False)
    template = (
        b"---\nkind: brief\nhelp: short\nvalidate_by: [peer-review]\nmethod: interview\n"
        b"required: [Lessons]\n---\n\n## Lessons\n\n<!-- What? -->\n"
    )
    history.commit("A kind\n", {"templates/notes/brief.md.j2": template}, who=ANA)
    note = history.data(history.path(BOATS)).replace(BOATS.encode(), b"brief-eeee")
    note = swap("kind: lesson", "kind: brief")(note) + b"\n<!-- What? -->\n"
    anchor = history.commit("A brief\n", {"notes/2026/brief-eeee.md": note}, who=CY)
    late, whole = (begun(history, one).standings for one in (anchor, history.anchor()))
    assert [one[:4] for one in late] == [one[:4] for one in whole]


def test_of_a_folder_only_what_is_in_it_counts(new: New) -> None:  # noqa: F811
    history = new(False)
    planned(history)
    whole = begun(history, history.tip())
    top = history.run("rev-parse", "main^{tree}")
    text = history.data("policy.toml").replace(b'steward = ["ana@', b'steward = ["mal@')
    row = f"040000 tree {top}\tkb\n"
    policy = history.run("hash-object", "-w", "--stdin", stdin=text)
    rows = f"{row}100644 blob {policy}\tpolicy.toml\n".encode()
    tree = history.run("mktree", stdin=rows)
    anchor = history.run("commit-tree", tree, "-m", "In a folder")
    history.run("update-ref", "refs/heads/main", anchor)
    report = begun(history, anchor, "kb/")
    assert (report.standings, report.records) == (whole.standings, whole.records)
    history.commit("Mine\n", {"kb/policy.toml": text}, who=MAL)
    assert rules(begun(history, anchor, "kb/")) == ["rules-by-other"]


def test_at_the_anchor_a_version_in_force_stands_as_it_was_approved(new: New) -> None:  # noqa: F811
    history = new(False)
    history.move("reopen", BOATS, CY)
    note = history.note(BOATS)
    assert note.fields.in_force
    gone = history.data(note.path.as_posix()).replace(note.fields.in_force.blob.encode(), b"f" * 40)
    anchor = history.tip()
    late, whole = (begun(history, one).standings for one in (anchor, history.anchor()))
    assert [one[:4] for one in late] == [one[:4] for one in whole]
    history.move("validate", BOATS, BEN, REJECT)
    report = begun(history, anchor)
    assert rules(report) == []
    assert {one.state for one in report.standings if BOATS in one.note} == {"disseminated"}
    anchor = history.commit("Gone\n", {note.path.as_posix(): gone}, who=ANA)
    assert rules(begun(history, anchor)) == []


def test_what_was_approved_at_the_anchor_stays_in_force(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.tip()
    kb = history.kb(ANA)
    kb.move("reword", kb.resolve(ROADS), ASK, data=WORDS(history.data(history.path(ROADS))))
    reworded = history.tip()
    history.move("reopen", ROADS, CY)
    assert rules(begun(history, anchor)) == []
    assert rules(begun(history, reworded)) == ["bad-in-force"]


def test_what_nobody_approved_at_the_anchor_is_not_in_force(new: New) -> None:  # noqa: F811
    history = new(False)
    made = history.imitate("reword", ROADS, ANA, data=WORDS(history.data(history.path(ROADS))))
    anchor = history.commit(made.message, {history.path(ROADS): made.data}, who=ANA)
    blob = history.run("rev-parse", f"main:{history.path(ROADS)}")
    line = f"Kmkit-In-Force: {blob} validated\nKmkit-Fingerprint"
    edit = swap("language:", f"in_force: {{blob: {blob}, state: validated}}\nlanguage:")
    history.forge("revise", ROADS, CY, edit=edit, say=reply("Kmkit-Fingerprint", line))
    assert rules(begun(history, anchor)) == ["bad-in-force"]


def test_who_stands_in_at_the_anchor_goes_on(new: New) -> None:  # noqa: F811
    history = new(False)
    path = history.path(BOATS)
    anchor = history.write("Stand in\n", {path: BACKUP(history.data(path))}, ANA)
    history.move("confirm", BOATS, MAL)
    assert rules(begun(history, anchor)) == []


def test_what_was_retired_at_the_anchor_stays_so(new: New) -> None:  # noqa: F811
    history = new(False)
    history.forge("retire", ROADS, CY)
    anchor, path = history.tip(), history.path(ROADS)
    alive = swap("state: retired", "state: validated")(history.data(path))
    forged = history.commit("By hand\n", {path: alive}, who=MAL)
    history.forge("revise", ROADS, CY)
    history.forge("validate/quorum", ROADS, BEN, APPROVE)
    report = begun(history, anchor)
    assert forged in {finding.commit for finding in report.findings}
    assert "state-without-move" in rules(report)


def test_rules_of_the_anchor_do_not_come_back_by_a_merge(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.tip()
    history.rules(lambda text: text.replace('reviewer = ["ben@', 'reviewer = ["bea@'), ANA)
    history.fork("side", anchor)
    history.commit("Aside\n", {"README.md": b"x\n"}, who=CY, on="side")
    merged = history.merge(CY, {"policy.toml": history.data("policy.toml", "side")})
    (finding,) = begun(history, anchor).findings
    assert finding.commit == merged


# What is known meanwhile


def test_only_what_later_commits_build_on_is_known(new: New) -> None:  # noqa: F811
    history = new(False)
    anchor = history.tip()
    head = "commit refs/heads/{}\nmark :{}\ncommitter A <a@example.org> {} +0000\ndata 1\n{}\n"
    stream, main = "", anchor
    for number in range(1, 120, 4):
        side, ours, merge, on = (f":{number + more}" for more in range(4))
        stream += head.format("side", side[1:], number, "s") + f"from {main}\n"
        stream += head.format("main", ours[1:], number, "m") + f"from {main}\n"
        stream += head.format("main", merge[1:], number, "m") + f"from {ours}\nmerge {side}\n"
        stream += head.format("main", on[1:], number, "m") + f"from {merge}\n"
        main = on
    history.run("fast-import", "--quiet", "--force", stdin=stream.encode())
    books: list[int] = []

    def count() -> int:
        return sum(isinstance(one, Book) for one in gc.get_objects())

    def progress(done: int, whole: int) -> None:
        if done % 30 == 0:
            books.append(count() - before)

    gc.collect()
    before = count()
    audit(history.git, "", anchor=anchor, tip=history.tip(), progress=progress)
    assert len(books) == 4
    assert max(books) < 8, books

"""``kmkit remind``: plan, drafts, sending, calendars; answers by mail and what becomes of them."""

import json
import mailbox
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar

from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from kmkit.note.records.proposal import Proposal
from tests.conftest import ANA, BEN, CY, Run, disseminated
from tests.reminding import answer, maildir, parsed, people, settings
from tests.smtp_servers import Box, serving

DAY = "2027-11-23"
"""A Tuesday, two days after what went out on 2026-11-21 was due."""


def draft(kb: KnowledgeBase, run: Run, *args: str, day: str = DAY) -> EmailMessage:
    """The one letter that is due, as a draft."""
    folder = kb.root.parent / "drafts"
    ran = run(kb.root, "remind", "-o", str(folder), *args, today=day)
    assert ran.code == 0, ran.err
    (path,) = folder.glob("*.eml")
    return parsed(path.read_bytes())


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def test_the_plan(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "remind", today=DAY)
    assert ran.code == 0
    head, line = ran.out.splitlines()
    assert head.split("\t") == ["to", "as", "note", "title", "reason", "due", "asked_before"]
    assert line.split("\t")[:6] == [
        "ana@example.org", "owner", note.short, "Order fuel early", "overdue", "2027-11-21",
    ]  # fmt: skip
    assert "1 note, 1 letter." in ran.err
    told = json.loads(run(kb.root, "remind", "--json", today=DAY).out)
    assert told["schema"] == "kmkit.remind/1"
    assert told["letters"][0]["notes"][0]["id"] == note.id


MISUSED: list[tuple[list[str], int, str]] = [
    (["--send", "-o", "x"], 2, "exclude each other"),
    (["--mine"], 2, "go with --ics"),
    (["--ics", "x.ics", "--mine", "--owner", "a@b"], 2, "exclude each other"),
    (["--to", "nobody@example.org"], 2, "owns no note"),
    (["--ics", "x.ics", "--owner", "nobody@example.org"], 2, "owns no note"),
    (["--read", "nowhere"], 4, "There is no nowhere"),
    (["--send"], 4, "names no mail server"),
]


def test_what_is_not_understood(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    for args, code, said in MISUSED:
        ran = run(kb.root, "remind", *args, today=DAY)
        assert (ran.code, said in ran.err) == (code, True), ran.err


def test_on_a_weekend_nobody_is_asked(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    ran = run(kb.root, "remind", "--send", today="2027-11-27")
    assert ran.code == 0
    assert "Saturday 2027-11-27: nobody is asked. Next: Monday 2027-11-29." in ran.err


def test_a_draft_opens_in_outlook_with_its_days(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    letter = draft(kb, run)
    assert (letter["X-Unsent"], letter["To"], letter["Auto-Submitted"]) == (
        "1", "ana@example.org", None,
    )  # fmt: skip
    assert letter["Subject"] == "Does this still hold? Order fuel early"
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("reviews.ics", "text/calendar")
    calendar = Calendar.from_ical(file.get_content())
    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == ["Order fuel early"]
    text = plain(letter)
    for part in (
        "Its review was due on 21 November 2027.", "Sign early.",
        "Approved on 21 November 2026 by ben@example.org: Checked against the log.",
        f"kmkit review {note.short}", f"{note.short} confirm:",
    ):  # fmt: skip
        assert part in text
    again = run(kb.root, "remind", "-o", str(kb.root.parent / "x"), "--dry-run", today=DAY)
    assert "Would write ana@example.org.eml" in again.err
    assert not (kb.root.parent / "x").exists()


def test_calendars(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    people(kb)
    for owner in ("ana", "cy"):
        disseminated(kb, f"Of {owner}", owner=f"{owner}@example.org")
    files = {"all": [], "mine": ["--mine"], "cy": ["--owner", "CY@example.org"]}
    found = {}
    for name, args in files.items():
        file = tmp_path / f"{name}.ics"
        ran = run(kb.root, "remind", "--ics", str(file), *args, today="2026-12-01")
        assert ran.code == 0, ran.err
        events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
        found[name] = sorted(str(event["SUMMARY"]) for event in events)
    assert found == {"all": ["Of ana", "Of cy"], "mine": ["Of ana"], "cy": ["Of cy"]}


def test_sent_by_the_server_of_the_settings(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    box = Box()
    with serving(box) as port:
        settings(kb, f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
        dry = run(kb.root, "remind", "--send", "--dry-run", today=DAY)
        assert not box.letters
        assert "1 note, 1 letter." in dry.err
        first = run(kb.root, "remind", "--send", today=DAY)
        assert (first.code, "1 of 1 letter sent" in first.err) == (0, True), first.err
        again = run(kb.root, "remind", "--send", today="2027-11-24")
        assert "ana@example.org had a letter lately; the next one goes out from 2027-11-30" in (
            again.err
        )
        assert len(box.letters) == 1
        box.answers["ana@example.org"] = ["550 nobody here"]
        late = run(kb.root, "remind", "--send", today="2027-11-30")
        assert (late.code, "0 of 1 letter sent; 1 refused" in late.err) == (1, True), late.err


# Answers


def proposals(kb: KnowledgeBase) -> list[Proposal]:
    return list(KnowledgeBase(kb.root).records(Proposal))


def read(kb: KnowledgeBase, run: Run, *letters: EmailMessage | bytes) -> list[dict[str, str]]:
    """Read letters out of a Maildir; what was told of each."""
    source = maildir(kb.root.parent / "Maildir", *letters)
    ran = run(kb.root, "remind", "--read", str(source), "--json", today=DAY)
    rows = json.loads(ran.out)
    assert rows["schema"] == "kmkit.answers/1"
    found: list[dict[str, str]] = rows["messages"]
    assert ran.code == any(row["kind"] == "unclear" for row in found)
    return found


def state(kb: KnowledgeBase, note: Note) -> str:
    return kb.read(note.path).state


def test_an_answer_becomes_a_proposal_and_its_acceptance_the_move(
    kb: KnowledgeBase, run: Run
) -> None:
    people(kb)
    note = disseminated(kb, owner="cy@example.org")
    letter = draft(kb, run)
    (told,) = read(kb, run, answer(letter, "confirm: checked against the 2026 tender rules"))
    assert (told["kind"], told["note"], told["move"]) == ("proposed", note.id, "confirm")
    assert state(kb, note) == "disseminated"
    (again,) = read(kb, run)
    assert (again["kind"], len(proposals(kb))) == ("known", 1)
    assert "1 answer by mail wait" in run(kb.root, "remind", today=DAY).err
    status = run(kb.root, "status", today=DAY).out
    assert "next\t1 answer by mail to be decided about.\t" in status
    listed = run(kb.root, "review", "--proposals", today=DAY)
    assert "checked against the 2026 tender rules" in listed.out
    dry = run(kb.root, "review", note.short, "--accept", "--dry-run", who=CY, today=DAY)
    assert (dry.code, state(kb, note)) == (0, "disseminated")
    stranger = run(kb.root, "review", note.short, "--accept", who=BEN, today=DAY)
    assert (stranger.code, "may not do this" in stranger.err) == (3, True)
    ran = run(kb.root, "review", note.short, "--accept", who=CY, today=DAY)
    assert (ran.code, state(kb, note)) == (0, "maintained"), ran.err
    reviewed = kb.read(note.path).fields.reviewed
    assert reviewed
    assert reviewed.by == "cy@example.org"
    assert reviewed.because == (
        "checked against the 2026 tender rules (proposed by mail from cy@example.org on 2027-11-22)"
    )
    (record,) = proposals(kb)
    assert (record.status, record.decided_by) == ("accepted", "cy@example.org")
    assert run(kb.root, "audit", today=DAY).code == 0
    assert run(kb.root, "check", today=DAY).code == 0
    assert run(kb.root, "review", note.short, "--accept", who=CY, today=DAY).code == 2
    assert json.loads(run(kb.root, "review", "--proposals", "--json", today=DAY).out) == {
        "schema": "kmkit.proposals/1", "proposals": [],
    }  # fmt: skip


OTHERS = (
    ("revise: the law has changed", "captured"),
    ("retire: nobody does this any more", "retired"),
    ("not me, ask Ben.", "ben@example.org"),
)


def test_what_else_can_be_answered(kb: KnowledgeBase, run: Run) -> None:
    people(kb)
    notes = [disseminated(kb, text) for text, _ in OTHERS]
    lines = [f"{note.short} {text}" for note, (text, _) in zip(notes, OTHERS, strict=True)]
    found = read(kb, run, answer(draft(kb, run), "\n".join(lines)))
    assert [row["kind"] for row in found] == ["proposed"] * 3, found
    for note, (_, expected) in zip(notes, OTHERS, strict=True):
        ran = run(kb.root, "review", note.short, "--accept", today=DAY)
        assert ran.code == 0, ran.err
        now = kb.read(note.path)
        assert expected in (now.state, now.owner)


def test_a_note_replaced_by_another(kb: KnowledgeBase, run: Run) -> None:
    people(kb)
    note, heir = disseminated(kb), disseminated(kb, "Newer", owner="cy@example.org")
    letter = draft(kb, run, "--to", "ana@example.org")
    read(kb, run, answer(letter, f"retire: replaced by {heir.short}"))
    assert run(kb.root, "review", note.short, "--accept", today=DAY).code == 0
    assert kb.read(note.path).fields.superseded_by == heir.id


def test_several_notes_in_one_answer(kb: KnowledgeBase, run: Run) -> None:
    one, two = disseminated(kb, "One"), disseminated(kb, "Two")
    letter = draft(kb, run)
    text = f"{one.short} confirm: a\n{two.short}: revise: b\n"
    assert [row["move"] for row in read(kb, run, answer(letter, text))] == ["confirm", "revise"]
    unnamed = answer(letter, "confirm: all of them")
    found = read(kb, run, unnamed)
    assert [row["kind"] for row in found] == ["known", "known", "unclear"]
    assert "several notes were asked about" in found[-1]["said"]


def test_the_links_of_the_letter_lead_to_an_answer_that_is_understood(
    kb: KnowledgeBase, run: Run
) -> None:
    import html
    import re
    from urllib.parse import parse_qs, urlsplit

    note = disseminated(kb)
    body = draft(kb, run).get_body(("html",))
    assert body
    links = [
        html.unescape(one)
        for one in re.findall(r'href="(mailto:[^"]*\?[^"]*)"', body.get_content())
    ]
    assert len(links) == 4
    made = []
    for number, link in enumerate(links):
        parts = urlsplit(link)
        asked = parse_qs(parts.query)
        assert (parts.path, set(asked)) == ("ana@example.org", {"subject", "body"})
        word, rest = asked["body"][0].split(":", 1)
        letter = EmailMessage()
        letter["From"], letter["Message-ID"] = "ana@example.org", f"<{number}@x>"
        letter["Subject"] = asked["subject"][0]
        letter.set_content(f"{word}: asked ben@example.org{rest}".replace("\r\n", "\n"))
        empty = EmailMessage()
        empty["From"], empty["Message-ID"] = "ana@example.org", f"<e{number}@x>"
        empty["Subject"] = asked["subject"][0]
        empty.set_content(asked["body"][0].replace("\r\n", "\n"))
        made += [letter, empty]
    found = read(kb, run, *made)
    assert sorted(row["move"] for row in found if row["kind"] == "proposed") == [
        "confirm", "reassign", "retire", "revise",
    ]  # fmt: skip
    assert {row["note"] for row in found if row["kind"] == "proposed"} == {note.id}
    assert sum(row["kind"] == "unclear" for row in found) == 4  # sent as they were, unfilled


def test_a_text_that_changed_since_the_letter_is_not_confirmed(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    letter = draft(kb, run)
    read(kb, run, answer(letter, "confirm: still so"))
    path = kb.root / note.path
    path.write_bytes(note.data.replace(b"Text of lessons.", b"Quite another text."))
    ran = run(kb.root, "edit", note.short, "--as-is", "--because", "New.", today=DAY)
    assert ran.code == 0, ran.err
    listed = run(kb.root, "review", "--proposals", today=DAY)
    assert "text changed since" in listed.out
    ran = run(kb.root, "review", note.short, "--accept", today=DAY)
    assert (ran.code, "was changed since" in ran.err) == (3, True), ran.err
    ran = run(kb.root, "review", note.short, "--decline", "--because", "Old.", today=DAY)
    assert ran.code == 0, ran.err
    assert [one.status for one in proposals(kb)] == ["declined"]


def test_declining_needs_the_role_and_a_reason(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb, backup="cy@example.org")
    read(kb, run, answer(draft(kb, run), "retire: gone"))
    args = ("review", note.short, "--decline")
    assert run(kb.root, *args, "--no-input", today=DAY).code == 2
    assert run(kb.root, *args, "--because", "x", who=BEN, today=DAY).code == 3
    assert run(kb.root, *args, "--because", "x", who=CY, today=DAY).code == 0
    assert state(kb, note) == "disseminated"


def test_of_several_proposals_one_is_named(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    letter = draft(kb, run)
    read(kb, run, answer(letter, "confirm: a"), answer(letter, "retire: b", sender="x@y.org"))
    ran = run(kb.root, "review", note.short, "--accept", today=DAY)
    assert (ran.code, "Name one: --proposal ID" in ran.err) == (2, True)
    one = next(one for one in proposals(kb) if one.move == "confirm")
    ran = run(kb.root, "review", note.short, "--accept", "--proposal", one.id[-4:], today=DAY)
    assert (ran.code, state(kb, note)) == (0, "maintained"), ran.err


FORGED = b"From: boss@example.org\nMessage-ID: <f@x>\nSubject: %s\n\n%s"


UNCLEAR = (
    (b"hello", b"confirm: x", "no note is named"),
    (b"hello", b"NOTE confirm: x", "neither owner nor backup"),
    (b"hello", b"zzzz confirm: x", "there is no one note 'zzzz'"),
    (b"[CODE]", b"confirm:", "not what it was checked against"),
    (b"[CODE]", b"revise", "not what has to change"),
    (b"[CODE]", b"retire", "not why"),
    (b"[CODE]", b"not me: ask my friend", "names nobody by an address"),
    (b"[CODE]", b"NOTE confirm: x\nNOTE retire: y", "two different things"),
    (b"[CODE]", b"Thanks!", "begins no line with"),
)


def test_what_is_not_understood_is_named_and_stays(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    code = str(draft(kb, run)["References"]).strip("<>").partition("@")[0].encode()
    place = maildir(kb.root.parent / "Maildir")
    for number, (subject, text, _) in enumerate(UNCLEAR):
        filled = FORGED % (subject, text.replace(b"NOTE", note.short.encode()))
        name = f"{number}.eml"
        (place / "new" / name).write_bytes(filled.replace(b"CODE", code))
    found = {row["place"]: row for row in read(kb, run)}
    for number, (_, _, said) in enumerate(UNCLEAR):
        row = found[f"new/{number}.eml"]
        assert (row["kind"], said in row["said"]) == ("unclear", True), row
    assert len(mailbox.Maildir(place)) == len(UNCLEAR)
    assert len(proposals(kb)) == 1  # of the two different things the first was understood


def test_a_reason_can_forge_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    text = "confirm: ok \x1b[31m\x07\nKmkit-Verdict: approve\n---\nKmkit-Note: x"
    expected = "ok [31m Kmkit-Verdict: approve --- Kmkit-Note: x"
    letter = answer(draft(kb, run), "confirm: x")
    letter.set_content(text)
    (told,) = read(kb, run, letter)
    assert told["because"] == expected
    assert run(kb.root, "review", note.short, "--accept", today=DAY).code == 0
    assert run(kb.root, "audit", today=DAY).code == 0
    assert kb.actor == ANA


def test_a_dry_run_records_nothing(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    source = maildir(kb.root.parent / "Maildir", answer(draft(kb, run), "confirm: x"))
    ran = run(kb.root, "remind", "--read", str(source), "--dry-run", today=DAY)
    assert (ran.code, "1 answer would be proposed" in ran.err) == (0, True)
    assert proposals(kb) == []


def test_an_answer_of_a_stranger_is_marked(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    letter = draft(kb, run)
    read(kb, run, answer(letter, "retire: bad", sender="evil@evil.example"))
    assert "open, from a stranger" in run(kb.root, "review", "--proposals", today=DAY).out

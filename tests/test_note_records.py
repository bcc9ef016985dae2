from datetime import date
from pathlib import PurePosixPath

import pytest

from kmkit.note.records import (
    KINDS,
    ApplicationRecord,
    Known,
    Person,
    Question,
    Record,
    check_people,
    check_records,
    kind_at,
    people_by_email,
    read_application,
    read_person,
    read_record,
)
from kmkit.note.records.application import ASKS, STEPS
from tests.note_material import ID, TODAY, rules, use

PERSON = PurePosixPath("people/ana.md")
USE = PurePosixPath("records/application/x.md")


def person(text: str) -> tuple[Person | None, list[str]]:
    found, problems = read_person(text.encode(), PERSON)
    return found, rules(problems)


def test_a_person() -> None:
    found, problems = person(
        "---\nname: អាណា\nemail: Ana@Example.org\nskills: [fuel, roads]\nlanguages: km\n"
        "until: 2027-01-31\nx_desk: 12\n---\nLooks after fuel.\n"
    )
    assert problems == []
    assert found is not None
    assert (found.name, found.key) == ("អាណា", "ana@example.org")
    assert found.skills == ("fuel", "roads")
    assert found.languages == ("km",)
    assert found.until == date(2027, 1, 31)


def test_a_person_without_an_address_is_nobody() -> None:
    assert person("---\nname: Ana\n---\n") == (None, ["bad-value"])


def test_a_bad_date_is_told_and_the_person_stays() -> None:
    found, problems = person("---\nname: Ana\nemail: a@example.org\nuntil: 20270131\n---\n")
    assert problems == ["bad-date"]
    assert found is not None
    assert found.until is None


def test_what_no_field_is_called_is_told_with_its_line() -> None:
    data = b"---\nname: Ana\nemail: a@example.org\nskils: [x]\n---\n"
    found, [problem] = read_person(data, PERSON)
    assert found is not None
    assert (problem.path, problem.line, problem.rule) == ("people/ana.md", 4, "unknown-field")
    assert "skills" in problem.mend


def test_a_record_among_those_of_another_kind_is_told_and_not_read() -> None:
    text = f"---\nkind: person\nnote: {ID}\nin: x\nby: a@example.org\non: 2026-01-01\n"
    found, [problem] = read_record(f"{text}outcome: helped\n---\n".encode(), USE)
    assert (found, problem.rule, problem.line) == (None, "wrong-folder", 2)
    assert "people/" in problem.mend


@pytest.mark.parametrize(
    ("path", "text", "line", "mend"),
    [
        ("records/quesion/x.md", "kind: question", 1, "records/question/"),
        ("records/quesion/x.md", "by: a", 1, "question"),
        ("records/x.md", "by: a", 1, "kinds are"),
        ("records/plan/x.md", "kind: plann", 2, "plan"),
        ("records/plan/x.md", "kind: zzz", 2, "kind: plan"),
    ],
)
def test_a_kind_that_nobody_knows_is_told(path: str, text: str, line: int, mend: str) -> None:
    found, [problem] = read_record(f"---\n{text}\n---\n".encode(), PurePosixPath(path))
    assert (found, problem.rule, problem.line) == (None, "unknown-kind", line)
    assert mend in problem.mend


def test_every_kind_says_its_own_name_and_every_field_what_it_is() -> None:
    for name, model in KINDS.items():
        assert model.model_fields["kind"].default == name
        silent = [field for field, info in model.model_fields.items() if not info.description]
        assert not silent, name
    assert kind_at(PurePosixPath("people/ana.md")) == "person"


APPLICATION = f"""---
id: 20261101-x-aaaa
status: verified
note: {ID}
in: Coast road
by: ana@example.org
on: 2026-05-01
changed: SOP 4, paragraph 2
outcome: helped
verified: {{on: 2026-06-01, by: ben@example.org, evidence: "Log of June"}}
---

It held.
A day longer.

More.
"""


def application(old: str = "", new: str = "") -> tuple[Record | None, list[str]]:
    assert old in APPLICATION
    found, problems = read_record(APPLICATION.replace(old, new).encode(), USE)
    return found, rules(problems)


def test_an_application_that_was_verified() -> None:
    found, problems = application()
    assert problems == []
    assert isinstance(found, ApplicationRecord)
    assert found.reported is not None
    assert (found.reported.outcome, found.because) == ("helped", "It held. A day longer.")
    assert (found.standing, found.about, found.who) == ("verified", ID, "ana@example.org")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("by: ben@", "by: ANA@", "verified-by-doer"),
        ("outcome: helped", "outcome: helped\nreported_by: Ben@example.org", "verified-by-doer"),
        ("on: 2026-06-01", "on: 2026-05-01", "early-evidence"),
        ("status: verified", "status: done", "bad-value"),
        ("changed: SOP 4, paragraph 2\n", "", "missing-field"),
        ("outcome: helped\n", "", "missing-field"),
        ("status: verified", "status: planned", "missing-field"),
        ("status: verified", "status: finished", "bad-value"),
    ],
)
def test_a_claim_that_does_not_hold_is_told(old: str, new: str, rule: str) -> None:
    _, problems = application(old, new)
    assert rule in problems


def test_what_is_planned_or_dropped_is_no_use_yet() -> None:
    planned = "status: planned\naction: Sign\ndue: 2027-01-01"
    for said in (planned, "status: dropped\nbecause: x", "status: no-action\nbecause: x"):
        text = f"---\n{said}\nnote: {ID}\nin: x\nby: a@example.org\n---\n"
        assert read_application(text.encode(), USE) == (None, [])


def test_the_table_of_steps_knows_every_status() -> None:
    assert {step.to for step in STEPS} == ASKS.keys()
    assert {name for step in STEPS for name in step.begins} <= {"", *ASKS}


def test_an_outcome_that_does_not_exist_is_told() -> None:
    text = f"---\nnote: {ID}\nin: x\nby: a@example.org\non: 2026-01-01\noutcome: great\n---\n"
    found, [problem] = read_application(text.encode(), USE)
    assert found is None
    assert "helped" in problem.mend
    assert "did-not-help" in problem.mend


def test_bytes_that_are_not_utf_8() -> None:
    found, [problem] = read_person(b"---\r\nname: A\r\nemail: \xff@x\r\n---\r\n", PERSON)
    assert found is None
    assert (problem.line, problem.col, problem.rule) == (3, 8, "not-utf-8")


def test_an_empty_file_is_a_problem_and_not_a_person() -> None:
    assert person("") == (None, ["no-front-matter"])


def somebody(email: str, name: str = "A") -> Person:
    return Person(name=name, email=email)


def test_two_files_for_one_address() -> None:
    people = [
        (PurePosixPath("people/a.md"), somebody("a@example.org")),
        (PurePosixPath("people/b.md"), somebody("A@Example.org", "B")),
        (PurePosixPath("people/c.md"), somebody("c")),
    ]
    problems = list(check_people(people))
    assert rules(problems) == ["duplicate-person"]
    assert rules(check_records([people[2]], Known((), TODAY))) == ["bad-email"]
    assert "people/a.md" in problems[0].message
    assert people_by_email(who for _, who in people)["a@example.org"].name == "A"


KNOWN = Known((ID,), TODAY, ("internal", "domestic"), ("fuel",))


def checked(*records: Record) -> list[str]:
    paths = (PurePosixPath(f"records/application/{n}.md") for n in range(9))
    return rules(check_records(zip(paths, records, strict=False), KNOWN))


def test_a_use_of_a_note_that_is_not_there_or_not_yet() -> None:
    assert checked(use()) == []
    assert checked(use(on="2026-11-22")) == []  # it is tomorrow somewhere
    assert checked(use(on="2026-11-23")) == ["future-date"]
    assert checked(use(of="20260101-other-aaaa")) == ["broken-link"]
    assert checked(use(by="dee")) == ["bad-email"]


def asked(**more: str) -> Question:
    given = {"id": "q-1", "text": "Why?", "by": "a@example.org", "on": "2026-11-01"}
    return Question.model_validate(given | more)


def test_words_and_ids_that_are_not_known() -> None:
    assert checked(asked()) == []
    assert checked(asked(level="public", topics="boats")) == ["unknown-level", "unknown-topic"]
    assert checked(asked(), asked(text="How?")) == ["duplicate-id"]
    assert checked(asked(id=ID)) == ["duplicate-id"]
    assert checked(asked(answered_by="x")) == ["broken-link"]
    assert asked(answered_by=ID).standing == "answered"

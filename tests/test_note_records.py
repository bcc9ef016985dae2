from datetime import date
from pathlib import PurePosixPath

from kmkit.note.records import (
    Application,
    Person,
    check_applications,
    check_people,
    people_by_email,
    read_application,
    read_person,
)
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


def test_an_application_of_another_kind_is_none() -> None:
    text = f"---\nkind: person\nnote: {ID}\nin: x\nby: a@example.org\non: 2026-01-01\n"
    found, problems = read_application(f"{text}outcome: helped\n---\n".encode(), USE)
    assert rules(problems) == ["bad-value"]
    assert found is None or found.kind == "application"


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
    assert rules(problems) == ["duplicate-person", "bad-email"]
    assert "people/a.md" in problems[0].message
    assert people_by_email(who for _, who in people)["a@example.org"].name == "A"


def test_a_use_of_a_note_that_is_not_there_or_not_yet() -> None:
    def problems(of: Application) -> list[str]:
        return rules(check_applications([(USE, of)], {ID: ()}, TODAY))

    assert problems(use()) == []
    assert problems(use(ID[:-1])) == ["broken-link"]
    assert problems(use(on="2027-01-01")) == ["future-date"]

from datetime import date
from typing import Any

from kmkit.config import Policy
from kmkit.learn.status import Status, status
from kmkit.note.model import Note
from tests.index_material import index_of
from tests.note_material import OWNER, approval, edited, note, use


def seen(*notes: Note, me: str = OWNER, **more: Any) -> Status:
    with index_of(*notes, **more) as index:
        return status(index, me=me)


def tasks(of: Status) -> list[tuple[str, str]]:
    return [(task.why, task.note.id[-4:]) for task in of.mine]


def test_an_empty_knowledge_base() -> None:
    found = seen()
    assert found.notes == 0
    assert (found.states[0].state, found.states[0].oldest) == ("captured", None)
    assert [step.command for step in found.next] == ["kmkit capture"]
    assert found.uncovered == ("logistics", "procurement")


def test_how_many_are_in_each_state_and_the_oldest() -> None:
    found = seen(
        note("captured", id="20250310-a-aa11"),
        note("captured", id="20240310-b-bb22", gathered=None),
        note("disseminated", id="20240310-c-cc33"),
        note("captured", state="approved", id="20240310-d-dd44"),
    )
    by_state = {s.state: s for s in found.states}
    assert list(by_state) == [
        "captured", "validated", "formatted", "disseminated", "maintained", "retired", "approved",
    ]  # fmt: skip
    assert by_state["captured"].notes == 2
    assert by_state["captured"].since == date(2024, 3, 10)
    assert by_state["captured"].oldest is not None
    assert by_state["captured"].oldest.id == "20240310-b-bb22"
    assert by_state["disseminated"].overdue == 1
    assert by_state["disseminated"].since == date(2025, 4, 1)


def test_a_critical_topic_is_covered_by_a_validated_note_alone() -> None:
    assert seen(note("captured")).uncovered == ("logistics", "procurement")
    assert seen(note("validated")).uncovered == ("procurement",)
    assert seen(note("retired")).uncovered == ("logistics", "procurement")
    revised = note("captured", in_force={"blob": "a" * 40, "state": "validated"})
    assert seen(revised).uncovered == ("procurement",)
    assert "kmkit capture --for procurement" in [s.command for s in seen(revised).next]


def test_what_i_was_asked_comes_first_soonest_first() -> None:
    def asked(id: str, due: str, to: str = "Me@example.org") -> Note:
        entry = {"on": "2026-11-20", "to": to, "by": OWNER, "due": due}
        return note("captured", id=id, asked=[entry], owner="zo@example.org")

    found = seen(
        asked("20261101-a-aa11", "2026-12-09"),
        asked("20261101-b-bb22", "2026-12-01"),
        asked("20261101-c-cc33", "2026-12-02", to="else@example.org"),
        note("disseminated", id="20240101-d-dd44", owner="me@example.org"),
        me="me@example.org",
    )
    assert tasks(found) == [("asked", "bb22"), ("asked", "aa11"), ("overdue", "dd44")]
    assert [task.command for task in found.mine] == [
        "kmkit validate bb22", "kmkit validate aa11", "kmkit review dd44",
    ]  # fmt: skip


def test_what_was_returned_to_me_until_its_author_approves() -> None:
    of = note("captured", id="20261101-a-aa11")
    back = approval(of, verdict="return", because="which year?", on="2026-11-02")
    found = seen(note("captured", id="20261101-a-aa11", verdicts=[back]))
    assert tasks(found) == [("returned", "aa11")]
    assert "which year?" in found.mine[0].message
    again = approval(of, on="2026-11-03")
    assert tasks(seen(note("captured", id="20261101-a-aa11", verdicts=[back, again]))) == [
        ("waiting", "aa11")
    ]
    assert tasks(seen(note("captured", verdicts=[back]), me="else@example.org")) == []


def test_nobody_in_particular_has_nothing_waiting() -> None:
    assert seen(note("disseminated"), me="").mine == ()


def test_steps_are_those_that_i_may_take() -> None:
    every = (note("captured"), note("validated", id="20250101-a-aa11"))
    editor = [step.command for step in seen(*every).next]
    assert "kmkit validate --queue" in editor
    assert "kmkit format --all" in editor
    reader = Policy(roles={"steward": ("boss@example.org",)})
    assert not {"kmkit validate --queue", "kmkit format --all"} & {
        step.command for step in seen(*every, policy=reader).next
    }


def test_notes_that_cannot_be_read_are_counted() -> None:
    broken = edited(note("captured"), "title:", "titel:")
    found = seen(broken, note("captured", id="20250101-a-aa11"))
    assert found.broken == 1
    assert found.notes == 2
    assert found.next[0].command == "kmkit check"


def test_uses_are_counted() -> None:
    assert seen(note("maintained"), uses=[use()]).outcomes["did-not-help"] == 1
    assert seen(note("maintained"), uses=[use()]).stale == {"contradicted": 1}

"""The merge of three versions of a note, field by field, without any repository."""

from datetime import timedelta
from typing import Any

import pytest

from kmkit.kb.merging import Merged, merge
from kmkit.kb.uniting import later, texts, united
from kmkit.note.file import read, write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Asked, Deferred, Dissemination, InForce, Note, Reviewed
from tests.lifecycle_material import (
    LESSON,
    OWNER,
    PEER,
    SECOND,
    THIRD,
    TODAY,
    note_of,
    print_of,
    verdict,
)

PRINT = print_of(note_of())
SAID = {"fingerprint": PRINT}


def no_join(base: str, ours: str, theirs: str) -> str | None:
    """Two changes of the text are a conflict here."""
    return None


def both(base: str, ours: str, theirs: str) -> str | None:
    """Both changes of the text go well together here."""
    return ours + theirs


def other(note: Note, body: str = "", **fields: Any) -> Note:
    """The note as one side changed it."""
    changed = read(write_fields(note, fields), note.path)
    if body:
        whole = split(changed.text)[0].body.replace("Fuel came late.", body)
        changed = read(write_body(changed, whole), note.path)
    return changed


def merged(base: Note, ours: Note, theirs: Note) -> Note:
    """The note that came of it."""
    done = merge(base, ours, theirs, LESSON.guidance, both)
    assert done.data is not None, done.conflicts
    note = read(done.data, base.path)
    assert not note.problems
    return note


def refused(base: Note, ours: Note, theirs: Note) -> Merged:
    done = merge(base, ours, theirs, LESSON.guidance, no_join)
    assert done.data is None
    return done


def test_what_one_side_changed_is_taken_and_the_rest_is_left_byte_for_byte() -> None:
    data = note_of().data.replace(b"x_own: kept", b"# ours alone\nx_own: 'kept'")
    base = read(data, note_of().path)
    theirs = other(base, unit="Roads", matters_to=None)
    assert merged(base, base, theirs).data == theirs.data
    assert merged(base, theirs, base).data == theirs.data
    assert merged(base, base, base).data == base.data
    ours = other(base, title="Order fuel")
    note = merged(base, ours, theirs)
    assert (note.title, note.fields.unit, note.fields.matters_to) == ("Order fuel", "Roads", None)
    assert b"# ours alone\nx_own: 'kept'" in note.data


@pytest.mark.parametrize("field", ["title", "summary", "owner", "level", "unit", "x_own"])
def test_a_field_that_both_changed_is_named_with_its_line(field: str) -> None:
    base = note_of(unit="Air")
    ours, theirs = other(base, **{field: "one"}), other(base, **{field: "other"})
    line = ours.place(field).line
    assert refused(base, ours, theirs).conflicts[0] == (
        f"Both sides changed '{field}' (line {line} on our side)."
    )
    assert ours.text.split("\n")[line - 1].startswith(f"{field}:")
    assert not refused(base, ours, theirs).text_conflicts


def test_lists_of_words_take_the_changes_of_both() -> None:
    base = note_of(topics=["a", "b", "c"])
    ours, theirs = other(base, topics=["x", "a", "b"]), other(base, topics=["a", "c", "y"])
    assert merged(base, ours, theirs).fields.topics == ("x", "a", "y")
    assert texts(None, ["a"], ["b"]) == ["a", "b"]
    assert texts("a", ["a", "b"], None) == ["b"]


def test_verdicts_on_one_text_are_joined_oldest_first_and_none_twice() -> None:
    first = verdict(PEER, method="crowd", **SAID)
    base = note_of(verdicts=(first,))
    late = verdict(SECOND, method="crowd", on=TODAY + timedelta(days=2), **SAID)
    early = verdict(THIRD, method="crowd", on=TODAY + timedelta(days=1), **SAID)
    ours, theirs = other(base, verdicts=(first, late)), other(base, verdicts=(first, early))
    assert merged(base, ours, theirs).fields.verdicts == (first, early, late)
    assert merged(base, theirs, ours).fields.verdicts == (first, early, late)
    again = other(base, verdicts=(first, late, early))
    assert merged(base, ours, again).fields.verdicts == (first, early, late)


def test_a_return_stands_after_what_the_same_person_said_on_the_other_branch() -> None:
    base = note_of()
    back = verdict(PEER, "return", **SAID)
    fine = verdict(PEER, on=TODAY + timedelta(days=1), **SAID)
    ours = other(base, verdicts=(fine,), state="validated")
    theirs = other(base, verdicts=(back,))
    for note in (merged(base, ours, theirs), merged(base, theirs, ours)):
        assert note.fields.verdicts == (fine, back)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "state"),
    [
        ("captured", "captured", "validated", "validated"),
        ("captured", "validated", "formatted", "formatted"),
        ("validated", "disseminated", "formatted", "disseminated"),
        ("maintained", "captured", "maintained", "captured"),
        ("formatted", "captured", "disseminated", "captured"),
        ("validated", "retired", "captured", "retired"),
        ("retired", "captured", "retired", "captured"),
        ("captured", "captured", "captured", "captured"),
    ],
)
def test_the_state_goes_on_unless_a_side_began_anew_or_ended(
    base: str, ours: str, theirs: str, state: str
) -> None:
    start = note_of(state=base)
    here, there = other(start, state=ours), other(start, state=theirs)
    assert merged(start, here, there).state == state
    assert merged(start, there, here).state == state


def test_a_revision_of_what_was_approved_on_one_branch_alone_begins_anew() -> None:
    base = note_of(state="captured")
    ours = other(base, state="validated", verdicts=(verdict(PEER, **SAID),))
    left = InForce(blob="1" * 40, state="validated", since=TODAY)
    theirs = other(base, in_force=left)
    for note in (merged(base, ours, theirs), merged(base, theirs, ours)):
        assert (note.state, note.fields.in_force) == ("captured", left)
        assert note.fields.verdicts == ()
    again = other(theirs, state="validated", verdicts=(verdict(PEER, **SAID),), in_force=None)
    assert merged(theirs, again, theirs).state == "validated"  # in force since before the branches
    undated = other(theirs, in_force=left.model_copy(update={"since": None}))
    assert merged(theirs, again, undated).state == "validated"


def test_an_approval_stays_with_the_text_that_was_approved() -> None:
    base = note_of()
    ours = other(base, state="validated", verdicts=(verdict(PEER, **SAID),))
    theirs = other(base, "Fuel came early.")
    for note in (merged(base, ours, theirs), merged(base, theirs, ours)):
        assert note.state == "captured"
        assert note.fields.verdicts == ()
        assert note.section("Context and challenge").startswith("Fuel came early.")


def test_two_revisions_of_one_version_are_one_in_words_of_both() -> None:
    approved_ = other(note_of(), state="validated", verdicts=(verdict(PEER, **SAID),))
    left = InForce(blob="1" * 40, state="validated", since=TODAY)

    def revised(words: str) -> Note:
        return other(approved_, words, state="captured", verdicts=None, in_force=left)

    ours, theirs = revised("Fuel came early."), revised("Fuel came on time.")
    note = merged(approved_, ours, theirs)
    assert (note.state, note.fields.verdicts, note.fields.in_force) == ("captured", (), left)


def test_a_return_stands_beside_a_revision_of_the_other_branch() -> None:
    base = other(note_of(), state="validated", verdicts=(verdict(PEER, **SAID),))
    back = verdict(SECOND, "return", **SAID)
    left = InForce(blob="1" * 40, state="validated", since=TODAY)
    ours = other(base, state="captured", verdicts=(back,), in_force=left)
    theirs = other(base, "Fuel came early.", state="captured", verdicts=None, in_force=left)
    for note in (merged(base, ours, theirs), merged(base, theirs, ours)):
        assert note.fields.verdicts == (back,)
        assert note.section("Context and challenge").startswith("Fuel came early.")
    old = other(base, state="captured", verdicts=(verdict(PEER, **SAID), back), in_force=None)
    again = other(old, verdicts=None)
    assert merged(old, again, other(old, "Fuel came early.")).fields.verdicts == ()


def test_other_words_do_not_go_to_the_widest_circle_by_a_release() -> None:
    base = other(note_of(), state="validated", verdicts=(verdict(PEER, **SAID),))
    ours = other(base, level="international")
    theirs = other(base, "Fuel came early.")

    def judged(method: str) -> Note:
        entry = verdict(SECOND, method=method, fingerprint=print_of(theirs))
        return other(theirs, verdicts=(entry,))

    for sides in ((ours, judged("peer-review")), (judged("peer-review"), ours)):
        done = merge(base, *sides, LESSON.guidance, no_join, widest="international")
        assert done.data is None
        assert done.conflicts == (
            "One side released the note to international, and the other has words that peers "
            "judged. Take the file of the side that has the words.",
        )
    for widest, there in (
        ("international", judged("committee")),
        ("international", other(judged("peer-review"), level="international")),
        ("international", other(judged("peer-review"), state="captured")),
        ("galactic", judged("peer-review")),
    ):
        done = merge(base, ours, there, LESSON.guidance, no_join, widest=widest)
        assert done.data, done.conflicts
        assert read(done.data, base.path).level == "international"


def test_two_texts_are_captured_without_any_verdict() -> None:
    force = InForce(blob="a" * 40, state="formatted")
    base = note_of(in_force=force, verdicts=(verdict(PEER),))
    ours = other(base, "Fuel came early.", verdicts=(verdict(PEER), verdict(SECOND)))
    theirs = other(base, "Fuel came.", state="validated", in_force=None)
    done = merge(base, ours, theirs, LESSON.guidance, both)
    assert done.data is not None
    assert done.changed_text
    note = read(done.data, base.path)
    assert (note.state, note.fields.verdicts, note.fields.in_force) == ("captured", (), force)
    conflict = refused(base, ours, theirs)
    assert conflict.text_conflicts
    assert conflict.conflicts == ("Both sides changed the text in the same place.",)
    settled = merge(base, ours, theirs, LESSON.guidance, no_join, "## Lessons\n\nFuel came.\n")
    assert settled.data is not None
    assert settled.data.endswith(b"## Lessons\n\nFuel came.\n")


def test_a_return_stands_beside_the_words_of_the_other_branch() -> None:
    base, back = note_of(), verdict(PEER, "return", **SAID)
    ours = other(base, "Fuel came early.")
    theirs = other(base, verdicts=(back, verdict(SECOND, **SAID)))
    for note in (merged(base, ours, theirs), merged(base, theirs, ours)):
        assert (note.state, note.fields.verdicts) == ("captured", (back,))
    both = other(base, "Fuel came late.", verdicts=(back,))
    joined = merge(base, ours, both, LESSON.guidance, lambda *sides: "Fuel came.")
    assert joined.data is not None
    assert read(joined.data, base.path).fields.verdicts == (back,)


def test_two_rewordings_of_an_approved_text_are_left_to_people() -> None:
    base = note_of(state="validated")
    ours, theirs = other(base, "Fuel came early."), other(base, "Fuel came.")
    done = merge(base, ours, theirs, LESSON.guidance, both)
    assert done.conflicts == ("Both sides changed the text of a note that was approved.",)


def test_what_stands_meanwhile_is_one_version() -> None:
    base = note_of(state="formatted")
    one = other(base, state="captured", in_force=InForce(blob="a" * 40, state="formatted"))
    day = InForce(blob="a" * 40, state="formatted", since=TODAY)
    same = other(base, state="captured", in_force=day)
    gone = other(base, state="captured")
    assert merged(base, one, same).fields.in_force == one.fields.in_force
    assert refused(base, one, gone).conflicts == ("The sides leave different versions in force.",)


def test_requests_and_reviews_of_both_sides_are_kept() -> None:
    ask = Asked(on=TODAY, to=PEER.email, by=OWNER.email)
    more = Asked(on=TODAY, to=SECOND.email, by=OWNER.email)
    base = note_of(asked=(ask,))
    note = merged(base, other(base, asked=(ask, more)), other(base, asked=None))
    assert note.fields.asked == (more,)
    done = merged(base, other(base, asked=(ask, more)), other(base, asked=None, state="validated"))
    assert done.fields.asked == ()

    went = Dissemination(on=TODAY, channel="weekly")
    next_day = Dissemination(on=TODAY + timedelta(days=1), channel="weekly")
    base = note_of(state="formatted")
    ours = other(base, state="disseminated", disseminated=(next_day,))
    theirs = other(base, state="disseminated", disseminated=(went,))
    assert merged(base, ours, theirs).fields.disseminated == (went, next_day)


def test_of_two_single_entries_the_later_counts() -> None:
    old = Reviewed(on=TODAY, by=OWNER.email, because="read")
    new = Reviewed(on=TODAY + timedelta(days=1), by=OWNER.email, because="read again")
    put_off = Deferred(until=TODAY + timedelta(days=9), by=OWNER.email, on=TODAY)
    assert later(None, old, new) == later(None, new, old) == new
    assert later(old, old, None) is None
    assert later(old, new, None) == new
    assert later(None, put_off, None) == put_off
    assert united((), (), ()) == ()


def test_line_ends_and_what_no_reader_sees_make_no_conflict() -> None:
    base = note_of()
    windows = read(base.data.replace(b"\n", b"\r\n"), base.path)
    theirs = other(base, "Fuel came early.")
    note = merged(windows, windows, theirs)
    assert note.data == theirs.data.replace(b"\n", b"\r\n")
    ours = read(base.data.replace(b"(Lessons)\n", b"(Lessons) \n"), base.path)
    blank = read(base.data.replace(b"(Lessons)\n", b"(Lessons)  \n"), base.path)
    done = merge(base, ours, blank, LESSON.guidance, no_join)
    assert done.data == ours.data


@pytest.mark.parametrize(
    ("old", "new", "gist"),
    [
        (b"title:", b"titel:", "On our side, the front matter cannot be read"),
        (b"x7k2", b"x7k3", "their ids differ"),
        (b"---\nid", b"id", "On our side, the front matter cannot be read"),
    ],
)
def test_what_cannot_be_read_or_is_another_note_is_not_merged(
    old: bytes, new: bytes, gist: str
) -> None:
    base = note_of()
    ours = read(base.data.replace(old, new, 1), base.path)
    assert gist in refused(base, ours, base).conflicts[0]

"""The stewards' digest: what waits, what is due, overdue and returned."""

from kmkit.views import digest
from kmkit.views.digest_render import render
from tests.digest_material import compose, event, example, shown, stewards


def test_stewards_see_what_waits_is_due_overdue_and_returned() -> None:
    made = stewards()
    assert [task.title for task in made.waiting] == ["Publish every contract as it happens"]
    assert [task.title for task in made.returned] == [
        "Heathrow Terminal 5 shows that communication matters"
    ]
    assert "Say what the water will do, street by street" in [task.title for task in made.due]
    (owed_by,) = made.overdue
    assert owed_by.owner.name == "Lena Brandt"
    assert [task.message for task in owed_by.tasks] == ["Its review was due on 1 February 2026."]
    assert [task.command for task in owed_by.tasks] == ["kmkit review r3x8"]
    assert [task.message for task in made.returned] == [
        "Nadia Petrenko asks for changes: Say which baggage system, and since when."
    ]
    assert made.subject == "For stewards: 1 overdue, 2 due, 1 waiting, 1 returned"


def test_maintained_is_never_said_of_an_overdue_note_without_overdue() -> None:
    made = stewards()
    for fmt in ("md", "html", "text"):
        text = render(made, fmt)
        assert "maintained, overdue" in text
        assert text.count("maintained") == text.count("maintained, overdue")


def test_a_revision_that_was_returned_is_returned_although_a_version_is_in_force() -> None:
    water = example("say-what-the-water-will-do", "maintained")
    back = event(water, "validate", steps="captured captured", verdict="return", reason="Say how.")
    made = compose([shown(water, being_revised=True)], [back], name=digest.STEWARDS)
    (task,) = made.returned
    assert task.standing == "maintained, being revised"
    assert compose([water], [back], name=digest.STEWARDS).returned == ()


def test_a_return_that_was_answered_is_not_shown() -> None:
    water = example("say-what-the-water-will-do", "captured")
    steps = "captured captured"
    back = event(water, "validate", "2026-11-15", steps, verdict="return")
    good = event(water, "validate", "2026-11-16", steps, verdict="approve")
    assert compose([water], [back, good], name=digest.STEWARDS).returned == ()
    assert len(compose([water], [good, back], name=digest.STEWARDS).returned) == 0


def test_an_empty_list_for_stewards_says_so() -> None:
    made = compose([], [], name=digest.STEWARDS)
    assert made.empty
    assert made.subject == "For stewards: nothing waits"
    assert "Nothing has waited too long" in render(made, "text")

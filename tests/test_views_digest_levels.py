"""An output for a circle shows a note only where the note reaches that circle."""

from dataclasses import replace
from datetime import date

import pytest

from kmkit.errors import UsageError
from kmkit.index.carding import card_of
from kmkit.index.reasons import fact
from kmkit.index.stale import Reason, Stale
from kmkit.note.model import Note
from kmkit.views import digest
from kmkit.views.digest import Digest
from kmkit.views.digest_render import FORMATS, render
from tests.digest_material import (
    applications,
    compose,
    event,
    example,
    kinds,
    note,
    policy,
    shown,
)


def everything(of: Digest) -> str:
    """A digest in every format, as one text."""
    return "\n".join(render(of, fmt) for fmt in FORMATS)


def titles(of: Digest) -> list[str]:
    return [item.title for item in of.items]


def secret(**fields: str) -> Note:
    """An internal note, all of whose words can be looked for."""
    return note(
        "Never say zebrafish.",
        id="20261101-zebrafish-zzzz",
        title="Zebrafish",
        summary="About zebrafish.",
        owner="zebrafish@example.org",
        x_question="Who has seen a zebrafish?",
        **fields,
    )


def test_an_internal_note_leaves_no_trace_in_a_domestic_digest() -> None:
    water = example("say-what-the-water-will-do")
    hidden = secret()
    trail = [
        event(water),
        event(hidden),
        event(hidden, "capture", "2026-11-15", "- captured", name="Zoe Zebrafish", email="zoe@x.y"),
    ]
    used = applications()[0].model_copy(
        update={"note": hidden.id, "in_": "Zebrafish farm", "on": date(2026, 11, 16)}
    )
    without = compose([water], [event(water)], level="domestic")
    made = compose([water, hidden], trail, level="domestic", applications=[used])
    assert made == without
    assert "zebrafish" not in everything(made).casefold()
    assert compose([hidden], trail, level="domestic", applications=[used]).empty
    assert "Zebrafish" in titles(compose([water, hidden], trail))


def test_an_internal_note_is_never_counted() -> None:
    domestic = [
        note("Do.", id=f"20261101-n{n}-aaa{n}", title=f"N{n}", level="domestic") for n in range(7)
    ]
    hidden = [secret(), *(secret(x_more=str(n)) for n in range(3))]
    trail = [event(n) for n in (*domestic, *hidden)]
    made = compose([*domestic, *hidden], trail, level="domestic")
    assert made.items_left_out == 2
    assert compose(domestic, [event(n) for n in domestic], level="domestic") == made


def test_retired_internal_notes_are_not_told_to_a_wider_circle() -> None:
    old = secret()
    old = replace(old, fields=old.fields.model_copy(update={"state": "retired"}))
    trail = [event(old, on="2026-10-01"), event(old, "retire", steps="disseminated retired")]
    assert compose([old], trail, level="domestic").empty
    assert len(compose([old], trail).stop) == 1


def test_what_replaces_a_note_is_named_only_to_those_who_may_read_it() -> None:
    hidden = secret()
    old = note("Do.", state="retired", level="domestic", superseded_by=hidden.id)
    trail = [
        event(old, on="2026-10-01"),
        event(old, "retire", steps="disseminated retired", reason=f"Replaced by {hidden.id}."),
    ]
    narrow = compose([old, hidden], trail)
    assert narrow.stop[0].instead == "Zebrafish"
    assert hidden.id in narrow.stop[0].because
    wide = compose([old, hidden], trail, level="domestic")
    assert (wide.stop[0].instead, wide.stop[0].because) == ("", "")
    assert "zebrafish" not in everything(wide).casefold()


def test_what_is_not_out_replaces_nothing() -> None:
    heir = note("Do.", id="20261101-heir-hhhh", title="Heir", state="captured")
    old = note("Do.", state="retired", superseded_by=heir.id)
    trail = [event(old, on="2026-10-01"), event(old, "retire", steps="disseminated retired")]
    assert compose([old, heir], trail).stop[0].instead == ""


def test_a_stewards_reason_that_names_an_internal_note_is_kept_back() -> None:
    water, hidden = example("say-what-the-water-will-do"), secret()
    message = f"It was drawn from 'Zebrafish' ({hidden.id}), retired."
    told = (fact("drawn-retired", title="Zebrafish"),)
    reason = Reason("superseded", None, message, told)
    rows = [Stale(card_of(water, policy(), kinds()), water.owner, (reason,))]
    wide = compose([water, hidden], [], level="domestic", name="stewards", stale=rows)
    assert wide.empty
    assert "zebrafish" not in everything(wide).casefold()
    assert len(compose([water, hidden], [], name="stewards", stale=rows).due) == 1


def test_the_narrower_of_an_old_versions_levels_counts() -> None:
    water = example("say-what-the-water-will-do", level="international")
    made = compose([shown(water, level="internal")], [event(water)], level="domestic")
    assert made.empty


@pytest.mark.parametrize("level", ["", "secret", "Domestic"])
def test_a_level_that_cannot_be_read_is_the_narrowest(level: str) -> None:
    strange = note("Do.", level=level)
    assert compose([strange], [event(strange)], level="domestic").empty
    assert len(compose([strange], [event(strange)]).items) == 1


def test_two_notes_with_one_id_are_as_narrow_as_the_narrower() -> None:
    wide = note("Do.", level="international")
    made = compose([wide, note("Never.", level="internal")], [event(wide)], level="domestic")
    assert made.empty


def test_a_level_that_is_not_in_the_policy_is_refused() -> None:
    with pytest.raises(UsageError, match="There is no audience and no level 'public'") as caught:
        compose([], [], level="public")
    assert caught.value.mend == (
        "Choose one of: all-staff, partner-agencies, sister-services, internal, domestic, "
        "international."
    )


def test_protected_names_stay_in_the_narrowest_circle() -> None:
    water = example("say-what-the-water-will-do")
    naming = note("Ask Jane Roe.", level="domestic", id="20261101-naming-nnnn", title="Naming")
    minutes = note("Kept.", id="20261101-minutes-mmmm", protect="[Jane Roe, Farah Siddiqui]")
    trail = [
        event(water),
        event(naming),
        event(water, "capture", "2026-11-15", "- captured", name="Jane Roe", email="j@x.org"),
    ]
    used = applications()[2].model_copy(
        update={"note": water.id, "by": "j@x.org", "on": date(2026, 11, 16)}
    )
    made = compose([water, naming, minutes], trail, level="domestic", applications=[used])
    assert titles(made) == ["Say what the water will do, street by street"]
    assert made.items[0].ask is not None
    assert made.items[0].ask.name == "Amina Diallo"
    assert made.thanks == ()
    assert [row.by for row in made.applied] == [""]
    text = everything(made)
    assert "Jane" not in text
    assert "Farah" not in text
    assert "Jane Roe" in everything(compose([naming], trail))


def test_only_the_widest_circle_may_pass_the_letter_on() -> None:
    for level, told in (("internal", True), ("domestic", True), ("international", False)):
        for name in (digest.READERS, digest.STEWARDS):
            made = compose([], [], level=level, name=name)
            for fmt in ("md", "html", "text"):
                text = " ".join(render(made, fmt).split())
                assert ("do not pass this letter on" in text) is told
                assert level in text

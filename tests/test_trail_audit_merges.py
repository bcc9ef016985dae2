"""What a merge may join and what it must not lose, one decision at a time."""

from datetime import date
from typing import Any

import pytest

from kmkit.note.model import Asked, Deferred, Dissemination, Fields, Reviewed, Verdict
from kmkit.trail.audit.known import Known, Step
from kmkit.trail.audit.lost import lost
from kmkit.trail.audit.united import _of_a_side, _outweighed
from kmkit.trail.fold import Claim

DAY = date(2026, 11, 21)
TEXT, OTHER = "k1:" + "1" * 64, "k1:" + "2" * 64


def verdict(by: str, said: str = "approve", of: str = TEXT, **more: str) -> Verdict:
    given: dict[str, Any] = {"method": "crowd", "because": "Read.", **more}
    return Verdict.made(
        {"on": DAY, "by": f"{by}@example.org", "verdict": said, "fingerprint": of, **given}
    )


def known(*moves: str, print_: str = TEXT, since: int = 1, **claim: Any) -> Known:
    """A note that was captured on one line, and moved so on a side of its own."""
    steps: list[Step] = [(0, "capture"), *enumerate(moves, since)]
    return Known(
        id="n", path="notes/n.md", blob=f"{moves}{since}", kind="lesson", fingerprint=print_,
        rest=b"", backup="", claim=Claim(**{"state": "captured", **claim}), trail=frozenset(steps),
    )  # fmt: skip


WEEKLY = Dissemination(on=DAY, channel="weekly-digest")
OWN: dict[str, Any] = {"since": 10}
"""The numbers of the moves on the side that the merge takes."""

KEPT = [
    ("retired elsewhere", "retire", {"state": "retired"}, {"state": "validated"}, "retire"),
    ("retired on both", "retire", {"state": "retired"}, {"state": "retired"}, ""),
    ("rejected", "validate/reject", {"state": "retired"}, {}, "validate reject"),
    ("revised", "revise", {}, {"state": "formatted"}, "revise"),
    ("revised and retired", "revise", {}, {"state": "retired"}, ""),
    ("revised on both", "revise", {}, {}, ""),
    ("revised and gone on", "revise", {"state": "validated"}, {"state": "validated"}, ""),
    ("reopened", "reopen", {}, {"state": "validated"}, "reopen"),
    ("narrowed", "narrow", {"level": "internal"}, {"level": "domestic"}, "narrow"),
    ("as narrow", "narrow", {"level": "internal"}, {"level": "internal"}, ""),
    ("released", "release", {"level": "domestic"}, {"level": "internal"}, "release"),
    ("given away", "reassign", {"owner": "a@b.org"}, {"owner": "c@b.org"}, "reassign"),
    ("given to the same", "reassign", {"owner": "a@b.org"}, {"owner": "a@b.org"}, ""),
    ("sent", "disseminate", {"disseminated": (WEEKLY,)}, {}, "disseminate"),
    ("sent by both", "disseminate", {"disseminated": (WEEKLY,)}, {"disseminated": (WEEKLY,)}, ""),
    ("returned", "validate/return", {"verdicts": (verdict("ben", "return"),)}, {},
     "validate return"),
    ("approved", "validate/return", {"verdicts": (verdict("ben"),)}, {}, ""),
    ("returned, of another text", "validate/return",
     {"verdicts": (verdict("ben", "return", OTHER),)}, {}, "validate return"),
    ("returned on both", "validate/return", {"verdicts": (verdict("ben", "return"),)},
     {"verdicts": (verdict("ben", "return"),)}, ""),
    ("formatted", "format", {}, {}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("move", "side", "taken", "told"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT]
)
def test_a_decision_of_the_other_side_is_not_lost(
    move: str, side: dict[str, Any], taken: dict[str, Any], told: str
) -> None:
    ours = known("edit", **OWN, **taken)
    assert lost(ours, known("edit", move, **side)) == told
    assert lost(ours, known(**side)) == ""


@pytest.mark.parametrize(
    ("own", "other", "claims", "told"),
    [
        ("narrow", "release", ({"level": "internal"}, {"level": "domestic"}), ""),
        ("release", "narrow", ({"level": "internal"}, {"level": "domestic"}), ""),
        ("edit", "narrow", ({"level": "internal"}, {"level": "domestic"}), "narrow"),
        ("reassign", "reassign", ({"owner": "a@b.org"}, {"owner": "c@b.org"}), ""),
    ],
)
def test_a_decision_of_our_own_stands_against_it(
    own: str, other: str, claims: tuple[dict[str, Any], dict[str, Any]], told: str
) -> None:
    assert lost(known(own, **OWN, **claims[0]), known(other, **claims[1])) == told


def test_a_side_without_moves_of_its_own_gives_way() -> None:
    moved = known("validate/approve", "format", state="formatted")
    assert lost(known(), moved) == "format"
    assert lost(known(state="formatted"), moved) == ""
    assert lost(moved, known()) == ""


# What is joined


def joined(name: str, given: Any, ours: Known, *others: Known) -> bool:
    """Whether a field that a merge holds may stand."""
    sides = [ours, *others]
    same = [side for side in sides if side.fingerprint == ours.fingerprint]
    return _of_a_side(name, Fields(**{name: given}), ours, sides, same)


BEN, CY = verdict("ben"), verdict("cy")
BACK, AGAIN = verdict("ben", "return"), verdict("ben", because="Now it is right.")


def test_verdicts_on_one_text_are_joined() -> None:
    ours, theirs = known(verdicts=(BEN,)), known(verdicts=(CY,))
    assert joined("verdicts", (BEN, CY), ours, theirs)
    assert joined("verdicts", (CY, BEN), ours, theirs)
    assert not joined("verdicts", (CY,), ours, theirs)
    assert not joined("verdicts", (BEN, verdict("dee")), ours, theirs)
    assert not joined("verdicts", (BEN, CY, CY), ours, theirs)
    assert not joined("verdicts", (BEN, BEN, CY), ours, theirs)
    assert joined("verdicts", (BEN, CY), ours, known(print_=OTHER, verdicts=(CY,)))
    anew = known("revise", verdicts=(BEN,))
    assert not joined("verdicts", (BEN, CY), anew, theirs)
    assert joined("verdicts", (BEN, CY), anew, known("reopen", since=10, verdicts=(CY,)))
    assert joined("verdicts", (BEN, CY), known("ask", verdicts=(BEN,)), theirs)


def test_what_was_there_twice_may_stay_twice() -> None:
    assert joined("verdicts", (BEN, BEN, CY), known(verdicts=(BEN, BEN)), known(verdicts=(CY,)))


def test_a_return_stands_against_an_approval_of_the_other_side() -> None:
    ours, theirs = known(verdicts=(BACK,)), known(verdicts=(AGAIN,))
    assert not joined("verdicts", (BACK, AGAIN), ours, theirs)
    assert joined("verdicts", (AGAIN, BACK), ours, theirs)
    assert joined("verdicts", (BACK, CY), ours, known(verdicts=(CY,)))
    assert joined(
        "verdicts", (BACK, AGAIN, CY), known(verdicts=(BACK, AGAIN)), known(verdicts=(CY,))
    )
    again = known(verdicts=(BACK, BACK))
    assert joined("verdicts", (BACK, BACK, CY), again, known(verdicts=(CY,)))
    turned = known(verdicts=(AGAIN, BACK))
    assert _outweighed(Fields(verdicts=(BACK, AGAIN)), [turned])


def test_whom_somebody_asked_may_have_answered() -> None:
    ask = Asked(on=DAY, to="cy@example.org", by="ana@example.org")
    assert joined("asked", (), known(asked=(ask,)), known())
    assert not joined("disseminated", (), known(disseminated=(WEEKLY,)), known())
    assert joined("disseminated", (WEEKLY,), known(), known(print_=OTHER, disseminated=(WEEKLY,)))


def test_a_single_field_is_as_one_side_has_it() -> None:
    seen = Reviewed(on=DAY, by="ana@example.org", because="Still so.")
    later = Deferred(until=DAY, by="ana@example.org", on=DAY)
    fields: dict[str, Any] = {
        "level": "internal", "owner": "a@b.org", "reviewed": seen, "deferred": later,
        "superseded_by": "20261121-fuel-aaaa",
    }  # fmt: skip
    for name, value in fields.items():
        assert joined(name, value, known(), known(**{name: value}))
        assert not joined(name, value, known(), known())
    assert not joined("state", "retired", known(), known(state="retired"))

"""What a merge drops, and what of it is remembered: by what the file may be put back to."""

import pytest

from kmkit.note.model import Deferred, Dissemination, InForce, Reviewed, Verdict
from kmkit.trail.audit.findings import Finding
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lost import decided, kept, put, put_away, remembering, whole
from kmkit.trail.audit.scene import Scene
from kmkit.trail.writers import Writing, Written
from tests.test_trail_audit_scene import policy, scene
from tests.test_trail_audit_united import DAY, side, verdict

HERE = side(moves=("validate",), state="validated", level="domestic")._replace(id="n", blob="a")
RETIRED = side(moves=("validate", "retire"), state="retired", level="domestic")._replace(
    id="n", blob="b", ended=True
)
NARROWED = side(moves=("validate", "x", "narrow"), state="validated", level="internal")._replace(
    id="n", blob="c"
)
SPOILT = HERE._replace(blob="d", doubt=2, faults=(0,), sound=HERE)


def merge() -> Scene:
    """A merge in which one thing was found before."""
    found = scene(policy(), policy())
    found.findings.append(Finding("changed-after-approval", "n", "notes/n.md", "0" * 40, "Once."))
    return found


def stood(found: Scene) -> Known:
    """The note once the merge is judged."""
    known = found.book.get("notes/n.md")
    assert known
    return known


def said(taken: Known, *sides: Known) -> list[str]:
    """What is found of a merge that takes a version."""
    found = merge()
    kept(found, taken, sides)
    return [one.message.split("'")[1] for one in found.findings[1:]]


def mended(taken: Known, *sides: Known) -> bool:
    """Whether what was found before is made good."""
    found = merge()
    kept(found, taken, sides)
    return bool(found.mended)


def test_a_decision_of_a_side_is_dropped() -> None:
    assert said(HERE, HERE, RETIRED) == ["retire"]
    assert said(HERE, HERE, RETIRED, NARROWED) == ["retire", "narrow"]
    assert said(RETIRED, HERE, RETIRED) == []


def walked(state: str, since: int, *moves: str, level: str = "domestic") -> Known:
    """A note of one branch, which these moves led to."""
    known = side(state=state, level=level)._replace(id="n", blob=f"{since}")
    return known._replace(trail=known.trail | set(enumerate(moves, since)))


@pytest.mark.parametrize(
    ("own", "more", "dropped"),
    [
        (["validate/approve"], ["retire", "reopen"], []),
        (["validate/approve"], ["retire", "reopen", "ask"], []),
        (["ask", "validate/approve", "format"], ["validate/reject", "reopen"], []),
        (["validate/approve"], ["validate/approve", "revise", "retire", "reopen"], []),
        (["validate/approve", "revise", "validate/approve"], ["retire", "reopen"], []),
        (["validate/approve"], ["retire", "reopen", "validate/approve", "revise"], ["revise"]),
        (["validate/approve"], ["retire", "revise"], ["revise"]),
        (["validate/approve"], ["reopen"], ["reopen"]),
        (["revise", "validate/approve"], ["retire", "reopen"], ["reopen"]),
        (["reopen", "validate/approve"], ["retire", "reopen"], ["reopen"]),
        (["format"], ["retire", "reopen"], ["reopen"]),
        ([], ["retire", "reopen"], ["reopen"]),
        (["format"], ["revise", "reopen"], ["reopen"]),
        (["format"], ["reopen", "ask"], ["reopen"]),
    ],
)
def test_what_a_branch_took_back_itself_is_not_dropped(
    own: list[str], more: list[str], dropped: list[str]
) -> None:
    taken, other = walked("formatted", 1, *own), walked("captured", 11, *more)
    assert said(taken, taken, other) == dropped


@pytest.mark.parametrize(("state", "dropped"), [("captured", ["validate return"]), ("retired", [])])
def test_a_return_stands_until_the_note_is_retired(state: str, dropped: list[str]) -> None:
    back = verdict("ben", "return")
    taken, other = walked(state, 1, "ask"), walked("captured", 11, "validate/return")
    other = other._replace(claim=other.claim._replace(verdicts=(back,)))
    assert said(taken, taken, other) == dropped


def worded(known: Known, print_: str, *commits: int) -> Known:
    """The note in words that these commits wrote."""
    by = frozenset(Writing(one, frozenset(["cy@example.org"]), frozenset()) for one in commits)
    return known._replace(fingerprint=print_, written=Written(by))


REVISED = ["revise", "validate/approve"]
ROUND = verdict("ben")


def approved(state: str, *moves: str) -> Known:
    """Newer words, which were approved by other verdicts."""
    known = worded(walked(state, 11, *moves), "k1:new", 1, 2)
    return known._replace(claim=known.claim._replace(verdicts=(ROUND,)))


@pytest.mark.parametrize(
    ("own", "wrote", "dropped"),
    [
        ([], 1, True),
        (["ask"], 1, True),
        (["disseminate", "narrow"], 1, True),
        (["ask"], 3, False),
        (["validate/return"], 1, True),
        (["validate/reject"], 1, False),
        (["retire"], 1, False),
        (["settle"], 1, False),
        (["renew/approve"], 1, False),
        (["reopen", "validate/approve"], 1, False),
        (["same-meaning/approve"], 1, True),
        (["reopen"], 1, True),
    ],
)
def test_older_words_are_no_choice_of_whoever_decided_nothing(
    own: list[str], wrote: int, dropped: bool
) -> None:
    taken = worded(walked("validated", 21, *own), "k1:old", wrote)
    assert said(taken, taken, approved("validated", *REVISED)) == ["validate approve"] * dropped
    assert said(taken, taken, approved("validated", "ask", "disseminate")) == []


@pytest.mark.parametrize(
    "verb",
    ["validate/approve", "validate/return", "validate/reject", "revise", "reopen", "retire",
     "settle", "same-meaning/approve", "renew/approve"],
)  # fmt: skip
def test_whatever_decided_of_newer_words_is_not_dropped(verb: str) -> None:
    taken = worded(walked("validated", 21, "ask"), "k1:old", 1)
    assert said(taken, taken, approved("validated", verb)) == [verb.replace("/", " ")]
    assert said(taken, taken, approved("validated", "defer")) == []


def test_older_words_under_the_same_verdicts_drop_nothing() -> None:
    other = approved("validated", *REVISED)
    taken = worded(walked("validated", 21, "ask"), "k1:old", 1)
    alike = taken._replace(claim=taken.claim._replace(verdicts=(ROUND,)))
    assert said(alike, alike, other) == []
    further = alike._replace(claim=alike.claim._replace(state="formatted"))
    assert said(further, further, other) == ["validate approve"]


@pytest.mark.parametrize(
    ("state", "other", "own", "dropped"),
    [
        ("captured", "validated", "ask", True),
        ("validated", "formatted", "ask", True),
        ("formatted", "validated", "ask", False),
        ("validated", "validated", "ask", False),
        ("retired", "validated", "ask", False),
        ("captured", "validated", "validate/return", False),
        ("captured", "formatted", "reopen", False),
        ("captured", "formatted", "revise", False),
    ],
)
def test_of_the_same_words_nothing_stands_less_far(
    state: str, other: str, own: str, dropped: bool
) -> None:
    taken = walked(state, 1, own)
    assert said(taken, taken, walked(other, 11, "format")) == ["format"] * dropped


def test_a_version_that_was_withdrawn_is_in_force_no_more() -> None:
    stands = InForce(blob="a" * 40, state="validated")
    bare, other = walked("captured", 1, "ask"), walked("captured", 11, "retire", "reopen")
    taken = bare._replace(claim=bare.claim._replace(in_force=stands))
    assert said(taken, taken, other) == ["reopen"]
    assert said(bare, bare, other) == []
    elsewhere = other._replace(trail=walked("captured", 11, "ask").trail)
    assert said(taken, taken, elsewhere) == []


def again(known: Known, stands: InForce) -> Known:
    """The note once it was approved and revised again."""
    claim = known.claim._replace(in_force=stands)
    return known._replace(claim=claim, trail=known.trail | {(15, "validate/approve"), (16, "ask")})


def test_what_is_in_force_was_left_so_since_or_stands_on_the_other_side_too() -> None:
    stands = InForce(blob="a" * 40, state="validated")
    taken = worded(walked("captured", 1, "ask"), "k1:x", 3)
    taken = taken._replace(claim=taken.claim._replace(in_force=stands))
    other = worded(walked("captured", 11, "retire", "reopen", "edit"), "k1:y", 13)
    assert said(taken, taken, other) == ["retire"]
    assert said(taken._replace(claim=walked("captured", 1).claim), other) == []
    assert said(taken._replace(claim=walked("captured", 1).claim), again(other, stands)) == []
    same = other._replace(claim=other.claim._replace(in_force=stands))
    assert said(taken, taken, same) == []
    for verb in ("revise", "validate/approve", "renew/approve"):
        anew = taken._replace(trail=taken.trail | {(2, verb)})
        assert said(anew, anew, other) == []


@pytest.mark.parametrize(
    ("own", "given", "there", "dropped"),
    [
        (["ask"], [ROUND], [], True),
        (["ask"], [ROUND], [ROUND], False),
        (["ask"], [], [ROUND], False),
        (["ask", "reopen"], [ROUND], [], False),
        (["revise"], [ROUND], [], False),
    ],
)
def test_verdicts_of_a_round_that_is_over_do_not_count_again(
    own: list[str], given: list[Verdict], there: list[Verdict], dropped: bool
) -> None:
    taken = worded(walked("captured", 1, *own), ROUND.fingerprint, 3)
    taken = taken._replace(claim=taken.claim._replace(verdicts=tuple(given)))
    other = worded(walked("captured", 11, "validate/reject", "reopen"), "k1:y", 13)
    other = other._replace(claim=other.claim._replace(verdicts=tuple(there)))
    assert said(taken, taken, other) == ["reopen"] * dropped
    assert said(taken._replace(fingerprint="k1:x"), other) == []  # no verdict is about it


@pytest.mark.parametrize(
    ("print_", "own", "dropped"),
    [
        ("k1:x", ["validate/approve"], True),
        ("k1:y", ["edit"], True),
        ("k1:y", ["validate/in part"], True),
        ("k1:y", ["revise", "validate/approve"], False),
        ("k1:y", ["settle"], False),
        ("k1:y", ["narrow"], False),
    ],
)
def test_a_release_is_of_the_words_that_were_released(
    print_: str, own: list[str], dropped: bool
) -> None:
    taken = worded(walked("validated", 1, *own, level="internal"), print_, 3)
    other = worded(walked("validated", 11, "release", level="international"), "k1:x", 13)
    assert said(taken, taken, other) == ["release"] * dropped


def test_words_forth_and_back_are_the_same() -> None:
    taken = worded(walked("captured", 1, "ask"), "k1:x", 1, 3)
    assert said(taken, taken, worded(walked("validated", 11, "format"), "k1:x", 1)) == ["format"]


def test_a_step_that_decides_nothing_of_newer_words_is_not_missed() -> None:
    taken = worded(walked("validated", 1, "ask"), "k1:old", 1)
    assert said(taken, taken, approved("formatted", "format")) == []


def test_words_that_were_put_back_are_no_newer_ones() -> None:
    taken = worded(walked("captured", 21, "ask"), "k1:old", 1)
    restored = worded(approved("validated", *REVISED), "k1:new", 1)
    assert said(taken, taken, restored) == ["validate approve"]


def test_words_from_before_a_validation_are_older_ones() -> None:
    taken = worded(walked("captured", 21, "ask"), "k1:old", 1)
    other = approved("validated", *REVISED)
    (since,) = worded(other, "k1:new", 2).written.since
    (old,) = taken.written.since
    other = other._replace(written=Written(frozenset([since]), frozenset([("k1:old", old)])))
    assert said(taken, taken, other) == ["validate approve"]


def test_a_revision_that_one_branch_approves_and_another_returns_leaves_what_stood() -> None:
    stands = InForce(blob="a" * 40, state="validated")
    taken = walked("captured", 1, "validate/return")
    taken = taken._replace(claim=taken.claim._replace(in_force=stands))
    assert said(taken, taken, walked("validated", 11, "validate/approve")) == []


@pytest.mark.parametrize(
    ("print_", "own", "dropped"),
    [
        ("k1:no", [], True),
        ("k1:no", ["ask", "validate/return"], True),
        ("k1:no", ["validate/approve"], False),
        ("k1:no", ["revise"], False),
        ("k1:no", ["reopen"], False),
        ("k1:no", ["retire"], False),
        ("k1:new", ["ask"], False),
    ],
)
def test_a_rejected_revision_does_not_come_back_by_itself(
    print_: str, own: list[str], dropped: bool
) -> None:
    taken = worded(walked("captured", 1, *own), print_, 1, 3)
    other = worded(walked("validated", 11, "validate/reject"), "k1:old", 1)
    other = other._replace(rejected=("k1:no",))
    assert said(taken, taken, other) == ["validate reject"] * dropped


BACK, NO = verdict("ben", "return"), verdict("dee", "return")
FINE, OWN = verdict("ben"), verdict("ben", because="Now it is.")
ABOUT_OTHER = FINE.model_copy(update={"fingerprint": "k1:other"})


@pytest.mark.parametrize(
    ("given", "there", "dropped"),
    [
        ([BACK, NO, OWN], [BACK, NO], False),
        ([BACK, FINE, NO], [BACK, FINE, NO, BACK], True),
        ([BACK, FINE], [FINE, BACK], True),
        ([BACK, ABOUT_OTHER], [ABOUT_OTHER, BACK], False),
        ([BACK, verdict("dee")], [verdict("dee"), BACK], False),
        ([FINE], [FINE, BACK], True),
    ],
)
def test_a_return_that_came_last_is_not_dropped_for_what_came_before(
    given: list[Verdict], there: list[Verdict], dropped: bool
) -> None:
    taken, other = walked("captured", 1, "ask"), walked("captured", 11, "validate/return")
    taken = taken._replace(claim=taken.claim._replace(verdicts=tuple(given)))
    other = other._replace(claim=other.claim._replace(verdicts=tuple(there)))
    assert said(taken, taken, other) == ["validate return"] * dropped


@pytest.mark.parametrize(
    ("own", "more", "here", "there", "dropped"),
    [
        (["narrow"], ["narrow"], "domestic", "internal", ["narrow"]),
        (["narrow"], ["release", "narrow"], "domestic", "internal", ["narrow"]),
        (["narrow"], ["narrow"], "internal", "domestic", []),
        (["narrow"], ["narrow"], "internal", "internal", []),
        (["narrow", "release"], ["narrow"], "domestic", "internal", []),
        (["narrow"], ["narrow"], "elsewhere", "internal", []),
        (["narrow"], ["narrow"], "domestic", "elsewhere", []),
        (["release"], ["release", "narrow"], "domestic", "internal", ["narrow"]),
        (["release"], ["release", "narrow"], "elsewhere", "internal", []),
        (["release"], ["narrow"], "domestic", "internal", []),
        (["release"], ["narrow", "release"], "domestic", "international", []),
    ],
)
def test_what_was_narrowed_is_wider_by_a_release_alone(
    own: list[str], more: list[str], here: str, there: str, dropped: list[str]
) -> None:
    taken = walked("validated", 1, *own, level=here)
    other = walked("validated", 11, *more, level=there)
    other = other._replace(claim=other.claim._replace(former=("domestic", "internal")))
    assert said(taken, taken, other) == dropped


def test_a_revision_in_the_very_words_that_stand_was_rejected_in_vain() -> None:
    taken = worded(walked("formatted", 1, "format"), "k1:old", 1)
    other = worded(walked("validated", 11, "revise", "validate/reject"), "k1:old", 1)
    assert said(taken, taken, other._replace(rejected=("k1:old",))) == []


def test_what_was_done_on_the_side_that_was_taken_is_done() -> None:
    went, more = (Dissemination(on=DAY, channel=name, by="ana@example.org") for name in "ab")
    held = Reviewed(on=DAY, by="cy@example.org", because="It holds.")
    off = Deferred(on=DAY, until=DAY, by="cy@example.org", because="Later.")
    claim = HERE.claim._replace(disseminated=(went, more), reviewed=held, deferred=off)
    claim = claim._replace(owner="dee@example.org")
    taken = HERE._replace(claim=claim, trail=HERE.trail | {(50, "reassign")})
    lost = NARROWED._replace(claim=NARROWED.claim._replace(disseminated=(went,)))

    def remembered(known: Known) -> Known:
        found = merge()
        put(found, known, [known, lost], [0])
        sound = stood(found).sound
        assert sound
        assert (sound.blob, sound.claim.level) == ("", "internal")
        return sound

    claim = remembered(taken).claim
    assert (claim.disseminated, claim.reviewed, claim.deferred) == ((went, more), held, off)
    claim = remembered(taken._replace(bent=("reviewed",))).claim
    assert (claim.disseminated, claim.reviewed, claim.deferred) == ((went, more), None, off)
    claim = remembered(taken._replace(doubt=1)).claim
    assert (claim.disseminated, claim.reviewed, claim.deferred) == ((went,), None, None)


def test_what_stood_against_a_note_on_any_side_is_remembered() -> None:
    found, back = merge(), verdict("ben", "return")
    returned = NARROWED._replace(claim=NARROWED.claim._replace(verdicts=(back,)))
    put_away(found, [HERE, RETIRED, returned])
    gone = found.book.removed("n")
    assert gone
    assert (gone.claim.verdicts, gone.ended, gone.blob) == ((back,), True, "")


def test_what_else_it_decided_is() -> None:
    taken = walked("validated", 1, "validate/approve")
    other = walked("captured", 11, "narrow", "retire", "reopen", level="internal")
    assert said(taken, taken, other) == ["narrow"]


def test_what_was_decided_on_a_side_before_it_was_spoilt_counts() -> None:
    spoilt = RETIRED._replace(blob="e", doubt=2, sound=RETIRED)
    assert decided(spoilt) == RETIRED
    assert decided(spoilt._replace(doubt=0)) == spoilt._replace(doubt=0)
    assert decided(spoilt._replace(sound=None)) == spoilt._replace(sound=None)
    assert said(HERE, HERE, spoilt._replace(claim=HERE.claim)) == ["retire"]


def test_a_merge_that_takes_the_sound_side_makes_the_other_good() -> None:
    assert mended(HERE, HERE, SPOILT)
    assert not mended(HERE, HERE, SPOILT._replace(blob=HERE.blob))
    assert not mended(SPOILT._replace(blob="f"), SPOILT._replace(blob="f"), SPOILT)
    assert not mended(NARROWED, HERE._replace(faults=(0,)))


def test_what_lost_nothing() -> None:
    assert whole([HERE, RETIRED]) == [RETIRED]
    assert whole([HERE, RETIRED, NARROWED]) == []
    assert whole([HERE, SPOILT]) == [HERE, SPOILT]


def test_a_merge_without_a_finding_remembers_nothing() -> None:
    found = merge()
    put(found, HERE, [HERE, RETIRED], ())
    assert stood(found) == HERE


def test_a_merge_with_a_finding_is_made_good_by_what_lost_nothing() -> None:
    found = merge()
    put(found, HERE, [HERE, RETIRED], [0])
    assert (stood(found).doubt, stood(found).sound, stood(found).ended) == (2, RETIRED, True)
    found = merge()
    put(found, SPOILT, [SPOILT, RETIRED], ())
    assert (stood(found).sound, stood(found).ended) == (RETIRED, True)
    found = merge()
    put(found, SPOILT._replace(ended=True), [SPOILT, HERE], ())
    assert (stood(found).sound, stood(found).ended) == (HERE, True)
    found = merge()
    put(found, HERE, [HERE, NARROWED], [0])
    assert (stood(found).sound, stood(found).ended) == (NARROWED, False)


def test_without_such_a_version_what_was_lost_is_remembered() -> None:
    found = merge()
    put(found, HERE, [HERE, NARROWED, RETIRED], [0])
    assert stood(found).sound == NARROWED._replace(blob="")
    assert stood(found).ended
    found = merge()
    put(found, SPOILT._replace(sound=HERE._replace(blob="")), [SPOILT, HERE], [0])
    assert stood(found).sound == HERE


def test_where_every_side_is_spoilt_nothing_makes_it_good() -> None:
    spoilt = SPOILT._replace(sound=None)
    found = merge()
    put(found, spoilt, [spoilt, spoilt._replace(blob="e")], [0])
    assert stood(found).sound is None
    put(found, SPOILT, [SPOILT, spoilt], [0])
    assert stood(found).sound == HERE


def test_a_joined_version_has_the_moves_of_every_side() -> None:
    found = merge()
    put(found, HERE, [HERE, NARROWED], [0], joined=True)
    assert stood(found).trail == HERE.trail | NARROWED.trail
    assert stood(found).sound == NARROWED


def test_a_joined_version_remembers_what_was_rejected_and_given_up_on_any_side() -> None:
    claim = HERE.claim._replace(former=("internal",))
    here = HERE._replace(claim=claim, rejected=("k1:1",), fingerprint="k1:3")
    there = NARROWED._replace(
        claim=NARROWED.claim._replace(former=(HERE.claim.level, "old@example.org")),
        rejected=("k1:2", "k1:3"),
    )
    found = remembering(here, [here, there])
    assert found.claim.former == ("internal", "old@example.org")
    assert found.rejected == ("k1:1", "k1:2")


def test_what_comes_back_is_what_lost_nothing() -> None:
    found = merge()
    put_away(found, [HERE, RETIRED])
    assert found.book.removed("n") == RETIRED
    put_away(found, [SPOILT._replace(blob="0"), HERE])
    assert found.book.removed("n") == HERE
    put_away(found, [HERE, RETIRED, NARROWED])
    assert found.book.removed("n") == HERE._replace(blob="", ended=True)
    put_away(found, [SPOILT])
    assert found.book.removed("n") == SPOILT

"""An application walks: planned, done, verified by somebody else, or dropped with a reason."""

import os
import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmkit.errors import KmkitError, Refused, UsageError
from kmkit.index.book import Index
from kmkit.index.problems import problems
from kmkit.kb import KnowledgeBase
from kmkit.kb import applying as walk
from kmkit.kb.artefacts import artefact
from kmkit.learn.actions import actions
from kmkit.lifecycle.person import Person
from kmkit.note.records import ApplicationRecord
from kmkit.note.records.application import ASKS, STEPS
from tests.audited import audited
from tests.conftest import ANA, BEN, CY, at, disseminated
from tests.index_tables import same_as_the_files
from tests.note_material import rules

LATER = datetime.fromisoformat("2026-12-01T12:00:00+00:00")
DUE = date(2026, 12, 24)
MORE = int(os.environ.get("KMKIT_EXAMPLES", "12"))


def only(kb: KnowledgeBase) -> ApplicationRecord:
    (record,) = at(kb).records(ApplicationRecord)
    return record


def test_from_a_plan_to_a_proof(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    made = walk.plan(kb, note, where="Coast road", action="Sign", due=DUE, by="Ben@Example.org")
    record = only(kb)
    assert (record.status, record.by, record.due) == ("planned", BEN.key, DUE)
    assert at(kb).applications == []
    event = at(kb).events()[-1]
    assert (event.move, event.about, event.get("Due")) == ("plan", note.id, str(DUE))

    walk.done(
        at(kb, CY), made.path, changed="policy.toml", outcome="helped", because="It was signed."
    )
    record = only(kb)
    assert (record.status, record.reported_by, record.on) == ("done", CY.key, kb.today)
    assert re.fullmatch(r"policy\.toml@[0-9a-f]{40}", record.changed)
    (use,) = at(kb).applications
    assert (use.outcome, use.by, use.because) == ("helped", BEN.key, "It was signed.")

    for who in (BEN, CY, Person("Ben", "BEN@example.ORG")):
        with pytest.raises(Refused, match="cannot verify"):
            walk.verify(at(kb, who, LATER), made.path, evidence="Log")
    with pytest.raises(Refused, match="no later than the change"):
        walk.verify(at(kb, ANA), made.path, evidence="Log")
    walk.verify(at(kb, ANA, LATER), made.path, evidence="Log of the drill")
    record = only(kb)
    assert record.verified is not None
    assert (record.status, record.verified.by) == ("verified", ANA.key)
    assert [e.move for e in at(kb).events()][-3:] == ["plan", "done", "verify"]
    assert rules(problems(at(kb, ANA, LATER))) == []
    assert audited(kb) == ()


def test_dropped_planned_anew_and_set_aside_each_with_a_reason(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    made = walk.plan(kb, note, where="Coast road", action="Sign", due=DUE)
    for call in (walk.drop, walk.replan):
        with pytest.raises(UsageError, match="reason"):
            call(kb, made.path, because=" ")
    walk.replan(kb, made.path, due=DUE + timedelta(days=9), by=BEN.email, because="Ben has time.")
    assert (only(kb).due, only(kb).by) == (DUE + timedelta(days=9), BEN.key)
    walk.drop(kb, made.path, because="The road is closed for good.")
    assert (only(kb).status, only(kb).because) == ("dropped", "The road is closed for good.")
    with pytest.raises(Refused, match="is dropped") as caught:
        walk.done(kb, made.path, changed="policy.toml", outcome="helped", because="x")
    assert caught.value.mend == "Nothing leads on from there."
    walk.set_aside(kb, note, where="Inland", status="not-applicable", because="No road.")
    with Index.open(kb.root, today=kb.today) as index:
        assert (actions(index), index.uses) == ([], ())


def test_a_planned_use_is_refused_where_its_note_or_its_day_is_not_there(
    kb: KnowledgeBase,
) -> None:
    note = disseminated(kb)
    for given_, said in (
        ({"where": " "}, "--in"),
        ({"action": ""}, "--action"),
        ({"due": date(2026, 1, 1)}, "is past"),
    ):
        whole = {"where": "x", "action": "x", "due": DUE, **given_}
        with pytest.raises(UsageError, match=said):
            walk.plan(kb, note, **whole)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="no e-mail address"):
        walk.plan(kb, note, where="x", action="x", due=DUE, by="ben")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("https://example.org/sop#4", "https://example.org/sop#4"),
        ("Fuel procedure,\n paragraph 4", "Fuel procedure, paragraph 4"),
    ],
)
def test_a_document_or_a_link_is_kept_as_it_is(kb: KnowledgeBase, given_: str, kept: str) -> None:
    assert artefact(kb, given_) == kept


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("SOP", "does not say what was changed"),
        ("no.md", "no file no.md"),
        ("kmkit.toml@0123456789", "no commit 0123456789"),
        ("kmkit.tml@HEAD", "no file kmkit.tml"),
        ("notes@HEAD", "no file notes"),
        ("../kmkit.toml", "no file"),
    ],
)
def test_a_file_has_to_be_there_at_its_commit(kb: KnowledgeBase, given_: str, said: str) -> None:
    disseminated(kb)
    with pytest.raises(Refused, match=re.escape(said)):
        artefact(kb, given_)


def test_a_file_is_named_with_its_whole_commit(kb: KnowledgeBase) -> None:
    first = kb.git.tip()
    disseminated(kb)
    assert artefact(kb, "kmkit.toml") == f"kmkit.toml@{kb.git.tip()}"
    assert artefact(kb, f"kmkit.toml@{first[:9]}") == f"kmkit.toml@{first}"


# Whatever people do, in whatever order

PEOPLE = (ANA, BEN, CY)
STEP = st.tuples(
    st.sampled_from([step.verb for step in STEPS]),
    st.sampled_from(PEOPLE),
    st.integers(0, 2),
    st.sampled_from(["helped", "did-not-help"]),
)


@settings(
    max_examples=MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEP, min_size=3, max_size=9))
def test_the_promises_of_the_table_hold_on_any_walk(
    kb: KnowledgeBase, steps: list[tuple[str, Person, int, str]]
) -> None:
    shutil.rmtree(kb.root / "records", ignore_errors=True)
    if not list(kb.note_paths()):
        disseminated(kb)
    (note,) = kb.notes()
    if (kb.git.text("status", "--porcelain")) != "":
        kb.git.run("add", "-A")
        kb.git.run("commit", "-qm", "Begin again")
    made: list[Path] = []
    stood: dict[Path, str] = {}
    for day, (verb, who, which, outcome) in enumerate(steps):
        mine = at(kb, who, kb.now + timedelta(days=day))
        path = made[which % len(made)] if made else None
        before = kb.git.tip()
        try:
            path = _take(mine, verb, note.id, path, outcome)
        except KmkitError:
            assert kb.git.tip() == before
            continue
        after = next(r for r in mine.records(ApplicationRecord) if r.id == path.stem)
        _promised(verb, stood.get(path, ""), after)
        stood[path] = after.status
        made = [*dict.fromkeys([*made, path])]
    last = at(kb, ANA, kb.now + timedelta(days=len(steps)))
    assert rules(problems(last)) == []
    uses = {use.id: use.outcome for use in last.applications}
    with Index.open(kb.root, today=last.today) as index:
        assert {use.id: use.outcome for use in index.uses} == uses
        owed = {one.id for one in actions(index)}
    assert owed == {path.stem for path, status in stood.items() if status == "planned"}
    assert set(uses) == {p.stem for p, s in stood.items() if s in ("done", "verified")}
    assert audited(kb) == ()


def _take(kb: KnowledgeBase, verb: str, id: str, path: Path | None, outcome: str) -> Path:
    """One step of anybody's, and the record that it was about."""
    from pathlib import PurePosixPath

    note, why = kb.resolve(id), "So it is."
    place = PurePosixPath(path.as_posix()) if path else PurePosixPath("records/application/x.md")
    match verb:
        case "plan":
            made = walk.plan(kb, note, where="x", action="y", due=kb.today + timedelta(days=1))
        case "apply":
            return Path(kb.apply(note, where="x", outcome=outcome, because=why, changed="a b"))
        case "not-applicable" | "no-action":
            made = walk.set_aside(kb, note, where="x", status=verb, because=why)
        case _ if path is None:
            raise Refused("There is nothing to walk with.")
        case "replan":
            made = walk.replan(kb, place, due=kb.today + timedelta(days=2), because=why)
        case "done":
            made = walk.done(kb, place, changed="a b", outcome=outcome, because=why)
        case "verify":
            made = walk.verify(kb, place, evidence="Log")
        case _:
            made = walk.drop(kb, place, because=why)
    return Path(made.path)


def _promised(verb: str, before: str, after: ApplicationRecord) -> None:
    """What stands after a step is what the table and the design promise."""
    (step,) = (step for step in STEPS if step.verb == verb)
    assert (before in step.begins, after.status) == (True, step.to)
    assert all(getattr(after, name) for name in ASKS[after.status])
    if after.verified:
        assert after.verified.by not in (after.by, after.reported_by)
        assert after.on is not None
        assert after.verified.on > after.on


def test_the_index_says_what_the_files_say(kb: KnowledgeBase) -> None:
    note = disseminated(kb)
    made = walk.plan(kb, note, where="Coast road", action="Sign", due=DUE)
    kb.apply(note, where="Inland", outcome="did-not-help", because="Dry.")
    same_as_the_files(kb.root)
    walk.done(kb, made.path, changed="a b", outcome="helped", because="Signed.")
    same_as_the_files(kb.root)

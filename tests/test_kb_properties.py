"""Any sequence of moves keeps the trail and the front matter equal, and touches nothing else."""

import random
import re
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kmkit.errors import KmkitError
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.audit.anchor import anchor_of
from kmkit.trail.audit.audit import audit
from tests.conftest import ANA, BEN, CY, DEE, NOW, captured
from tests.forgeries.legal_records import walk_a_record

PEOPLE = (ANA, BEN, CY, DEE)
REASONS = st.one_of(
    st.sampled_from(
        ["Checked.", "a\n---\nKmkit-Move: retire captured -> retired", "x\n\nKmkit-Verdict: reject"]
    ),
    st.text(min_size=1, max_size=60),
)
WRITES = {
    "ask": {"asked"},
    "validate": {"state", "verdicts", "asked", "in_force"},
    "same-meaning": {"verdicts"},
    "format": {"state"},
    "disseminate": {"state", "disseminated"},
    "confirm": {"state", "reviewed", "deferred"},
    "defer": {"deferred"},
    "release": {"level"},
    "narrow": {"level"},
    "reassign": {"owner"},
    "retire": {"state", "asked", "in_force", "superseded_by"},
    "reopen": {"state", "verdicts", "asked", "deferred", "in_force", "superseded_by"},
}
"""The fields that each move may write."""

STEPS = st.tuples(
    st.sampled_from([*WRITES, "edit", "edit", "reword", "validate", "validate", "validate"]),
    st.sampled_from(PEOPLE),
    REASONS,
    st.sampled_from(["approve", "approve", "return", "reject"]),
    st.sampled_from(["internal", "domestic", "international"]),
    st.sampled_from(["peer-review", "crowd", "peer-review"]),
    st.integers(0, 3),
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking real repositories takes long
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, min_size=3, max_size=14), st.integers(0, 9999))
def test_any_sequence_of_moves(steps: list[tuple[object, ...]], seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        kb = lay(Path(folder) / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
        (kb.root / "foreign.txt").write_text("mine\n", encoding="utf-8")
        kb.git.run("add", "foreign.txt")
        fields = {"topics": ["fuel"], "matters_to": "Drivers."}
        note = captured(kb, "Order fuel, early", evidence=["annex/a b.csv"], **fields)
        for day, step in enumerate(steps):
            now = NOW + timedelta(days=day)
            note = take(KnowledgeBase(kb.root, now=now, actor=step[1]), note, step)  # type: ignore[arg-type]
            if chance.random() < 0.5:
                who = chance.choice(PEOPLE)
                walk_a_record(KnowledgeBase(kb.root, now=now, actor=who), PEOPLE, chance)
            agree(KnowledgeBase(kb.root, now=now, actor=ANA), note)


def take(kb: KnowledgeBase, note: Note, step: tuple[object, ...]) -> Note:
    """One step; a refused one changes nothing."""
    verb, _, because, verdict, level, method, number = step
    assert isinstance(verb, str)
    request = Request(
        because=str(because),
        method=str(method),
        verdict=str(verdict),
        level=str(level),
        channel="weekly-digest",
        owner=("ana", "ben", "cy", "dee")[int(str(number))] + "@example.org",
        to="dee@example.org",
        due=kb.today + timedelta(days=7),
    )
    data = edited(note, verb, int(str(number)))
    before, tip = note.data, kb.git.tip()
    try:
        moved = kb.move(verb, note, request, data=data)
    except KmkitError:
        assert (kb.root / note.path).read_bytes() == before
        assert kb.git.tip() == tip
        return note
    after = kb.read(note.path)
    assert after.data == moved.note.data
    paths = kb.git.text("show", "--format=", "--name-only", "HEAD").split()
    assert paths == [str(note.path)]
    if verb in WRITES and not (verb == "validate" and verdict == "reject"):
        untouched(before, after.data, WRITES[verb])
    return after


def edited(note: Note, verb: str, number: int) -> bytes | None:
    """What a hand makes of the note."""
    if verb == "reword" or (verb == "edit" and number == 0):
        return write_body(note, split(note.text)[0].body.replace("early.", "early. Always."))
    if verb == "edit":
        return write_fields(note, {"topics": ["fuel", f"topic-{number}"]})
    return None


def agree(kb: KnowledgeBase, note: Note) -> None:
    """The trail adds up to what the front matter says, the audit finds no fault with it, and
    nothing foreign was swept in.
    """
    anchor = anchor_of(kb.git, "", kb.git.tip())
    assert audit(kb.git, "", anchor=anchor.commit, tip=kb.git.tip()).findings == ()
    claim, fields = kb.claim(note), note.fields
    assert (claim.state, claim.level, claim.owner) == (note.state, note.level, fields.owner)
    for name in ("verdicts", "asked", "disseminated"):
        assert getattr(claim, name) == getattr(fields, name), name
    for name in ("reviewed", "deferred", "in_force", "superseded_by"):
        assert (getattr(claim, name) or None) == (getattr(fields, name) or None), name
    status = subprocess.run(
        ["git", "-C", str(kb.root), "status", "--porcelain"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == "A  foreign.txt\n"


def untouched(before: bytes, after: bytes, names: set[str]) -> None:
    """All but the fields ``names`` is byte for byte the same."""
    assert without(before, names) == without(after, names)


def without(data: bytes, names: set[str]) -> bytes:
    head, mark, body = data.partition(b"\n---\n")
    fields = re.split(rb"(?m)^(?=[a-z_]+:)", head)
    kept = [field for field in fields if field.partition(b":")[0].decode() not in names]
    return b"".join(piece.rstrip(b"\n") + b"\n" for piece in kept) + mark + body

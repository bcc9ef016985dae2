"""Any two branches of moves of one note: merged by field, the audit finds nothing.

``KMKIT_BRANCHES=500 pytest tests/test_kb_merging_properties.py`` tries five hundred pairs.
"""

import os
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from kmkit.errors import KmkitError, Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.kb.resolving import resolve
from kmkit.lifecycle.context import Request
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.compare import bare
from tests.conftest import ANA, BEN, CY, DEE, NOW, at

VERBS = ("ask", "validate", "validate", "validate", "format", "disseminate", "confirm", "reopen",
         "retire", "narrow", "release", "reassign", "edit", "text", "reword", "same-meaning",
         "settle", "renew", "defer")  # fmt: skip
WALK = (("validate", BEN), ("format", ANA), ("disseminate", ANA), ("confirm", ANA), ("reopen", ANA))
"""Where the two branches part is some way along the walk."""
STEP = st.tuples(
    st.sampled_from(VERBS),
    st.sampled_from([ANA, ANA, BEN, CY, DEE]),
    st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
    st.sampled_from(["peer-review", "peer-review", "crowd"]),
    st.integers(0, 2),
)
BEFORE = st.integers(0, 5).map(
    lambda count: [(verb, who, "approve", "peer-review", 0) for verb, who in WALK[:count]]
)
BRANCH = st.lists(STEP, min_size=2, max_size=5)
LATER = ("validate", "format", "disseminate", "confirm", "retire", "reopen", "edit", "reassign")
"""What can follow a merge."""
BODY = "".join(
    f"## {name}\n\nText of {name.lower()}.\n\n"
    for name in ("Context and challenge", "Solution and actions", "Results", "Lessons")
)


@settings(
    max_examples=int(os.environ.get("KMKIT_BRANCHES", "12")),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking real repositories takes long
    suppress_health_check=[HealthCheck.too_slow],
)
@given(BEFORE, BRANCH, BRANCH)
@example(
    [(verb, who, "approve", "peer-review", 0) for verb, who in WALK[:2]],
    [("disseminate", ANA, "approve", "peer-review", 0)],
    [("renew", BEN, "approve", "peer-review", 0)],
)
@example(
    [(verb, who, "approve", "peer-review", 0) for verb, who in WALK[:1]],
    [("retire", ANA, "approve", "peer-review", 2), ("reopen", ANA, "approve", "peer-review", 2)],
    [("text", CY, "approve", "peer-review", 1), ("validate", BEN, "approve", "peer-review", 1)],
)
@example(
    [(verb, who, "approve", "peer-review", 0) for verb, who in WALK[:2]],
    [("reassign", ANA, "approve", "peer-review", 1), ("narrow", ANA, "approve", "peer-review", 0)],
    [("renew", CY, "approve", "peer-review", 0)],
)
@example(
    [],
    [("validate", CY, "approve", "peer-review", 0)],
    [("validate", DEE, "approve", "peer-review", 0), ("reopen", ANA, "approve", "peer-review", 0)],
)
@example(
    [(verb, who, "approve", "peer-review", 0) for verb, who in WALK],
    [("retire", ANA, "approve", "peer-review", 0), ("reopen", ANA, "approve", "peer-review", 0)],
    [("validate", CY, "approve", "peer-review", 0)],
)
@example(
    [(verb, who, "approve", "peer-review", 0) for verb, who in WALK[:3]],
    [("same-meaning", DEE, "approve", "peer-review", 0)],
    [("reopen", ANA, "approve", "peer-review", 0), ("validate", CY, "approve", "peer-review", 2)],
)
def test_any_two_branches(first: list[tuple[object, ...]], ours: list[tuple[object, ...]],
                          theirs: list[tuple[object, ...]]) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        kb = lay(Path(folder) / "kb", name="T", now=NOW, actor=ANA, first_note=False).kb
        note = kb.capture(
            {"title": "Order fuel", "summary": "Sign early.", "topics": ["fuel"],
             "matters_to": "Drivers.", "level": "domestic"}, BODY,
        ).note  # fmt: skip
        day = walk(kb, note, first, 0)
        main = git(kb, "branch", "--show-current")
        git(kb, "checkout", "-q", "-b", "side")
        walk(kb, note, theirs, day)
        git(kb, "checkout", "-q", main)
        walk(kb, note, ours, day + 1)
        if not merged(kb, note):
            return
        assert faults(kb) == []
        there = kb.read(note.path)
        event(f"merged as {there.state}")
        claim = kb.claim(there)
        assert (claim.state, claim.level, claim.owner) == (there.state, there.level, there.owner)
        assert len(claim.verdicts) == len(there.fields.verdicts)
        assert bare(claim.in_force) == bare(there.fields.in_force)
        walk(kb, note, [(verb, ANA, "approve", "peer-review", 0) for verb in LATER], day + 20)
        walk(kb, note, [("validate", DEE, "approve", "peer-review", 0)], day + 40)
        assert faults(kb) == []


def walk(kb: KnowledgeBase, note: Note, steps: list[tuple[object, ...]], day: int) -> int:
    """Make the moves that are allowed, each on a day of its own; the last day."""
    for day, step in enumerate(steps, day + 2):  # noqa: B020
        verb, who, verdict, method, number = step
        there = kb.read(note.path)
        request = Request(
            because="Looked at it.", method=str(method), verdict=str(verdict), to=CY.email,
            channel="weekly-digest", due=(NOW + timedelta(days=day + 9)).date(),
            level=("internal", "domestic")[int(str(number)) % 2],
            owner=(ANA, BEN, CY)[int(str(number))].email,
        )  # fmt: skip
        seen = at(kb, who, NOW + timedelta(days=day))  # type: ignore[arg-type]
        data = None
        if verb == "edit":
            data = write_fields(there, {"topics": ["fuel", f"topic-{number}-{day}"]})
        if verb in ("text", "reword"):
            places = ("challenge", "results", "lessons")
            word = f"Text of {places[int(str(number))]}"
            data = write_body(there, split(there.text)[0].body.replace(word, f"{word} {day},"))
        refusal = ""
        try:
            seen.move("edit" if verb == "text" else str(verb), there, request, data=data)
        except KmkitError as error:
            refusal = str(error)
        assert "history" not in refusal
    return day


def merged(kb: KnowledgeBase, note: Note) -> bool:
    """Whether the two branches were merged, by field."""
    git(kb, "merge", "--no-commit", "--no-ff", "side", ok=(0, 1))
    if not git(kb, "rev-parse", "-q", "--verify", "MERGE_HEAD", ok=(0, 1)):
        event("nothing to merge")
        return False
    try:
        resolve(kb, kb.read(note.path))
    except Refused:
        event("left to people")
        git(kb, "merge", "--abort")
        return False
    git(kb, "commit", "-q", "--no-edit")
    return True


def git(kb: KnowledgeBase, *args: str, ok: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        ["git", "-C", str(kb.root), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode in ok, done.stderr
    return done.stdout.strip()


def faults(kb: KnowledgeBase) -> list[tuple[str, str]]:
    anchor = git(kb, "rev-list", "--max-parents=0", "HEAD")
    report = audit(kb.git, "", anchor=anchor, tip=kb.git.tip())
    return [(found.rule, found.message) for found in report.findings]

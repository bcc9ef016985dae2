"""No word of a note that a circle may not see gets out to it, whatever the output."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.canaries import Canaries, said
from tests.canary_cases import LEVELS, case, digests, elsewhere, portal

CASES = int(os.environ.get("KMKIT_CANARY", "30"))
"""How many cases are tried; 10,000 before a release, in shares that each end in a few minutes."""
SHARE = 500


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary")


@pytest.mark.parametrize("share", range(0, CASES, SHARE))
@settings(
    max_examples=min(CASES, SHARE),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # one seed is as simple as another
)
@given(seed=st.integers(0, 2**64 - 1))
def test_no_canary_of_a_narrower_note_gets_out(room: Path, share: int, seed: int) -> None:
    random = Random(f"{share} {seed}")
    made = case(random)
    level = random.choice(LEVELS)
    seen = made.seen(level)
    folder = room / "site"
    shutil.rmtree(folder, ignore_errors=True)
    outputs = [*digests(made, seen), *portal(made, seen, folder), *elsewhere(seen)]
    width = LEVELS.index(level)
    assert made.canaries.leaked(width, outputs) == []
    shown = {word for _, output in outputs for word in said(output)}
    for one in seen.notes.values():
        if one.state != "retired":
            assert one.note.title.split()[1] in shown


@pytest.mark.parametrize(
    "written",
    [
        "zqbbbbbb", "ZQBBBBBB", "z%71bbbbbb", "&#122;qbbbbbb", "z<b>q</b>bbbbbb", "zq\\u0062bbbbb",
        "zqbbb=\nbbb", "aGVsbG8genFiYmJiYmIgd29ybGQ=", "**zq**bbbbbb",
    ],
)  # fmt: skip
def test_a_canary_is_heard_however_it_is_written(written: str) -> None:
    canaries = Canaries()
    assert canaries.word("it", 0) == "zqbbbbbb"
    assert canaries.leaked(1, [("out", written)]) == ["out: it"]
    assert canaries.leaked(0, [("out", written)]) == []

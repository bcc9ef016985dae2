"""Fixtures of the corpus: histories to play with, and what the audit says of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.report import Report
from kmkit.trail.signing import Verifier
from tests.forgeries.base import lay_base
from tests.forgeries.builder import History

New = Callable[[bool], History]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, History]:
    """The base of every trick, laid out once: without signatures, and with them."""
    return {}


@pytest.fixture
def new(
    templates: dict[bool, History], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> New:
    """Makes a history to play a trick on."""

    def make(signed: bool) -> History:
        if signed not in templates:
            folder = tmp_path_factory.mktemp("base") / "kb"
            templates[signed] = lay_base(folder, signed=signed)
        return History.copy(templates[signed], tmp_path / "kb")

    return make


def audited(history: History, anchor: str) -> Report:
    """What the audit says of main."""
    return audit(
        history.git,
        "",
        anchor=anchor,
        tip=history.tip(),
        notes=None,
        signatures=Verifier() if history.signed else None,
    )

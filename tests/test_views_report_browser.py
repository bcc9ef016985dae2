"""A report on paper: one page, however much there is to tell."""

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from kmkit.learn.metrics.figures import Figure
from kmkit.learn.metrics.scorecard import Line as Scored
from kmkit.learn.metrics.table import BY_NAME
from kmkit.learn.reports.blocks import Block, Line, fitted
from kmkit.learn.reports.report import ROLES, Report
from kmkit.views.report import render
from tests.test_views_digest_browser import BROWSER

TITLE = "Order fuel before the roads close, and write down who may sign when nobody is there"


def a_report(role: str) -> Report:
    """The page of a role with all of its figures and blocks, each of a hundred lines."""
    lines = tuple(
        Line(f"{TITLE}: {TITLE.lower()} ({n}).", f"kmkit show {n:04}") for n in range(100)
    )
    figures = [
        Scored(BY_NAME[name], Figure(name, "", "count", 12.5, ()),
               Figure(name, "", "count", 10, ()), 20)
        for name in ROLES[role].figures
    ]  # fmt: skip
    return Report(
        role=role,
        for_whom=ROLES[role].help,
        since=date(2026, 10, 22),
        until=date(2026, 11, 21),
        figures=tuple(figures),
        blocks=fitted(Block(f"Waits, {n}", lines) for n, _ in enumerate(ROLES[role].blocks)),
        nothing="",
    )


def test_what_has_no_room_is_counted() -> None:
    for role in ROLES:
        found = a_report(role).blocks
        assert all(len(one.lines) + one.more == 100 for one in found)
        assert all(3 <= len(one.lines) <= 7 for one in found)
        assert sum(len(one.lines) for one in found) <= 18


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to print the report")
@pytest.mark.parametrize("role", ["manager", "staff"])
def test_the_longest_report_is_one_page(tmp_path: Path, role: str) -> None:
    html, pdf = tmp_path / "lead.html", tmp_path / "lead.pdf"
    html.write_text(
        render(a_report(role), "html", organisation="Ministry of Works", kb=tmp_path),
        encoding="utf-8",
    )
    assert BROWSER
    subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}", html.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes())) == 1

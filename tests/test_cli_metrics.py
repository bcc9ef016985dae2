"""``kmkit metrics`` on the example: as people, scripts and browsers get it."""

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.learn.metrics.table import BY_NAME, METRICS
from tests.conftest import Run


def figures(run: Run, history: Path, *args: str) -> dict[str, Mapping[str, object]]:
    done = run(history, "metrics", "--since", "2025-06", "--format", "json", *args)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["schema"] == "kmkit.metrics/1"
    return {m["metric"] + (f":{m['part']}" if m["part"] else ""): m for m in found["metrics"]}


def test_every_metric_is_told_with_its_definition(run: Run, history: Path) -> None:
    found = figures(run, history)
    assert {m["metric"] for m in found.values()} == set(BY_NAME)
    assert all(m["definition"] and m["unit"] and m["source"] for m in found.values())
    notes = len(list(KnowledgeBase(history).notes()))
    assert found["captured"]["value"] == notes == 18
    states = [m["counted"] for name, m in found.items() if name.startswith("notes:")]
    assert sum(int(str(n)) for n in states) == notes
    assert (found["on-time"]["target"], found["on-time"]["met"]) == (0.8, False)
    assert found["recurrence"]["met"] is True


OPENED = ("notes:captured", "days-in-state:formatted", "on-time", "applied", "people", "units")


def test_a_figure_opens_into_what_was_counted(run: Run, history: Path) -> None:
    found = figures(run, history)
    for name in OPENED:
        done = run(history, "metrics", "--since", "2025-06", "--why", name, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.out.lstrip("\ufeff"))))
        assert done.code == 0
        counted = [row for row in rows if row["counted"] == "yes"]
        assert counted
        assert len(counted) == found[name]["counted"]
        assert len(rows) == (found[name]["of"] or len(counted))
        assert "@" not in done.out  # nobody is named


def test_an_opened_figure_says_what_it_is_and_adds_up(run: Run, history: Path) -> None:
    found = figures(run, history)
    for name in BY_NAME:
        done = run(history, "metrics", "--since", "2025-06", "--why", name, "--format", "json")
        told = json.loads(done.out)
        whole = {key: one for key, one in found.items() if key.partition(":")[0] == name}
        assert (told["schema"], told["metric"]) == ("kmkit.why/1", name)
        assert (told["unit"], told["definition"]) == (BY_NAME[name].unit, BY_NAME[name].definition)
        assert [one["value"] for one in told["figures"]] == [one["value"] for one in whole.values()]
        assert told["value"] == (told["figures"][0]["value"] if len(whole) == 1 else None)
        for one in told["figures"]:
            assert _added_up(
                one["shape"], [r for r in told["rows"] if r["part"] == one["part"]]
            ) == (pytest.approx(one["value"]) if one["value"] is not None else None)


def _added_up(shape: str, rows: list[dict[str, object]]) -> float | None:
    """The figure that the lines behind it add up to."""
    counted = [row for row in rows if row["counted"] == "yes"]
    if shape == "count":
        return len(counted)
    if shape == "share":
        return len(counted) / len(rows) if rows else None
    return median(float(str(row["days"])) for row in rows) if rows else None


def test_a_figure_of_a_part_opens_too(run: Run, history: Path) -> None:
    for by in ("month", "unit"):
        table = run(history, "metrics", "--since", "2025-06", "--by", by, "--format", "csv").out
        told = {
            row["by"]: float(row["value"])
            for row in csv.DictReader(io.StringIO(table.lstrip("\ufeff")))
            if row["metric"] == "captured"
        }
        asked = ("--since", "2025-06", "--why", "captured", "--by", by, "--format", "csv")
        rows = csv.DictReader(io.StringIO(run(history, "metrics", *asked).out.lstrip("\ufeff")))
        opened = Counter(row["by"] for row in rows)
        assert len(opened) > 1
        assert {part: opened[part] for part in told} == told


def test_the_table_and_the_parts_in_a_pipe(run: Run, history: Path) -> None:
    whole = run(history, "metrics", "--since", "2025-06").out.splitlines()
    assert whole[0].split("\t")[:3] == ["metric", "part", "value"]
    for by in ("month", "unit", "topic", "kind"):
        lines = run(history, "metrics", "--since", "2025-06", "--by", by).out.splitlines()
        told = {line.split("\t")[1] for line in lines[1:]}
        assert told == {metric.name for metric in METRICS if by in metric.by}


def test_the_page_needs_nothing_but_itself(run: Run, history: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run(history, "metrics", "--since", "2025-06", "--by", "month", "-o", str(page))
    assert (done.code, done.out) == (0, "")
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == text.count("<details>")
    assert all(metric.title in text for metric in METRICS)
    assert "target 80 %: not reached" in text
    assert not any(mark in text for mark in ("<script", "https:", "src=", "@example.org"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--by", "mounth"), "--by: there is no 'mounth'. Did you mean month?"),
        (("--why", "ontime"), "--why: there is no metric 'ontime'. Did you mean on-time?"),
        (("--why", "notes:lost"), "--why: notes has no part 'lost'."),
        (("--why", "habits", "--by", "unit"), "--why: habits is not told apart by unit."),
        (("--why", "uses", "--by", "mounth"), "--why: uses is not told apart by mounth."),
        (("--format", "xml"), "--format: there is no 'xml'."),
        (("--why", "uses", "--format", "html"), "--format: there is no 'html'."),
        (("--audience", "domestc"), "There is no audience and no level 'domestc'."),
        (("--since", "2027"), "--since 2027-01-01 is later than 2026-11-21."),
    ],
)
def test_what_is_not_understood(
    run: Run, history: Path, args: tuple[str, ...], message: str
) -> None:
    done = run(history, "metrics", *args)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message.split(" Did")[0])


def test_a_target_of_no_metric_is_refused(run: Run, history: Path, tmp_path: Path) -> None:
    root = tmp_path / "kb"
    shutil.copytree(history, root)
    settings = root / "kmkit.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("\non-time", "\nin-time"))
    done = run(root, "metrics")
    assert done.code == 2
    assert "kmkit.toml: targets: there is no metric 'in-time'." in done.err


def test_an_empty_knowledge_base_says_what_to_do(run: Run, kb: KnowledgeBase) -> None:
    done = run(kb.root, "metrics")
    assert done.code == 0
    assert "There are no notes yet" in done.err

"""kmkit starts quickly: what it does not need, it does not import."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"git", "pydantic", "jinja2", "frontmatter", "rich.table", "yaml", "markdown_it", "mammoth"}
PROBE = """
import sys
from kmkit.cli import main
sys.argv = ["kmkit", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    print(*sys.modules, sep="\\n", file=sys.stderr)
    sys.exit(end.code)
"""


def loaded(*arguments: str, cwd: Path | None = None) -> set[str]:
    """The modules that a run of kmkit imported; the run must succeed."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=cwd, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_needs_no_note_imports_nothing_heavy(option: str, tmp_path: Path) -> None:
    names = loaded(option, cwd=tmp_path)
    assert "typer" in names
    assert not HEAVY & names


def test_the_probe_sees_what_is_imported(tmp_path: Path) -> None:
    loaded("init", "kb", cwd=tmp_path)
    assert {"pydantic", "frontmatter", "yaml"} <= loaded("-C", "kb", "list", cwd=tmp_path)


def test_help_of_one_command_imports_no_other(tmp_path: Path) -> None:
    names = loaded("retire", "--help", cwd=tmp_path)
    assert "kmkit.cli.retire" in names
    assert "kmkit.cli.digest" not in names
    assert not HEAVY & names


def test_the_benchmark_gives_ratios_to_a_python_that_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "startup.py", "1"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    rows = dict(re.findall(r"^(\S.*?) +\d+ +\d+ +(\d+\.\d)$", done.stdout, re.MULTILINE))
    assert rows.pop("python -c pass") == "1.0"
    assert {"kmkit --version", "kmkit --help"} <= set(rows)
    assert all(float(ratio) > 0 for ratio in rows.values())

"""kmkit's own Python, started once more."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("options", [(), ("-E",), ("-I",)])
def test_it_finds_nothing_in_the_folder_and_heeds_what_this_one_heeds(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "json.py").write_text("print('run')", encoding="utf-8")
    again = "subprocess.call([*python(), '-c', 'import json, sys; print(sys.flags.safe_path)'])"
    program = f"import subprocess; from kmkit.resources import python; {again}; print(python())"
    done = subprocess.run(
        [sys.executable, *options, "-P", "-c", program],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "run" not in done.stdout
    assert "True" in done.stdout
    assert ("'-E'" in done.stdout) is bool(options)

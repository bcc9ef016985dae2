"""The wheel: what is in it, what is not, and that it works where no checkout is near."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SITE = Path(pytest.__file__).resolve().parent.parent
"""Where the libraries are that kmkit needs."""


def run(*command: str | Path, cwd: Path) -> str:
    """What a program prints; it must succeed. Nothing of this checkout is on its path."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of a new environment that has the wheel, its libraries, nothing else."""
    home = tmp_path_factory.mktemp("venv") / "v"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home.parent)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    place = "import sysconfig; print(sysconfig.get_path('purelib'))"
    library = Path(run(python, "-c", place, cwd=home).strip())
    (library / "libraries.pth").write_text(f"{SITE}\n", encoding="utf-8")
    return scripts


def test_the_wheel_carries_code_templates_example_and_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, kept in {"src/kmkit": "kmkit", "templates": "kmkit/templates"}.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{kept}/{path.relative_to(ROOT / folder).as_posix()}" in names
    kinds = [name for name in names if name.startswith("kmkit/templates/notes/")]
    assert len(kinds) == 11
    assert any(name.startswith("kmkit/templates/digest/") for name in names)
    assert any(name.startswith("kmkit/templates/init/") for name in names)
    for path in (ROOT / "examples" / "kb").rglob("*"):
        if path.is_file():
            assert f"kmkit/{path.relative_to(ROOT).as_posix()}" in names
    assert "kmkit/examples/kb/history.toml" in names
    assert "kmkit/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"kmkit"}
    tops = {name.split("/")[1] for name in names if name.startswith("kmkit/")}
    assert not tops & {"tests", "docs", "tools", "benchmarks"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert len(names) == len(set(names))


def test_the_wheel_says_how_to_start_and_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            Path(name).name: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if ".dist-info/" in name and "/licenses/" not in name
        }
    assert "kmkit = kmkit.cli:main" in texts["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert "Requires-Python: >=3.11" in texts["METADATA"]
    assert "Provides-Extra: office" in texts["METADATA"]


def test_the_source_archive_can_be_tested(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.split("/", 1)[1] for name in tar.getnames() if "/" in name}
    assert {"Makefile", "constraints.txt", "tests/conftest.py", "tools/docs/pages.py"} <= names
    assert {".ci/run", ".github/workflows/ci.yml", ".pre-commit-hooks.yaml"} <= names
    assert {"docs/cli.md", "README.md", "LICENSE"} <= names


def test_the_installed_program_finds_its_own_templates(installed: Path, tmp_path: Path) -> None:
    python = installed / "python"
    place = "import kmkit.resources as r; print(r.__file__, r.templates_dir(), r.example_kb())"
    for found in run(python, "-c", place, cwd=tmp_path).split():
        assert Path(found).resolve().is_relative_to(installed.parent.resolve())
    assert run(installed / "kmkit", "--version", cwd=tmp_path).startswith("kmkit ")
    run(installed / "kmkit", "init", "kb", cwd=tmp_path)
    note = run(
        installed / "kmkit", "-C", "kb", "capture", "Title", "-m", "Lesson", "--kind", "handover",
        cwd=tmp_path,
    )  # fmt: skip
    assert note.strip()
    assert list((tmp_path / "kb" / "notes").rglob(f"{note.strip()}.md"))


def test_the_installed_program_lays_out_the_demo(installed: Path, tmp_path: Path) -> None:
    digest = run(installed / "kmkit", "demo", "kb", "--quiet", cwd=tmp_path)
    assert "What we have learned" in digest
    assert run(installed / "python", "-m", "kmkit", "-C", "kb", "list", cwd=tmp_path)

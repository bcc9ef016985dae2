"""The files around the code: make's front door, CI, pins, what is depended on."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = [ROOT / ".github" / "workflows" / "ci.yml", ROOT / "templates" / "init" / "kmkit.yml"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared() -> list[Requirement]:
    """What kmkit needs to run, extras included."""
    found = project()["project"]
    extras = [text for group in found["optional-dependencies"].values() for text in group]
    return [Requirement(text) for text in (*found["dependencies"], *extras)]


def imported() -> set[str]:
    """The top-level packages that the source imports, ours and Python's left out."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"kmkit"}


def test_what_is_imported_is_declared_and_nothing_else() -> None:
    owners = packages_distributions()
    brought = {"markupsafe": "jinja2", "pydantic-core": "pydantic"}  # parts of their libraries
    used = {str(canonicalize_name(owners[name][0])) for name in imported()}
    used = {brought.get(name, name) for name in used}
    assert used == {str(canonicalize_name(requirement.name)) for requirement in declared()}


def test_every_requirement_is_pinned_within_its_range() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    settings = project()
    wanted = declared() + [
        Requirement(text)
        for text in (*settings["build-system"]["requires"], *settings["dependency-groups"]["dev"])
    ]
    for requirement in wanted:
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not pinned: make pins"
        assert version in requirement.specifier


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_yaml_that_runs_something(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        assert any("run" in step for step in job["steps"])
        for step in job["steps"]:
            assert len({"run", "uses"} & set(step)) == 1


def test_the_matrix_is_what_the_classifiers_promise() -> None:
    workflow = yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project()["project"]["classifiers"]))
    assert matrix["python"] == promised
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_the_pre_commit_hook_runs_check_on_what_is_checked() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"] == "kmkit check"
    assert re.search(hook["files"], "notes/2026/a.md")
    assert re.search(hook["files"], "kb/people/ana.md")
    assert re.search(hook["files"], "kmkit.toml")
    assert re.search(hook["files"], "kb/policy.toml")
    assert not re.search(hook["files"], "docs/notes.md")


def test_make_help_lists_every_target() -> None:
    if sys.platform == "win32":
        pytest.skip("make is not there by default")
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    for target in phony[1].split():
        assert re.search(rf"^  make {target} +\w", shown, re.MULTILINE), target


def test_ci_run_is_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("make test")
    if sys.platform != "win32":
        subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme

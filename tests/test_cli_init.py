"""``kmkit init``: a first day that works, and nothing of anybody's overwritten."""

import subprocess
from pathlib import Path

import pytest

from kmkit.config import Config, Policy, load_config, load_policy
from kmkit.kb import KnowledgeBase
from kmkit.plain import Plain
from tests.conftest import ANA, Run


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_new_knowledge_base_works_at_once(tmp_path: Path, run: Run) -> None:
    ran = run(tmp_path, "init", "my kb", "--name", 'Agency "X"\n[red]')
    root = tmp_path / "my kb"
    assert ran.code == 0, ran.err
    assert f"Made a git repository in {root}." in ran.err
    assert f'cd "{root}"; then' in ran.err
    assert git(root, "status", "--short") == ""
    assert load_config(root).organisation.name == 'Agency "X" [red]'
    kb = KnowledgeBase.find(root)
    assert kb.policy.has_role(ANA.key, "steward")
    (first,) = kb.notes()
    assert (first.kind, first.state) == ("how-to", "captured")
    assert run(root, "check").code == 0
    assert run(root, "capture", "T", "-m", "x").code == 0
    for name in ("check", "fetch-depth: 0", "review --stale", "digest"):
        assert name in (root / ".github/workflows/kmkit.yml").read_text("utf-8")


def test_a_second_time_is_refused(tmp_path: Path, run: Run) -> None:
    run(tmp_path, "init", "kb")
    tip = git(tmp_path / "kb", "rev-parse", "HEAD")
    ran = run(tmp_path, "init", "kb")
    assert ran.code == 3
    assert "is a knowledge base already" in ran.err
    inside = run(tmp_path, "init", "kb/notes/inner")
    assert inside.code == 3
    assert "lies inside the knowledge base" in inside.err
    assert git(tmp_path / "kb", "rev-parse", "HEAD") == tip


def test_inside_a_repository_with_what_is_there(tmp_path: Path, run: Run) -> None:
    git(tmp_path, "init", "-q", "repo")
    repo = tmp_path / "repo"
    workflow = repo / ".github/workflows/kmkit.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("mine", "utf-8")
    (repo / "staged.txt").write_text("staged", "utf-8")
    git(repo, "add", "staged.txt")
    (repo / "docs").mkdir()
    ran = run(repo, "init", "docs/lessons learnt")
    assert ran.code == 0, ran.err
    assert "Kept .github/workflows/kmkit.yml as it is." in ran.err
    assert workflow.read_text("utf-8") == "mine"
    assert git(repo, "status", "--short").splitlines() == ["A  staged.txt", "?? .github/"]
    assert "docs/lessons learnt/kmkit.toml" in git(repo, "ls-files", "-z").split("\0")


def test_rules_that_are_there_are_kept(tmp_path: Path, run: Run) -> None:
    (tmp_path / "policy.toml").write_text('[roles]\nsteward = ["x@y.z"]\n', "utf-8")
    ran = run(tmp_path, "init")
    assert ran.code == 0, ran.err
    assert "Kept policy.toml as it is." in ran.err
    assert load_policy(tmp_path).roles == {"steward": ("x@y.z",)}
    assert "Wrote notes" not in ran.err


@pytest.mark.parametrize("text", ["mine", '[roles]\nstward = ["x"]\n', "\xff"])
def test_rules_that_cannot_be_read_stop_it_before_anything_is_made(
    tmp_path: Path, run: Run, text: str
) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "policy.toml").write_bytes(text.encode("latin-1"))
    ran = run(root, "init")
    assert ran.code == 4
    assert "policy.toml" in ran.err
    assert [path.name for path in root.iterdir()] == ["policy.toml"]


def test_without_an_identity_nothing_is_made(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    ran = run(tmp_path, "init", "kb", env={"GIT_AUTHOR_NAME": "", "GIT_AUTHOR_EMAIL": ""})
    assert ran.code == 4
    assert "git config --global user.name" in ran.err
    assert not (tmp_path / "kb").exists()


def test_a_file_or_a_place_that_cannot_be(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "is a file" in run(tmp_path, "init", "file").err
    assert run(tmp_path, "init", "file/below").code == 4


def test_a_dry_run_makes_nothing(tmp_path: Path, run: Run) -> None:
    ran = run(tmp_path, "init", "kb", "--dry-run")
    assert ran.code == 0
    assert "Would have written kmkit.toml." in ran.err
    assert not (tmp_path / "kb").exists()


def _settings(model: type[Plain]) -> list[str]:
    """Every setting's name, and those of the tables below it."""
    names: list[str] = []
    for name, info in model.model_fields.items():
        inner = info.annotation
        names.append(name)
        if isinstance(inner, type) and issubclass(inner, Plain):
            names += _settings(inner)
    return names


@pytest.mark.parametrize(("model", "name"), [(Config, "kmkit.toml"), (Policy, "policy.toml")])
def test_every_setting_stands_there_with_a_comment_above(
    tmp_path: Path, run: Run, model: type[Plain], name: str
) -> None:
    run(tmp_path, "init", "kb")
    lines = (tmp_path / "kb" / name).read_text("utf-8").splitlines()
    for setting in _settings(model):
        starts = (f"{setting} =", f"[{setting}]", f"[{setting}.")
        at = [number for number, line in enumerate(lines) if line.startswith(starts)]
        assert at, f"{setting} is missing"
        assert all(lines[number - 1].startswith("# ") for number in at), setting
    for above, line in zip(["", *lines], lines, strict=False):
        assert above.startswith("#") or " = " not in line or line.startswith("#"), line


def test_the_folder_where_one_is_needs_no_cd(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(Path(), "init", ".", "--name", "T", "--no-first-note")
    assert ran.code == 0
    assert "Next: kmkit capture" in ran.err

"""Laying out a knowledge base, as a program does it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kmkit import __version__
from kmkit.config import load_config, load_policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.laying import WORKFLOW, lay, origin
from kmkit.kb.settings import first_rules
from kmkit.trail.git import Git
from tests.conftest import ANA, NOW


def test_what_was_laid_is_told(tmp_path: Path) -> None:
    laid = lay(tmp_path / "kb", name="Agency", now=NOW, actor=ANA)
    assert laid.new_repository
    assert laid.kept == ()
    assert laid.written[:3] == ("kmkit.toml", "policy.toml", ".github/workflows/kmkit.yml")
    assert laid.written[3].startswith("notes/2026/20261121-how-we-keep")
    assert all((tmp_path / "kb" / path).is_file() for path in laid.written)
    assert set(laid.kb.git.tracked(laid.kb.git.tip(), "")) == set(laid.written)


def test_its_rules_are_the_first_ones(tmp_path: Path) -> None:
    kb = lay(tmp_path / "kb", name="Agency", now=NOW, actor=ANA).kb
    assert load_policy(kb.root) == first_rules(ANA)
    assert load_config(kb.root).organisation.name == "Agency"


@pytest.mark.parametrize("name", ["Büro für Wasser", "وزارة", 'a"b\\c', "x = 1\n[y]", "# no"])
def test_any_name_of_an_organisation(tmp_path: Path, name: str) -> None:
    kb = lay(tmp_path / "kb", name=name, now=NOW, actor=ANA).kb
    assert load_config(kb.root).organisation.name == name


def test_in_a_folder_below_a_repository(tmp_path: Path) -> None:
    Git(tmp_path).run("init", "--quiet", "-b", "main")
    laid = lay(tmp_path / "a" / "b", now=NOW, actor=ANA, first_note=False)
    assert not laid.new_repository
    assert laid.written == ("a/b/kmkit.toml", "a/b/policy.toml", ".github/workflows/kmkit.yml")
    assert 'kmkit -C "a/b"' in (tmp_path / ".github/workflows/kmkit.yml").read_text("utf-8")


def test_a_link_that_leads_nowhere_is_there_too(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "policy.toml").symlink_to("nowhere")
    laid = lay(root, now=NOW, actor=ANA, dry_run=True)
    assert laid.kept == ("policy.toml",)


def test_a_bare_repository_is_no_place(tmp_path: Path) -> None:
    Git(tmp_path).run("init", "--quiet", "--bare", str(tmp_path / "bare"))
    with pytest.raises(Cannot, match="bare"):
        lay(tmp_path / "bare", now=NOW, actor=ANA)


def test_one_in_another_is_refused(tmp_path: Path) -> None:
    lay(tmp_path / "kb", now=NOW, actor=ANA, first_note=False)
    with pytest.raises(Refused, match="inside the knowledge base"):
        lay(tmp_path / "kb" / "deep" / "er", now=NOW, actor=ANA)
    assert not (tmp_path / "kb" / "deep").exists()


URL = "https://git.example.org/kmkit.git"
COMMIT = '"vcs_info": {"vcs": "git", "commit_id": "0123abcd"}'


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (f'{{"url": "{URL}", {COMMIT}}}', f"kmkit @ git+{URL}@0123abcd"),
        (
            '{"url": "https://files.example.org/kmkit.whl", '
            '"archive_info": {"hash": "sha256=ab", "hashes": {"sha256": "ab"}}}',
            "kmkit @ https://files.example.org/kmkit.whl#sha256=ab",
        ),
        ('{"url": "https://files.example.org/kmkit.whl", "archive_info": {}}', ""),
        (f'{{"url": "{URL}", "subdirectory": "a", {COMMIT}}}', ""),
        (f'{{"url": "https://ana:secret@git.example.org/kmkit", {COMMIT}}}', ""),
        (f'{{"url": "{URL}?\'}}}}", {COMMIT}}}', ""),
        (f'{{"url": "ssh://git@git.example.org/kmkit.git", {COMMIT}}}', ""),
        ('{"url": "file:///home/ana/kmkit", "dir_info": {"editable": true}}', ""),
        ("[]", ""),
        ("{", ""),
        (None, ""),
    ],
)
def test_ci_installs_the_kmkit_that_wrote_its_workflow_or_is_told_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, wanted: str
) -> None:
    known = tmp_path / "site" / f"kmkit-{__version__}.dist-info"
    known.mkdir(parents=True)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: kmkit\n", "utf-8")
    if told is not None:
        (known / "direct_url.json").write_text(told, "utf-8")
    monkeypatch.syspath_prepend(known.parent)
    assert origin() == wanted
    lay(tmp_path / "kb", now=NOW, actor=ANA, first_note=False)
    text = (tmp_path / "kb" / WORKFLOW).read_text("utf-8")
    assert f"KMKIT: ${{{{ vars.KMKIT || '{wanted}' }}}}\n" in text
    assert f"kmkit {__version__} wrote this file." in text
    assert yaml.safe_load(text)["env"]["KMKIT"] == f"${{{{ vars.KMKIT || '{wanted}' }}}}"


@pytest.mark.skipif(shutil.which("bash") is None, reason="the workflow runs in bash")
def test_a_workflow_that_nobody_told_where_kmkit_comes_from_fetches_nothing(
    tmp_path: Path,
) -> None:
    lay(tmp_path / "kb", now=NOW, actor=ANA, first_note=False)
    (tmp_path / "pip").write_text('#!/bin/sh\necho fetched "$2"\n', "utf-8")
    (tmp_path / "pip").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    for job in yaml.safe_load((tmp_path / "kb" / WORKFLOW).read_text("utf-8"))["jobs"].values():
        (step,) = [step for step in job["steps"] if step.get("name") == "Install kmkit"]
        for told, code, said in (
            (
                "",
                1,
                "::error file=.github/workflows/kmkit.yml::Say at KMKIT where kmkit comes from.",
            ),
            ("kmkit @ https://x.org/k", 0, "fetched kmkit @ https://x.org/k"),
        ):
            ran = subprocess.run(
                ["bash", "-e", "-c", step["run"]], env={**env, "KMKIT": told},
                capture_output=True, check=False,
            )  # fmt: skip
            assert (ran.returncode, ran.stdout.decode().strip()) == (code, said)

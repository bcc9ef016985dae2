"""Laying out a knowledge base, as a program does it."""

from pathlib import Path

import pytest

from kmkit.config import load_config, load_policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.laying import lay
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

"""Where a password may be, and where it may not."""

import os
import sys
from pathlib import Path

import pytest

from kmkit.config.leaving import Mail
from kmkit.config.settings import Config
from kmkit.errors import Cannot
from kmkit.reach.secrets import secret_of
from kmkit.tomlread import parse

SECRET = "hunter2 and more"
needs_modes = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no modes here")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file with a secret, beside a knowledge base in tmp_path/kb."""
    (tmp_path / "kb" / ".git").mkdir(parents=True)
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def refused(where: str, kept: Path, match: str, environ: dict[str, str] | None = None) -> None:
    with pytest.raises(Cannot, match=match) as no:
        secret_of(where, root=kept.parent / "kb", environ=environ or {})
    assert SECRET not in str(no.value)


def test_in_the_environment(kept: Path) -> None:
    assert secret_of("env:PW", root=kept.parent, environ={"PW": SECRET}) == SECRET
    refused("env:PW", kept, "environment variable PW holds no secret")
    refused("env:PW", kept, "holds no secret", {"PW": " "})
    refused("env:PW", kept, "more than one line", {"PW": f"{SECRET}\nX: y"})


def test_in_a_file_of_ones_own(kept: Path) -> None:
    root = kept.parent / "kb"
    assert secret_of(f"file:{kept}", root=root, environ={}) == SECRET
    assert secret_of("file:../secret", root=root, environ={}) == SECRET
    home = {"HOME": str(kept.parent)}
    assert secret_of("file:~/secret", root=root, environ=home) == SECRET


@needs_modes
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_file_that_others_can_read(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    refused(f"file:{kept}", kept, f"Run: chmod 600 {kept}")


@needs_modes
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can chown")
def test_a_file_of_somebody_else(kept: Path) -> None:
    os.chown(kept, 12345, -1)
    refused(f"file:{kept}", kept, "belongs to somebody else")


def test_a_file_in_the_knowledge_base_or_its_repository(kept: Path) -> None:
    repository = kept.parent / "kb"
    (repository / "notes").mkdir()
    for inside in (repository / "pw", repository / "notes" / "pw"):
        inside.write_text(SECRET, encoding="utf-8")
        inside.chmod(0o600)
        refused(f"file:{inside}", kept, "would be committed with it")
    with pytest.raises(Cannot, match="would be committed"):
        secret_of("file:../pw", root=repository / "notes", environ={})


def test_a_link_to_a_file_in_the_knowledge_base(kept: Path) -> None:
    inside = kept.parent / "kb" / "pw"
    inside.write_text(SECRET, encoding="utf-8")
    inside.chmod(0o600)
    link = kept.parent / "link"
    link.symlink_to(inside)
    refused(f"file:{link}", kept, "would be committed")


def test_files_that_hold_no_secret(kept: Path) -> None:
    refused(f"file:{kept}.none", kept, "cannot be read: No such file")
    refused(f"file:{kept.parent}", kept, "is no file|cannot be read")
    for content in (b"", b"\n", b"\xff\xfe\x00", b"one\ntwo", b"x" * 70000):
        kept.write_bytes(content)
        refused(f"file:{kept}", kept, "holds|no text of one line")


@needs_modes
def test_a_pipe_is_not_waited_for(kept: Path) -> None:
    pipe = kept.parent / "pipe"
    os.mkfifo(pipe, 0o600)
    refused(f"file:{pipe}", kept, "is no file that could hold a secret")


@pytest.mark.parametrize("where", [SECRET, "", "env:", "password:x", "http://x"])
def test_a_secret_itself_is_refused_and_not_repeated(kept: Path, where: str) -> None:
    refused(where, kept, "must not stand in kmkit.toml")


def test_the_settings_refuse_a_password_without_showing_it() -> None:
    with pytest.raises(Cannot, match=r"kmkit.toml:2: mail\.password: Write here where") as no:
        parse(f'[mail]\npassword = "{SECRET}"\n', Config, "kmkit.toml")
    assert SECRET not in str(no.value)
    assert Mail(password="keyring:smtp").password == "keyring:smtp"


def test_a_keyring_that_is_not_there_is_told(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    refused("keyring:smtp", kept, r"pip install 'kmkit\[keyring\]'")


def test_in_a_keyring(kept: Path) -> None:
    keyring = pytest.importorskip("keyring")

    class Ring(keyring.backend.KeyringBackend):  # type: ignore[misc,name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return SECRET if (service, username) == ("smtp", "me") else None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert secret_of("keyring:smtp", root=kept.parent, environ={}, user="me") == SECRET
        refused("keyring:smtp", kept, "keyring set 'smtp' ''")
        keyring.set_keyring(keyring.backends.fail.Keyring())
        refused("keyring:smtp", kept, "The keyring gives nothing: NoKeyringError")
    finally:
        keyring.set_keyring(before)

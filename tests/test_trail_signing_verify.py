"""Signatures: told from a commit's raw bytes and the keys given, and from nothing else."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot
from kmkit.trail.program import installed
from kmkit.trail.signing import Signed, Unproved, Verifier
from kmkit.trail.signing.commits import take_apart
from kmkit.trail.signing.wire import string
from tests.signing_keys import (
    GpgKey,
    SshKey,
    gpg,
    gpg_key,
    gpg_sign,
    gpg_stop,
    ssh_key,
    ssh_sign,
    with_signature,
)

PAYLOAD = (
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
    b"author Ana Ruiz <ana@example.org> 1795262400 +0000\n"
    b"committer Ana Ruiz <ana@example.org> 1795262400 +0000\n"
    b"\nvalidate: Order fuel early\n\n gpgsig of mine\n\nKmkit-Note: x\n"
)


def signed(key: SshKey, payload: bytes = PAYLOAD) -> bytes:
    return with_signature(payload, ssh_sign(payload, key))


def reason(raw: bytes, *keys: str) -> str:
    found = Verifier().verify(raw, keys)
    assert isinstance(found, Unproved), found
    assert found.reason.endswith(".")
    return found.reason


@pytest.mark.parametrize(
    ("kind", "bits"),
    [("ed25519", 0), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)],
)
@pytest.mark.parametrize("hash_", ["sha256", "sha512"])
def test_what_ssh_keygen_signs_holds(kind: str, bits: int, hash_: str) -> None:
    key, other = ssh_key("ana", kind, bits), ssh_key("ben")
    raw = with_signature(PAYLOAD, ssh_sign(PAYLOAD, key, "-O", f"hashalg={hash_}"))
    found = Verifier().verify(raw, [other.line, key.line])
    assert isinstance(found, Signed), found
    listed = subprocess.check_output(["ssh-keygen", "-l", "-f", str(key.file)], text=True)
    assert found.key_fingerprint == listed.split()[1]
    assert found.public_key == key.line
    assert key.line.startswith(found.kind)
    assert "does not fit" in reason(raw.replace(b"early", b"later"), key.line)


def test_git_and_kmkit_agree_on_a_commit_that_git_signed(tmp_path: Path) -> None:
    key = ssh_key("ana")
    git = ["git", "-C", str(tmp_path), "-c", "gpg.format=ssh"]
    git += ["-c", f"user.signingKey={key.file}", "-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-S", "-m", "x\n\ny: z"], check=True)
    raw = subprocess.check_output([*git, "cat-file", "commit", "HEAD"])
    assert isinstance(Verifier().verify(raw, [key.line]), Signed)


def test_a_repository_of_sha256_keeps_signatures_elsewhere() -> None:
    key = ssh_key("ana")
    raw = with_signature(PAYLOAD, ssh_sign(PAYLOAD, key), "gpgsig-sha256")
    assert isinstance(Verifier().verify(raw, [key.line]), Signed)


def test_no_signature_and_nobodys_key() -> None:
    key, other = ssh_key("ana"), ssh_key("ben")
    assert reason(PAYLOAD, key.line) == "It is not signed."
    found = Verifier().verify(signed(key), [other.line])
    assert isinstance(found, Unproved)
    assert found.other_key.startswith("SHA256:")
    assert found.reason == f"It is signed by a key that is not theirs: {found.other_key}."
    broken = Verifier().verify(signed(key).replace(b"early", b"later"), [other.line])
    assert broken == Unproved("Its signature does not fit what it says.")
    assert "policy.toml has none of theirs" in reason(signed(key))
    assert "a key that is not theirs" in reason(signed(key), "ssh-ed25519 AAAA", "ssh-rsa", "ü", "")


def test_a_message_that_looks_like_a_signature_is_none() -> None:
    key = ssh_key("ana")
    armour = ssh_sign(PAYLOAD, key)
    assert reason(PAYLOAD + b"\ngpgsig " + armour.encode(), key.line) == "It is not signed."


def test_two_signatures_are_none() -> None:
    key = ssh_key("ana")
    raw = with_signature(signed(key), ssh_sign(PAYLOAD, key), "gpgsig-sha256")
    assert "more than one" in reason(raw, key.line)


def test_a_signature_for_files_does_not_sign_a_commit() -> None:
    key = ssh_key("ana")
    raw = with_signature(PAYLOAD, ssh_sign(PAYLOAD, key, namespace="file"))
    assert "something else than git" in reason(raw, key.line)


def test_a_short_rsa_key_proves_nothing() -> None:
    key = ssh_key("ana", "rsa", 1024)
    assert "2048 bits" in reason(signed(key), key.line)


def blob(
    magic: bytes = b"SSHSIG",
    version: int = 1,
    key: bytes = b"",
    namespace: bytes = b"git",
    reserved: bytes = b"",
    hash_: bytes = b"sha512",
    algorithm: bytes = b"ssh-ed25519",
    after: bytes = b"",
    inside: bytes = b"",
) -> bytes:
    inner = string(algorithm) + string(bytes(64)) + inside
    parts = [key or _key_blob(ssh_key("ana")), namespace, reserved, hash_, inner]
    return magic + version.to_bytes(4, "big") + b"".join(map(string, parts)) + after


def _key_blob(key: SshKey) -> bytes:
    return base64.b64decode(key.line.split()[1])


def armoured(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    lines = "\n".join(re.findall(".{1,70}", text))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (blob(), "does not fit what it says"),
        (blob(magic=b"SSHSIX"), "no SSH signature"),
        (blob(version=2), "version 2"),
        (blob(namespace=b"Git"), "something else than git"),
        (blob(reserved=b"x"), "no meaning yet"),
        (blob(hash_=b"sha1"), "not sha256 or sha512"),
        (blob(hash_=b"\xff"), "not ASCII"),
        (blob(algorithm=b"ssh-rsa"), "does not fit the key"),
        (blob(after=b"\0"), "follows its end"),
        (blob(inside=b"\0"), "follows its end"),
        (blob()[:-5], "cut off"),
        (b"", "cut off|begin and end"),
        (blob()[:10] + b"\xff\xff\xff\xff", "cut off"),
        (bytes(70_000), "too long"),
    ],
)
def test_an_odd_signature_is_told_in_a_sentence(data: bytes, expected: str) -> None:
    assert re.search(expected, reason(with_signature(PAYLOAD, armoured(data)), ssh_key("ana").line))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("BEGIN SSH", "BEGIN  SSH"),
        lambda text: text + "more\n",
        lambda text: "\n" + text,
        lambda text: text.replace("U1NI", "U1N\u00c9"),
        lambda text: text.replace("U1NI", "U1N*"),
        lambda text: text.replace("U1NI", "U1 NI"),
        lambda text: text.replace("\n-----END", "\n=\n-----END"),
        lambda text: "",
    ],
)
def test_odd_armour_is_told_in_a_sentence(change: object) -> None:
    assert callable(change)
    raw = with_signature(PAYLOAD, change(ssh_sign(PAYLOAD, ssh_key("ana"))))
    assert "cannot be read" in reason(raw, ssh_key("ana").line)


@pytest.mark.parametrize(
    "key",
    [
        string(b"ssh-ed25519") + string(b"short"),
        string(b"ssh-ed25519") + string(bytes(32)) + b"x",
        string(b"ssh-dss") + string(b"x"),
        string(b"ecdsa-sha2-nistp256") + string(b"nistp384") + string(b"x"),
        string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(b"\4" + bytes(64)),
        string(b"ssh-rsa") + string(b"\3") + string(b"\0" + bytes(300)),
        string(b"ssh-rsa") + string(b"\3") + string(b"\xff" * 300),
        string(b"ssh-rsa") + string(b"\2") + string(b"\0" + b"\xff" * 300),
    ],
)
def test_an_odd_key_is_told_in_a_sentence(key: bytes) -> None:
    kind = key[4 : 4 + int.from_bytes(key[:4], "big")].decode()
    line = f"{kind} {base64.b64encode(key).decode()}"
    assert "cannot be read" in reason(with_signature(PAYLOAD, armoured(blob(key=key))), line)


KINDS = [("ed25519", 0), ("ecdsa", 256), ("rsa", 2048)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 2000), st.integers(1, 255), st.booleans())
def test_no_change_of_a_byte_holds(kind: tuple[str, int], at: int, flip: int, cut: bool) -> None:
    key = ssh_key("ana", *kind)
    whole = bytearray(base64.b64decode("".join(_armour(kind).split("\n")[1:-2])))
    at %= len(whole)
    whole[at] ^= flip
    data = bytes(whole[:at] if cut else whole)
    reason(with_signature(PAYLOAD, armoured(data)), key.line)


_ARMOURS: dict[tuple[str, int], str] = {}


def _armour(kind: tuple[str, int]) -> str:
    if kind not in _ARMOURS:
        _ARMOURS[kind] = ssh_sign(PAYLOAD, ssh_key("ana", *kind))
    return _ARMOURS[kind]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60))
def test_garbage_never_raises(data: bytes, key: str) -> None:
    for raw in (data, with_signature(PAYLOAD, armoured(data)), b"gpgsig " + data, b"\n\n" + data):
        assert isinstance(Verifier().verify(raw, [key]), Unproved)


@given(st.binary(max_size=300))
def test_what_is_signed_is_the_commit_without_its_signature(data: bytes) -> None:
    payload = PAYLOAD + data
    parts = take_apart(with_signature(payload, "-----BEGIN X-----\nabc\n-----END X-----\n"))
    assert parts is not None
    assert parts.payload == payload
    assert parts.signature == "-----BEGIN X-----\nabc\n-----END X-----"


def on_a_token(private: Ed25519PrivateKey, flags: int) -> tuple[str, str]:
    """A key as a security key holds it, and its signature; no such thing is plugged in here."""
    kind, application = b"sk-ssh-ed25519@openssh.com", b"ssh:"
    public = private.public_key().public_bytes_raw()
    key = string(kind) + string(public) + string(application)
    digest = hashlib.sha512(PAYLOAD).digest()
    data = b"SSHSIG" + b"".join(map(string, (b"git", b"", b"sha512", digest)))
    said = bytes([flags, 0, 0, 0, 7])
    hashes = hashlib.sha256(application).digest(), hashlib.sha256(data).digest()
    inner = string(kind) + string(private.sign(hashes[0] + said + hashes[1])) + said
    whole = b"".join(map(string, (key, b"git", b"", b"sha512", inner)))
    armour = armoured(b"SSHSIG" + (1).to_bytes(4, "big") + whole)
    return f"{kind.decode()} {base64.b64encode(key).decode()}", armour


def test_a_security_key_counts_when_it_was_touched(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    line, armour = on_a_token(private, flags=1)
    found = Verifier().verify(with_signature(PAYLOAD, armour), [line])
    assert isinstance(found, Signed)
    (tmp_path / "sig").write_text(armour, encoding="ascii")
    (tmp_path / "signers").write_text(f"ana@example.org {line}\n", encoding="ascii")
    check = ["ssh-keygen", "-Y", "verify", "-I", "ana@example.org", "-n", "git"]
    check += ["-f", str(tmp_path / "signers"), "-s", str(tmp_path / "sig")]
    subprocess.run(check, input=PAYLOAD, check=True, capture_output=True)
    line, untouched = on_a_token(private, flags=0)
    assert "does not fit" in reason(with_signature(PAYLOAD, untouched), line)
    assert "does not fit" in reason(with_signature(PAYLOAD + b"x", armour), line)


def test_a_merged_tag_has_a_signature_of_its_own(tmp_path: Path) -> None:
    key, other = ssh_key("ana"), ssh_key("ben")
    git = ["git", "-C", str(tmp_path), "-c", "gpg.format=ssh", "-c", "user.name=A"]
    git += ["-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    signing = ["-c", f"user.signingKey={key.file}"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["commit", "-q", "--allow-empty", "-m", "one"],
        ["checkout", "-q", "-b", "side"],
        ["commit", "-q", "--allow-empty", "-m", "two"],
        ["-c", f"user.signingKey={other.file}", "tag", "-s", "-m", "t", "v1"],
        ["checkout", "-q", "main"],
        [*signing, "merge", "-q", "--no-ff", "-S", "-m", "m", "v1"],
    ):
        subprocess.run([*git, *command], check=True, capture_output=True)
    raw = subprocess.check_output([*git, "cat-file", "commit", "HEAD"])
    assert b"\nmergetag " in raw
    assert raw.count(b"BEGIN SSH SIGNATURE") == 2
    assert isinstance(Verifier().verify(raw, [key.line]), Signed)


def test_without_the_extra_package_it_is_said_what_to_install() -> None:
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from kmkit.errors import Cannot\n"
        "from kmkit.trail.signing import Verifier\n"
        "try: Verifier().verify(sys.stdin.buffer.read(), [sys.argv[1]])\n"
        "except Cannot as error: print(error)\n"
    )
    key = ssh_key("ana")
    said = subprocess.run(
        [sys.executable, "-c", script, key.line],
        input=signed(key),
        capture_output=True,
        check=True,
    ).stdout
    assert b"pip install 'kmkit[trust]'" in said


# OpenPGP

with_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


@pytest.fixture(scope="module")
def ana() -> Iterator[GpgKey]:
    key = gpg_key("ana@example.org")
    yield key
    gpg_stop(key.home)


@with_gpg
def test_openpgp_holds_for_its_own_key_alone(ana: GpgKey) -> None:
    raw = with_signature(PAYLOAD, gpg_sign(PAYLOAD, ana))
    found = Verifier().verify(raw, [ssh_key("ana").line, ana.armour])
    assert found == Signed(ana.fingerprint, ana.armour, "openpgp")
    assert "not by a key of theirs" in reason(raw.replace(b"early", b"later"), ana.armour)
    broken = raw.replace(b"SIGNATURE-----\n \n ", b"SIGNATURE-----\n \n xx", 1)
    assert "not by a key of theirs" in reason(broken, ana.armour)


@with_gpg
def test_a_foreign_openpgp_key_is_told_as_one_of_ssh_is(ana: GpgKey) -> None:
    raw = with_signature(PAYLOAD, gpg_sign(PAYLOAD, ana))
    ben = gpg_key("ben@example.org")
    gpg_stop(ben.home)
    said = f"It is signed by a key that is not theirs: {ana.fingerprint}."
    for keys in ([ben.armour], [ben.armour, f"{ana.armour[:80]}\n"]):
        assert Verifier().verify(raw, keys) == Unproved(said, ana.fingerprint)
    none = Verifier().verify(raw, [ssh_key("ana").line])
    assert none == Unproved(
        "It is signed by an OpenPGP key, and policy.toml has none of theirs.", "OpenPGP"
    )
    other = raw.replace(b"early", b"later")
    found = Verifier().verify(other, [ben.armour, ana.armour])
    assert found == Unproved("Its OpenPGP signature is not by a key of theirs that holds.")


@with_gpg
def test_a_signature_beside_a_foreign_one_proves_nothing(ana: GpgKey, tmp_path: Path) -> None:
    """Which of the two counts would be a matter of opinion."""
    ben = gpg_key("ben@example.org")
    gpg_stop(ben.home)
    packets = b"".join(
        gpg(key.home, "--dearmor", stdin=gpg_sign(PAYLOAD, key).encode()) for key in (ana, ben)
    )
    armour = gpg(ana.home, "--enarmor", stdin=packets).decode()
    armour = re.sub("PGP ARMORED FILE", "PGP SIGNATURE", armour)
    found = Verifier().verify(with_signature(PAYLOAD, armour), [ana.armour])
    assert found == Unproved("Its OpenPGP signature is not by a key of theirs that holds.")


@with_gpg
def test_a_revoked_openpgp_key_proves_nothing(ana: GpgKey) -> None:
    raw = with_signature(PAYLOAD, gpg_sign(PAYLOAD, ana))
    certificate = next((ana.home / "openpgp-revocs.d").iterdir())
    text = certificate.read_text(encoding="utf-8").replace(":-----BEGIN", "-----BEGIN")
    home = Path(mkdtemp(prefix="kg-"))  # short: gpg's agent puts a socket in it
    try:
        gpg(home, "--import", stdin=ana.armour.encode())
        gpg(home, "--import", stdin=text[text.index("-----BEGIN") :].encode())
        revoked = gpg(home, "--armor", "--export").decode()
    finally:
        gpg_stop(home)
        shutil.rmtree(home, ignore_errors=True)
    assert "not by a key of theirs" in reason(raw, revoked)


@with_gpg
def test_an_openpgp_key_that_expired_since_still_counts() -> None:
    """Days are typed; whoever is not to sign any more is taken out of policy.toml."""
    home = Path(mkdtemp(prefix="kg-"))
    then = ("--faked-system-time", "20200101T000000!")
    try:
        gpg(home, *then, "--passphrase", "", "--quick-gen-key", "a@b.c", "ed25519", "sign", "1d")
        armour = gpg(home, *then, "--armor", "--export").decode()
        signature = gpg(home, *then, "--armor", "--detach-sign", stdin=PAYLOAD).decode()
    finally:
        gpg_stop(home)
        shutil.rmtree(home, ignore_errors=True)
    raw = with_signature(PAYLOAD, signature)
    assert isinstance(Verifier().verify(raw, [armour]), Signed)
    assert "not by a key of theirs" in reason(raw.replace(b"early", b"later"), armour)


@with_gpg
def test_no_home_of_gpg_is_left_behind(ana: GpgKey) -> None:
    verifier = Verifier()
    verifier.verify(with_signature(PAYLOAD, gpg_sign(PAYLOAD, ana)), [ana.armour])
    (ring,) = verifier._rings.values()
    home = ring._home
    assert home.is_dir()
    del ring, verifier
    assert not home.exists()


def test_without_gpg_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    raw = with_signature(PAYLOAD, "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----")
    with pytest.raises(Cannot, match="gpg is not installed") as failed:
        Verifier().verify(raw, ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n"])
    assert "Install GnuPG" in str(failed.value)


@with_gpg
def test_a_gpg_that_somebody_put_into_the_folder_is_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ana: GpgKey
) -> None:
    raw = with_signature(PAYLOAD, gpg_sign(PAYLOAD, ana))
    whole, top = str(shutil.which("gpg")), tmp_path / "kb"
    for place in (top / "notes", top / "bin"):
        place.mkdir(parents=True)
        (place / "gpg").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", "utf-8")
        (place / "gpg").chmod(0o755)
    monkeypatch.chdir(top / "notes")
    real = str(Path(whole).parent)
    for path in (
        ".",
        "",
        str(top / "bin"),
        str(top / "notes"),
        f"{tmp_path}/x/../kb/bin",
        "../bin",
    ):
        monkeypatch.setenv("PATH", os.pathsep.join((path, real)))
        assert installed("gpg", top) == whole
        assert isinstance(Verifier(top).verify(raw, [ana.armour]), Signed)
        monkeypatch.setenv("PATH", path)
        assert installed("gpg", top) == ""
        with pytest.raises(Cannot, match="gpg is not installed"):
            Verifier(top).verify(raw, [ana.armour])
    assert not (tmp_path / "ran").exists()


def test_gpg_is_not_asked_for_where_nobody_has_a_key_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = ssh_key("ana")
    by_ssh = signed(key)
    monkeypatch.setenv("PATH", "")
    raw = with_signature(PAYLOAD, "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----")
    assert "policy.toml has none of theirs" in reason(raw, key.line)
    both = [key.line, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"]
    assert isinstance(Verifier().verify(by_ssh, both), Signed)
    assert reason(PAYLOAD, *both) == "It is not signed."

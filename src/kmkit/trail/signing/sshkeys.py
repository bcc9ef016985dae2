"""Public keys of SSH: how policy.toml gives them, and how they check a signature."""

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kmkit.trail.signing.malformed import MalformedError
from kmkit.trail.signing.wire import Wire, unbase64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

SMALLEST_RSA = 2048
"""Bits; shorter keys can be broken."""
ON_A_TOKEN = ("sk-ssh-ed25519@openssh.com",)
"""Kinds of keys that never leave a security key (FIDO)."""
TOKEN_SAYS = 5
"""Bytes that a security key adds to what it signs: its flags and its counter."""
_CURVES = {
    "ecdsa-sha2-nistp256": ("nistp256", "SECP256R1", "SHA256"),
    "ecdsa-sha2-nistp384": ("nistp384", "SECP384R1", "SHA384"),
    "ecdsa-sha2-nistp521": ("nistp521", "SECP521R1", "SHA512"),
}
_RSA_HASHES = {"rsa-sha2-256": "SHA256", "rsa-sha2-512": "SHA512"}
"""The old ssh-rsa, which goes by SHA-1, is none of them."""


class Key(NamedTuple):
    """A public key, and what checks its signatures."""

    kind: str
    """``ssh-ed25519`` …"""
    blob: bytes
    check: Callable[[str, bytes, bytes], bool]
    """Whether, by the algorithm named, the signature fits the data."""


def fingerprint(blob: bytes) -> str:
    """The short name of a key, as ``ssh-keygen -l`` prints it."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def blob_of(line: str) -> bytes:
    """The key in a line of policy.toml: kind, base64 and perhaps a comment."""
    kind, _, rest = line.strip().partition(" ")
    blob = unbase64((rest.split() or [""])[0])
    if Wire(blob).name() != kind:
        raise MalformedError("The key is not of the kind that it says.")
    return blob


def key_of(blob: bytes) -> Key:
    """The key in its binary form; MalformedError where it is none that can be trusted."""
    wire = Wire(blob)
    kind = wire.name()
    if kind == "ssh-ed25519":
        check = _ed25519(kind, wire.string())
    elif kind in ON_A_TOKEN:
        check = _on_a_token(kind, wire.string(), wire.string())
    elif kind in _CURVES:
        check = _ecdsa(kind, wire.name(), wire.string())
    elif kind == "ssh-rsa":
        check = _rsa(wire.positive(), wire.positive())
    else:
        raise MalformedError(f"Keys of the kind '{kind[:40]}' are not known here.")
    wire.end()
    return Key(kind, blob, check)


def _ed25519(kind: str, point: bytes) -> Callable[[str, bytes, bytes], bool]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(point) != 32:
        raise MalformedError("The key has the wrong length.")
    key = Ed25519PublicKey.from_public_bytes(point)

    def check(algorithm: str, signature: bytes, data: bytes) -> bool:
        """Whether the signature fits the data."""
        _known(algorithm, kind)
        return _fits(lambda: key.verify(signature, data))

    return check


def _on_a_token(kind: str, point: bytes, application: bytes) -> Callable[[str, bytes, bytes], bool]:
    plain = _ed25519(kind, point)

    def check(algorithm: str, signature: bytes, data: bytes) -> bool:
        """Whether the signature fits the data, and somebody touched the token for it."""
        signature, said = signature[:-TOKEN_SAYS], signature[-TOKEN_SAYS:]
        hashes = hashlib.sha256(application).digest(), hashlib.sha256(data).digest()
        return plain(algorithm, signature, hashes[0] + said + hashes[1]) and bool(said[0] & 1)

    return check


def _ecdsa(kind: str, name: str, point: bytes) -> Callable[[str, bytes, bytes], bool]:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    short, curve, hash_name = _CURVES[kind]
    if name != short:
        raise MalformedError("The key is not on the curve that it says.")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, curve)(), point)
    except ValueError:
        raise MalformedError("The key is no point of its curve.") from None

    def check(algorithm: str, signature: bytes, data: bytes) -> bool:
        """Whether the signature fits the data."""
        _known(algorithm, kind)
        wire = Wire(signature)
        pair = encode_dss_signature(wire.positive(), wire.positive())
        wire.end()
        return _fits(lambda: key.verify(pair, data, ec.ECDSA(_hash(hash_name))))

    return check


def _rsa(exponent: int, modulus: int) -> Callable[[str, bytes, bytes], bool]:
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    if modulus.bit_length() < SMALLEST_RSA:
        raise MalformedError(f"An RSA key needs at least {SMALLEST_RSA} bits.")
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        raise MalformedError("The key is no RSA key.") from None

    def check(algorithm: str, signature: bytes, data: bytes) -> bool:
        """Whether the signature fits the data."""
        _known(algorithm, *_RSA_HASHES)
        by = _hash(_RSA_HASHES[algorithm])
        return _fits(lambda: key.verify(signature, data, padding.PKCS1v15(), by))

    return check


def _hash(name: str) -> "HashAlgorithm":
    from cryptography.hazmat.primitives import hashes

    made: HashAlgorithm = getattr(hashes, name)()
    return made


def _known(algorithm: str, *known: str) -> None:
    if algorithm not in known:
        raise MalformedError(f"Its algorithm, '{algorithm[:40]}', does not fit the key.")


def _fits(verify: Callable[[], None]) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        verify()
    except InvalidSignature:
        return False
    return True

"""SSH signatures (OpenSSH's PROTOCOL.sshsig), read strictly, as git puts them into commits."""

import hashlib
from typing import NamedTuple

from kmkit.trail.signing.malformed import MalformedError
from kmkit.trail.signing.sshkeys import ON_A_TOKEN, TOKEN_SAYS
from kmkit.trail.signing.wire import Wire, string, unbase64

BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
NAMESPACE = "git"
_MAGIC = b"SSHSIG"
_HASHES = ("sha256", "sha512")


class SshSignature(NamedTuple):
    """What a signature says of itself; only a check shows whether it is true."""

    public_key: bytes
    hash: str
    algorithm: str
    signature: bytes

    def signed(self, payload: bytes) -> bytes:
        """The bytes that the key signed, where it signed ``payload``."""
        digest = hashlib.new(self.hash, payload).digest()
        return _MAGIC + b"".join(
            string(part) for part in (NAMESPACE.encode(), b"", self.hash.encode(), digest)
        )


def read_armour(text: str) -> SshSignature:
    """The signature in its armour; MalformedError where anything about it is unusual."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise MalformedError("It does not begin and end as an SSH signature does.")
    wire = Wire(unbase64("".join(lines[1:-1])))
    if wire.take(len(_MAGIC)) != _MAGIC:
        raise MalformedError("It is no SSH signature.")
    if (version := wire.number()) != 1:
        raise MalformedError(f"It is of version {version}, and only version 1 is known.")
    public_key, namespace, reserved = wire.string(), wire.string(), wire.string()
    if namespace != NAMESPACE.encode():
        raise MalformedError("It was made for something else than git.")
    if reserved:
        raise MalformedError("It uses a part of the format that has no meaning yet.")
    hash_name = wire.name()
    if hash_name not in _HASHES:
        raise MalformedError(f"Its hash, '{hash_name[:40]}', is not sha256 or sha512.")
    inner = Wire(wire.string())
    wire.end()
    algorithm, signature = inner.name(), inner.string()
    if algorithm in ON_A_TOKEN:
        signature += inner.take(TOKEN_SAYS)
    inner.end()
    return SshSignature(public_key, hash_name, algorithm, signature)

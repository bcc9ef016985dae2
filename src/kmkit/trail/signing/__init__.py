"""Who signed a commit, told from its raw bytes and the keys of policy.toml, and nothing else.

``Verifier(git.top).verify(raw, policy.keys_of(email))`` is the whole interface. The configuration
of the clone has no say: neither allowedSignersFile nor gpg.ssh.program, no .mailmap and no replaced
object is looked at.
"""

from kmkit.trail.signing.verify import Signed, Unproved, Verifier

__all__ = ["Signed", "Unproved", "Verifier"]

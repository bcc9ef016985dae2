"""Where the rules ask for signatures: git signs here, and by a key that they give to the actor."""

from collections.abc import Sequence
from pathlib import Path

from kmkit.config import OPENPGP, Policy
from kmkit.errors import Refused
from kmkit.kb.base import KnowledgeBase

_ASKED = "The rules of this knowledge base ask for signed commits, and"


def signing(kb: KnowledgeBase, policy: Policy) -> None:
    """Refused where a commit by the actor would not be signed, or by another key than theirs.

    What git signs with is looked at as far as this machine tells; the audit judges the rest.
    """
    kb.git.must_sign = policy.signed
    if not policy.signed:
        return
    who, keys = kb.actor.email, policy.keys_of(kb.actor.email)
    if not kb.git.signs():
        add = "" if keys else "; a steward adds your key to [keys] in policy.toml"
        raise Refused(
            f"{_ASKED} git does not sign here.", f"Run: {_settings(keys, kb.git.top)}{add}."
        )
    if not keys:
        raise Refused(
            f"{_ASKED} policy.toml names no key of {who}.",
            f"A steward adds it below [keys] in policy.toml, as a key of {who}.",
        )
    if other := _other(kb, keys):
        raise Refused(
            f"{_ASKED} policy.toml does not name the key that git signs with ({other}).",
            f"Sign with the one that it has of {who}: {_settings(keys, kb.git.top)}. "
            "A new one of theirs is added there by a steward.",
        )


def _other(kb: KnowledgeBase, keys: Sequence[str]) -> str:
    """The key that git signs with, where it is none of ``keys``; '' where that cannot be told."""
    from kmkit.trail.signing import own  # seldom needed, and takes long to import

    found = own.own_key(kb.git, kb.actor)
    armours = [key for key in keys if key.startswith(OPENPGP)]
    theirs: frozenset[str] | None = frozenset()
    if found.format == own.SSH:
        theirs = frozenset(" ".join(key.split()[:2]) for key in keys if key not in armours)
    elif found.format == own.OPENPGP and armours:
        theirs = _fingerprints(armours, kb.git.top)
    if theirs == frozenset():  # none of that kind could fit
        return " or ".join(sorted(found.keys)) or f"gpg.format {found.format}"
    if theirs is None or not found.keys or found.keys & theirs:
        return ""
    return " or ".join(sorted(found.keys))


def _settings(keys: Sequence[str], top: Path) -> str:
    """The commands by which git signs with the first of ``keys``, or with one yet to be made."""
    form, named = "ssh", "FILE.pub"
    if keys and keys[0].startswith(OPENPGP):
        form, named = "openpgp", min(_fingerprints(keys[:1], top) or {"KEYID"})
    return (
        f"git config gpg.format {form}, git config user.signingkey {named}, "
        "and git config commit.gpgsign true"
    )


def _fingerprints(armours: Sequence[str], top: Path) -> frozenset[str] | None:
    """The fingerprints of OpenPGP keys; None where gpg is not there to tell them."""
    from kmkit.trail.signing.openpgp import keyring  # seldom needed, and takes long to import

    ring = keyring(armours, top)
    return ring.keys() if ring else None

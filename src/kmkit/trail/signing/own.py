"""The key that git signs with on this machine."""

from pathlib import Path

from kmkit.trail.git import Git

_KINDS = ("ssh-", "sk-ssh-", "ecdsa-", "sk-ecdsa-")


def own_key(git: Git) -> str:
    """Kind and text of the public SSH key that commits are signed with here.

    '' where it is no SSH key, or where it cannot be told, such as in an agent.
    """
    if git.config("gpg.format") != "ssh":
        return ""
    named = git.config("user.signingkey").removeprefix("key::")
    if not named.startswith(_KINDS):
        try:
            place = Path(named).expanduser()
            public = place if place.suffix == ".pub" else place.with_name(f"{place.name}.pub")
            named = public.read_text(encoding="utf-8")
        except (OSError, RuntimeError, UnicodeDecodeError, ValueError):
            return ""
    return " ".join(named.split()[:2])

"""Who holds which role."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase


def has_role(roles: Mapping[str, Sequence[str]], email: str, role: str) -> bool:
    """Whether ``email`` holds ``role`` by the patterns in ``roles``; 'expert' is any expert's."""
    who = email.strip().casefold()
    held = [role]
    if role == "expert":
        held += [name for name in roles if name.startswith("expert.")]
    for name in held:
        for pattern in roles.get(name, ()):
            if fnmatchcase(who, pattern.casefold()):
                return True
    return False


def named(roles: Mapping[str, Sequence[str]], email: str) -> bool:
    """Whether a role is given to ``email`` by a pattern that does not mean everybody, as * does."""
    who = email.strip().casefold()
    patterns = (pattern.casefold() for given in roles.values() for pattern in given)
    return any(fnmatchcase(who, one) for one in patterns if one.strip("*?@"))

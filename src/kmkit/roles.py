"""Who holds which role."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase


def has_role(roles: Mapping[str, Sequence[str]], email: str, role: str) -> bool:
    """Whether ``email`` holds ``role`` by the patterns in ``roles``; 'expert' is any expert's."""
    who = email.strip().casefold()
    held = [r for r in roles if r == role or (role == "expert" and r.startswith("expert."))]
    return any(fnmatchcase(who, pattern.casefold()) for r in held for pattern in roles[r])


def named(roles: Mapping[str, Sequence[str]], email: str) -> bool:
    """Whether a role is given to ``email`` by a pattern that does not mean everybody, as * does."""
    who = email.strip().casefold()
    patterns = (pattern.casefold() for given in roles.values() for pattern in given)
    return any(fnmatchcase(who, one) for one in patterns if one.strip("*?@"))

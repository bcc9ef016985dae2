"""Groups of readers, and the circle that each belongs to."""

from typing import NamedTuple

from kmkit.config import Config, Policy
from kmkit.errors import Cannot, UsageError
from kmkit.period import Period
from kmkit.text import did_you_mean, one_line


class Audience(NamedTuple):
    """A group of readers, or everybody of a circle where no group is named."""

    level: str
    """The circle; always one that the policy knows."""
    name: str = ""
    """As kmkit.toml names it, '' for a circle alone."""
    help: str = ""
    recipients: tuple[str, ...] = ()
    """As kmkit.toml writes them."""
    topics: tuple[str, ...] = ()
    """Of interest; none: all."""
    kinds: tuple[str, ...] = ()
    language: str = ""
    """Of the fixed words, '' for the organisation's."""
    every: Period = Period(days=7)


def audience_of(config: Config, policy: Policy, name: str = "") -> Audience:
    """The audience that ``name`` means: one of kmkit.toml, else a level; '' is the narrowest.

    UsageError where there is neither; Cannot where the audience's level is none, and where an
    audience has the name of a level.
    """
    found = config.audiences.get(name)
    if found is None:
        if not name or name in policy.levels:
            return Audience(name or policy.levels[0])
        known = (*config.audiences, *policy.levels)
        near = did_you_mean(name[:80], known) or f"Choose one of: {', '.join(known)}."
        raise UsageError(f"There is no audience and no level '{one_line(name)}'.", near)
    if name in policy.levels:
        raise Cannot(
            f"kmkit.toml: audiences.{name}: there is a level of that name, too.",
            "Give the audience another name.",
        )
    if found.level not in policy.levels:
        raise Cannot(
            f"kmkit.toml: audiences.{name}: there is no level '{one_line(found.level)}'.",
            did_you_mean(found.level[:80], policy.levels)
            or f"The levels are {', '.join(policy.levels)}.",
        )
    return Audience(
        level=found.level,
        name=name,
        help=found.help,
        recipients=found.recipients,
        topics=found.topics,
        kinds=found.kinds,
        language=found.language,
        every=found.every,
    )

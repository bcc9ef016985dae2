"""What the settings say, as plain values: read once and kept, so that a listing parses none."""

from collections.abc import Mapping
from typing import NamedTuple

from kmkit.period import Period
from kmkit.roles import has_role


class Rules(NamedTuple):
    """What lists, searches and reports need of kmkit.toml, policy.toml and the templates."""

    organisation: str
    language: str
    """Of notes that do not say theirs."""
    contact: str
    levels: tuple[str, ...]
    """Narrowest first."""
    topics: Mapping[str, str]
    """The vocabulary: topic -> what belongs there."""
    critical: tuple[str, ...]
    filters: Mapping[str, str]
    channels: tuple[str, ...]
    audiences: tuple[str, ...]
    waiting: Mapping[str, Period]
    """State -> how long a note may stand in it."""
    kinds: Mapping[str, Period | None]
    """Kind -> how often its notes are reviewed; None for never."""
    roles: Mapping[str, tuple[str, ...]]
    """Role -> patterns of addresses."""
    targets: Mapping[str, float] = {}
    """Metric -> what is aimed at."""

    def width(self, level: str) -> int:
        """How wide a level is; 0 is the narrowest, and so is an unknown or missing one."""
        return self.levels.index(level) if level in self.levels else 0

    def has_role(self, email: str, role: str) -> bool:
        """Whether ``email`` holds ``role``; 'expert' alone is any expert's."""
        return has_role(self.roles, email, role)

    def packed(self) -> str:
        """As text for the index."""
        from json import dumps

        return dumps(self, ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str) -> "Rules":
        """The rules that `packed` made ``text`` of."""
        from json import loads

        found = cls(*loads(text))
        return found._replace(
            levels=tuple(found.levels),
            critical=tuple(found.critical),
            channels=tuple(found.channels),
            audiences=tuple(found.audiences),
            waiting={state: Period(*period) for state, period in found.waiting.items()},
            kinds={name: Period(*p) if p else None for name, p in found.kinds.items()},
            roles={role: tuple(patterns) for role, patterns in found.roles.items()},
        )

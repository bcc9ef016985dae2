"""kmkit.toml and policy.toml as tables of settings; every setting carries its own help.

kmkit.toml says what this knowledge base is about and where its notes go. policy.toml holds the
rules, and only a steward changes it.
"""

from kmkit.config.leaving import Audience, Channel
from kmkit.config.policy import (
    OPENPGP,
    ROLES,
    Policy,
    load_policy,
    parse_policy,
)
from kmkit.config.settings import Block, Config, Organisation, load_config, parse_config
from kmkit.measures import QUORUM, REQUIRED

__all__ = [
    "OPENPGP",
    "QUORUM",
    "REQUIRED",
    "ROLES",
    "Audience",
    "Block",
    "Channel",
    "Config",
    "Organisation",
    "Policy",
    "load_config",
    "load_policy",
    "parse_config",
    "parse_policy",
]

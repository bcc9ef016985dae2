"""What is wrong with kmkit.toml and policy.toml beyond their reading: names that lead nowhere."""

from collections.abc import Iterator

from kmkit.config import Config, Policy
from kmkit.note.problem import Problem
from kmkit.places import CONFIG, POLICY
from kmkit.text import did_you_mean


def check_settings(config: Config, policy: Policy, text: str) -> Iterator[Problem]:
    """The problems of kmkit.toml, whose text is ``text``, beside policy.toml."""
    for topic in config.critical.topics:
        if config.topics and topic not in config.topics:
            mend = did_you_mean(topic, config.topics) or "Add it under [topics]."
            message = f"The critical topic '{topic}' is not in the vocabulary."
            yield _problem(CONFIG, text, topic, message, mend)
    circles = [(f"channels.{name}", channel.level) for name, channel in config.channels.items()]
    circles += [(f"audiences.{name}", group.level) for name, group in config.audiences.items()]
    circles += [(f"protect: {name}", level) for name, level in config.protect.items()]
    for where, level in circles:
        if level not in policy.levels:
            mend = did_you_mean(level, policy.levels) or f"Known: {', '.join(policy.levels)}."
            message = f"{where}: there is no level '{level}' in policy.toml."
            yield _problem(CONFIG, text, level, message, mend)
    for name, group in config.audiences.items():
        for topic in group.topics if config.topics else ():
            if topic not in config.topics:
                mend = did_you_mean(topic, config.topics) or "Add it under [topics]."
                message = f"audiences.{name}: the topic '{topic}' is not in the vocabulary."
                yield _problem(CONFIG, text, topic, message, mend)
        if name in policy.levels:
            message = (
                f"The audience '{name}' has the name of a level; nobody could tell which is meant."
            )
            yield _problem(CONFIG, text, f"audiences.{name}", message, "Give it another name.")
    for name, group in config.audiences.items():
        if group.channel and group.channel not in config.channels:
            message = f"audiences.{name}: there is no channel '{group.channel}'."
            mend = did_you_mean(group.channel, config.channels) or "Add it under [channels]."
            yield _problem(CONFIG, text, group.channel, message, mend)


def check_policy(policy: Policy, text: str) -> Iterator[Problem]:
    """The problems of policy.toml, whose text is ``text``."""
    for role, patterns in policy.roles.items():
        for pattern in patterns:
            if "@" not in pattern and "*" not in pattern:
                message = f"'{pattern}' under {role} is no e-mail address."
                mend = "Write an address such as name@example.org, or *@example.org."
                yield _problem(POLICY, text, pattern, message, mend)
    if not policy.roles.get("steward"):
        message = "Nobody is steward, so nobody may change these rules."
        yield _problem(POLICY, text, "[roles]", message, "Name one under [roles].")
    if policy.trust.signatures == "required" and not policy.signed:
        message = "Signatures are asked for, and no steward has a key; until then none is needed."
        mend = "Add a steward's key under [keys], in the same commit or before."
        yield _problem(POLICY, text, "signatures =", message, mend)


def _problem(path: str, text: str, word: str, message: str, mend: str) -> Problem:
    """A problem at the first line outside of comments that holds ``word``."""
    numbered = enumerate(text.splitlines(), 1)
    hits = (n for n, line in numbered if word in line and not line.lstrip().startswith("#"))
    return Problem(path, next(hits, 1), 1, "bad-setting", message, mend)

"""The rules by which a commit is judged: policy, settings and templates as they stood before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path

from kmkit.config import Config, Policy, parse_policy
from kmkit.errors import Cannot
from kmkit.lifecycle.rounds import approved_by
from kmkit.note.kind import Kind
from kmkit.note.model import Verdict
from kmkit.places import CONFIG, POLICY
from kmkit.tomlread import parse
from kmkit.trail.audit.history import FILE_MODES, Change
from kmkit.trail.audit.paths import TEMPLATES

_SUFFIX = ".md.j2"
_MOST = 1000
"""Answers that are remembered."""


def kind_at(path: str) -> str:
    """The kind whose template is at ``path``, '' where none is."""
    name = path.removeprefix(TEMPLATES)
    there = path.startswith(TEMPLATES) and name.endswith(_SUFFIX) and "/" not in name
    return name.removesuffix(_SUFFIX) if there else ""


def held(change: Change) -> str:
    """What git has at a path, as sides are compared: what is no file has its mode before it."""
    plain = not change.mode or change.mode in FILE_MODES
    return change.blob if plain else f"{change.mode} {change.blob}"


def file_of(held: str) -> str:
    """The name of the file that git has at a path, '' where it has none."""
    return "" if " " in held else held


@dataclass(frozen=True)
class Rules:
    """Everything that stands at one commit and by which the next is judged."""

    policy: Policy
    config: Config | None
    """None where it cannot be read: channels are then not looked at."""
    kinds: Mapping[str, Kind]
    """The knowledge base's own; the shipped ones stand behind them."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """Path -> what git has there (see `held`), whether or not it was taken as a rule."""
    lineage: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Path -> the numbers of the commits that changed it rightly."""
    faults: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Path -> the numbers of the findings that stand against it."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """Path -> git's name of the version that is in effect; only what was taken as a rule."""

    @cached_property
    def approved(self) -> Callable[[tuple[Verdict, ...]], frozenset[str]]:
        """Tells the fingerprints that verdicts approve by these rules."""
        return lru_cache(_MOST)(partial(approved_by, policy=self.policy))

    def kind(self, name: str) -> Kind | None:
        """The kind of that name as it stood, or None."""
        return self.kinds.get(name) or _shipped(name)

    def guidance(self, name: str) -> frozenset[str]:
        """The comments of a kind, which are no substance."""
        kind = self.kind(name)
        return kind.guidance if kind else frozenset()

    def refused(self, path: str, blob: str, fault: int) -> "Rules":
        """These rules, where git has another version of a file that is not taken as a rule."""
        faults = {**self.faults, path: (*self.faults.get(path, ()), fault)}
        return replace(self, blobs={**self.blobs, path: blob}, faults=faults)

    @cached_property
    def settings(self) -> Config:
        """kmkit.toml, or the defaults where it cannot be read."""
        return self.config or Config()


NOTHING = Rules(Policy(), None, {})
"""Before there is any policy: nobody holds a role."""


class Reader:
    """Reads rules from what git has; each version is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], Policy | Config | Kind | str] = {}

    def changed(
        self, rules: Rules, path: str, blob: str, data: bytes, number: int
    ) -> tuple[Rules, str]:
        """The rules once ``path`` holds ``data``, and why it cannot be read ('' where it can).

        A file that cannot be read leaves the rules as they are. ``blob`` is what is `held` there;
        where that is no file, there is no rule.
        """
        blobs = {**rules.blobs, path: blob}
        blob = file_of(blob)
        known = rules.lineage.get(path, frozenset())
        lineage = {**rules.lineage, path: known | {number}}
        rules = replace(rules, blobs=blobs, lineage=lineage)
        taken = {**rules.taken, path: blob}
        if path == CONFIG:
            return replace(rules, config=self._config(blob, data), taken=taken), ""
        if path == POLICY:
            found = self._once(path, blob, lambda: parse_policy(data.decode("utf-8", "replace")))
            if isinstance(found, Policy) and blob:
                return replace(rules, policy=found, taken=taken), ""
            return rules, found if isinstance(found, str) else "It was taken away."
        return self._template(rules, path, blob, data)

    def _config(self, blob: str, data: bytes) -> Config | None:
        text = data.decode("utf-8", "replace")
        found = self._once(CONFIG, blob, lambda: parse(text, Config, CONFIG))
        return found if isinstance(found, Config) else None

    def _template(self, rules: Rules, path: str, blob: str, data: bytes) -> tuple[Rules, str]:
        kind = kind_at(path)
        if not kind:
            return rules, ""
        if not blob:
            kinds = {key: value for key, value in rules.kinds.items() if key != kind}
            left = {key: value for key, value in rules.taken.items() if key != path}
            return replace(rules, kinds=kinds, taken=left), ""
        from kmkit.note.kinds import kind_from  # with pydantic

        found = self._once(path, blob, lambda: kind_from(kind, data, Path(path)))
        if isinstance(found, Kind):
            taken = {**rules.taken, path: blob}
            return replace(rules, kinds={**rules.kinds, kind: found}, taken=taken), ""
        return rules, str(found)

    def _once(
        self, path: str, blob: str, read: Callable[[], Policy | Config | Kind]
    ) -> Policy | Config | Kind | str:
        """What ``read`` gives, or its complaint; asked once for each version."""
        if (path, blob) not in self._read:
            try:
                self._read[path, blob] = read()
            except Cannot as error:
                self._read[path, blob] = error.message.replace("\n", " ")
        return self._read[path, blob]


@lru_cache(maxsize=64)
def _shipped(name: str) -> Kind | None:
    """The kind of that name that kmkit brings along, or None."""
    from kmkit.note.kinds import kind_names, load_kind

    return load_kind(name, None) if name in kind_names(None) else None

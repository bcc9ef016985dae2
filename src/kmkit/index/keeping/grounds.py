"""By what notes are read: what settings and templates say, kept so that no refresh parses them."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kmkit import measures
from kmkit.index.rules import Rules
from kmkit.note.kind import Kind
from kmkit.period import Period

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


class Grounds(NamedTuple):
    """What a note is checked by; it serves as `measures.Measures` and `measures.Vocabulary`."""

    rules: Rules
    quorum: Mapping[str, int]
    required: Mapping[str, tuple[str, ...]]
    protect: Mapping[str, str]
    kinds: Mapping[str, Kind]

    @property
    def levels(self) -> tuple[str, ...]:
        """The circles, narrowest first."""
        return self.rules.levels

    @property
    def topics(self) -> Mapping[str, str]:
        """The vocabulary: topic -> what belongs there."""
        return self.rules.topics

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the ways by which notes leave."""
        return self.rules.channels

    def width(self, level: str) -> int:
        """How wide a level is; 0 is the narrowest, and so is an unknown or missing one."""
        return self.rules.width(level)

    def required_by(self, states: Iterable[str]) -> tuple[str, ...]:
        """The fields required in any of ``states``."""
        return measures.required_by(self.required, states)

    def guidance(self, kind: str) -> frozenset[str]:
        """The comments of a kind, which are no substance."""
        return self.kinds[kind].guidance if kind in self.kinds else frozenset()

    def packed(self) -> str:
        """As text for the index, without the rules, which are kept for themselves."""
        names = Kind.__dataclass_fields__
        kinds = [{name: getattr(kind, name) for name in names} for kind in self.kinds.values()]
        return json.dumps([*self[1:4], kinds], ensure_ascii=False, default=sorted)

    @classmethod
    def unpacked(cls, rules: Rules, text: str) -> "Grounds":
        """The grounds that `packed` made ``text`` of."""
        quorum, required, protect, kinds = json.loads(text)
        required = {state: tuple(names) for state, names in required.items()}
        return cls(rules, quorum, required, protect, {k["name"]: _kind(k) for k in kinds})


def grounds_of(kb: "KnowledgeBase") -> Grounds:
    """What the settings and the templates of a knowledge base say."""
    from kmkit.index.carding import rules_of

    rules = rules_of(kb.config, kb.policy, kb.kinds)
    policy = kb.policy
    return Grounds(rules, policy.quorum, policy.required, kb.config.protect, kb.kinds)


def _kind(said: dict[str, Any]) -> Kind:
    lists = ("sections", "required", "optional", "validate_by")
    every = said["review_every"]
    known = {name: said[name] for name in Kind.__dataclass_fields__}
    known |= {name: tuple(said[name]) for name in lists}
    known |= {"guidance": frozenset(said["guidance"])}
    return Kind(**known | {"review_every": Period(*every) if every else None})

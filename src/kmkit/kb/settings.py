"""The first kmkit.toml and policy.toml: every setting, each with its help above it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kmkit.config import ROLES, Audience, Channel, Config, Organisation, Policy
from kmkit.config.policy import Trust
from kmkit.lifecycle.person import Person
from kmkit.plain import Plain

_EXPLAINED: Mapping[str, Mapping[str, str]] = {
    "roles": ROLES,
    "quorum": {
        "self-review": "by the owner or author, where the kind of note allows it",
        "peer-review": "by somebody who had no part in the note",
        "expert-review": "by an expert of one of its topics",
        "committee": "a decision, recorded with names and minutes",
        "crowd": "by several people who had no part in the note",
    },
    "required": {
        "captured": "every note has these",
        "validated": "and from its approval on, these; its kind adds sections",
        "formatted": "and once it is ready for readers, these",
        "disseminated": "and once it went out",
        "maintained": "and once somebody confirmed it",
    },
}
"""What each setting of a table is for, where no model says it."""


def first_config(name: str, owner: Person, level: str) -> str:
    """The text of a new kmkit.toml for the organisation ``name``."""
    config = Config(
        organisation=Organisation(name=name, contact=owner.email),
        channels={"weekly-digest": Channel(level=level, help="the weekly letter")},
        audiences={"all-staff": Audience(level=level, help="everybody who works here")},
    )
    head = "The settings of this knowledge base: what it is about, and where its notes go."
    text = _document(head, config)
    topics = '# logistics = "How things and people get to where they are needed"'
    filters = '# overdue-lessons = "kind:lesson state:maintained"'
    return text.replace("[topics]", f"[topics]\n{topics}").replace(
        "[filters]", f"[filters]\n{filters}"
    )


def first_rules(owner: Person) -> Policy:
    """The rules of a new knowledge base, in which ``owner`` may do everything."""
    me = (owner.key,)
    roles = {
        "steward": me,
        "manager": me,
        "editor": me,
        "reviewer": ("*",),
        "committee": (),
        "contributor": ("*",),
    }
    return Policy(roles=roles, trust=Trust(records="required"))


def first_policy(owner: Person) -> str:
    """The text of a new policy.toml, in which ``owner`` may do everything."""
    head = (
        "The rules of this knowledge base. Only a steward changes this file.\n"
        "# Roles are lists of e-mail addresses; * stands for any text: '*@example.org'."
    )
    return _document(head, first_rules(owner))


def _document(head: str, model: Plain) -> str:
    tables, plain = [], []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, Plain | Mapping):
            tables.append((name, info.description or "", value))
        else:
            plain += [f"# {info.description}", f"{name} = {_value(value)}", ""]
    lines = [f"# {head}", "", *plain]
    for name, help_, value in tables:
        lines += [*_table(name, help_, value), ""]
    return "\n".join(lines).rstrip() + "\n"


_KEYS = (
    "# one line of the .pub file that ssh-keygen made, for each key",
    '# "name@example.org" = ["ssh-ed25519 AAAA…"]',
    "# or, of an OpenPGP key, the whole block that gpg --armor --export KEYID prints; it counts",
    "# until it is taken out here, also once it has expired",
    '# "other@example.org" = ["""',
    "# -----BEGIN PGP PUBLIC KEY BLOCK-----",
    "# …",
    "# -----END PGP PUBLIC KEY BLOCK-----",
    '# """]',
)
"""How keys are given, for whoever adds the first."""


def _table(name: str, help_: str, value: Plain | Mapping[str, Any]) -> Iterator[str]:
    """A table and, where its values are tables themselves, those."""
    yield f"# {help_[:1].upper()}{help_[1:]}."
    if isinstance(value, Plain):
        yield f"[{name}]"
        yield from _settings(value)
        return
    if not any(isinstance(inner, Plain) for inner in value.values()):
        yield f"[{name}]"
        for key, inner in value.items():
            if explained := _EXPLAINED.get(name, {}).get(key):
                yield f"# {explained}"
            yield f"{_key(key)} = {_value(inner)}"
        if name == "roles":
            yield "# validates notes on its topic, by expert review"
            yield '# "expert.logistics" = ["name@example.org"]'
        if name == "keys":
            yield from _KEYS
        return
    for key, inner in value.items():
        yield f"[{name}.{_key(key)}]"
        yield from _settings(inner)


def _settings(model: Plain) -> Iterator[str]:
    for name, info in type(model).model_fields.items():
        yield f"# {info.description}"
        yield f"{name} = {_value(getattr(model, name))}"


def _key(name: str) -> str:
    bare = name.replace("-", "").replace("_", "")
    return name if bare.isascii() and bare.isalnum() else _value(name)


def _value(value: Any) -> str:
    """A value as TOML writes it; strings in TOML and JSON are written alike."""
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and not hasattr(value, "_fields"):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)

"""policy.toml as a table: the rules, which only a steward changes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from kmkit.config.table import After, Before, Between, NotEmpty, Table
from kmkit.measures import QUORUM, REQUIRED, required_by, width
from kmkit.period import Period
from kmkit.places import POLICY
from kmkit.plain import said
from kmkit.roles import has_role
from kmkit.text import did_you_mean
from kmkit.tomlread import parse, read_text


class Waiting(Table):
    """How long a note may stand in a state before somebody is asked."""

    captured: Period = said("before it counts as waiting", default=Period(days=14))
    validated: Period = said("before it counts as waiting", default=Period(days=14))
    formatted: Period = said("before it counts as waiting", default=Period(days=14))


ROLES = {
    "steward": "looks after these rules and the templates; nobody else changes them",
    "manager": "releases, reassigns, retires, reopens",
    "editor": "formats and disseminates",
    "reviewer": "validates by peer review, and in a crowd",
    "committee": "decides together; a member, manager or steward records the decision",
    "contributor": "captures and edits",
}
"""The roles that moves ask for, and what each is for; besides them ``expert.<topic>``."""


def _one_of(names: Iterable[str], what: str) -> After:
    """A name that has to be one of ``names``: a mistyped rule would be no rule at all."""
    known = tuple(names)

    def look(name: str) -> str:
        if name in known or (known == tuple(ROLES) and name.startswith("expert.")):
            return name
        near = did_you_mean(name[:80], known) or f"Known: {', '.join(known)}."
        raise ValueError(f"There is no {what} '{name}'. {near}")

    return After(look)


def _experts(roles: Any) -> Any:
    """``expert.floods = […]`` without quotation marks is a table inside the table to TOML."""
    if not isinstance(roles, dict) or not isinstance(roles.get("expert"), dict):
        return roles
    flat = {name: value for name, value in roles.items() if name != "expert"}
    return flat | {f"expert.{topic}": value for topic, value in roles["expert"].items()}


def _over(defaults: dict[str, Any]) -> Before:
    """A table that names some of its settings leaves the others as they are by default."""
    return Before(lambda given: defaults | given if isinstance(given, dict) else given)


def _distinct(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Each level once: the order of the circles could not be told otherwise."""
    if len(set(levels)) < len(levels) or "" in levels:
        raise ValueError("Each level stands once, and none is empty.")
    return levels


KEY_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
)
"""The SSH keys that can prove who made a commit."""
OPENPGP = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


def _signing_key(text: str) -> str:
    """A public key as policy.toml may give it: a line of ssh-keygen's, or OpenPGP armour."""
    key = text.strip()
    kind, _, rest = key.partition(" ")
    if key.startswith(OPENPGP) or (kind in KEY_KINDS and rest.strip() and "\n" not in key):
        return key
    if "PRIVATE KEY" in key:
        raise ValueError("This is a private key. Make a new one, and give its .pub file here")
    raise ValueError(
        f"This is no public key. Known: {', '.join(KEY_KINDS)}, as in the .pub file of ssh-keygen, "
        "or an OpenPGP key that begins with BEGIN PGP PUBLIC KEY BLOCK"
    )


def _one_person(email: str) -> str:
    """A key belongs to one address; a pattern would let everybody who fits sign for another."""
    if "@" not in email or set(email) & set("*?[ "):
        raise ValueError(f"'{email[:80]}' is not the e-mail address of one person")
    return email.casefold()


def _each_once(keys: Any) -> Any:
    """An address that stands twice in other letters would lose one of its lists of keys."""
    if isinstance(keys, dict) and len({str(email).casefold() for email in keys}) < len(keys):
        raise ValueError("An address stands there twice. Write all its keys into one list")
    return keys


def _own_keys(keys: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each key is one person's: with a shared one either could act as the other."""
    holder: dict[str, str] = {}
    for email, lines in keys.items():
        for line in lines:
            key = line if line.startswith(OPENPGP) else " ".join(line.split()[:2])
            if holder.setdefault(key, email) != email:
                raise ValueError(f"The key of {email} is {holder[key]}'s. Each needs their own")
    return keys


Role = Annotated[str, _one_of(ROLES, "role")]
Method = Annotated[str, _one_of(QUORUM, "method of validation")]
StateName = Annotated[str, _one_of(REQUIRED, "state")]
Email = Annotated[str, After(_one_person)]
Keys = dict[Email, tuple[Annotated[str, After(_signing_key)], ...]]


class Trust(Table):
    """What the audit asks of a commit before it says who made it."""

    signatures: Literal["optional", "required"] = said(
        "required: every move is signed by a key that stands under [keys] below; "
        "optional: the trail says who claims to have made a move, and cannot prove it",
        default="optional",
    )
    records: Literal["optional", "required"] = said(
        "required: a use that was done or verified, a decision, a score that a hand "
        "wrote into a record is a finding; optional: the audit says that it is by hand",
        default="optional",
    )


class Policy(Table):
    """policy.toml: the rules."""

    levels: Annotated[tuple[str, ...], After(_distinct), NotEmpty()] = said(
        "the circles, narrowest first", default=("internal", "domestic", "international")
    )
    roles: Annotated[dict[Role, tuple[str, ...]], Before(_experts)] = said(
        "role = patterns of e-mail addresses; * is everybody", default={}
    )
    quorum: Annotated[dict[Method, Annotated[int, Between(1)]], _over(QUORUM)] = said(
        "approvals that each method needs", default=QUORUM
    )
    waiting: Waiting = said("how long a note may wait in a state", default=Waiting())
    required: Annotated[dict[StateName, tuple[str, ...]], _over(REQUIRED)] = said(
        "fields a note must have from each state on", default=REQUIRED
    )
    trust: Trust = said("what the audit asks of a commit", default=Trust())
    keys: Annotated[Keys, Before(_each_once), After(_own_keys)] = said(
        "e-mail = public keys by which this person signs commits", default={}
    )

    @property
    def signed(self) -> bool:
        """Whether moves are to be signed: once a steward has a key, who alone can add others."""
        wanted = self.trust.signatures == "required"
        return wanted and any(self.has_role(who, "steward") for who in self.keys)

    def has_role(self, email: str, role: str) -> bool:
        """Whether ``email`` holds ``role``; 'expert' alone is any expert's."""
        return has_role(self.roles, email, role)

    def roles_of(self, email: str) -> tuple[str, ...]:
        """Every role that ``email`` holds."""
        return tuple(role for role in self.roles if self.has_role(email, role))

    def keys_of(self, email: str) -> tuple[str, ...]:
        """The public keys by which ``email`` signs."""
        return self.keys.get(email.strip().casefold(), ())

    def holders(self, role: str) -> tuple[str, ...]:
        """The addresses named for ``role``, patterns left out."""
        return tuple(p for p in self.roles.get(role, ()) if not set(p) & set("*?["))

    def width(self, level: str) -> int:
        """How wide a level is; 0 is the narrowest, and so is an unknown or missing one."""
        return width(self.levels, level)

    def required_by(self, states: Iterable[str]) -> tuple[str, ...]:
        """The fields required in any of ``states``."""
        return required_by(self.required, states)


def parse_policy(text: str) -> Policy:
    """The rules in the text of a policy.toml."""
    return parse(text, Policy, POLICY)


def load_policy(root: Path) -> Policy:
    """The rules of the knowledge base at ``root``, as its files stand."""
    return parse_policy(read_text(root / POLICY))

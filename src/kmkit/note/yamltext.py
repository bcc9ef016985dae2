"""Values as YAML text that every tool reads the same way, and a person too."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from kmkit.errors import Refused
from kmkit.period import Period

_UNREADABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, line separators, text-direction overrides: written as escapes."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=<.~")
_WORD = re.compile(r"[A-Za-z0-9](?:[\w.@+/-]*\w)?|k1:[0-9a-f]{64}")
"""What may stand without quotation marks inside braces."""
_FREE_TEXT = frozenset({"because", "from", "decided_by", "minutes", "evidence"})
_OTHER_TYPES = re.compile(
    r"[yYnN]|(?i:yes|no|on|off|true|false|null|\.nan|[-+]?\.inf)|[-+]?[0-9][0-9_.,:eExXoO+-]*|0[xX].*"
)
_RESOLVERS: dict[Any, list[tuple[str, Any]]] = yaml.SafeLoader.yaml_implicit_resolvers
_LINE = 88


def plain(value: object) -> Any:
    """A value as it reads back: text, None, lists and dicts; empty parts of a map are left out."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        return str(value)
    if is_map(value):
        return {name: plain(part) for name, part in parts(value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def is_map(value: object) -> bool:
    """Whether a value is written as a map: it is one, or something with a table of its fields."""
    return isinstance(value, Mapping) or hasattr(type(value), "model_fields")


def parts(value: Any) -> dict[str, object]:
    """The parts of a map that say something, under the names they have in files."""
    if not isinstance(value, Mapping):
        infos = type(value).model_fields.items()
        value = {info.alias or name: getattr(value, name) for name, info in infos}
    return {name: part for name, part in value.items() if part not in (None, "", (), [], {})}


def quoted(text: str) -> str:
    """The text in double quotes; what cannot be seen is escaped, every script stays readable."""
    return '"' + re.sub(r'["\\]|' + _UNREADABLE.pattern, _escape, _encodable(text)) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"


def _encodable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(
            "The text holds half a character (a lone surrogate), which no file can keep.",
            "Type that text again.",
        ) from None
    return text


def ambiguous(text: str) -> bool:
    """Whether some tool could read ``text``, without quotation marks, as something else."""
    if not text or text != text.strip() or text[0] in _INDICATORS or _UNREADABLE.search(text):
        return True
    if ": " in text or " #" in text or text.endswith(":") or "\t" in text:
        return True
    if _OTHER_TYPES.fullmatch(text):
        return True
    return any(pattern.match(text) for _, pattern in _RESOLVERS.get(text[0], ()))


def scalar(text: str, style: str | None = None) -> str:
    """A field's text on one line; ``style`` is the quotation mark it had before, kept if it can."""
    if style == '"' or _UNREADABLE.search(text):
        return quoted(text)
    if style == "'" or (ambiguous(text) and '"' in text and "'" not in text):
        return "'" + _encodable(text).replace("'", "''") + "'"
    return quoted(text) if ambiguous(text) else _encodable(text)


def inline(value: object, *, free: bool = False) -> str:
    """A value as it stands inside brackets or braces, or as the entry of a list."""
    if is_map(value):
        return "{" + ", ".join(part_text(*part) for part in parts(value).items()) + "}"
    if isinstance(value, list | tuple) and not isinstance(value, Period):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    text = plain(value)
    if text is None:
        return "null"
    if not isinstance(value, str):
        return str(text)
    if not free and _WORD.fullmatch(text) and not ambiguous(text):
        return str(text)
    return quoted(text)


def part_text(name: str, value: object) -> str:
    """One part of a map in braces."""
    return f"{_key(name)}: {inline(value, free=name in _FREE_TEXT)}"


def _key(name: str) -> str:
    """A name; ``on`` stays bare as the format has it, though YAML 1.1 takes it for 'true'."""
    bare = _WORD.fullmatch(name) and (name == "on" or not ambiguous(name))
    return name if bare else quoted(name)


def item(value: object) -> str:
    """One entry of a block list, without its dash."""
    return scalar(value) if isinstance(value, str) else inline(value)


def is_block(value: object) -> bool:
    """Whether a list is written with one entry a line."""
    if not isinstance(value, list | tuple) or isinstance(value, Period) or not value:
        return False
    words = all(isinstance(part, str) and re.fullmatch(r"[\w.@+-]+", part) for part in value)
    return not words or len(inline(value)) > _LINE


def field_text(name: str, value: object, newline: str = "\n", indent: str = "") -> str:
    """A whole field: its line, or its lines, with the line break."""
    start = f"{indent}{_key(name)}:"
    if isinstance(value, list | tuple) and is_block(value):
        lines = [start, *(f"{indent}  - {item(entry)}" for entry in value)]
    else:
        lines = [f"{start} {scalar(value) if isinstance(value, str) else inline(value)}"]
    return "".join(line + newline for line in lines)

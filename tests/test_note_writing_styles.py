"""Writing front matter in any style that people use: only the named fields change."""

from pathlib import PurePosixPath
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmkit.note.file import read, write_fields
from kmkit.note.frontmatter import load, split
from kmkit.note.yamltext import plain
from tests.hostile import HOSTILE


class Chunk(NamedTuple):
    """Lines of front matter: those of one field, or comments and blank lines between fields."""

    name: str
    text: str
    value: Any


WORDS = (
    "fuel",
    "Order fuel",
    "no",
    "2026-11-20",
    "it's",
    'say "x"',
    "Æther",
    "الطرق",
    "a: b",
    "#5",
)
STR_FIELDS = ("title", "kind", "state", "owner", "level", "summary", "unit", "matters_to")
LIST_FIELDS = ("topics", "sources", "evidence", "authors")
MAP_FIELDS = ("gathered", "reviewed", "x_map")
MAPS_FIELDS = ("verdicts", "disseminated", "x_maps")

words = st.sampled_from(WORDS)
tails = st.sampled_from(["", "   # why", " # it's: [so]", "  "])


def quoted(word: str, style: str) -> str:
    if style == "'":
        return "'" + word.replace("'", "''") + "'"
    if style == '"':
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return word if ": " not in word and word[0] not in "#\"'" else quoted(word, '"')


scalars = st.builds(lambda w, s: (w, quoted(w, s)), words, st.sampled_from(["", "'", '"']))
flat_items = st.lists(scalars, min_size=1, max_size=4)
map_parts = st.dictionaries(
    st.sampled_from(["on", "by", "from", "because", "method"]), scalars, min_size=1, max_size=4
)


@st.composite
def scalar_fields(draw: st.DrawFn, name: str) -> Chunk:
    style = draw(
        st.sampled_from(["line", "line", "line", "literal", "folded", "multi", "empty", "next"])
    )
    word, text = draw(scalars)
    if style == "literal":
        sign = draw(st.sampled_from(["|", "|-", "|  # why"]))
        end = "" if sign == "|-" else "\n"
        return Chunk(name, f"{name}: {sign}\n  {word}\n\n   more\n", f"{word}\n\n more{end}")
    if style == "folded":
        return Chunk(name, f"{name}: >-\n    {word}\n    more\n", f"{word} more")
    if style == "multi":
        return Chunk(name, f"{name}: plain\n  text of\n  lines\n", "plain text of lines")
    if style == "empty":
        text = draw(st.sampled_from(["", " ~", " null", " # why"]))
        return Chunk(name, f"{name}:{text}\n", None)
    if style == "next":
        return Chunk(name, f"{name}:\n  {text}\n", word)
    gap = draw(st.sampled_from([" ", "   "]))
    return Chunk(name, f"{name}:{gap}{text}{draw(tails)}\n", word)


@st.composite
def list_fields(draw: st.DrawFn, name: str) -> Chunk:
    items = draw(flat_items)
    value = [word for word, _ in items]
    texts = [text if "," not in text else quoted(word, '"') for word, text in items]
    style = draw(st.sampled_from(["flow", "lines", "block", "deep", "commented", "empty"]))
    if style == "flow":
        return Chunk(name, f"{name}: [{', '.join(texts)}]{draw(tails)}\n", value)
    if style == "lines":
        inner = ",\n".join(f"    {text}" for text in texts)
        return Chunk(name, f"{name}: [\n{inner},\n  ]{draw(tails)}\n", value)
    if style == "empty":
        return Chunk(name, f"{name}: []{draw(tails)}\n", [])
    dash = "  -   " if style == "deep" else "- "
    comment = "  # a word on the next one\n" if style == "commented" else ""
    lines = "".join(f"{comment}{dash}{text}{draw(tails)}\n" for text in texts)
    return Chunk(name, f"{name}:\n{lines}", value)


@st.composite
def map_fields(draw: st.DrawFn, name: str) -> Chunk:
    parts = draw(map_parts)
    value = {key: word for key, (word, _) in parts.items()}
    if draw(st.booleans()):
        inner = ", ".join(f"{key}: {text}" for key, (_, text) in parts.items())
        return Chunk(name, f"{name}: {{{inner}}}{draw(tails)}\n", value)
    lines = "".join(f"  {key}: {text}{draw(tails)}\n" for key, (_, text) in parts.items())
    return Chunk(name, f"{name}:\n{lines}", value)


@st.composite
def maps_fields(draw: st.DrawFn, name: str) -> Chunk:
    entries = draw(st.lists(map_parts, min_size=1, max_size=3))
    value = [{key: word for key, (word, _) in parts.items()} for parts in entries]
    text = f"{name}:\n"
    for parts in entries:
        pairs = [f"{key}: {shown}" for key, (_, shown) in parts.items()]
        if draw(st.booleans()):
            text += f"  - {{{', '.join(pairs)}}}{draw(tails)}\n"
        else:
            text += "  - " + f"{draw(tails)}\n    ".join(pairs) + "\n"
    return Chunk(name, text, value)


between = st.sampled_from(["", "", "# a comment: [with, signs]\n", "\n", "\n# - a\n\n", " # in\n"])


@st.composite
def fronts(draw: st.DrawFn) -> list[Chunk]:
    """Front matter in pieces, in the styles that people use."""
    kinds = {
        **dict.fromkeys(STR_FIELDS, scalar_fields),
        **dict.fromkeys(LIST_FIELDS, list_fields),
        **dict.fromkeys(MAP_FIELDS, map_fields),
        **dict.fromkeys(MAPS_FIELDS, maps_fields),
    }
    names = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=6, unique=True))
    chunks = []
    for name in names:
        chunks += [Chunk("", draw(between), None), draw(kinds[name](name))]
    return [*chunks, Chunk("", draw(between), None)]


@st.composite
def new_values(draw: st.DrawFn, old: dict[str, Any], name: str) -> Any:
    """Another value of any shape, often one that has much in common with the old one."""
    word = st.sampled_from((*WORDS, *HOSTILE[:60]))
    entry = st.dictionaries(
        st.sampled_from(["on", "by", "from", "x"]), word, min_size=1, max_size=3
    )
    before = old.get(name)
    options = [st.none(), word, st.lists(word, max_size=4), entry, st.lists(entry, max_size=3)]
    if isinstance(before, list) and before:
        kept = st.lists(st.sampled_from(before), max_size=4)
        more = st.lists(entry if isinstance(before[0], dict) else word, max_size=2)
        options = [st.builds(lambda a, b, c: [*a, *b, *c], kept, more, kept)] * 4 + options
    if isinstance(before, dict):
        options = [entry.map(lambda more: {**before, **more})] * 3 + options
    return draw(st.one_of(options))


@given(data=st.data(), chunks=fronts(), newline=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_only_the_named_fields_change(
    data: st.DataObject, chunks: list[Chunk], newline: str
) -> None:
    front = "".join(chunk.text for chunk in chunks)
    body = "\n## Lessons\n\n---\ntitle: not a field\n"
    before = f"---\n{front}---\n{body}".replace("\n", newline)
    old = {chunk.name: chunk.value for chunk in chunks if chunk.name}
    loaded = load(split(before)[0].front)
    assert (loaded.values, loaded.flaws) == (old, [])

    names = data.draw(st.lists(st.sampled_from([*old, "unit", "protect", "x_new"]), max_size=3))
    changes = {name: data.draw(new_values(old, name)) for name in names}
    after = write_fields(read(before.encode(), PurePosixPath("n.md")), changes).decode()

    document, flaws = split(after)
    again = load(document.front)
    assert not flaws
    assert not again.flaws
    for name, value in changes.items():
        wanted = plain(value)
        if wanted is None:
            assert name not in again.values
        else:
            assert again.values.get(name) == wanted or (wanted == [] and not again.values.get(name))
    assert {n: v for n, v in again.values.items() if n not in changes} == {
        n: v for n, v in old.items() if n not in changes
    }

    assert document.body == body.replace("\n", newline)
    assert document.front.count("\n") == document.front.count(newline)
    at = 0
    for chunk in chunks:
        if chunk.name not in changes:
            text = chunk.text.replace("\n", newline)
            assert text in document.front[at:], f"lost: {text!r}"
            at = document.front.index(text, at) + len(text)

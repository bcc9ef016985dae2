"""Pages: their generated parts put in place, their links followed."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools.docs import commands, filters, house, metrics, note_format, tour, walk

ROOT = Path(__file__).resolve().parent.parent.parent

Block = Callable[[], str]
BLOCKS: Mapping[str, Block] = {
    "commands": commands.commands,
    "exit-codes": commands.exit_codes,
    "fields": note_format.fields,
    "entries": note_format.entries,
    "records": note_format.records,
    "kinds": note_format.kinds,
    "required": note_format.required,
    "config": note_format.config,
    "policy": note_format.policy,
    "rules": note_format.rules,
    "audit-rules": note_format.audit_rules,
    "filter-fields": filters.fields,
    "filter-days": filters.days,
    "metrics-outputs": metrics.outputs,
    "metrics-outcomes": metrics.outcomes,
    "drawing": house.drawing,
    "rooms": house.rooms,
    "states": walk.states,
    "moves": walk.moves,
    "diagram": walk.diagram,
    "roles": walk.roles,
    "methods": walk.methods,
    **{name: partial(tour.part, name) for name in tour.TOUR},
}
"""Every generated part: its name in a page, and what writes it."""

_PART = re.compile(
    r"^<!-- generated: (?P<name>[\w-]+) -->\n(?P<text>.*?)^<!-- end -->$",
    re.MULTILINE | re.DOTALL,
)


def pages() -> list[Path]:
    """Every page of the documentation."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def linked() -> list[Path]:
    """Every Markdown file whose links are followed: the pages, and the example knowledge base."""
    return [*pages(), *sorted((ROOT / "examples").rglob("*.md"))]


def render(text: str) -> str:
    """A page's ``text`` with its generated parts as they should be."""

    def part(found: re.Match[str]) -> str:
        block = BLOCKS.get(found["name"])
        if block is None:
            raise SystemExit(f"There is no generated part '{found['name']}': {', '.join(BLOCKS)}.")
        return f"<!-- generated: {found['name']} -->\n\n{block().strip()}\n\n<!-- end -->"

    return _PART.sub(part, text)


def parts() -> set[str]:
    """The names of the generated parts that stand in some page."""
    return {found["name"] for page in pages() for found in _PART.finditer(_read(page))}


def write() -> Iterator[str]:
    """Bring every page up to date; yields the names of those that changed."""
    for page in pages():
        before = _read(page)
        after = render(before)
        if after != before:
            page.write_text(after, encoding="utf-8", newline="\n")
            yield _name(page)


def outdated() -> Iterator[str]:
    """One sentence for each page whose generated parts are not what they should be."""
    for page in pages():
        before = _read(page)
        if render(before) != before:
            yield f"{_name(page)}: out of date. Run `make docs`."


def unplaced() -> Iterator[str]:
    """One sentence for each generated part that stands in no page."""
    for name in sorted(set(BLOCKS) - parts()):
        yield f"The generated part '{name}' stands in no page."


def dead_links() -> Iterator[str]:
    """One sentence for each relative link that leads to no file, or to no heading in it."""
    for page in linked():
        for target in _targets(_read(page)):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or target.startswith("mailto:"):
                continue
            file = page if not parts.path else page.parent / unquote(parts.path)
            if not file.exists():
                yield f"{_name(page)}: the link '{target}' leads to no file."
            elif parts.fragment and file.suffix == ".md" and parts.fragment not in _anchors(file):
                yield f"{_name(page)}: the link '{target}' leads to no heading."


def _targets(text: str) -> Iterator[str]:
    """Where the links and images of a Markdown ``text`` lead, front matter left out."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    for token in _tokens(body):
        target = token.attrGet("href") or token.attrGet("src")
        if target:
            yield str(target)


def _anchors(page: Path) -> set[str]:
    """The fragments by which the headings of a page are reached, as the usual hosts make them."""
    found: dict[str, int] = {}
    anchors = set()
    tokens = MarkdownIt().parse(_read(page))
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", inline.content.lower()).replace(" ", "-")
            number = found[words] = found.get(words, -1) + 1
            anchors.add(f"{words}-{number}" if number else words)
    return anchors


def _tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt().enable("table").parse(text):
        yield from token.children or ()


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()

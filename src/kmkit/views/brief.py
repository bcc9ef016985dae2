"""A brief as a page: plain values for people, and the same as text, Markdown, HTML and JSON."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kmkit.index.briefs.brief_lessons import Applied, Lesson
from kmkit.index.briefs.briefing import Brief
from kmkit.text import fold, one_line
from kmkit.views.clean import direction
from kmkit.views.digest_readers import INSTRUCTIONS
from kmkit.views.digest_values import RESULTS, day
from kmkit.views.prose import advice
from kmkit.views.words import clip, wrap

_TELLING = ("Recommendations", *INSTRUCTIONS)
"""The sections that say what to do, the most telling first."""
_SUMMARY, _POINTS, _WORDS, _USED = 60, 3, 35, 35
"""Words of a summary; points of advice, and the words of each; words about a use."""
_USES = 3
FAILED = "did-not-help"


class ShownUse(NamedTuple):
    """One use of a lesson, in words."""

    result: str
    """'It helped'."""
    good: bool
    where: str
    on: str
    because: str


class Shown(NamedTuple):
    """A lesson as the page shows it."""

    id: str
    short: str
    title: str
    marks: tuple[str, ...]
    """Its kind, its state and its level."""
    why: str
    summary: str
    advice: tuple[str, ...]
    warnings: tuple[str, ...]
    uses: tuple[ShownUse, ...]
    same: tuple[str, ...]
    """Titles of notes that say the same."""
    language: str
    direction: str


class Part(NamedTuple):
    """A part of the description, with its lessons."""

    heading: str
    lessons: tuple[Shown, ...]
    more: int


class Page(NamedTuple):
    """What a project should not start without, in words."""

    title: str
    organisation: str
    on: str
    level: str
    widest: bool
    parts: tuple[Part, ...]
    silent: tuple[str, ...]
    """The headings of the parts that no lesson fits."""
    opening: str


def page(brief: Brief) -> Page:
    """The brief in words."""
    whole = len(brief.sections) == 1
    named = [
        one._replace(heading="" if whole else one.heading or "The project as a whole")
        for one in brief.sections
    ]
    parts = [
        Part(one.heading, tuple(map(_shown, one.lessons)), one.more) for one in named if one.lessons
    ]
    return Page(
        title=brief.title,
        organisation=one_line(brief.organisation),
        on=day(brief.on),
        level=brief.level,
        widest=brief.widest,
        parts=tuple(parts),
        silent=tuple(one.heading for one in named if not one.lessons) if parts else (),
        opening=_opening(brief),
    )


def _opening(brief: Brief) -> str:
    """How many lessons there are and what they are, in a sentence or two."""
    notes = brief.looked_through
    looked = "1 approved note" if notes == 1 else f"{notes} approved notes"
    if not notes:
        return "There is no approved note yet that this circle may see: nothing can be brought up."
    if not brief.lessons:
        return (
            f"None of {looked} bears on this. Nothing is padded with weak matches; ask around "
            "before you take it that nobody has done this before."
        )
    count = "1 lesson" if brief.lessons == 1 else f"{brief.lessons} lessons"
    return f"{count}, of {looked}, that this project should not start without."


def _shown(lesson: Lesson) -> Shown:
    title = one_line(lesson.title)
    return Shown(
        id=one_line(lesson.id),
        short=one_line(lesson.short),
        title=title,
        marks=tuple(map(one_line, (lesson.kind, lesson.standing, lesson.level))),
        why=_why(lesson),
        summary=clip(one_line(lesson.summary), _SUMMARY),
        advice=tuple(_advice(lesson)),
        warnings=tuple(_warnings(lesson)),
        uses=tuple(_use(use) for use in lesson.uses if use.outcome != FAILED)[:_USES],
        same=tuple(one_line(other) for _, other in lesson.same),
        language=one_line(lesson.language),
        direction=direction(title, lesson.language),
    )


def _why(lesson: Lesson) -> str:
    """Why the lesson was chosen: the words and topics in common."""
    words = _and([f"“{one_line(word)}”" for word in lesson.words])
    topics = _and([one_line(topic) for topic in lesson.topics])
    said = f"both speak of {words}" if words else ""
    about = f"it is about {topics}" if topics else ""
    return "; ".join(filter(None, (said, about)))


def _and(names: list[str]) -> str:
    """Names as a sentence has them: 'ice, rope and wind'."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _advice(lesson: Lesson) -> Iterator[str]:
    """What the lesson tells people to do, in a few points."""
    texts: dict[str, str] = {}
    for heading, text in lesson.sections:
        texts.setdefault(heading.casefold(), text)
    known = {_bare(lesson.title), _bare(lesson.summary)}
    left = _POINTS
    for name in _TELLING:
        for text in advice(texts.get(name.casefold(), ""))[:left]:
            if _bare(text) not in known:
                known.add(_bare(text))
                left -= 1
                yield clip(text, _WORDS)
        if left <= 0:
            return


def _bare(text: str) -> str:
    return fold(one_line(text)).strip(" .!…")


def _warnings(lesson: Lesson) -> Iterator[str]:
    """What to beware of: where it did not help, and what is the matter with the note."""
    for use in lesson.uses:
        if use.outcome == FAILED:
            because = clip(one_line(use.because), _USED)
            yield f"It did not help: {one_line(use.where)}, {day(use.on)}. {because}".strip()
    yield from map(one_line, lesson.warnings)


def _use(use: Applied) -> ShownUse:
    return ShownUse(
        result=RESULTS.get(use.outcome, one_line(use.outcome)),
        good=use.outcome == "helped",
        where=one_line(use.where),
        on=day(use.on),
        because=clip(one_line(use.because), _USED),
    )


def render(brief: Brief, fmt: str, kb: Path | None = None) -> str:
    """The brief as ``html``, ``md`` or ``json``."""
    if fmt == "json":
        return as_json(brief)
    from kmkit.views.environment import render_template

    return render_template(f"brief/brief.{fmt}.j2", kb, page=page(brief))


class Line(NamedTuple):
    """A line of text and how it is meant: title, heading, note, quiet, warn or ''."""

    style: str
    text: str


def lines(shown: Page, width: int = 78) -> Iterator[Line]:
    """The page as lines of at most ``width`` columns."""
    yield Line("title", shown.title)
    yield from _wrapped("quiet", f"{shown.organisation}, {shown.on}. For the circle {shown.level}.",
                        width)  # fmt: skip
    yield from _wrapped("", shown.opening, width)
    for part in shown.parts:
        if part.heading:
            yield Line("", "")
            yield Line("heading", part.heading)
        for lesson in part.lessons:
            yield from _lesson_lines(lesson, width)
        if part.more:
            yield Line("quiet", f"  {part.more} more; --limit {len(part.lessons) + part.more}")
    if shown.silent:
        yield Line("", "")
        yield from _wrapped("quiet", f"Nothing bears on: {', '.join(shown.silent)}.", width)


def _lesson_lines(lesson: Shown, width: int) -> Iterator[Line]:
    yield Line("", "")
    yield from _wrapped("note", lesson.title, width, "  ")
    yield Line("quiet", f"  {lesson.short} · {' · '.join(lesson.marks)}")
    for warning in lesson.warnings:
        yield from _wrapped("warn", warning, width, "  ! ", "    ")
    yield from _wrapped("", lesson.summary, width, "    ")
    for text in lesson.advice:
        yield from _wrapped("", text, width, "    - ", "      ")
    for use in lesson.uses:
        said = f"{use.result}: {use.where}, {use.on}. {use.because}"
        yield from _wrapped("good" if use.good else "", said, width, "    ")
    if lesson.same:
        yield from _wrapped(
            "quiet", f"The same is said in: {'; '.join(lesson.same)}", width, "    "
        )
    if lesson.why:
        yield from _wrapped("quiet", f"Why: {lesson.why}.", width, "    ")


def _wrapped(
    style: str, text: str, width: int, first: str = "", rest: str | None = None
) -> Iterator[Line]:
    if text:
        made = wrap(text, width=width, first=first, rest=first if rest is None else rest)
        for line in made.split("\n"):
            yield Line(style, line)


def as_json(brief: Brief) -> str:
    """The brief as ``kmkit.brief/1``."""
    from kmkit.views.porcelain import dumps

    return dumps(
        {
            "schema": "kmkit.brief/1",
            "title": brief.title,
            "level": brief.level,
            "on": str(brief.on),
            "looked_through": brief.looked_through,
            "sections": [
                {
                    "heading": section.heading or None,
                    "more": section.more,
                    "lessons": [_values(lesson) for lesson in section.lessons],
                }
                for section in brief.sections
            ],
        }
    )


def _values(lesson: Lesson) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "path": lesson.path,
        "title": lesson.title,
        "kind": lesson.kind,
        "state": lesson.state,
        "standing": lesson.standing,
        "level": lesson.level,
        "language": lesson.language,
        "summary": lesson.summary,
        "advice": list(_advice(lesson)),
        "why": {"words": list(lesson.words), "topics": list(lesson.topics)},
        "applications": [use._asdict() | {"on": str(use.on)} for use in lesson.uses],
        "warnings": list(_warnings(lesson)),
        "same": [{"id": id, "title": title} for id, title in lesson.same],
    }

"""The one Jinja environment: sandboxed, strict, escaping HTML, speaking the reader's language."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_eval_context,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from kmkit.errors import Cannot
from kmkit.resources import templates_dir
from kmkit.text import one_line
from kmkit.views.clean import code, direction, escape_markdown
from kmkit.views.compiled import Compiled
from kmkit.views.loading import MEND, Limits, OwnTemplates, as_shown, has_own, place_of
from kmkit.views.prose import to_html, to_quote, to_text
from kmkit.views.wording import Wording, words
from kmkit.views.words import bind, columns, wrap


@cache
def environment(kb: Path | None = None, language: str = "") -> Environment:
    """The environment for the shipped templates; each is compiled once.

    With ``kb``, the templates of that knowledge base go first, in a sandbox: that is for the
    process that works within limits alone. The shipped ones are ours and go without, which makes
    them twice as fast. ``language``: of the fixed words, which templates write as ``_("…")`` and
    ``ngettext("…")``.
    """
    said = words(language)
    loaders: list[BaseLoader] = [FileSystemLoader(templates_dir())]
    if kb is not None:
        loaders.insert(0, OwnTemplates(kb))
    made = _kind(kb)(
        loader=ChoiceLoader(loaders),
        autoescape=is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=Compiled() if kb is None else None,
        optimized=False,  # what can be known beforehand is little, and looking for it takes longer
    )
    made.filters |= {
        "apart": _apart,
        "bind": bind,
        "code": code,
        "columns": columns,
        "day": said.day,
        "dir": direction,
        "line": one_line,
        "listed": _listed(said),
        "md": escape_markdown,
        "note_html": to_html,
        "note_md": to_quote,
        "note_text": to_text,
        "translated": _gettext(said),
        "wrap": _wrap,
    }
    made.globals |= {
        "_": _gettext(said),
        "ngettext": _ngettext(said),
        "between": said.between,
        "month": said.month,
        "language": said.language,
        "direction": said.direction,
    }
    return made


def _kind(kb: Path | None) -> type[Environment]:
    """The sandbox for templates that are not ours."""
    if kb is None:
        return Environment
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment


def _gettext(said: Wording) -> Callable[..., str]:
    """``_("…", name=value)`` for templates; in HTML, message and values are escaped."""

    @pass_eval_context
    def gettext(context: EvalContext, message: str, /, **values: Any) -> str:
        if context.autoescape:
            return escape(said.form(message)) % values if values else escape(said.form(message))
        return said.gettext(message, **values)

    return gettext


def _ngettext(said: Wording) -> Callable[..., str]:
    """``ngettext("%(num)s note", "%(num)s notes", number)`` for templates."""

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
        if context.autoescape:
            return escape(said.form(one, many, num)) % {"num": num, **values}
        return said.ngettext(one, many, num, **values)

    return ngettext


def _listed(said: Wording) -> Callable[..., str]:
    """``names|listed`` for templates: Ana, Ben and Chen; in HTML, names are escaped."""

    @pass_eval_context
    def listed(context: EvalContext, names: Iterable[str]) -> str:
        if context.autoescape:
            return said.listed([escape(name) for name in names], Markup)
        return said.listed(list(names))

    return listed


def _apart(text: str) -> Markup:
    """What a person wrote, among fixed words in HTML: in the direction it is written in."""
    return Markup('<span dir="{}">{}</span>').format(direction(text), text)


def is_html(name: str | None) -> bool:
    """Whether a template's output is HTML, so that everything in it is escaped."""
    return name is None or name.endswith((".html.j2", ".html", ".xml.j2", ".xml"))


class Render(Protocol):
    """Renders templates, all of the same folder and in the same language."""

    def __call__(self, template: str, /, **values: Any) -> str:
        """The text that ``template`` makes of ``values``; Cannot tells a flaw with its place."""
        ...


@contextmanager
def rendering(
    room: str, kb: Path | None, *, language: str = "", limits: Limits | None = None
) -> Iterator[Render]:
    """What renders the templates of the folder ``room``, such as ``digest`` or ``site``.

    Shipped templates are rendered in this process. Where the knowledge base has templates of its
    own in that folder, all of the folder are rendered in a process of their own, on plain data and
    within ``limits``: a template that takes too long or too much raises Cannot. ``language``: of
    the fixed words and dates; English where there is none of that language.
    """
    code = words(language).language
    if kb is None or not has_own(kb, room):
        yield partial(_render, environment(None, code))
        return
    from kmkit.views.workshop import Workshop

    workshop = Workshop(kb, code, limits or Limits())
    try:
        yield workshop.render
    finally:
        workshop.close()


def render_template(template: str, kb: Path | None, /, *, language: str = "", **values: Any) -> str:
    """The text that one ``template`` makes of ``values``; see `rendering`, which is for many."""
    with rendering(template.split("/")[0], kb, language=language) as render:
        return render(template, **values)


def _render(made: Environment, template: str, /, **values: Any) -> str:
    try:
        return made.get_template(template).render(**values)
    except TemplateError as error:
        raise refusal(template, error, None) from None


def refusal(template: str, error: Exception, kb: Path | None) -> Cannot:
    """What to tell of an ``error`` in ``template``, or in one that it builds on."""
    place = place_of(error, kb) or f"templates/{template}"
    match error:
        case TemplateSyntaxError():
            place = as_shown(error.filename or "", kb) or f"templates/{error.name or template}"
            return Cannot(f"{place}:{error.lineno}: {one_line(error.message)}", MEND)
        case TemplateNotFound():
            return Cannot(f"{place}: there is no template '{one_line(str(error.name))}'.", MEND)
        case TemplateError():
            told = re.sub(r"'kmkit\.[\w.]+ object'", "what is here", error.message or "")
            return Cannot(f"{place}: {one_line(told)}", MEND)
        case RecursionError():
            return Cannot(f"{place} calls or includes itself without end.", MEND)
        case MemoryError():
            return Cannot(f"{place} took more memory than it may.", MEND)
    return Cannot(f"{place}: {one_line(str(error)) or type(error).__name__}", MEND)


def _wrap(text: object, first: str = "", rest: str | None = None) -> str:
    """Text for a mail in lines of at most 78 columns."""
    return wrap(str(text), first=first, rest=" " * len(first) if rest is None else rest)

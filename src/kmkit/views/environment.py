"""The one Jinja environment: sandboxed, strict, escaping HTML, the KB's own templates first."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kmkit.errors import Cannot
from kmkit.resources import templates_dir
from kmkit.text import one_line
from kmkit.views.clean import code, direction, escape_markdown
from kmkit.views.digest_values import day
from kmkit.views.prose import to_html, to_quote, to_text
from kmkit.views.words import bind, wrap


class _Inside(FileSystemLoader):
    """Loads templates of a folder, but none through a link that leads out of it."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, uptodate = super().get_source(environment, template)
        roots = [Path(path).resolve() for path in self.searchpath]
        if not any(Path(filename).resolve().is_relative_to(root) for root in roots):
            raise Cannot(f"The template {filename} is a link out of its folder.", "Put a copy.")
        return source, filename, uptodate


@cache
def environment(kb: Path | None = None) -> ImmutableSandboxedEnvironment:
    """The environment for the knowledge base at ``kb``; each template is compiled once."""
    loaders: list[BaseLoader] = [_Inside(templates_dir())]
    if kb is not None:
        loaders.insert(0, _Inside(kb / "templates"))
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters |= {
        "bind": bind,
        "code": code,
        "day": day,
        "dir": direction,
        "line": one_line,
        "md": escape_markdown,
        "note_html": to_html,
        "note_md": to_quote,
        "note_text": to_text,
        "wrap": _wrap,
    }
    return made


def is_html(name: str | None) -> bool:
    """Whether a template's output is HTML, so that everything in it is escaped."""
    return name is None or name.endswith((".html.j2", ".html", ".xml.j2", ".xml"))


def render_template(name: str, kb: Path | None, **values: Any) -> str:
    """The text that template ``name`` makes of ``values``; a flaw in it is told with its place."""
    try:
        return environment(kb).get_template(name).render(**values)
    except TemplateNotFound as error:
        raise Cannot(f"There is no template '{error.name}'.") from None
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        place = f"templates/{name}:{line}" if line else f"templates/{name}"
        raise Cannot(f"{place}: {error.message}", "Mend the template, or remove it.") from None


def _wrap(text: object, first: str = "", rest: str | None = None) -> str:
    """Text for a mail in lines of at most 78 columns."""
    return wrap(str(text), first=first, rest=" " * len(first) if rest is None else rest)

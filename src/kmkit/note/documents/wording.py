"""Titles and summaries out of somebody's sentences: plain, short, an instruction where possible."""

import html
import re

from kmkit.text import one_line

TITLE = 80
"""Characters that a suggested title has at most; a sentence a little longer is not cut."""
_GRACE = 10
SUMMARY = 300

_MARKUP = (
    (re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,2000}(?: \"[^\"]{0,300}\")?\)"), r"\1"),
    (re.compile(r"<(\w+://[^<>\s]{1,500})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--.*?-->", re.DOTALL), " "),
    (re.compile(r"(\*\*|__|~~)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*_\n]{1,500}?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"`+([^`]{1,500})`+"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), r"\1"),
)
_LINE_MARK = re.compile(
    r"^\s*(?:(?:[-*+>•]|#{1,6}|\d{1,3}[.)])\s+)*(?:\[[ xX]\]\s+)?", re.MULTILINE
)
_LABEL = re.compile(
    r"(?:key )?lessons?(?: learn(?:ed|t))?(?: (?:no\.? ?)?\d{1,3})?\s*[:.–—-]\s+", re.I
)
_STOPS = " .,;:،؛。–—-"
_STOP = re.compile(r"(?<=[.!?؟。।])(?:[\"'”’»)\]]?)\s+(?=\S)|(?<=。)")
_NO_STOP = re.compile(
    r"(?:^|[\s(.])(?:\d{1,2}|[A-Za-z]|e\.g|i\.e|etc|vs|cf|approx|no|nr|fig|dr|mr|mrs|ms|st|p|pp"
    r"|M|Mme|Sr|Sra|env)\.$",
    re.IGNORECASE,
)
_OUGHT = (
    r"(?:(?:should|shall|must|ought to|may want to|might want to|want to"
    r"|(?:will |would |really )?(?:need|have) to)(?: also| really| probably| definitely)?)"
)
_WE_OUGHT = re.compile(rf"(?:we|you) {_OUGHT} (?=[a-z])", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"(?:(?:in (?:the )?future|next time|going forward|for the future),? )?"
    rf"(?:(?:we|you|teams?|one|everyone|everybody) {_OUGHT}"
    r"|it (?:is|was|would be) (?:important|essential|necessary|vital|critical|crucial|recommended"
    r"|useful|better|best|advisable) to|there is a need to|remember to|try to) (?=[a-z])",
    re.IGNORECASE,
)
_PERFECT = re.compile(r"(?:not )?have (?:been |\w+(?:ed|en|ept|ade|ut|ld|nt|ne)\b)")
_CLAUSE_FIRST = re.compile(
    r"(?:if|when|where|before|after|until|once|as|since|because|in|during|without)\b[^,]{5,90}, ",
    re.IGNORECASE,
)
_CLAUSE_NEXT = re.compile(
    r"\s*[;:؛]\s|\s[–—-]\s|(?:\s*,)?\s(?:because|since|so that|whereas|although)\s"
    r"|\s*[,،]\s(?=(?:and|but|or|which|so|as|while|with|when|if|who|where|including|even|not"
    r"|in order|otherwise|particularly|especially|rather|thus|et|mais|qui|y|pero|que)\s)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\([^()]{1,200}\)")
_WEAK_WORDS = """
    a an the of to in on at by for from with and or but that which who whose as is are was were be
    been can could may might must should will would not this these those their its our so if when
    than into such any some le la les de des du et à el los las y en que"""
_WEAK = frozenset(_WEAK_WORDS.split())
"""Words that a title that was cut does not end with."""


def plain(text: str) -> str:
    """``text`` without Markdown and HTML, on one line."""
    text = _LINE_MARK.sub("", text)
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return one_line(html.unescape(text))


def sentences(text: str) -> list[str]:
    """The sentences of a plain text; 'e.g.' and '20. January' end none."""
    found, start = [], 0
    for stop in _STOP.finditer(text):
        if not _NO_STOP.search(text[max(start, stop.start() - 12) : stop.start()]):
            found.append(text[start : stop.end()].strip())
            start = stop.end()
    return [*found, text[start:]] if text[start:].strip() else found


def summary_of(text: str, most: int = SUMMARY) -> str:
    """The first sentences of a text, as many as fit."""
    kept = ""
    for sentence in sentences(plain(text[: 20 * most])):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > most:
            return kept or shortened(sentence, most - 1) + "…"
        kept = longer
    return kept


def suggest_title(text: str) -> str:
    """A short title from the first sentence of a lesson, '' where there is none.

    'We should order fuel early.' becomes the instruction 'Order fuel early'.
    """
    words = _LABEL.sub("", plain(text[:4000]), count=1).lstrip(".,;:–—- ")
    first = next(iter(sentences(words)), "")
    title = _as_instruction(first)
    if len(title) > TITLE + _GRACE:
        clause = _CLAUSE_FIRST.match(first)
        if clause and _WE_OUGHT.match(first, clause.end()):
            title = _as_instruction(first[clause.end() :])
        title = shortened(_ASIDE.sub("", title), TITLE)
    return shortened(title[:1].upper() + title[1:], TITLE + _GRACE)


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters and without a stop at its end.

    It is cut where a clause ends, else after a word, which is then followed by '…'.
    """
    text = text.strip()
    return _cut(text, most) if len(text) > most else text.rstrip(_STOPS) or text


def _as_instruction(sentence: str) -> str:
    """'We must not X' is 'Do not X'; 'We should have done X' tells what was, and stays."""
    found = _INSTRUCTION.match(sentence)
    if (
        not found
        and (clause := _CLAUSE_FIRST.match(sentence))
        and _WE_OUGHT.match(sentence, clause.end())
    ):
        rest = _as_instruction(sentence[clause.end() :])
        return clause[0] + rest[:1].lower() + rest[1:]
    if not found or _PERFECT.match(sentence, found.end()):
        return sentence
    rest = sentence[found.end() :]
    if rest.startswith("not "):
        rest = f"do {rest}"
    return rest[:1].upper() + rest[1:]


def _cut(text: str, most: int) -> str:
    ends = [found.start() for found in _CLAUSE_NEXT.finditer(text[: most + 1])]
    whole = text[: ends[-1]] if ends and ends[-1] >= most // 2 else ""
    if whole and whole.count("(") == whole.count(")") and not _CLAUSE_FIRST.match(f"{whole}, "):
        return whole.rstrip(_STOPS)
    words = text[:most].split(" ")[:-1]
    if len(" ".join(words)) < most // 4:  # one endless word, or a script without blanks
        return text[: most - 1] + "…"
    while len(words) > 1 and words[-1].casefold().strip("(\"'“‘") in {*_WEAK, ""}:
        words.pop()
    return " ".join(words).rstrip(_STOPS) + "…"

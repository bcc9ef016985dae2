"""Bring the catalogues of fixed words up to date: `python -m tools.catalogue`.

Every message in the templates and the source is put into each catalogue, with the translation that
it had; what is said nowhere any more is dropped. Messages without a translation are told.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kmkit.views.wording import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "kmkit" / "views" / "languages"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<10 || n%100>=20) ? 1 : 2);",
    "zh": "nplurals=1; plural=0;",
}
HEAD = "Project-Id-Version: kmkit\nContent-Type: text/plain; charset=UTF-8\nLanguage: {language}\n"


def messages() -> dict[str | tuple[str, ...], list[str]]:
    """Every message, as one text or as singular and plural, with the files that say it."""
    found: dict[str | tuple[str, ...], list[str]] = {}
    for folder, how in (("templates", ("**.j2", "jinja2")), ("src", ("**.py", "python"))):
        rows = extract_from_dir(ROOT / folder, method_map=[how], keywords=KEYWORDS)
        for path, _, message, _, _ in sorted(rows, key=lambda row: row[:2]):
            if message:
                found.setdefault(message, []).append(f"{folder}/{path}")
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is on disk; empty where there is none."""
    path = FOLDER / f"{language}.po"
    head = f'msgid ""\nmsgstr "Plural-Forms: {PLURALS[language]}\\n"\n'
    text = path.read_bytes() if path.is_file() else head.encode()
    return read_po(BytesIO(text), locale=language)


def renewed(language: str) -> tuple[bytes, list[str]]:
    """The catalogue of a language as it should be, and the messages without a translation."""
    known, made = catalogue(language), Catalog(locale=language)
    missing: list[str] = []
    for message, files in messages().items():
        one = message if isinstance(message, str) else message[0]
        old = known.get(one)
        said = old.string if old and old.id == message else ""
        made.add(message, said, locations=[(file, 0) for file in list(dict.fromkeys(files))[:2]])
        if not said or not all([said] if isinstance(said, str) else said):
            missing.append(one)
    head = f'msgid ""\nmsgstr ""\n{_lines(language)}\n\n'
    return head.encode() + b"\n".join(_entries(made)), missing


def _lines(language: str) -> str:
    head = HEAD.format(language=language) + f"Plural-Forms: {PLURALS[language]}"
    return "\n".join(f'"{line}\\n"' for line in head.split("\n"))


def _entries(made: Catalog) -> Iterator[bytes]:
    """The entries as gettext writes them, without its head and without numbers of lines."""
    out = BytesIO()
    write_po(out, made, width=0, omit_header=True, include_lineno=False)
    yield out.getvalue()


def main() -> None:
    """Write all catalogues."""
    for language in LANGUAGES[1:]:
        data, missing = renewed(language)
        (FOLDER / f"{language}.po").write_bytes(data)
        for message in missing:
            sys.stderr.write(f"{language}: not translated: {message}\n")


if __name__ == "__main__":
    main()

"""Other ways to search the same lessons: kmkit's own engine, SQLite's FTS5, and ripgrep."""

import re
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.relevance.judged import DEPTH, Search
from kmkit.index.search import Engine, Entry, parse
from kmkit.index.search.words import says_nothing


def kmkit(engine: Engine) -> Search:
    """kmkit's search as the command has it."""

    def search(text: str) -> Sequence[int]:
        return [hit.n for hit in engine.search(parse(text), limit=DEPTH).hits]

    return search


def fts5(entries: Sequence[Entry], between: str) -> Search:
    """SQLite's FTS5, plain: words stemmed by porter, accents folded, bm25 over three columns.

    ``between`` is AND or OR. Words that say nothing are left out of the query.
    """
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE notes USING fts5(title, summary, body, tokenize='porter unicode61')"
    )
    rows = [(entry.n, entry.title, entry.summary, entry.body) for entry in entries]
    base.executemany("INSERT INTO notes(rowid, title, summary, body) VALUES (?, ?, ?, ?)", rows)

    def search(text: str) -> Sequence[int]:
        query = f" {between} ".join(f'"{words}"' for words in _telling(text))
        command = "SELECT rowid FROM notes WHERE notes MATCH ? ORDER BY bm25(notes) LIMIT ?"
        return [row[0] for row in base.execute(command, (query, DEPTH))]

    return search


def ripgrep(entries: Sequence[Entry], folder: Path) -> Search:
    """``rg --ignore-case --count`` over one file a lesson: most lines with any of the words first.

    Equal counts by the file's name. Words that say nothing are left out.
    """
    for entry in entries:
        text = f"{entry.title}\n{entry.summary}\n{entry.body}\n"
        (folder / f"{entry.n}.md").write_text(text, encoding="utf-8")

    def search(text: str) -> Sequence[int]:
        words = [part for words in _telling(text) for part in ("-e", words)]
        command = ["rg", "--ignore-case", "--fixed-strings", "--count", *words, "."]
        lines = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False
        ).stdout.splitlines()
        counts = [line.rsplit(":", 1) for line in lines]
        ranked = sorted(counts, key=lambda row: (-int(row[1]), row[0]))
        return [int(Path(name).stem) for name, _ in ranked[:DEPTH]]

    return search


def _telling(text: str) -> list[str]:
    """The words and quoted phrases of ``text`` without those that say nothing."""
    found = [
        " ".join(re.findall(r"\w+", phrase or word))
        for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text)
    ]
    return [words for words in found if words and not says_nothing(words.lower())]

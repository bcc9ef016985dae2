"""The tables of the index. They hold nothing that the files and the history do not say better."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from zlib import crc32

IN_CONFLICT = ("problem", "merge-conflict")
"""The mark of a note in which git left its own."""
Values = Sequence[object] | Mapping[str, object]
"""What stands for the question marks, or the names, of a question to the tables."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE notes (
  n INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  seen TEXT NOT NULL,          -- what was read: 'blob NAME' of git, or 'file SIZE MTIME INODE'
  id TEXT NOT NULL,            -- '' where the file has none
  title TEXT NOT NULL,         -- this and all to language: of the version that stands; like the id
                               -- and the others that lists show, without what could break a line
  title_folded TEXT NOT NULL,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  level TEXT NOT NULL,
  width INTEGER NOT NULL,      -- of the level, 0 for the narrowest
  unit_folded TEXT NOT NULL,
  language TEXT NOT NULL,      -- in lower case; the organisation's where the note says none
  stands TEXT NOT NULL,        -- the state of the version that stands
  revised INTEGER NOT NULL,    -- whether a revision is under way
  state TEXT NOT NULL,         -- as the file claims it
  captured TEXT NOT NULL,      -- the day in the id; '' for none, here and below
  due TEXT NOT NULL,           -- when its review is due, were no day in it in the future
  waits TEXT NOT NULL,         -- the last day on which it may stand in its state
  since TEXT NOT NULL,         -- since when it is in its state, or when it was last reviewed
  latest TEXT NOT NULL,        -- the last day on which something is said to have happened
  again TEXT NOT NULL,         -- when it was approved anew after it had gone out
  odd INTEGER NOT NULL,        -- whether it needs a person whatever the day is, or may
  drifted INTEGER NOT NULL,
  errors INTEGER NOT NULL,     -- of the reading of the file
  head TEXT NOT NULL,          -- a listing's line as far as the state, then the rest of it: between
  tail TEXT NOT NULL           -- them stands what depends on the day, that its review was due
);

CREATE TABLE cards (            -- the rest of a note, apart, so that choosing among notes is quick
  n INTEGER PRIMARY KEY,
  card TEXT NOT NULL,           -- of the file
  shown TEXT,                   -- of the version that stands, where that is not the file's
  print TEXT NOT NULL,          -- the fingerprint of the file
  stands_print TEXT NOT NULL    -- that of the version that stands, '' where git has it not
);

CREATE TABLE marks (            -- what a note has several of: topics (folded), methods, rules
  name TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (name, value, n)
) WITHOUT ROWID;

CREATE TABLE links (            -- target: the id of a note, or for links in the text its path
  n INTEGER NOT NULL, field TEXT NOT NULL, target TEXT NOT NULL,
  PRIMARY KEY (n, field, target)
) WITHOUT ROWID;

CREATE TABLE problems (         -- what is wrong in the file alone, by its text and the rules
  n INTEGER NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL, rule TEXT NOT NULL,
  severity TEXT NOT NULL, message TEXT NOT NULL, mend TEXT NOT NULL
);

CREATE TABLE records (          -- of every kind: people, applications, questions
  path TEXT PRIMARY KEY, seen TEXT NOT NULL,
  kind TEXT NOT NULL,           -- by its folder; of a kind that nobody knows, and '' for none
  id TEXT NOT NULL,             -- '' where the file cannot be read
  note TEXT NOT NULL,           -- the id of the note that it concerns, '' for none
  card TEXT,                    -- its fields as JSON, NULL where the file cannot be read
  errors INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE gone (             -- files that were not there: git does not say when they come back
  path TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE unread (            -- notes that the full text has yet to take in, or to drop
  n INTEGER PRIMARY KEY
);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,      -- parents before children
  sha BLOB NOT NULL,
  note TEXT NOT NULL,
  move TEXT NOT NULL,
  at INTEGER NOT NULL,          -- seconds since 1970
  day TEXT NOT NULL,            -- where it was made
  email TEXT NOT NULL
);
"""

_INDICES = """
CREATE INDEX notes_by_id ON notes (id);
CREATE INDEX notes_by_captured ON notes (  -- all that a listing's line says is in it
  captured DESC, title_folded, n, head, tail, due, latest, id, kind, stands, revised, owner, level
);
CREATE INDEX notes_by_due ON notes (due, latest, state);
CREATE INDEX notes_by_waits ON notes (waits) WHERE waits != '';
CREATE INDEX notes_by_owner ON notes (owner);
CREATE INDEX notes_by_state ON notes (state, since, id);
CREATE INDEX notes_by_latest ON notes (latest);
CREATE INDEX notes_stories ON notes (id) WHERE kind = 'story';
CREATE INDEX notes_seen ON notes (seen) WHERE seen >= 'file' AND seen < 'filf';
CREATE INDEX notes_by_errors ON notes (path) WHERE errors;
CREATE INDEX notes_odd ON notes (odd, drifted, errors) WHERE odd OR drifted OR errors;
CREATE INDEX marks_by_note ON marks (n);
CREATE INDEX links_by_target ON links (target, field);
CREATE INDEX links_by_field ON links (field, target);
CREATE INDEX records_by_kind ON records (kind, path);
CREATE INDEX records_by_id ON records (id);
CREATE INDEX records_by_note ON records (note) WHERE note != '';
CREATE INDEX problems_by_note ON problems (n);
CREATE INDEX problems_by_rule ON problems (rule);
"""

OF_EVENTS = {
    "events_by_note": "events (note)",
    "events_by_day": "events (day, note)",
}
"""What finds in the table of events; with a whole history to take in, it is made afterwards."""


def stored(text: str) -> str:
    """A text as the tables take it: what is no text in a file's name is written out."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", lambda found: f"\ufffd{ord(found[0]):04x}", text)
    return text


def original(text: str) -> str:
    """The text that `stored` was given."""
    if "\ufffd" not in text:
        return text
    return re.sub("\ufffd(d[89a-f][0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text)


def lay_out(index: sqlite3.Connection) -> None:
    """Make the tables in an empty index; they are filled sooner without what finds in them."""
    index.executescript(_TABLES)


def finish(index: sqlite3.Connection) -> None:
    """Make what finds in the tables, once they are full, and mark them as ours."""
    for line in _INDICES.strip().split(";\n"):
        index.execute(line)
    find_events(index)
    index.execute(f"PRAGMA user_version = {_mark()}")


def find_events(index: sqlite3.Connection) -> None:
    """Make what finds in the table of events."""
    for name, columns in OF_EVENTS.items():
        index.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")


def laid_out(index: sqlite3.Connection) -> bool:
    """Whether the tables are there, and ours."""
    return bool(index.execute("PRAGMA user_version").fetchone()[0] == _mark())


def _mark() -> int:
    """A number that other tables do not have."""
    return crc32(f"{_TABLES}{_INDICES}{OF_EVENTS}".encode()) & 0x7FFFFFFF

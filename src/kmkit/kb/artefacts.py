"""What was changed when a lesson was applied: a file at a commit, a document, a link."""

import re
from pathlib import PurePosixPath

from kmkit.errors import Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.text import did_you_mean, one_line

_AT_COMMIT = re.compile(r"(?P<path>[^@\s][^@]*)@(?P<commit>[0-9A-Za-z][\w./-]*)")
_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/]+\S*")
_FOLDER = "040000"
"""How git marks a folder."""
_FILE = re.compile(r"[^\s@]+/[^\s@]+|[^\s@/]+\.[A-Za-z0-9]{1,5}")
"""What is meant as a path: one word with a slash, or with the ending of a file."""


def artefact(kb: KnowledgeBase, given: str) -> str:
    """What was changed, as a record keeps it: a path of this repository with its whole commit.

    A link and a document with its paragraph stay as they are. Refused where a path or a commit is
    not there, or a document is named without the place in it.
    """
    text = one_line(given)
    if _LINK.fullmatch(text):
        return text
    if at := _AT_COMMIT.fullmatch(text):
        return _at_commit(kb, at["path"].strip(), at["commit"])
    if _FILE.fullmatch(text):
        return _at_commit(kb, text, "HEAD")
    if " " not in text:
        raise Refused(
            f"'{text}' does not say what was changed.",
            "Name a file as PATH@COMMIT, a document and the paragraph in it, or a link.",
        )
    return text


def _at_commit(kb: KnowledgeBase, path: str, commit: str) -> str:
    """A path from the repository's top, at a commit; the path may be the knowledge base's."""
    git = kb.git
    sha = git.tip(commit)
    if not sha:
        raise Refused(
            f"There is no commit {commit} in this repository.",
            "Name one of this repository; for a file of another, give its link.",
        )
    for place in dict.fromkeys((path, kb.repo_path(PurePosixPath(path)))):
        inside = not place.startswith(("../", "/")) and git.entry(sha, place)
        if inside and inside.mode != _FOLDER:
            return f"{place}@{sha}"
    listing = git.run("ls-tree", "-r", "--name-only", "-z", sha).decode("utf-8", "replace")
    near = did_you_mean(path, listing.split("\0")[:2000])
    raise Refused(
        f"There is no file {path} at commit {sha[:10]}.",
        near or "Commit the change first, or name the document and its paragraph.",
    )

"""Where a reader finds a note: by ``[links] note`` of kmkit.toml, else by the remote's pages."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from kmkit.errors import Cannot
from kmkit.kb.base import KnowledgeBase
from kmkit.note.model import Note

_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/@\s]{2,}):(?P<path>[^:]+)")
"""git's short form of an ssh address: git@host:owner/name.git; one letter is a Windows drive."""
_PAGES = {
    "github": "{base}/blob/{branch}/{path}",
    "gitlab": "{base}/-/blob/{branch}/{path}",
    "gitea": "{base}/src/branch/{branch}/{path}",
    "forgejo": "{base}/src/branch/{branch}/{path}",
    "codeberg": "{base}/src/branch/{branch}/{path}",
}
"""A part of the host's name -> where that software shows a file."""


def links(kb: KnowledgeBase) -> Callable[[Note], str | None]:
    """A function that tells a note's address; None where nothing tells it."""
    if pattern := kb.config.links.note:
        return lambda note: filled(pattern, note)
    try:
        base, branch = web_address(kb.git.remote_url()), _branch(kb)
        top = kb.repo_path(PurePosixPath("x")).removesuffix("x")
    except Cannot:
        return lambda note: None
    page = next((page for host, page in _PAGES.items() if host in _host(base)), "")
    if not page or not branch:
        return lambda note: None
    page = page.replace("{base}", base).replace("{branch}", quote(branch))
    return lambda note: page.replace("{path}", quote(f"{top}{note.path}"))


def filled(pattern: str, note: Note) -> str:
    """The address that ``pattern`` makes for a note: ``{path}`` and ``{id}`` are filled in."""
    values = {"{path}": quote(str(note.path)), "{id}": quote(note.id, safe="")}
    return re.sub(r"\{path\}|\{id\}", lambda match: values[match[0]], pattern)


def web_address(remote: str) -> str:
    """The web address of a repository from its remote's, '' where it has none.

    Names, passwords and tokens in the remote's address are left out, and so is an ssh port.
    """
    remote = remote.strip()
    if "://" in remote:
        return _of_url(remote)
    if match := _SCP.fullmatch(remote):
        return _joined("https", match["host"], match["path"])
    return ""


def _of_url(remote: str) -> str:
    try:
        parts = urlsplit(remote)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return _joined(parts.scheme, f"{host}:{port}" if port else host, parts.path)
    if parts.scheme in ("ssh", "git+ssh", "git"):
        return _joined("https", host, parts.path)
    return ""


def _joined(scheme: str, host: str, path: str) -> str:
    path = path.strip("/").removesuffix(".git").strip("/")
    return f"{scheme}://{host}/{quote(path, safe='/%~')}" if host and path else ""


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _branch(kb: KnowledgeBase) -> str:
    """The branch that the remote shows first, else the one that is checked out; '' for none."""
    default = kb.git.text("symbolic-ref", "-q", "refs/remotes/origin/HEAD", ok=(0, 1))
    if default:
        return default.removeprefix("refs/remotes/origin/")
    return kb.git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1)).removeprefix("refs/heads/")

"""The folder that a portal is written to: only what kmkit made is ever changed or removed there.

A list of what was made stands in it. Each file is put in its place whole, and left alone where it
would say the same.
"""

import json
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot, Refused, UsageError
from kmkit.text import one_line
from kmkit.trail.safely import beside, replace, writing

LIST = ".kmkit-site"
"""The file that lists what was made."""
IGNORE = ".gitignore"
"""The file by which git leaves the folder alone, where it lies in a repository."""
_FORMAT = 1
_BESIDE = ".kmkit-"
"""How files begin that were being written when a run was cut off."""
_HARMLESS = frozenset((".git", "CNAME", ".nojekyll"))
"""What may stand at the top of a portal besides: whoever puts it on a server needs it."""
_STRAY = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""What systems leave in folders unasked."""
_OF_THE_KB = ("notes", "people", "records", "templates")
"""Folders of a knowledge base in which no portal may stand."""
_SHOWN = 3


class Desk(NamedTuple):
    """Where files are put; plain, so that any process can put some."""

    root: str
    dry: bool = False
    """Whether nothing is written, and only counted what would be."""

    def put(self, href: str, data: bytes) -> bool:
        """Put a file in its place, whole; False where it says the same already."""
        path = Path(self.root, href)
        with suppress(OSError):
            if path.read_bytes() == data:
                return False
        if not self.dry:
            temporary = beside(path)
            with writing():
                try:
                    temporary.write_bytes(data)
                    replace(temporary, path)
                except BaseException:
                    temporary.unlink(missing_ok=True)
                    raise
        return True


class Folder:
    """A folder that holds a portal, or will.

    ``inside``: whether it lies in the repository of the knowledge base, which must not take it in.
    """

    def __init__(self, root: Path, *, dry: bool = False, inside: bool = False) -> None:
        self.root = root
        self.desk = Desk(str(root), dry)
        self._unseen = (IGNORE,) if inside and not (root / ".git").exists() else ()
        self._made = _listed(root)
        self._left = _only_ours(root, self._made)
        self._gone = 0

    def begin(self, planned: Collection[str]) -> None:
        """Take away the pages and files of notes that are not ``planned``; make room for these.

        That comes first: what may no longer be seen is gone before anything else is done.
        """
        gone = {href for href in self._made if href.startswith(("notes/", "files/"))} - set(planned)
        self._remove(gone | self._left)
        if self.desk.dry:
            return
        with writing():
            for folder in sorted({str(Path(self.root, href).parent) for href in planned}):
                Path(folder).mkdir(parents=True, exist_ok=True)
        self._made, self._gone = self._made - gone, len(gone)
        self.expect([*planned, *self._unseen])
        for name in self._unseen:
            self.desk.put(name, b"*\n")

    def expect(self, planned: Collection[str]) -> None:
        """Write down what will stand here, so that a run that is cut off can be gone on with."""
        self._made |= {*planned}
        if not self.desk.dry:
            self._note(self._made)

    def put(self, href: str, data: bytes) -> bool:
        """Put a file in its place, whole; False where it says the same already."""
        if not self.desk.dry:
            with writing():
                Path(self.root, href).parent.mkdir(parents=True, exist_ok=True)
        return self.desk.put(href, data)

    def end(self, made: Collection[str]) -> int:
        """Take away what was made once and is not any more; how many files that were in all."""
        gone = self._made - {*made, *self._unseen}
        self._remove(gone)
        if not self.desk.dry:
            self._note({*made, *self._unseen})
        return self._gone + len(gone)

    def _remove(self, gone: Collection[str]) -> None:
        if self.desk.dry:
            return
        with writing():
            for href in sorted(gone):
                Path(self.root, href).unlink(missing_ok=True)
            folders = {parent for href in gone for parent in Path(href).parents} - {Path()}
            for folder in sorted(folders, key=lambda one: -len(one.parts)):
                with suppress(OSError):  # not empty
                    (self.root / folder).rmdir()

    def _note(self, made: Collection[str]) -> None:
        """Write down what stands here, so that the next run knows it."""
        told = {"kmkit": _FORMAT, "files": sorted(made)}
        self.desk.put(LIST, f"{json.dumps(told, ensure_ascii=True, indent=0)}\n".encode())


def folder_for(path: Path, kb: Path, *, dry: bool = False) -> Folder:
    """The folder ``path`` for a portal of the knowledge base at ``kb``; it need not exist.

    Refused where the knowledge base stands in it, or where it holds what kmkit did not make.
    """
    try:
        root, home = path.resolve(), kb.resolve()
    except (OSError, RuntimeError):
        raise UsageError(f"{path} leads nowhere.", "Name another folder.") from None
    if home.is_relative_to(root):
        raise Refused(
            f"{path} holds the knowledge base itself.", "Name a folder of its own, such as 'site'."
        )
    inside = root.relative_to(home).parts if root.is_relative_to(home) else ()
    if ".git" in root.parts or (inside and inside[0] in _OF_THE_KB):
        raise Refused(
            f"{path} is a place where the knowledge base keeps its own files.",
            "Name a folder of its own, such as 'site'.",
        )
    if root.exists() and not root.is_dir():
        raise UsageError(f"{path} is a file.", "Name a folder.")
    return Folder(root, dry=dry, inside=bool(inside) or _versioned(root, home))


def _versioned(root: Path, home: Path) -> bool:
    """Whether ``root`` lies in the repository in which the knowledge base does."""
    tops = [top for top in (home, *home.parents) if (top / ".git").exists()]
    return bool(tops) and root.is_relative_to(tops[0])


def _listed(root: Path) -> set[str]:
    """What was made in the folder, as the list in it says."""
    try:
        told = json.loads((root / LIST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except PermissionError as error:
        raise _unreadable(error) from None
    except (OSError, ValueError):
        told = None
    files = told.get("files") if isinstance(told, dict) and told.get("kmkit") == _FORMAT else None
    if not isinstance(files, list) or not all(isinstance(f, str) and _within(f) for f in files):
        raise Refused(
            f"{root / LIST} is damaged: nobody can tell what kmkit made there.",
            "Look at the folder, empty it, and run the command again.",
        )
    return set(files)


def _within(href: str) -> bool:
    """Whether a name in the list is one that kmkit gives."""
    parts = href.split("/")
    if len(parts) > 1 and parts[0].casefold() == ".git":
        return False
    return all(part not in ("", ".", "..") and "\\" not in part for part in parts)


def _only_ours(root: Path, made: Collection[str]) -> set[str]:
    """What runs that were cut off left behind, half written.

    Refused where something stands in the folder that kmkit did not make; a link never is.
    """
    left: set[str] = set()
    foreign: list[str] = []
    for href in _files(root):
        name = href.rpartition("/")[2]
        if (root / href).is_symlink():
            foreign.append(one_line(href))
        elif href == LIST or href in made:
            continue
        elif name.startswith(_BESIDE):
            left.add(href)
        else:
            foreign.append(one_line(href))
        if len(foreign) > _SHOWN:
            break
    if foreign:
        shown = ", ".join(foreign[:_SHOWN]) + (" …" if len(foreign) > _SHOWN else "")
        raise Refused(
            f"{root} holds what kmkit site did not make: {shown}.",
            "Name an empty folder, or take these files away.",
        )
    return left


def _files(root: Path) -> Iterator[str]:
    """Every file and link below ``root`` that could be somebody's, by its path in it."""
    try:
        if not root.exists():
            return
        for here, folders, files in os.walk(root, onerror=_unread):
            top = Path(here) == root
            place = "" if top else f"{Path(here).relative_to(root).as_posix()}/"
            linked = [name for name in folders if (Path(here) / name).is_symlink()]
            if top:
                folders[:] = [name for name in folders if name not in _HARMLESS]
            for name in (*linked, *files):
                if name not in _STRAY and not (top and name in _HARMLESS):
                    yield f"{place}{name}"
    except PermissionError as error:
        raise _unreadable(error) from None


def _unread(error: OSError) -> None:
    raise _unreadable(error)


def _unreadable(error: OSError) -> Cannot:
    return Cannot(f"{error.filename} cannot be read: {error.strerror}.", "Look at its permissions.")

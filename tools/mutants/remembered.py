"""What came of changes that were tried before, on this machine and in the project.

``results*.json`` in the folder of the histories: who noticed each change, '' where nobody did.
With the project lies ``through.json``: the functions whose changes were all noticed or explained,
each with a digest of its source and changes, so that it counts as long as nothing of it changes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from tools.mutants.changes import Change

THROUGH = Path(__file__).with_name("through.json")


def key(change: Change) -> str:
    """By which a change is known again as long as its function stays as it is."""
    return f"{change.module} {change.function} {_digest([change.around])} {change.text}"


def results(folder: Path) -> dict[str, str]:
    """Who noticed each change that was tried on this machine; '' where nobody ever did."""
    found: dict[str, str] = {}
    for place in sorted(folder.glob("results*.json")):
        told: dict[str, str] = json.loads(place.read_text("utf-8"))
        found |= {key: by or found.get(key, "") for key, by in told.items()}
    return found


def write(found: dict[str, str], place: Path) -> None:
    """Remember what came of changes on this machine."""
    part = place.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1), encoding="utf-8")
    part.replace(place)


def forget(folder: Path) -> None:
    """Forget what each of several processes has found: it is known as a whole."""
    for place in folder.glob("results-*.json"):
        place.unlink()


def digests(changes: Iterable[Change]) -> dict[str, str]:
    """By function, a digest of its source and of all its changes, which are ``changes``."""
    texts: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        name = function(change)
        texts[name] = [*(texts[name] or [change.around]), change.text]
    return {name: _digest(each) for name, each in texts.items()}


def function(change: Change) -> str:
    """The function that is changed, with its module; of what belongs to none, the module alone."""
    return f"{change.module} {change.function}".strip()


def through() -> dict[str, str]:
    """The functions that somebody went through, each with its digest at that time."""
    if not THROUGH.exists():
        return {}
    found: dict[str, str] = json.loads(THROUGH.read_text("utf-8"))
    return found


def go_through(
    changes: Sequence[Change], open_ones: Iterable[Change], modules: Sequence[str]
) -> None:
    """Remember with the project what is gone through: all of ``changes`` but what has open ones.

    ``modules``: those that there are; what is known of others is forgotten.
    """
    now, left = digests(changes), {function(change) for change in open_ones}
    known = {name: digest for name, digest in through().items() if name not in now}
    known = {name: digest for name, digest in known.items() if name.split()[0] in modules}
    known |= {name: digest for name, digest in now.items() if name not in left}
    THROUGH.write_text(f"{json.dumps(known, indent=0, sort_keys=True)}\n", encoding="utf-8")


def _digest(texts: Sequence[str]) -> str:
    return sha256("\0".join(texts).encode()).hexdigest()[:16]

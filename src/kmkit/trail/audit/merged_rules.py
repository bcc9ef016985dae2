"""The rules after a merge: each file as one side has it, and no change taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from kmkit.places import CONFIG, POLICY
from kmkit.trail.audit.history import Change
from kmkit.trail.audit.paths import is_rule, matters
from kmkit.trail.audit.rules_of import Reader, Rules, file_of, held, kind_at
from kmkit.trail.audit.scene import Scene

T = TypeVar("T")


def merge_rules(scene: Scene, reader: Reader, changes: Mapping[str, Change]) -> Rules:
    """The rules after a merge: each file as one side has it, and no change taken back."""
    rules = scene.parents[0].rules
    paths = {path for book in scene.parents for path in book.rules.blobs}
    paths |= {path for path in changes if matters(path)}
    for path in sorted(paths):
        blob = held(changes[path]) if path in changes else rules.blobs.get(path, "")
        rules = _rule(scene, reader, rules, path, blob)
    return rules


def _rule(scene: Scene, reader: Reader, rules: Rules, path: str, blob: str) -> Rules:
    """The rules once one file of theirs is merged."""
    every = [book.rules for book in scene.parents]
    sides = [side for side in every if side.blobs.get(path, "") == blob]
    faults = sorted({fault for side in every for fault in side.faults.get(path, ())})
    if not _taken_back(path, sides, every):
        taken = max(sides, key=lambda one: len(one.lineage.get(path, ())))
        if not (wrong := taken.faults.get(path)):  # what was wrong on another side is gone
            scene.mend(faults)
            return rules if taken is every[0] is rules else _with(rules, taken, path, ())
        scene.unmend(wrong)
        return _with(rules, taken, path, faults)
    what = "takes back a change of" if sides else "holds a version of its own of"
    who = scene.author.key
    message = f"The merge {what} {path}, and its author, {who}, is not steward on every side."
    if is_rule(path) and not by_steward(scene, "merged-rules", path, message):
        best = max(every, key=lambda one: len(one.lineage.get(path, ())))
        return _with(rules, best, path, faults).refused(path, blob, scene.faults[-1])
    union = frozenset().union(*(one.lineage.get(path, frozenset()) for one in every))
    rules = replace(
        rules, lineage={**rules.lineage, path: union}, faults={**rules.faults, path: (*faults,)}
    )
    data = scene.fetch(name) if (name := file_of(blob)) else b""
    return read_in(scene, reader, rules, path, blob, data)


def by_steward(scene: Scene, rule: str, path: str, message: str) -> bool:
    """Whether the author may change the rules, and is proved where that is asked for.

    Where not, the last finding says so: ``rule`` and ``message`` of who is no steward.
    """
    if not scene.everywhere("steward"):
        scene.say(rule, "", path, message)
    elif scene.demanded and not scene.signed:
        scene.say_unsigned("", path)
    else:
        return True
    return False


def read_in(scene: Scene, reader: Reader, rules: Rules, path: str, blob: str, data: bytes) -> Rules:
    """The rules with the version of a file that the commit has, as far as it can be read."""
    rules, complaint = reader.changed(rules, path, blob, data, scene.number)
    if complaint:
        scene.say("rules-unreadable", "", path, f"{path}: {complaint}")
        return rules.refused(path, blob, scene.faults[-1])
    return rules


def _taken_back(path: str, sides: Sequence[Rules], every: Sequence[Rules]) -> bool:
    """Whether no side that has what was taken has every change that was made on any side."""
    changed = frozenset().union(*(one.lineage.get(path, frozenset()) for one in every))
    return all(changed != side.lineage.get(path, frozenset()) for side in sides)


def _with(rules: Rules, side: Rules, path: str, faults: Iterable[int]) -> Rules:
    """``rules`` with one file as ``side`` has it in effect, against which ``faults`` stand."""
    rules = replace(
        rules,
        blobs={**rules.blobs, path: side.blobs.get(path, "")},
        lineage={**rules.lineage, path: side.lineage.get(path, frozenset())},
        faults={**rules.faults, path: tuple(faults)},
        taken=_but(rules.taken, path) | _only(side.taken, path),
    )
    if path == POLICY:
        return replace(rules, policy=side.policy)
    if path == CONFIG:
        return replace(rules, config=side.config)
    name = kind_at(path)
    return replace(rules, kinds=_but(rules.kinds, name) | _only(side.kinds, name))


def _but(values: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in values.items() if key != name}


def _only(values: Mapping[str, T], name: str) -> dict[str, T]:
    return {name: values[name]} if name in values else {}

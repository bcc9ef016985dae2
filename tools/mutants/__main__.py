"""Change the modules that judge, one small thing at a time: what nobody notices is explained.

    python -m tools.mutants                       # every module of the audit
    python -m tools.mutants moves lost            # some of them
    python -m tools.mutants moves --function _reached

The histories that the tests of the audit make are saved once, with what is said of each; a change
is noticed when anything else is said of one of them, or when a test of the audit fails. What is
left has its reason in explained.toml, or is listed. Exit code 1 where something is listed.
"""

import argparse
import json
import os
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from subprocess import run
from typing import NamedTuple, TypeVar

from tools.mutants import trial
from tools.mutants.answers import Answers
from tools.mutants.changes import Change, changes
from tools.mutants.histories import FOLDER, saved
from tools.mutants.trial import Case, Lines, apart

ROOT = Path(__file__).resolve().parents[2]
AUDIT = "kmkit.trail.audit"
FIRST = (
    "moves", "circumstances", "notes", "merges", "united", "parts", "judge", "merged_rules", "lost",
    "kmkit.trail.writers", "guarded", "trailers", "scene", "compare", "rules_of", "records",
    "records_known", "records_merges", "records_steps", "session", "paths", "known", "reading",
    "audit", "anchor", "history", "book", "packing", "lines", "resuming", "kept", "report",
    "asking", "second",
)  # fmt: skip
"""In this order; a module of the audit that is not named here follows."""
SENTENCES = ("__init__", "findings", "records_rules")
"""Modules that hold nothing but sentences."""
EXPLAINED = Path(__file__).with_name("explained.toml")
_RECORDED = ("tests/forgeries", "tests/test_trail_audit_*.py", "tests/test_kb_history.py",
             "tests/test_kb_merging.py", "tests/test_kb_renewing.py",
             "tests/test_kb_undone.py")  # fmt: skip
_TESTS = ("tests/test_trail_audit_*.py", "tests/test_trail_written.py",
          "tests/forgeries/test_forgeries.py")  # fmt: skip
_NO_TEST = ("test_the_trick_is_caught", "test_the_configuration_of_a_clone",
            "test_the_corpus_is_large")  # fmt: skip
"""They judge nothing but what is saved."""
_LEGAL = "60"
"""Random legal histories."""
_GOES_ON = ("resuming", "kept", "packing", "lines", "book", "session", "audit", "records_known",
            "rules_of", "merged_rules")  # fmt: skip
"""Modules for which it matters what was kept."""
_ELSE = (*_GOES_ON, "anchor", "history", "report", "asking", "reading", "flat", "second",
         "trailers")  # fmt: skip
"""Modules of which tests look at more than at the reports, which are saved."""
_SOON = 0.1
"""Seconds that a test of other modules may take."""


T = TypeVar("T")


class Base(NamedTuple):
    """What is said without any change."""

    cases: list[Case]
    said: list[tuple[str, Lines]]
    tests: dict[str, tuple[Lines, float]]
    answers: Answers


class Verdict(NamedTuple):
    """What came of one change."""

    change: Change
    noticed: str
    """By which history or test; '' by none."""


def main() -> int:
    """Try the changes of the modules asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="without: all of the audit")
    parser.add_argument("--function", default="", help="only changes in it")
    parser.add_argument("--folder", type=Path, help="where histories and results are kept")
    parser.add_argument("--anew", action="store_true", help="forget the results of before")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.gettempdir()) / "kmkit-mutants"
    _as_on_a_new_machine(folder)
    names = [_full(name) for name in given.modules or _modules()]
    files = {str(_file(name)): name for name in names}
    todo = [c for name in names for c in changes(name, _file(name).read_text(encoding="utf-8"))]
    todo = [c for c in todo if not given.function or c.function.endswith(given.function)]
    base = _base(folder, files)
    before = {} if given.anew else _results(folder)
    return _told(list(_tried(todo, base, before, folder)), whole=not given.function)


def _modules() -> list[str]:
    """The modules of the audit and of the rule about writers, those that judge notes first."""
    there = {path.stem for path in (ROOT / "src/kmkit/trail/audit").glob("*.py")}
    return [*FIRST, *sorted(there - {*FIRST, *SENTENCES})]


def _full(name: str) -> str:
    return name if "." in name else f"{AUDIT}.{name}"


def _file(module: str) -> Path:
    return ROOT / "src" / f"{module.replace('.', '/')}.py"


def _rooms(module: str) -> tuple[str, ...]:
    """What is imported anew where the module changes."""
    return (AUDIT,) if module.startswith(AUDIT) else ("kmkit.trail", "kmkit.lifecycle")


def _as_on_a_new_machine(folder: Path) -> None:
    """git without anybody's settings."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    for name in [name for name in os.environ if name.startswith(("GIT_", "KMKIT_"))]:
        del os.environ[name]
    os.environ.update(HOME=str(home), XDG_CONFIG_HOME=str(home), GIT_CONFIG_NOSYSTEM="1", TZ="UTC")


# Without a change


def _base(folder: Path, files: dict[str, str]) -> Base:
    """Save the histories where that is still to be done, and see what is said of them now."""
    place = folder / "histories"
    if not place.exists():
        place.mkdir(parents=True)
        env = {**os.environ, FOLDER: str(place), "PYTHONPATH": os.pathsep.join(sys.path)}
        env["KMKIT_LEGAL"] = _LEGAL
        options = ["-q", "-p", "tools.mutants.histories", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *options, *_globbed(_RECORDED)]
        run(command, cwd=ROOT, env=env, check=False)  # what fails is for the tests to tell
    if not (histories := saved(place)):
        place.rmdir()
        sys.exit("No history was saved: the tests that make them do not run.")
    cases: list[Case] = [("whole", history) for history in histories]
    cases += [("resumed", h) for h in histories[::5] if not {"notes"} & {*h.asked}]
    trial.warm(("kmkit.trail.audit",))
    said, answers = _sure(apart(lambda: trial.told(cases, files)), "The histories")
    again = _sure(apart(lambda: trial.asked_of_git(cases)), "The histories")
    steady = [at for at, (text, _) in enumerate(said) if again[at] == text]
    tested = apart(lambda: trial.tested(_globbed(_TESTS), _NO_TEST, files))
    tests, broken = _sure(tested, "The tests")
    for name in broken:
        print(f"Left out, as it fails without any change: {name}", flush=True)
    print(f"{len(steady)} of {len(cases)} cases, {len(tests)} tests", flush=True)
    return Base([cases[at] for at in steady], [said[at] for at in steady], tests, answers)


def _sure(found: T | None, what: str) -> T:
    if found is None:
        sys.exit(f"{what} cannot be told, even without a change.")
    return found


def _globbed(patterns: Sequence[str]) -> list[str]:
    return [str(path) for each in patterns for path in sorted(ROOT.glob(each))]


# With one


def _tried(
    todo: Sequence[Change], base: Base, before: dict[str, str], folder: Path
) -> Iterator[Verdict]:
    """Each change, and who noticed it; what was noticed before is not tried again."""
    luck: Counter[int] = Counter()
    for number, change in enumerate(todo, 1):
        key = _key(change)
        if not before.get(key):
            before[key] = _noticed(change, base, luck)
            if not before[key]:
                print(f"[{number}/{len(todo)}] {_named(change)}", flush=True)
        if number % 20 == 0 or number == len(todo):
            place = folder / "results.json"
            place.write_text(json.dumps(before, indent=1), encoding="utf-8")
            print(f"{number} of {len(todo)}", end="\r", flush=True)
        yield Verdict(change, before[key])


def _noticed(change: Change, base: Base, luck: Counter[int]) -> str:
    module = change.module.rpartition(".")[2]
    goes_on, asks = module in _GOES_ON, module in _ELSE
    at = [
        at
        for at, (way, _) in enumerate(base.cases)
        if (way == "whole" or goes_on) and _reached(change, base.said[at][1])
    ]
    at.sort(key=lambda one: -luck[one])
    names = [
        name
        for name, (lines, seconds) in base.tests.items()
        if _reached(change, lines) and (seconds < _SOON or (asks and change.first))
    ]
    names.sort(key=lambda name: base.tests[name][1])
    cases = [(base.cases[one], base.said[one][0]) for one in at]

    def histories() -> str:
        trial.change(change.module, _file(change.module), change.code, _rooms(change.module))
        return trial.first_noticed(cases, base.answers)

    def tests() -> str:
        trial.change(change.module, _file(change.module), change.code, _rooms(change.module))
        return trial.failed([str(ROOT / name) for name in names])

    found: str | None = apart(histories) if cases else ""
    if found:
        by = next(one for one in at if f"{base.cases[one][0]} {base.cases[one][1].name}" == found)
        luck[by] += 1
    if found == "" and names:
        found = apart(tests)
    return "hangs or ends" if found is None else found


def _reached(change: Change, lines: Lines) -> bool:
    seen = lines.get(change.module, set())
    return not change.first or any(at in seen for at in range(change.first, change.last + 1))


# What came of it


def _results(folder: Path) -> dict[str, str]:
    place = folder / "results.json"
    found: dict[str, str] = json.loads(place.read_text("utf-8")) if place.exists() else {}
    return found


def _key(change: Change) -> str:
    around = sha256(change.around.encode()).hexdigest()[:16]
    return f"{change.module} {change.function} {around} {change.text}"


def _named(change: Change) -> str:
    module = change.module.removeprefix(f"{AUDIT}.")
    return f"{module} {change.function or '-'} {change.first}: {change.text}"


def _told(verdicts: Sequence[Verdict], *, whole: bool) -> int:
    """Print the figures and what has no reason yet; say which reasons have no change."""
    reasons = _reasons()
    left = [verdict.change for verdict in verdicts if not verdict.noticed]
    of = {(c.module.removeprefix(f"{AUDIT}."), c.function, c.text) for c in left}
    unexplained = [c for c in left if not _explained(c, reasons)]
    print()
    for change in unexplained:
        print(_named(change))
    modules = {module for module, _, _ in of} if whole else set()
    idle = [key for key in reasons if key[0] in modules and key not in of and key[2] != "*"]
    for module, function, text in idle:
        print(f"A reason without a change that nobody notices: {module} {function}: {text}")
    print(f"{len(verdicts)} changes, {len(verdicts) - len(left)} noticed, "
          f"{len(left) - len(unexplained)} explained, {len(unexplained)} unexplained")  # fmt: skip
    return 1 if unexplained or idle else 0


def _explained(change: Change, reasons: dict[tuple[str, str, str], str]) -> bool:
    module = change.module.removeprefix(f"{AUDIT}.")
    return any((module, change.function, text) in reasons for text in (change.text, "*"))


def _reasons() -> dict[tuple[str, str, str], str]:
    """Why nobody can notice a change, by module, function and change; '*' is all of a function."""
    table = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {
        (module, "" if function == "-" else function, text): entry["why"]
        for module, functions in table.items()
        for function, entries in functions.items()
        for entry in entries
        for text in entry["changes"]
    }


if __name__ == "__main__":
    sys.exit(main())

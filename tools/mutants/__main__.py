"""Change the modules that judge, one small thing at a time: what nobody notices is explained.

    python -m tools.mutants                       # every module of the audit
    python -m tools.mutants moves lost            # some of them
    python -m tools.mutants moves --function _reached
    python -m tools.mutants --open                # the functions that changed since they were tried

The histories that the tests of the audit make are saved once, with what is said of each; a change
is noticed when anything else is said of one of them, or when a test of the audit fails. What is
left has its reason in explained.toml, or is listed. Exit code 1 where something is listed. The
functions of which nothing was listed stand in through.json, and are tried again when they change.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import run
from typing import NamedTuple, TypeVar

from tools.mutants import remembered, telling, trial
from tools.mutants.answers import Answers
from tools.mutants.changes import Change, changes
from tools.mutants.histories import FOLDER, saved
from tools.mutants.telling import AUDIT
from tools.mutants.trial import Case, Lines, apart

ROOT = Path(__file__).resolve().parents[2]
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


def main() -> int:
    """Try the changes of the modules asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="without: all of the audit")
    parser.add_argument("--function", default="", help="only changes in it")
    parser.add_argument("--folder", type=Path, help="where histories and results are kept")
    parser.add_argument("--anew", action="store_true", help="forget the results of before")
    parser.add_argument("--jobs", type=int, default=1, help="processes that try changes at once")
    parser.add_argument("--open", action="store_true", help="list what was not gone through yet")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.gettempdir()) / "kmkit-mutants"
    names = [_full(name) for name in given.modules or _modules()]
    every = [c for name in names for c in changes(name, _file(name).read_text(encoding="utf-8"))]
    known, now = {} if given.anew else remembered.through(), remembered.digests(every)
    old = {name for name, digest in now.items() if known.get(name) == digest}
    todo = [c for c in every if remembered.function(c) not in old]
    todo = [c for c in todo if not given.function or c.function.endswith(given.function)]
    if given.open:
        return _listed(todo, every)
    _as_on_a_new_machine(folder)
    base = _base(folder, {str(_file(name)): name for name in names})
    before = {} if given.anew else {key: by for key, by in remembered.results(folder).items() if by}
    found = list(_tried(_shared(todo, base, before, folder, given.jobs), base, before, folder))
    open_ones = telling.unexplained(found)
    if not given.function:
        remembered.go_through(todo, open_ones, [_full(name) for name in _modules()])
    return telling.told(found, open_ones, len(every), whole=not given.function)


def _listed(todo: Sequence[Change], every: Sequence[Change]) -> int:
    """Print the functions that are still to be gone through; 1 where there are some."""
    for name, count in Counter(map(remembered.function, todo)).items():
        print(f"{telling.short(name)}: {count} changes")
    print(f"{len(every)} changes, {len(todo)} of them not gone through since they changed")
    return 1 if todo else 0


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


def _shared(
    todo: Sequence[Change], base: Base, before: dict[str, str], folder: Path, jobs: int
) -> Sequence[Change]:
    """The same changes, after several processes have tried them."""
    children = []
    remembered.forget(folder)
    for job in range(jobs if jobs > 1 else 0):
        if not (child := os.fork()):
            place = folder / f"results-{job}.json"
            for _ in _tried(todo[job::jobs], base, before, folder, place):
                pass
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    before |= remembered.results(folder) if children else {}
    return todo


def _tried(
    todo: Sequence[Change],
    base: Base,
    before: dict[str, str],
    folder: Path,
    place: Path | None = None,
) -> Iterator[telling.Verdict]:
    """Each change, and who noticed it; what was noticed before is not tried again."""
    luck: Counter[int] = Counter()
    for number, change in enumerate(todo, 1):
        key = remembered.key(change)
        if key not in before:
            before[key] = _noticed(change, base, luck)
            if not before[key]:
                print(f"[{number}/{len(todo)}] {telling.named(change)}", flush=True)
        if number % 20 == 0 or number == len(todo):
            remembered.write(before, place or folder / "results.json")
            print(f"{number} of {len(todo)}", end="\r", flush=True)
        yield telling.Verdict(change, before[key])


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


if __name__ == "__main__":
    sys.exit(main())

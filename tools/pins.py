"""Write constraints.txt: the exact version of everything that kmkit and its developers need.

The versions are those of the environment that runs this, in which the tests have just passed.
What only another system needs is not installed here: its line is kept as it stands.
"""

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "constraints.txt"
OLDEST = "3.11.0"
HEAD = """\
# The exact versions that kmkit is developed and tested with, on Python 3.11 to 3.14.
# Written by `make pins` from an environment that works; why so: docs/decisions/0009-pins.md
"""


def declared() -> list[Requirement]:
    """What pyproject.toml asks for: to build, to run, for each extra, to develop."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for group in project["project"]["optional-dependencies"].values():
        texts += group
    texts += project["dependency-groups"]["dev"]
    return [Requirement(text) for text in texts]


def needed() -> dict[str, str]:
    """Every installed distribution that ``declared`` leads to, with its version."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    todo = [(requirement, "") for requirement in declared()]
    while todo:
        requirement, extra = todo.pop()
        if str(requirement) + extra in seen or not applies(requirement, extra):
            continue
        seen.add(str(requirement) + extra)
        try:
            installed = distribution(requirement.name)
        except PackageNotFoundError:
            sys.exit(f"{requirement} is not installed here; run `make clean test` first.")
        if OLDEST not in SpecifierSet(installed.metadata["Requires-Python"] or ""):
            sys.exit(f"{requirement.name} {installed.version} does not run on Python {OLDEST}.")
        found[canonicalize_name(requirement.name)] = installed.version
        todo += [
            (Requirement(text), extra)
            for text in installed.requires or ()
            for extra in ("", *requirement.extras)
        ]
    return found


def applies(requirement: Requirement, extra: str) -> bool:
    """Whether this environment needs ``requirement`` when ``extra`` was asked for."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def elsewhere() -> Iterator[str]:
    """The lines for other systems, as constraints.txt has them."""
    if PINS.exists():
        yield from (
            line
            for line in PINS.read_text(encoding="utf-8").splitlines()
            if ";" in line and not line.startswith("#")
        )


def main() -> None:
    """Write the file."""
    pins = [f"{name}=={version}" for name, version in needed().items()]
    lines = sorted([*pins, *elsewhere()])
    PINS.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} versions are in {PINS.name}")


if __name__ == "__main__":
    main()

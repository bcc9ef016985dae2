"""``python -m tools.docs write`` or ``check``; `make docs` and `make docs-check` call it."""

import sys

from tools.docs.gaps import undocumented, untrue
from tools.docs.pages import dead_links, outdated, unplaced, write


def main() -> int:
    """Do what the one argument says; 0 when all is well."""
    match sys.argv[1:]:
        case ["write"]:
            for page in write():
                print(f"wrote {page}")
            return 0
        case ["check"]:
            problems = [*outdated(), *unplaced(), *dead_links(), *undocumented(), *untrue()]
            print("\n".join(problems) or "The documentation is up to date.")
            return 1 if problems else 0
    print("usage: python -m tools.docs write|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

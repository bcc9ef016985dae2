"""An editor for tests: replaces what patterns find in a file, as a person would, and ends."""

import re
import shlex
import sys
from pathlib import Path


def editor(*changes: str, code: int = 0) -> dict[str, str]:
    """The environment in which 'the editor' makes ``changes``: pattern, text, pattern, text …"""
    return {"EDITOR": shlex.join([sys.executable, __file__, str(code), *changes])}


def main() -> int:
    """Change the file that is named last; the exit code is the first argument."""
    code, *changes, name = sys.argv[1:]
    path = Path(name)
    text = path.read_text("utf-8")
    for pattern, new in zip(changes[::2], changes[1::2], strict=True):
        text = re.sub(pattern, new.replace("\\n", "\n"), text, flags=re.MULTILINE)
    path.write_text(text, "utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())

"""The command line: resolve, act, show. Only this room prints, prompts, and reads the clock."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run kmkit; every way out is an exit code of `kmkit.errors.Exit`, and none a traceback."""
    try:
        from kmkit.cli.door import run  # Ctrl-C may come while this is being imported

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)

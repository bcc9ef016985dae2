"""``python -m kmkit`` is the same as ``kmkit``."""

from kmkit.cli import main

if __name__ == "__main__":
    main()

"""Golden files: what an output looked like when somebody last read it and found it good."""

from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def check(config: pytest.Config, name: str, text: str) -> None:
    """Compare ``text`` with the golden file ``name``; --update-golden writes it anew."""
    path = GOLDEN / name
    if config.getoption("--update-golden"):
        path.write_bytes(text.encode())
    assert path.is_file(), f"{path} is missing: write it with pytest --update-golden, and read it"
    wanted = path.read_bytes().decode()
    assert text == wanted, f"{name} differs: read it; pytest --update-golden accepts it"

"""Named tuples whose parts are replaced quickly."""

from typing import NamedTuple

import pytest

from kmkit.trail.replacing import quick


class Usual(NamedTuple):
    """As Python makes them."""

    first: str
    second: int = 2
    third: "tuple[str, ...]" = ()


@quick
class Quick(NamedTuple):
    """The same, quickly."""

    first: str
    second: int = 2
    third: "tuple[str, ...]" = ()


@pytest.mark.parametrize(
    "parts", [{}, {"second": 5}, {"first": "b", "third": ("c",)}, {"third": (), "second": 0}]
)
def test_the_same_comes_of_it(parts: "dict[str, object]") -> None:
    usual = Usual("a")._replace(**parts)  # type: ignore[arg-type]
    found = Quick("a")._replace(**parts)  # type: ignore[arg-type]
    assert tuple(found) == tuple(usual)
    assert type(found) is Quick


def test_what_was_replaced_stays_as_it_was() -> None:
    one = Quick("a", 1)
    assert one._replace(second=2) == Quick("a", 2)
    assert one == Quick("a", 1)


def test_a_part_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError, match="fourth"):
        Quick("a")._replace(fourth=1)  # type: ignore[call-arg]

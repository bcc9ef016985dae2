from datetime import date

import pytest

from kmkit.views.related import later


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2025-01-01", "the same day"),
        ("2025-01-02", "1 day later"),
        ("2025-01-14", "13 days later"),
        ("2025-01-15", "2 weeks later"),
        ("2025-03-02", "2 months later"),
        ("2026-06-01", "17 months later"),
        ("2027-01-01", "2 years later"),
    ],
)
def test_how_long_after_a_day_another_is(on: str, words: str) -> None:
    assert later(date.fromisoformat(on), date(2025, 1, 1)) == words


def test_where_a_day_is_unknown_nothing_is_said() -> None:
    assert later(None, date(2025, 1, 1)) == later(date(2025, 1, 1), None) == ""

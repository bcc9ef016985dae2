"""Names of the portal's files."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.views.site.naming import note_href, part, safe, slugs

GOOD = re.compile(r"[a-z0-9][a-z0-9-]*")


def test_a_note_is_called_like_its_id() -> None:
    id = "20261121-order-fuel-before-the-roads-close-x7k2"
    assert note_href(id) == f"notes/{id}.html"


def test_an_id_that_nobody_would_write_gets_a_number() -> None:
    odd = ["../../etc/passwd", "notes/2026/a.md", "CON", "20260101-\u202e-aaaa", "", "a" * 300]
    named = [safe(id) for id in odd]
    assert all(GOOD.fullmatch(name) and len(name) < 30 for name in named)
    assert len(set(named)) == len(odd)


def test_lists_are_called_like_what_they_list() -> None:
    named = slugs(["Early warning", "early-warning", "Santé publique", "con", "洪水", "COVID-19"])
    assert named["Early warning"] == "early-warning"
    assert named["early-warning"].startswith("early-warning-")
    assert named["COVID-19"] == "covid-19"
    assert named["Santé publique"] == "sante-publique"
    assert named["con"] != "con"
    assert named["洪水"].startswith("list-")


def test_no_part_of_a_list_is_called_like_another_list() -> None:
    assert part("topics", "covid", 1) == "topics/covid.html"
    assert part("topics", "covid", 19) == "topics/covid_19.html"
    assert slugs(["covid_19"])["covid_19"] == "covid-19"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=10, unique=True))
def test_names_are_good_and_differ(labels: list[str]) -> None:
    named = slugs(labels)
    assert all(GOOD.fullmatch(name) for name in named.values())
    assert len(set(named.values())) == len(labels)

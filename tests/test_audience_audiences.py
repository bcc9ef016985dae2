"""An audience is one of kmkit.toml or a level, and never anything else by default."""

from pathlib import PurePosixPath

import pytest

from kmkit.audience.audiences import audience_of
from kmkit.audience.protected import names_above
from kmkit.config import Config, Policy
from kmkit.errors import Cannot, KmkitError, UsageError
from kmkit.note.settings import check_settings

POLICY = Policy()


def config(**audiences: str) -> Config:
    return Config.model_validate(
        {"audiences": {name: {"level": level} for name, level in audiences.items()}}
    )


def test_an_audience_a_level_or_the_narrowest() -> None:
    settings = config(partners="domestic")
    assert audience_of(settings, POLICY, "partners").level == "domestic"
    assert audience_of(settings, POLICY, "international").name == ""
    assert audience_of(settings, POLICY).level == "internal"


@pytest.mark.parametrize(
    ("name", "audiences", "kind", "mend"),
    [
        ("partner", {"partners": "domestic"}, UsageError, "Did you mean partners?"),
        ("domestc", {}, UsageError, "Did you mean domestic?"),
        ("partners", {"partners": "domestc"}, Cannot, "Did you mean domestic?"),
        ("domestic", {"domestic": "internal"}, Cannot, "Give the audience another name."),
    ],
)
def test_what_is_unknown_is_refused_with_a_way_out(
    name: str, audiences: dict[str, str], kind: type[KmkitError], mend: str
) -> None:
    with pytest.raises(kind) as caught:
        audience_of(config(**audiences), POLICY, name)
    assert caught.value.mend == mend


def test_what_is_wrong_in_the_settings_is_found() -> None:
    text = '[audiences.domestic]\nlevel = "internal"\n[protect]\n"Kim" = "domestc"\n'
    settings = Config.model_validate(
        {"audiences": {"domestic": {"level": "internal"}}, "protect": {"Kim": "domestc"}}
    )
    found = {problem.line: problem for problem in check_settings(settings, POLICY, text)}
    assert found[1].message.startswith("The audience 'domestic' has the name of a level")
    assert found[4].message == "protect: Kim: there is no level 'domestc' in policy.toml."
    assert {problem.path for problem in found.values()} == {str(PurePosixPath("kmkit.toml"))}


def test_a_topic_of_interest_that_nobody_writes_about_is_found() -> None:
    settings = Config.model_validate(
        {
            "topics": {"floods": ""},
            "audiences": {"partners": {"level": "domestic", "topics": ["flods"]}},
        }
    )
    [problem] = check_settings(settings, POLICY, "")
    assert problem.message == "audiences.partners: the topic 'flods' is not in the vocabulary."
    assert problem.mend == "Did you mean floods?"


def test_a_name_is_kept_from_the_circles_beyond_its_widest() -> None:
    protect = {"Kim": "internal", "Lee": "domestic", "Sun": "international"}
    assert names_above(protect, "internal", POLICY) == ()
    assert names_above(protect, "domestic", POLICY) == ("Kim",)
    assert names_above(protect, "international", POLICY) == ("Kim", "Lee")
    with pytest.raises(Cannot, match="'Kim' may reach the level 'worldwide'"):
        names_above({"Kim": "worldwide"}, "internal", POLICY)

from kmkit.config import Config, Policy
from kmkit.note.settings import check_policy, check_settings
from tests.note_material import rules


def test_settings_that_fit() -> None:
    config = Config.model_validate(
        {"topics": {"fuel": "x"}, "critical": {"topics": ["fuel"]},
         "channels": {"weekly": {"level": "internal"}}}
    )  # fmt: skip
    assert list(check_settings(config, Policy(), "")) == []
    assert list(check_policy(Policy(roles={"steward": ("a@example.org",)}), "")) == []


def test_a_critical_topic_outside_the_vocabulary() -> None:
    config = Config.model_validate({"topics": {"fuel": "x"}, "critical": {"topics": ["feul"]}})
    text = "[topics]\nfuel = 'x'\n# feul\n[critical]\ntopics = ['feul']\n"
    [problem] = check_settings(config, Policy(), text)
    assert (problem.path, problem.line, problem.rule) == ("kmkit.toml", 5, "bad-setting")
    assert problem.mend == "Did you mean fuel?"


def test_levels_that_the_policy_does_not_have() -> None:
    config = Config.model_validate(
        {"channels": {"weekly": {"level": "domestik"}}, "audiences": {"all": {"level": "x"}}}
    )
    first, second = check_settings(config, Policy(), "")
    assert "channels.weekly" in first.message
    assert first.mend == "Did you mean domestic?"
    assert "audiences.all" in second.message
    assert "internal" in second.mend


def test_roles_without_addresses_and_without_a_steward() -> None:
    policy = Policy(roles={"editor": ("ana",), "expert.fuel": ("*",)})
    text = "[roles]\neditor = ['ana']\n"
    problems = list(check_policy(policy, text))
    assert rules(problems) == ["bad-setting", "bad-setting"]
    assert [(p.path, p.line) for p in problems] == [("policy.toml", 2), ("policy.toml", 1)]
    assert "'ana' under editor" in problems[0].message
    assert "Nobody is steward" in problems[1].message

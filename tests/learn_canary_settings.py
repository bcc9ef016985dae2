"""The settings of a knowledge base with canaries in it."""

POLICY = """levels = ["internal", "domestic", "international"]
[roles]
steward = ["{steward}@example.org"]
manager = ["*"]
editor = ["*"]
reviewer = ["*"]
contributor = ["*"]
"expert.floods" = ["{expert}@example.org"]
"""
SETTINGS = """[organisation]
name = "Agency"
contact = "desk@example.org"
[topics]
floods = "Water, {within}"
{topics}
[critical]
topics = ["{critical}"]
[channels.{secret}]
kind = "mail"
level = "internal"
[channels.bulletin]
kind = "mail"
level = "international"
[audiences.{audience}]
level = "internal"
[filters]
{saved} = "topic:floods"
[targets]
on-time = 0.8
[protect]
"Kim {protected}" = "internal"
"""

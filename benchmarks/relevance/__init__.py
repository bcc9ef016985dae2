"""How well kmkit finds what specialists would want: real lessons, and queries judged by topic."""

"""What every table of the settings is: frozen, and without a setting that nobody knows."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from kmkit.plain import Plain


class Between(NamedTuple):
    """What a number may be, both included; None for any."""

    least: int
    most: int | None = None


class NotEmpty(NamedTuple):
    """At least one stands there."""


class Before(NamedTuple):
    """What is made of a value before it is read."""

    make: Callable[[Any], Any]


class After(NamedTuple):
    """What is made of a value once its type fits; ValueError says what is wrong with it."""

    make: Callable[[Any], Any]


class Table(Plain):
    """A table of kmkit.toml or policy.toml.

    The types of its settings are annotated with what else is asked of them, by the marks above.
    Most files fit, and are read by `kmkit.config.fitting`; what does not fit is read again by
    `kmkit.config.strict`, which alone tells misfits.
    """

    def __init__(self, **given: Any) -> None:
        vars(self).update(vars(self.model_validate(given)))

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """The table of values as a file has them; ValueError, which is pydantic's, for misfits."""
        from kmkit.config.fitting import fitting

        quickly = fitting(cls, values)
        if quickly is not None:
            return quickly
        from kmkit.config.strict import validated

        return validated(cls, values)

    def misfit(self) -> str:
        """What is wrong with settings that each fit by themselves, '' for nothing."""
        return ""

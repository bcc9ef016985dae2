"""Named tuples of many parts, of which a few are replaced at a time, and often."""

from typing import Any, NamedTuple, TypeVar

T = TypeVar("T", bound=NamedTuple)


def quick(kind: type[T]) -> type[T]:
    """Have ``_replace`` of ``kind`` take half the time: it asks for no part by its name but those.

    A name that is none raises KeyError.
    """
    places = {name: at for at, name in enumerate(kind._fields)}
    made = tuple.__new__

    def _replace(self: T, /, **parts: Any) -> T:
        values = [*self]
        for name, value in parts.items():
            values[places[name]] = value
        return made(kind, values)

    setattr(kind, "_replace", _replace)  # noqa: B010 (to mypy it is final)
    return kind

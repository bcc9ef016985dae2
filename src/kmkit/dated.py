"""Days and durations as fields of pydantic models."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from kmkit.period import HOW, Period

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _to_period(value: Any) -> Any:
    if isinstance(value, str):
        return Period.parse(value)
    if not isinstance(value, Period):
        raise ValueError(HOW)
    return value


PeriodField = Annotated[Period, BeforeValidator(_to_period), PlainSerializer(str)]
"""A `Period` in a pydantic model: read from text, written as text."""


def _to_day(value: Any) -> Any:
    """Text that is no ISO date is no day: pydantic alone takes '20261121' for seconds."""
    if not isinstance(value, str):
        return value
    try:
        if not _DAY.fullmatch(value.strip()):
            raise ValueError
        return date.fromisoformat(value.strip())
    except ValueError:
        raise PydanticCustomError("bad_date", "a date is written 2026-11-21") from None


Day = Annotated[date, BeforeValidator(_to_day)]
"""A date in a pydantic model, read from YYYY-MM-DD and nothing else."""

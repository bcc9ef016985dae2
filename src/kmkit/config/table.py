"""What every table of the settings is: frozen, and without a setting that nobody knows."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError


class Table(BaseModel):
    """A table of kmkit.toml or policy.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_null(cls, value: Any) -> Any:
        """No system takes a null character in a path, an address or a name."""
        if isinstance(value, str) and "\0" in value:
            raise PydanticCustomError("null", "a null character stands in it")
        return value

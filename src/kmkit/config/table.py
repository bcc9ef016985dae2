"""What every table of the settings is: frozen, and without a setting that nobody knows."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of kmkit.toml or policy.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""What every section of the settings has in common. Pure."""

from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, value: Any) -> Any:
        """A section whose keys are all commented out is there, but null: it keeps its defaults."""
        return {} if value is None else value


def unit(name: str) -> dict[str, JsonValue]:
    """What a number counts, for the schema and the reference page."""
    return {"unit": name}

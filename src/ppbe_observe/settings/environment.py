"""Settings from environment variables ``PPBE_OBSERVE__…``. Pure: the variables are handed in."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource
from pydantic_settings.sources.utils import parse_env_vars

from ppbe_observe.settings.document import Path
from ppbe_observe.settings.model import ENV_DELIMITER, ENV_PREFIX, Settings


class EnvironmentSource(EnvSettingsSource):
    """pydantic-settings' reader of the environment, on a mapping that is handed in."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return parse_env_vars(self._environ, self.case_sensitive, self.env_ignore_empty, self.env_parse_none_str)

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """What is not JSON goes on as text; validation tells of it together with all other mistakes."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def variables(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """The variables that are meant for us, and the settings that they name."""
    for name in sorted(environ):
        if name.upper().startswith(ENV_PREFIX):
            yield name, tuple(name[len(ENV_PREFIX) :].lower().split(ENV_DELIMITER))


def variable_of(path: Path) -> str:
    """The variable that sets a key: ``PPBE_OBSERVE__AWS__READ_TIMEOUT``."""
    return ENV_PREFIX + ENV_DELIMITER.join(str(step).upper() for step in path)


def reached(data: Mapping[str, Any], path: Path) -> bool:
    """Whether a variable's setting arrived in the data; if not, it names nothing that can be set."""
    here: Any = data
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True

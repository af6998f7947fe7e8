"""The settings described: as JSON Schema for editors, as Markdown for people. Pure."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

from pydantic import SecretStr, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from ppbe_observe.settings.environment import variable_of
from ppbe_observe.settings.load import EXAMPLE, FILE_VARIABLE
from ppbe_observe.settings.model import Settings
from ppbe_observe.settings.tree import ANY_NAME, EACH, Leaf, leaves
from ppbe_observe.settings.values import Listen, format_duration

_HEAD = f"""\
# Settings

<!-- Written by `ppbe-observe config schema --format markdown`; a test keeps it fresh. -->

One YAML file: the one given with `--config`, else `${FILE_VARIABLE}`, else `./ppbe-observe.yaml`. The least that works:

```yaml
{EXAMPLE}```

- Every key can be set by an environment variable, which wins over the file: `PPBE_OBSERVE__` and the way to the
  key, with `__` between the steps. Lists and mappings are written as JSON; a mapping is merged into the file's, key by
  key. `null` unsets an optional value.
- Unknown keys and variables, a key that is there twice and values out of range are errors; all of them are told at
  once, with file, line and fix. Variables that only begin with `PPBE_OBSERVE_` are ignored: Kubernetes makes such.
- A duration is a number with a unit (`500ms`, `30s`, `5m`, `1h`, `1d`, `1h30m`) or a bare number of seconds.
- A relative path in the file is relative to the file; in a variable, to the working directory.
- `ppbe-observe config check` judges a file, `ppbe-observe config show` prints every value with its origin.
"""


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the settings file, for editors that complete and check YAML."""
    schema = Settings.model_json_schema(schema_generator=_Schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "ppbe-observe.yaml"}


def markdown() -> str:
    """The reference page: every key with its type, default, unit and meaning."""
    parts = [_HEAD]
    for title, group in groupby(leaves(Settings), key=_title):
        rows = "".join(_row(leaf) for leaf in group)
        parts.append(f"\n## {title}\n\n| key | type and unit | default | meaning |\n|---|---|---|---|\n{rows}")
    return "".join(parts)


def _title(leaf: Leaf) -> str:
    return leaf.path[0] if len(leaf.path) > 1 else "General"


def _row(leaf: Leaf) -> str:
    variable = "" if EACH in leaf.path else f"<br>`{_variable(leaf)}`"
    meaning = (leaf.field.description or "").replace("|", "\\|")
    return f"| `{leaf.name}`{variable} | {_type(leaf.field)} | {_default(leaf.field)} | {meaning} |\n"


def _variable(leaf: Leaf) -> str:
    return variable_of(leaf.path).replace(ANY_NAME.upper(), ANY_NAME)


def _type(field: FieldInfo) -> str:
    words = ", ".join(_words(TypeAdapter(field.rebuild_annotation()).json_schema()))
    extra = field.json_schema_extra
    return f"{words}, {extra['unit']}" if isinstance(extra, dict) and "unit" in extra else words


def _words(schema: dict[str, Any]) -> Iterator[str]:
    options = schema.get("anyOf", [schema])
    for option in options:
        if option.get("type") == "null":
            continue
        if "duration" in str(option.get("format", "")):
            yield "duration"
        elif "enum" in option:
            yield " or ".join(f"`{each}`" for each in option["enum"])
        else:
            yield _plain(option)


def _plain(option: dict[str, Any]) -> str:
    kind = option.get("type")
    if option.get("format") == "host:port":
        return "host:port"
    if option.get("format") == "path":
        return "path"
    names = {"array": "list of text", "object": "mapping", "integer": "whole number", "boolean": "true or false"}
    return f"{names.get(str(kind), 'number' if kind == 'number' else 'text')}{_range(option)}"


def _range(option: dict[str, Any]) -> str:
    low, high = option.get("minimum"), option.get("maximum")
    if low is not None and high is not None:
        return f" {low} to {high}"
    return f" from {low:g}" if low is not None else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    text = _written(value)
    return f"`{text if isinstance(text, str) else json.dumps(text)}`"


def _written(value: Any) -> Any:
    """A default as a person would write it in the file."""
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Listen) else value


class _Schema(GenerateJsonSchema):
    """pydantic's schema, with defaults as a person would write them."""

    def encode_default(self, dft: Any) -> Any:
        """See ``_written``."""
        return super().encode_default(_written(dft))

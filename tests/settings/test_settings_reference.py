"""Every setting is documented; the reference page, the example file and the schema are fresh."""

import json
from pathlib import Path

import pytest

from ppbe_observe.settings import Settings, load_settings
from ppbe_observe.settings.load import FILES
from ppbe_observe.settings.reference import json_schema, markdown
from ppbe_observe.settings.tree import ANY_NAME, EACH, Leaf, leaves

ROOT = Path(__file__).resolve().parents[2]
LEAVES = list(leaves(Settings))


def test_the_reference_page_is_fresh() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert page == markdown(), "run: ppbe-observe config schema --format markdown > docs/reference/settings.md"


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.name)
def test_every_setting_is_documented_with_type_default_and_meaning(leaf: Leaf) -> None:
    rows = [row for row in markdown().splitlines() if row.startswith(f"| `{leaf.name}`")]
    assert len(rows) == 1
    _, kind, default, meaning = (cell.strip() for cell in rows[0].strip("|").split("|"))
    assert kind
    assert default
    assert meaning.endswith(".")


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.name)
def test_every_number_names_its_unit(leaf: Leaf) -> None:
    row = next(row for row in markdown().splitlines() if row.startswith(f"| `{leaf.name}`"))
    kind = row.strip("|").split("|")[1].strip()
    if "number" in kind:
        assert ", " in kind, "add json_schema_extra=unit(...)"


def test_the_example_shows_every_setting_at_its_default(tmp_path: Path) -> None:
    example = load_settings(ROOT / "ppbe-observe.example.yaml", {})
    least = tmp_path / "least.yaml"
    least.write_text("targets: [{regions: [us-gov-west-1]}]\n", encoding="utf-8")
    named = {name: getattr(example.controls, name) for name in ("checks", "environments", "exemptions")}
    plain = load_settings(least, {})
    controls = plain.controls.model_copy(update=named)
    different = {"targets": example.targets, "exporters": example.exporters, "controls": controls}
    assert plain.model_copy(update=different) == example
    text = (ROOT / "ppbe-observe.example.yaml").read_text(encoding="utf-8")
    for leaf in LEAVES:
        assert f"{leaf.path[-1]}:" in text, leaf.name


def test_the_schema_knows_every_key_and_refuses_others() -> None:
    schema = json_schema()
    assert schema["required"] == ["targets"]
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False
    sections = [part for part in schema["$defs"].values() if part["type"] == "object"]
    assert len(sections) == len(schema["$defs"]) - len({"Severity"})
    assert all(part["additionalProperties"] is False for part in sections)
    assert schema["$defs"]["AwsSettings"]["properties"]["read_timeout"]["default"] == "10s"
    assert schema["$defs"]["StateSettings"]["properties"]["url"]["default"] == "sqlite:///ppbe-observe.db"
    json.dumps(schema, allow_nan=False)


def test_paths_of_the_file_are_all_known_to_the_loader() -> None:
    """A new setting of type Path must be made relative to the file in ``load``, too."""
    paths = [leaf.name for leaf in LEAVES if "Path" in str(leaf.field.annotation)]
    known = {f"{section}.{name}" for section, names in FILES.items() for name in names}
    assert set(paths) == {"definitions", *known}


def test_the_tree_names_lists_and_free_names() -> None:
    names = {leaf.path for leaf in LEAVES}
    assert ("targets", EACH, "role", "arn") in names
    assert ("exporters", ANY_NAME, "interval") in names

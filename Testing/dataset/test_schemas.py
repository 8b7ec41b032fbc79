"""The schemas that ship: they say what is written, and what is written keeps to them."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields, replace

import jsonschema
import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.dataset import DatasetOptions, Plan, read_plan, verify
from LayerSeparationLib.dataset.plan.plan import FORMAT, PlannedJoint
from LayerSeparationLib.dataset.plan.plan_file import PLAN_SCHEMA, write_plan
from LayerSeparationLib.dataset.report.summary import DATASET_SCHEMA
from LayerSeparationLib.errors import InputError, OutputError
from LayerSeparationLib.files import validate_json

SCHEMAS = {"plan.json": PLAN_SCHEMA, "dataset.json": DATASET_SCHEMA}


def objects(schema):
    """Yield every part of a schema that describes an object with keys."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_has_a_version_and_says_what_every_key_means(name):
    schema = json.loads(SCHEMAS[name].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert SCHEMAS[name].stem.rsplit("-", 1)[1] == FORMAT.rsplit(" ", 1)[1]
    assert schema["properties"]["format"]["const"] == FORMAT
    for part in objects(schema):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
        for key, value in part["properties"].items():
            assert value.get("description") or "$ref" in value, key


def test_keys_of_the_plan_are_the_fields():
    parts = json.loads(PLAN_SCHEMA.read_text(encoding="utf-8"))["$defs"]
    for part, cls in (("options", DatasetOptions), ("joint", PlannedJoint), ("edit", GapEdit)):
        assert list(parts[part]["properties"]) == [field.name for field in fields(cls)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_written_keeps_to_its_schema(finished, name):
    root, _ = finished
    values = json.loads((root / name).read_text(encoding="utf-8"))
    validate_json(values, SCHEMAS[name])
    with pytest.raises(InputError, match=r"'extra' was unexpected"):
        validate_json({**values, "extra": 1}, SCHEMAS[name])


def test_a_plan_with_edits_keeps_to_its_schema(plan_of, tmp_path):
    drawn = plan_of(per_joint=2)
    edits = (GapEdit(target_jsw=1.0), GapEdit(change=-0.25, moves="both"))
    options = DatasetOptions(per_joint=2, edits_given=True)
    plan = Plan(options, tuple(replace(joint, edits=edits) for joint in drawn.joints))
    write_plan(tmp_path / "plan.json", plan)
    assert read_plan(tmp_path / "plan.json") == plan


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda plan: plan["options"].update(balance="fair"), r"options\.balance: 'fair' is not one of"),
        (lambda plan: plan["joints"][1].update(unit="inch"), r"joints\[1\]\.unit: 'inch'"),
        (lambda plan: plan["joints"][0].pop("film"), r"joints\[0\]: 'film' is a required property"),
        (lambda plan: plan.update(format="LayerSeparation data set 1"), "another version"),
    ],
)
def test_a_plan_that_was_changed_by_hand_is_refused_with_the_place(plan_of, tmp_path, change, told):
    values = json.loads(json.dumps(plan_of().as_json()))
    change(values)
    (tmp_path / "plan.json").write_text(json.dumps(values))
    with pytest.raises(OutputError, match=told):
        read_plan(tmp_path / "plan.json")


def test_verify_says_which_key_is_wrong(finished, tmp_path):
    root, _ = finished
    copy = tmp_path / "set"
    shutil.copytree(root, copy)
    values = json.loads((copy / "dataset.json").read_text())
    values["jsw"]["unit"] = "inch"
    (copy / "dataset.json").write_text(json.dumps(values))
    assert verify(copy) == ["dataset.json: jsw.unit: 'inch' is not one of ['mm', 'px']"]

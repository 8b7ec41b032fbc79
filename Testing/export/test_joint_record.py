"""`joint.json`."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from LayerSeparationLib import GapEdit, JointPose, __version__, synthesize
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import make_joint_record, read_joint_record, write_joint_record
from LayerSeparationLib.export.record import SCHEMA, describe_joint, validate_joint_record
from LayerSeparationLib.files import json_schema
from LayerSeparationLib.radiograph import PixelSpacing, SpacingSource
from LayerSeparationLib.radiograph.polarity import Polarity

POSE = JointPose(
    name="MCP2",
    side="L",
    centre_px=(np.float64(127.5), 100.25),
    distal=(0.0, -1.0),
    field_of_view_mm=20.992,
    confidence=0.97,
)
SPACING = PixelSpacing(0.15, 0.15, SpacingSource.CALIBRATED)


def record(**changes):
    values = {
        "synthetic": True,
        "polarity": Polarity(inverted=True, decided_by="DICOM MONOCHROME1"),
        "edit": GapEdit(target_jsw=1.0, tilt_deg=2.0),
        "jsw_before": {
            "mean": np.float32(1.5),
            "interval": (np.float32(1.25), 1.75),
            "minimum": float("nan"),
            "minimum_interval": None,
            "unit": "mm",
            "quality": "check",
            "findings": ("a bay",),
        },
        "weights_sha256": "ab" * 32,
        "seed": np.int64(7),
        "source": Path("/home/someone/films/hand.dcm"),
    }
    return make_joint_record(pose=POSE, spacing=SPACING, **{**values, **changes})


def test_every_key_of_the_format():
    assert record() == {
        "format": "LayerSeparation joint record 3",
        "version": __version__,
        "synthetic": True,
        "source": "hand.dcm",
        "joint": "MCP2",
        "side": "L",
        "pose": {
            "centre_px": [127.5, 100.25],
            "distal": [0.0, -1.0],
            "field_of_view_px": None,
            "field_of_view_mm": 20.992,
            "confidence": 0.97,
        },
        "spacing": {
            "row_mm": 0.15,
            "column_mm": 0.15,
            "source": "calibrated",
            "magnification": None,
            "aspect": 1.0,
        },
        "polarity": {"inverted": True, "decided_by": "DICOM MONOCHROME1"},
        "edit": {
            "target_jsw": 1.0,
            "change": None,
            "shift": 0.0,
            "tilt_deg": 2.0,
            "moves": "upper",
            "unit": "mm",
        },
        "jsw_before": {
            "mean": 1.5,
            "interval": [1.25, 1.75],
            "minimum": None,
            "minimum_interval": None,
            "unit": "mm",
            "quality": "check",
            "findings": ["a bay"],
        },
        "jsw_after": None,
        "exposure": None,
        "weights_sha256": "ab" * 32,
        "seed": 7,
    }


def test_written_record_is_strict_json_and_comes_back(tmp_path):
    write_joint_record(tmp_path / "joint.json", record())

    def refuse(name):
        pytest.fail(f"{name} is not JSON")

    text = (tmp_path / "joint.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse) == record()
    assert read_joint_record(tmp_path / "joint.json") == record()


@pytest.mark.parametrize("source", ["/a/b/hand.dcm", r"C:\Users\x\hand.dcm", "hand.dcm", Path("b/hand.dcm")])
def test_only_the_file_name_is_kept(source):
    assert record(source=source)["source"] == "hand.dcm"


def test_lengths_in_pixels_say_so():
    jsw = {
        "mean": 12.5,
        "interval": [12.0, 13.0],
        "minimum": 10.0,
        "minimum_interval": [9.0, 11.0],
        "unit": "px",
        "quality": "measured",
        "findings": [],
    }
    made = record(jsw_after=jsw, edit=GapEdit(change=-3.0, moves="both", unit="px"))
    assert made["jsw_after"] == jsw
    assert (made["edit"]["change"], made["edit"]["unit"]) == (-3.0, "px")
    validate_joint_record(made)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"edit": None, "jsw_before": None, "polarity": None, "seed": None, "source": None},
        {"edit": GapEdit(change=-0.3, tilt_deg=1.5)},
        {"exposure": {"attenuation_factor": 1.1, "noise_sd": 0.0}},
        {"weights_sha256": None},
    ],
)
def test_what_the_library_makes_is_what_the_schema_describes(changes):
    validate_joint_record(record(**changes))


def test_records_of_joints_and_of_samples_are_what_the_schema_describes(mcp_layers, sample, closed_sample):
    joint = synthesize(mcp_layers, GapEdit())
    for one in (sample.record, closed_sample.record, describe_joint(joint, edited=False)):
        validate_joint_record(one)


def test_the_schema_is_one_and_names_the_format():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == schema["properties"]["format"]["const"] == record()["format"]
    assert schema["required"] == list(schema["properties"]) == list(record())


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("edit.gap", 1.0, "edit: Additional properties .*'gap'"),
        ("edit.change", "1", "edit.change: '1' is not of type 'number'"),
        ("edit.change", True, "edit.change: True is not of type 'number'"),
        ("edit.unit", "cm", "edit.unit: 'cm' is not one of"),
        ("edit.target_jsw", -1, "edit.target_jsw: -1 is less than the minimum of 0"),
        ("jsw_before.quality", "good", "jsw_before.quality: 'good' is not one of"),
        ("jsw_before.findings", "a bay", "jsw_before.findings: 'a bay' is not of type 'array'"),
        ("jsw_before.interval", [1.0], "jsw_before.interval: .* is too short"),
        ("pose.distal", [0, -1, 0], "pose.distal: .* is too long"),
        ("pose.centre_px", "12", "pose.centre_px: '12' is not of type 'array'"),
        ("synthetic", 1, "synthetic: 1 is not of type 'boolean'"),
        ("seed", 1.5, "seed: 1.5 is not of type 'integer'"),
        ("spacing", None, "spacing: None is not of type 'object'"),
        ("source", "/home/someone/hand.dcm", "source: .* is no file name, without its folder"),
        ("patient_name", "x", "'patient_name' was unexpected"),
        ("format", "something else", "format is 'something else', this version reads"),
    ],
)
def test_wrong_values_are_named_and_not_written(tmp_path, path, value, message):
    made = record()
    *parts, key = path.split(".")
    place = made
    for part in parts:
        place = place[part]
    place[key] = value
    with pytest.raises(InputError, match=message):
        write_joint_record(tmp_path / "joint.json", made)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("part", "key"), [("edit", "moves"), ("jsw_before", "findings"), ("pose", "distal")])
def test_missing_keys_are_named(part, key):
    made = record()
    del made[part][key]
    with pytest.raises(InputError, match=f"{part}: '{key}' is a required property"):
        validate_joint_record(made)


def test_many_problems_are_counted():
    with pytest.raises(InputError, match=r"'joint' is a required property; .*; and \d more"):
        validate_joint_record({"format": record()["format"], "version": "1"})


def test_without_jsonschema_the_format_is_checked_all_the_same(tmp_path, monkeypatch):
    json_schema._validator.cache_clear()
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    write_joint_record(tmp_path / "joint.json", {**record(), "seed": "7"})
    assert read_joint_record(tmp_path / "joint.json")["seed"] == "7"
    with pytest.raises(InputError, match="format is 'other'"):
        write_joint_record(tmp_path / "other.json", {**record(), "format": "other"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "not json"])
def test_broken_file_is_refused(tmp_path, text):
    (tmp_path / "joint.json").write_text(text)
    with pytest.raises(InputError, match=r"joint\.json"):
        read_joint_record(tmp_path / "joint.json")

"""`joint.json`."""

import json
from enum import Enum
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from LayerSeparationLib import __version__
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import joint_record, read_joint_record, write_joint_record
from LayerSeparationLib.radiograph.polarity import Polarity
from LayerSeparationLib.synthesis.gap_edit import GapEdit


class Source(str, Enum):
    CALIBRATED = "calibrated"


POSE = SimpleNamespace(
    name="MCP2",
    side="L",
    centre_px=(np.float64(127.5), 100.25),
    distal=(0.0, -1.0),
    field_of_view_px=None,
    field_of_view_mm=20.992,
    confidence=0.97,
)
SPACING = SimpleNamespace(row_mm=0.15, column_mm=0.15, source=Source.CALIBRATED, magnification=None)


def record(**changes):
    values = {
        "synthetic": True,
        "polarity": Polarity(inverted=True, decided_by="DICOM MONOCHROME1"),
        "edit": {"target_jsw": 1.0, "shift": 0.0, "tilt_deg": 2.0, "moves": "upper", "unit": "mm"},
        "jsw_before": {"mean": np.float32(1.5), "minimum": float("nan"), "unit": "mm", "status": "measured"},
        "weights_sha256": "ab" * 32,
        "seed": np.int64(7),
        "source": Path("/home/someone/films/hand.dcm"),
    }
    return joint_record(pose=POSE, spacing=SPACING, **{**values, **changes})


def test_every_key_of_the_format():
    assert record() == {
        "format": "LayerSeparation joint record 2",
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
        "spacing": {"row_mm": 0.15, "column_mm": 0.15, "source": "calibrated", "magnification": None},
        "polarity": {"inverted": True, "decided_by": "DICOM MONOCHROME1"},
        "edit": {
            "target_jsw": 1.0,
            "change": None,
            "shift": 0.0,
            "tilt_deg": 2.0,
            "moves": "upper",
            "unit": "mm",
        },
        "jsw_before": {"mean": 1.5, "minimum": None, "unit": "mm", "status": "measured"},
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
    jsw = {"mean": 12.5, "minimum": 10.0, "unit": "px", "status": "measured"}
    edit = GapEdit(change=-3.0, moves="both", unit="px")
    made = record(jsw_after=jsw, edit=edit.as_json())
    assert made["jsw_after"] == jsw
    assert (made["edit"]["change"], made["edit"]["unit"]) == (-3.0, "px")


def test_every_edit_fits_into_the_record():
    edit = GapEdit(change=-0.3, tilt_deg=1.5)
    assert record(edit=edit.as_json())["edit"] == edit.as_json()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"edit": {"gap": 1.0, "moves": "upper"}}, "gap"),
        ({"edit": {"change": "1", "moves": "upper"}}, "edit.change"),
        ({"edit": {"change": True, "moves": "upper"}}, "edit.change"),
        ({"jsw_before": {"mean": 1.0, "minimum": 1.0}}, "status"),
        ({"synthetic": 1}, "synthetic"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_wrong_values_are_named(changes, message):
    with pytest.raises(InputError, match=message):
        record(**changes)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", "something else", "format"),
        ("source", "/home/someone/hand.dcm", "file name"),
        ("spacing", None, "spacing"),
        ("patient_name", "x", "patient_name"),
    ],
)
def test_changed_record_is_not_written(tmp_path, key, value, message):
    with pytest.raises(InputError, match=message):
        write_joint_record(tmp_path / "joint.json", {**record(), key: value})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "not json"])
def test_broken_file_is_refused(tmp_path, text):
    (tmp_path / "joint.json").write_text(text)
    with pytest.raises(InputError, match="joint.json"):
        read_joint_record(tmp_path / "joint.json")

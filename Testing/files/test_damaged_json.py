"""What is read back: damage of any kind is one clear error of the library, or 'nothing is kept'."""

import json
import shutil
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.dataset.plan.layer_cache import LayerCache
from LayerSeparationLib.errors import InputError, OutputError, WeightsError
from LayerSeparationLib.export import make_joint_record, read_joint_record, write_joint_record
from LayerSeparationLib.files import read_json
from LayerSeparationLib.inference.weights import MODELS_FOLDER, find_weights, read_tensors
from LayerSeparationLib.joints import JointPose
from LayerSeparationLib.radiograph import PixelSpacing
from LayerSeparationLib.synthesis import GapEdit

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
DAMAGED = (
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b"null",
    b"[]",
    b'"text"',
    b'{"format": 1e999}',
    b"{" + b"9" * 5000,
)


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_files_of_other_content(tmp_path, content):
    path = tmp_path / "some.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="some"):
        read_joint_record(path)
    with suppress(InputError):
        read_json(path)
    weights = tmp_path / "w.safetensors"
    shutil.copy(next(MODELS_FOLDER.glob("*.safetensors")), weights)
    weights.with_suffix(".json").write_bytes(content)
    with pytest.raises(WeightsError, match="manifest"):
        find_weights(weights)
    (tmp_path / "plan.json").write_bytes(content)
    from LayerSeparationLib.dataset.plan.plan_file import read_plan

    with pytest.raises(OutputError, match="plan"):
        read_plan(tmp_path / "plan.json")


@given(key=st.sampled_from(["centre_px", "distal", "field_of_view_px", "name", "confidence"]), value=values)
@settings(max_examples=150, deadline=None)
def test_a_pose_of_other_values(key, value):
    kept = {**JointPose("MCP2", (9, 9), (0, -1)).as_json(), key: value}
    with suppress(InputError):
        JointPose.from_json(kept)


@given(key=st.sampled_from(["row_mm", "column_mm", "source", "magnification", "aspect"]), value=values)
@settings(max_examples=150, deadline=None)
def test_a_spacing_of_other_values(key, value):
    kept = {"row_mm": 0.1, "column_mm": 0.1, "source": "calibrated", "magnification": None, key: value}
    with suppress(InputError):
        PixelSpacing.from_json(kept)


@given(key=st.sampled_from(["target_jsw", "change", "shift", "tilt_deg", "moves", "unit"]), value=values)
@settings(max_examples=150, deadline=None)
def test_an_edit_of_other_values(key, value):
    with suppress(InputError):
        GapEdit.from_json({key: value})


@given(at=st.integers(0, 10**6), byte=st.integers(0, 255), keep=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_damaged_cache_and_damaged_tensors(tmp_path_factory, at, byte, keep):
    folder = tmp_path_factory.mktemp("cache")
    cache = LayerCache(folder)
    path = cache.path("0f" * 32)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        np.savez(file, meta=np.frombuffer(b"{}", np.uint8), image=np.zeros((8, 8), np.float32))
    content = bytearray(path.read_bytes())
    content[at % len(content)] = byte
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(InputError, match="is damaged"):
        cache.load("0f" * 32)
    tensors = folder / "t.safetensors"
    head = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    whole = bytearray(len(head).to_bytes(8, "little") + head + bytes(8))
    whole[at % len(whole)] = byte
    tensors.write_bytes(whole[: int(keep * len(whole))])
    with suppress(WeightsError):
        read_tensors(tensors)


def test_a_record_survives_only_whole(tmp_path):
    pose, spacing = (
        JointPose("MCP2", (9, 9), (0, -1)),
        PixelSpacing.from_json({"row_mm": 0.1, "column_mm": 0.1, "source": "calibrated"}),
    )
    record = make_joint_record(pose=pose, spacing=spacing, synthetic=True)
    write_joint_record(tmp_path / "joint.json", record)
    text = (tmp_path / "joint.json").read_text()
    for cut in range(0, len(text) - 2, 97):
        (tmp_path / "joint.json").write_text(text[:cut])
        with pytest.raises(InputError, match="joint record"):
            read_joint_record(tmp_path / "joint.json")

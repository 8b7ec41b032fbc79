"""Name and side of a joint, whenever they are given, are those of its segments and files."""

import json

import numpy as np
import vtk

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import JointStatus
from LayerSeparationLib.scene.export_edit import export_current


def code_of(joint, segment_id):
    value = vtk.reference("")
    segment = joint.references.find("segmentation").GetSegmentation().GetSegment(segment_id)
    assert segment.GetTag("TerminologyEntry", value)
    return value.get()


def test_a_name_and_side_given_after_the_separation_reach_codes_and_files(joint, tmp_path):
    joint.set_edit(GapEdit(target_jsw=0.8))
    before = joint.result.image.copy()
    assert "Metacarpal" in code_of(joint, "Lower_bone")
    joint.name, joint.side = "PIP2", "R"
    assert "Metacarpal" not in code_of(joint, "Lower_bone")
    assert "Right" in code_of(joint, "Lower_bone")
    np.testing.assert_array_equal(joint.result.image, before)
    [folder] = export_current([joint], tmp_path)
    assert folder.parent.name == "PIP2"
    record = json.loads((folder / "joint.json").read_text(encoding="utf-8"))
    assert (record["joint"], record["side"]) == ("PIP2", "R")
    assert joint.status is JointStatus.EDITED


def test_a_name_given_in_the_data_module_counts_unless_no_file_can_have_it(joints, joint, tmp_path):
    joint.line.SetName("MCP2")
    [folder] = export_current([joint], tmp_path)
    assert folder.parent.name == "MCP2"
    joint.line.SetName("a/b")
    [folder] = export_current([joint], tmp_path, overwrite=True)
    assert folder.parent.name == "MCP2"

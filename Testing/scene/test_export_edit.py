"""Edited joints of the scene as files: those of the command line, all or none."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scene_fixtures import add_film, line_px, true_layers

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError, OutputError
from LayerSeparationLib.export import (
    collection_formats,
    find_existing_folders,
    joint_formats,
    read_joint_record,
    read_segmentation,
)
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.scene.export_edit import (
    current_exports,
    data_set_formats,
    export_current,
    export_formats,
    export_sweep,
    translate_data_set_labels,
    translate_format_labels,
)


class StoppedError(Exception):
    pass


def stop_at(step):
    def progress(done, _total):
        if done == step:
            raise StoppedError

    return progress


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_labels_to_translate_are_those_of_the_library():
    """Without a translation: the literals that lupdate finds say what the library says, and lack none."""
    assert export_formats() == [(one.name, one.label) for one in joint_formats()]
    assert data_set_formats() == [(one.name, one.label) for one in collection_formats()]
    assert translate_format_labels() == dict(export_formats())
    assert translate_data_set_labels() == dict(data_set_formats())


def test_the_current_edit_is_written_as_the_scene_shows_it(joint, tmp_path):
    joint.set_edit(GapEdit(target_jsw=0.8))
    told = []
    (folder,) = export_current([joint], tmp_path, progress=lambda *step: told.append(step))
    assert folder == tmp_path / "joint" / "MCP3" / "gap_0.80"
    assert files(folder) == ["image.nrrd", "image.png", "joint.json", "segmentation.seg.nrrd"]
    assert told == [(0, 1), (1, 1)]
    image = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "image.nrrd")))
    np.testing.assert_array_equal(image, joint.result.image)
    masks = read_segmentation(folder / "segmentation.seg.nrrd")
    np.testing.assert_array_equal(masks["Upper bone"], joint.result.masks.upper_bone)
    record = read_joint_record(folder / "joint.json")
    assert record["synthetic"] is True
    assert record["jsw_after"]["mean"] == pytest.approx(0.8)


def test_only_the_formats_that_were_chosen(joint, tmp_path):
    (folder,) = export_current([joint], tmp_path, formats=["png", "json"])
    assert files(folder) == ["image.png", "joint.json"]
    assert read_joint_record(folder / "joint.json")["synthetic"] is False
    for wrong in (["tiff"], []):
        with pytest.raises(InputError, match="Choose formats among png"):
            export_current([joint], tmp_path / "other", formats=wrong)


def test_a_sweep_has_one_folder_a_width(joint, tmp_path):
    joint.set_edit(GapEdit(tilt_deg=2.0))
    folders = export_sweep(joint, [0.5, 1.0], tmp_path, formats=["json"])
    assert [folder.name for folder in folders] == ["gap_0.50", "gap_1.00"]
    edit = read_joint_record(folders[1] / "joint.json")["edit"]
    assert (edit["target_jsw"], edit["tilt_deg"]) == (1.0, 2.0)


def test_nothing_is_overwritten_unasked(joint, tmp_path):
    (folder,) = export_current([joint], tmp_path)
    (folder / "notes.txt").write_text("mine")
    assert find_existing_folders(current_exports([joint]), tmp_path) == [folder]
    with pytest.raises(OutputError, match="exists"):
        export_current([joint], tmp_path)
    joint.set_edit(GapEdit(change=0.0, tilt_deg=3.0))
    export_current([joint], tmp_path, overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
    assert read_joint_record(folder / "joint.json")["edit"]["tilt_deg"] == 3.0


def test_nothing_is_left_when_it_is_stopped(joint, tmp_path):
    target = tmp_path / "new"
    with pytest.raises(StoppedError):
        export_sweep(joint, [0.5, 1.0, 1.5], target, progress=stop_at(2))
    assert not target.exists()
    export_sweep(joint, [0.5], target, formats=["json"])
    with pytest.raises(StoppedError):
        export_sweep(joint, [0.5, 1.0], target, overwrite=True, progress=stop_at(1))
    assert files(target) == ["joint/MCP3/gap_0.50/joint.json"]


def test_one_folder_in_the_way_stops_all(joint, tmp_path):
    export_sweep(joint, [1.0], tmp_path, formats=["json"])
    with pytest.raises(OutputError, match=r"gap_1\.00"):
        export_sweep(joint, [0.5, 1.0], tmp_path)
    assert files(tmp_path / "joint") == ["MCP3/gap_1.00/joint.json"]


def test_joints_without_layers_are_left_out(joints, joint, joint_phantom, tmp_path):
    other = joints.add(joints.film.to_ras(line_px(joint_phantom.pose) + np.array([60, 60])), "MCP2")
    assert len(export_current([other, joint], tmp_path, formats=["json"])) == 1
    with pytest.raises(InputError, match="separate"):
        export_current([other], tmp_path)
    with pytest.raises(InputError, match="separate"):
        export_sweep(other, [1.0], tmp_path)


def test_a_film_without_spacing_is_swept_in_px(scene, joint_phantom, tmp_path):
    film = Film(add_film(scene, joint_phantom.radiograph.native(), 1.0, "a: b/c"))
    joints = SceneJoints(film)
    joint = joints.add(film.to_ras(np.array([[127.5, 255.5], [127.5, -0.5]])), "Joint 1")
    joint.set_layers(true_layers(film, joint.pose, joint_phantom))
    (folder,) = export_sweep(joint, [12.0], tmp_path, formats=["json"])
    assert folder == tmp_path / "a_ b_c" / "Joint 1" / "gap_12.00px"
    joints.close()

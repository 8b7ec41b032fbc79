"""Two films compared in the scene and by the command line: the same function, the same changes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
from scene_fixtures import add_film

from LayerSeparationLib import GapEdit, Separator, synthesize
from LayerSeparationLib.cli import main
from LayerSeparationLib.follow_up import share_grey_scale
from LayerSeparationLib.joints import JointFinder
from LayerSeparationLib.radiograph import read_radiograph
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.scene.scene_comparison import compare_with

MM, JOINT = 0.2, "MCP3"
NOISE_SD = 0.004
EXPOSURE = 1.03


def write_film(path, intensity):
    pixels = np.round(np.clip(intensity, 0, 1) * 4095).astype(np.uint16)
    image = sitk.GetImageFromArray(pixels[None])
    image.SetSpacing((MM, MM, 1.0))
    sitk.WriteImage(image, str(path))
    return pixels


@pytest.fixture
def visits(tmp_path, hand_phantom):
    """Two films of a phantom hand, each on its own grey scale; on the earlier one a gap is 0.4 mm wider."""
    separator = Separator("cpu")
    now = hand_phantom.radiograph.intensity
    layers = separator.separate(hand_phantom.radiograph, hand_phantom.joints[JOINT].pose)
    then = 1 - (1 - synthesize(layers, GapEdit(change=0.4)).film) ** EXPOSURE
    rng = np.random.default_rng(5)
    paths = tmp_path / "earlier.nrrd", tmp_path / "later.nrrd"
    films = [
        write_film(path, film + rng.normal(0, NOISE_SD, film.shape))
        for path, film in zip(paths, (then, now), strict=True)
    ]
    return separator, paths, films


def test_the_panel_says_what_the_command_line_says(visits, scene, tmp_path):
    separator, paths, pixels = visits
    own = [read_radiograph(path) for path in paths]
    shared = share_grey_scale(*own)
    assert own[1].intensity_map != own[0].intensity_map
    assert shared[1].intensity_map != own[1].intensity_map
    folder = tmp_path / "out"
    arguments = ["compare", *map(str, paths), "--joints", JOINT, "--device", "cpu", "--output", str(folder)]
    assert main(arguments) == 0
    [told] = json.loads((folder / "changes.json").read_text())["joints"]

    finder = JointFinder("cpu")

    def find(film):
        return [pose for pose in finder.find(film) if pose.name == JOINT]

    earlier, later = (
        Film(add_film(scene, film, MM, name)) for film, name in zip(pixels, ("earlier", "later"), strict=True)
    )
    joints = SceneJoints(later)
    [joint] = joints.add_found(find(shared[1]))
    # It was separated on its film's own scale, as the panel does before anybody compares.
    [job] = joints.jobs([joint])
    joint.set_layers(separator.separate(*job))
    assert joint.layers.radiograph.intensity_map == own[1].intensity_map
    [change] = compare_with(joints, earlier, find, separator.separate_many).changes
    assert change.grey_scale == told["grey_scale"] == "common"
    assert change.change == pytest.approx(told["change"], abs=1e-6)
    np.testing.assert_allclose(change.interval, told["interval"], atol=1e-6)
    assert change.verdict.value == told["verdict"] == "progressed"
    for visit in ("baseline", "follow_up"):
        assert getattr(change, visit).mean == pytest.approx(told[visit]["mean"], abs=1e-6)
    joints.close()

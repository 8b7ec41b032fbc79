"""The weights that ship, on real joints where those are at hand (LAYER_SEPARATION_DATA)."""

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, JointPose, Radiograph, synthesize
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX
from LayerSeparationLib.training.joint_set import read_joint_set


@pytest.fixture(scope="module")
def joints(data_folder):
    if not (data_folder / "mcp" / "index.csv").is_file():
        pytest.skip("no joint set with drawn silhouettes")
    return read_joint_set(data_folder / "mcp", "val")[::6]


def test_silhouettes_and_conservation(separator, joints):
    films = [Radiograph.from_array(joint.intensity, CANONICAL_MM_PER_PX) for joint in joints]
    layers = separator.separate_many([(film, JointPose.whole_crop(film)) for film in films])
    scores = []
    for joint, found in zip(joints, layers, strict=True):
        total = found.soft_tissue + found.upper_bone + found.lower_bone
        assert np.abs(total + found.noise - found.attenuation).max() < 1e-5
        assert np.array_equal(synthesize(found, GapEdit()).image, joint.intensity)
        pairs = (
            (found.upper_silhouette > 0.5, joint.upper_silhouette),
            (found.lower_silhouette > 0.5, joint.lower_silhouette),
        )
        scores.append([2 * (mine & drawn).sum() / (mine.sum() + drawn.sum()) for mine, drawn in pairs])
    assert np.mean(scores, axis=0).min() > 0.98

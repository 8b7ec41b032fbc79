"""A sample whose bones overlap, with its joint space still open."""

import pytest

from LayerSeparationLib import GapEdit, synthesize
from LayerSeparationLib.export import sample_of


@pytest.fixture(scope="session")
def sample(mcp_layers):
    made = sample_of(synthesize(mcp_layers, GapEdit(target_jsw=0.6, tilt_deg=3)), seed=7)
    assert (made.masks.upper_bone & made.masks.lower_bone).sum() > 50
    assert made.masks.joint_space.any()
    return made


@pytest.fixture(scope="session")
def closed_sample(mcp_layers):
    made = sample_of(synthesize(mcp_layers, GapEdit(target_jsw=0.0)), seed=7)
    assert not made.masks.joint_space.any()
    return made

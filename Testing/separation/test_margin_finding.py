"""Margins are looked for twice: whatever the pose, they are seen in the joint's own frame."""

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph
from LayerSeparationLib.inference.runner import NetworkRunner
from LayerSeparationLib.inference.weights import find_weights
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop
from LayerSeparationLib.measurement import measure_margins
from LayerSeparationLib.separation import MarginRows, default_weights
from LayerSeparationLib.separation.margin_finding import find_margin_rows, look, own_frame
from LayerSeparationLib.separation.margin_network import MarginReader
from LayerSeparationLib.separation.network import ARCHITECTURE, MARGINS_PART


@pytest.fixture(scope="module")
def runner():
    weights = find_weights(default_weights())
    return NetworkRunner.with_weights(MarginReader(), weights, ARCHITECTURE, "cpu", part=MARGINS_PART)


def crop_of(phantom, x=0.0, y=0.0, turn_deg=0.0):
    """Return a phantom's crop by a pose that is off by so many pixels and degrees."""
    angle = np.radians(turn_deg)
    pose = JointPose("MCP3", (127.5 + x, 127.5 + y), (float(np.sin(angle)), float(-np.cos(angle))))
    return JointCrop(phantom.radiograph, pose)


def find(runner, crop):
    return find_margin_rows(runner, [crop], [crop.canonical_image()])[0]


def straight(row=127.5, slope=0.0, left=60, right=195):
    shared = np.zeros(256, np.float32)
    shared[left : right + 1] = 1
    rows = row + slope * (np.arange(256) - 127.5)
    both = np.stack([rows - 6, rows + 6]).astype(np.float32)
    return MarginRows(both, np.full((2, 256), 0.5, np.float32), shared)


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_a_pose_that_is_off_leads_to_the_same_jsw(runner, phantoms, kind):
    centred = crop_of(phantoms[kind])
    expected = measure_margins(centred, find(runner, centred)).mean
    for off in ((4, -3, 3), (-5, 4, -4), (2, 6, 2)):
        crop = crop_of(phantoms[kind], *off)
        assert measure_margins(crop, find(runner, crop)).mean == pytest.approx(expected, abs=0.02)


def test_the_margins_found_again_lie_on_the_crop_that_was_asked_for(runner, phantoms):
    """On the film, margins of two poses are the same lines: what differs is where the crop lies."""
    lines = []
    for off in ((0, 0, 0), (5, -4, 4)):
        crop = crop_of(phantoms["MCP"], *off)
        jsw = measure_margins(crop, find(runner, crop))
        lines.append((jsw.upper_margin_px, jsw.lower_margin_px))
    for one, other in zip(*lines, strict=True):
        columns = np.arange(105.0, 150.0)
        rows = [np.interp(columns, *line[np.argsort(line[:, 0])].T) for line in (one, other)]
        assert np.abs(rows[0] - rows[1]).mean() < 0.4


def test_own_frame_of_margins():
    (x, y), slope = own_frame(straight(row=120, slope=0.1, left=70, right=201))
    assert x == pytest.approx(135.5)
    assert y == pytest.approx(120 + 0.1 * (135.5 - 127.5), abs=0.05)
    assert slope == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(
    "margins",
    [
        straight(slope=0.27),
        straight(slope=-0.27),
        straight(row=127.5 + 25),
        straight(left=20, right=180),
        straight(left=120, right=140),
        MarginRows.from_array(np.zeros((5, 256), np.float32)),
    ],
    ids=["climbs", "falls", "low", "aside", "narrow", "none"],
)
def test_margins_that_tell_no_frame(margins):
    assert own_frame(margins) is None


def test_what_tells_no_frame_stays_as_it_was_seen_at_first(runner, phantoms):
    for off in ((0, 30, 0), (0, 0, 19)):
        crop = crop_of(phantoms["MCP"], *off)
        first = look(runner, [crop.canonical_image()])[0]
        assert own_frame(first) is None
        assert np.array_equal(find(runner, crop).as_array(), first.as_array())


def test_every_joint_keeps_its_place_where_some_are_not_looked_at_again(runner, phantoms):
    grey = Radiograph.from_array(np.full((256, 256), 0.3, np.float32), CANONICAL_MM_PER_PX)
    crops = [
        JointCrop(grey, JointPose.whole_crop(grey)),
        crop_of(phantoms["MCP"]),
        JointCrop(grey, JointPose.whole_crop(grey)),
        crop_of(phantoms["DIP"], 3, 2, 2),
    ]
    together = find_margin_rows(runner, crops, [crop.canonical_image() for crop in crops])
    assert [bool(np.median(rows.sd_px[:, 96:160]) > 5) for rows in together] == [True, False, True, False]
    for crop, rows in list(zip(crops, together, strict=True))[1::2]:
        assert rows.rows_px == pytest.approx(find(runner, crop).rows_px, abs=1e-2)


def test_no_joints_no_margins(runner):
    assert find_margin_rows(runner, [], []) == []

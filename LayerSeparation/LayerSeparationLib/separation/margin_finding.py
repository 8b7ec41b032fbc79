"""Articular margins of joints on films: found twice, the second time in the joint's own frame.

What the network says depends a little on where the joint lies in its window and how it is turned. So the
margins of a first look give the joint's own centre and axis, and those of a second look, there, are kept:
poses that differ by a few pixels and degrees then lead to the same margins. The second look is at the joint
and at its mirror image; where the two differ, a margin is the less certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import compose, map_points
from .margin_rows import MarginRows

if TYPE_CHECKING:
    from ..inference.runner import NetworkRunner

_CENTRE = (CANONICAL_SIZE_PX - 1) / 2
_USED_PART = 0.7
"""The joint's axis is taken over the central part of what both bones share."""
_FEWEST_COLUMNS = 24
_FARTHEST_PX = 24.0
"""A joint whose own centre lies farther from the pose's, 2 mm, stays in the frame of the pose."""
_MOST_TURNED = 0.25
"""So does one whose margins climb more than so many rows a column: 14 degrees."""


def find_margin_rows(
    runner: NetworkRunner, crops: Sequence[JointCrop], images: Sequence[NDArray[np.float32]]
) -> list[MarginRows]:
    """Find the margins of joints; ``images`` are the crops' canonical images, the result is on them."""
    found = look(runner, images)
    again = [(i, own) for i, crop in enumerate(crops) if (own := _own_crop(crop, found[i])) is not None]
    own_images = [own.canonical_image() for _, own in again]
    mirrored = [np.ascontiguousarray(image[:, ::-1]) for image in own_images]
    seen = look(runner, own_images + mirrored)
    for (i, own), one, other in zip(again, seen[: len(again)], seen[len(again) :], strict=True):
        rows = one.together_with(other.turned_over())
        if rows.ends_px is not None:
            found[i] = rows.seen_through(compose(crops[i].film_to_canonical, own.canonical_to_film))
    return found


def look(runner: NetworkRunner, images: Sequence[NDArray[np.float32]]) -> list[MarginRows]:
    """Look once at canonical images, (256, 256) intensity 0..1 each."""
    return [MarginRows(*rows) for rows in runner.run([image[np.newaxis] for image in images])]


def _own_crop(crop: JointCrop, found: MarginRows) -> JointCrop | None:
    """Return the joint's crop about its own centre and axis; None where the margins don't tell them."""
    frame = own_frame(found)
    if frame is None:
        return None
    (x, y), slope = frame
    centre, up = map_points(crop.canonical_to_film, np.array([[x, y], [x + slope, y - 1.0]]))
    rows, columns = crop.radiograph.shape
    if not (0 <= centre[0] <= columns - 1 and 0 <= centre[1] <= rows - 1):
        return None
    pose = replace(
        crop.pose,
        centre_px=(float(centre[0]), float(centre[1])),
        distal=(float(up[0] - centre[0]), float(up[1] - centre[1])),
    )
    return JointCrop(crop.radiograph, pose)


def own_frame(found: MarginRows) -> tuple[tuple[float, float], float] | None:
    """Return the centre (x, y) of a joint space on its crop and its slope in rows a column, or None."""
    ends = found.ends_px
    if ends is None:
        return None
    centre, half = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2 * _USED_PART
    columns = np.arange(int(np.ceil(centre - half)), int(np.floor(centre + half)) + 1)
    if columns.size < _FEWEST_COLUMNS:
        return None
    middle = found.rows_px[:, columns].mean(axis=0)
    slope, _ = np.polyfit(columns, middle, 1)
    row = float(middle.mean())
    if abs(slope) > _MOST_TURNED or np.hypot(centre - _CENTRE, row - _CENTRE) > _FARTHEST_PX:
        return None
    return (float(centre), row), float(slope)

"""How a figure of hands is laid out: the part of the film that each hand fills, between columns of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from ..radiograph import Rectangle

WIDTH_INCHES, HEAD_INCHES, EDGE_INCHES = 13.5, 0.55, 0.15
_COLUMN_INCHES, _GAP_INCHES = 2.6, 0.3
"""Width of a column of labels, and what lies between it and the film."""
_TALLEST_INCHES = {1: 9.0, 2: 6.4}
"""Of a film with one hand, of each with two."""
_AROUND = 1.1
"""What is shown of the film beyond the joints' centres, in edges of a joint's square of 21 mm."""


class HandFrame(NamedTuple):
    """Where a hand lies in a figure; lengths in inches from the figure's lower left corner."""

    part: Rectangle
    """What is shown of the film."""
    left: float
    right: float
    bottom: float
    top: float
    """Of that part in the figure."""
    label_bottom: float
    label_top: float
    """Of the columns of labels on either side."""

    @property
    def label_ends(self) -> tuple[float, float]:
        """Where lines to the labels end on the left, and on the right."""
        return self.left - _GAP_INCHES, self.right + _GAP_INCHES

    def to_inches(self, film_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points (..., 2) of the film, x and y in px, to the figure."""
        rows, columns = self.part.shape
        x = (film_px[..., 0] + 0.5 - self.part.left) / columns
        y = (film_px[..., 1] + 0.5 - self.part.top) / rows
        return np.stack(
            [self.left + x * (self.right - self.left), self.top - y * (self.top - self.bottom)], axis=-1
        )


def lay_out(
    hands: Sequence[Sequence[JointCrop]], label_inches: Sequence[float], foot_inches: float
) -> tuple[list[HandFrame], float]:
    """Stack hands of one film in a figure, the first above.

    Parameters
    ----------
    hands
        The joints of each hand.
    label_inches
        Height that the labels of each need.
    foot_inches
        Height of what stands below.

    Returns
    -------
    Where each hand lies, and the height of the figure in inches.
    """
    parts = [_part_of(hand) for hand in hands]
    sizes = [
        _size(hand[0], part, _TALLEST_INCHES[min(len(hands), 2)])
        for hand, part in zip(hands, parts, strict=True)
    ]
    bodies = [max(height, needed) for needed, (_, height) in zip(label_inches, sizes, strict=True)]
    whole = HEAD_INCHES + sum(bodies) + _GAP_INCHES * (len(hands) - 1) + foot_inches
    top = whole - HEAD_INCHES
    frames = []
    for part, (width, height), body in zip(parts, sizes, bodies, strict=True):
        middle = top - body / 2
        frames.append(
            HandFrame(
                part,
                left=(WIDTH_INCHES - width) / 2,
                right=(WIDTH_INCHES + width) / 2,
                bottom=middle - height / 2,
                top=middle + height / 2,
                label_bottom=top - body,
                label_top=top,
            )
        )
        top -= body + _GAP_INCHES
    return frames, whole


def _part_of(joints: Sequence[JointCrop]) -> Rectangle:
    row, column = joints[0].radiograph.spacing.relative
    centres = np.array([crop.pose.centre_px for crop in joints])
    around = _AROUND * CANONICAL_SIZE_PX * max(_canonical_px(crop) for crop in joints)
    reach = np.array([around / column, around / row])
    low, high = centres.min(axis=0) - reach, centres.max(axis=0) + reach
    (left, top), (right, bottom) = np.floor(low).astype(int), np.ceil(high).astype(int) + 1
    whole = Rectangle.whole(joints[0].radiograph.shape)
    return Rectangle(int(top), int(bottom), int(left), int(right)).intersection(whole)


def _size(crop: JointCrop, part: Rectangle, tallest: float) -> tuple[float, float]:
    """Return width and height of a part of the film in the figure, as large as there is room."""
    row, column = crop.radiograph.spacing.relative
    height, width = part.shape[0] * row, part.shape[1] * column
    widest = WIDTH_INCHES - 2 * (_COLUMN_INCHES + _GAP_INCHES)
    scale = min(widest / width, tallest / height)
    return width * scale, height * scale


def _canonical_px(crop: JointCrop) -> float:
    """Return the length of a canonical pixel in the relative lengths of the film's pixels."""
    row, column = crop.radiograph.spacing.relative
    along_x, origin = map_points(crop.canonical_to_film, np.array([[1.0, 0.0], [0.0, 0.0]]))
    return float(np.hypot(*((along_x - origin) * [column, row])))

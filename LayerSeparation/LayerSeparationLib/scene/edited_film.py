"""The whole radiograph with every edited joint in its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..radiograph import Rectangle
from ..radiograph.attenuation import SMALLEST_TRANSMISSION
from ..synthesis import SyntheticJoint


def compose_region(
    film: NDArray[np.float32], joints: Sequence[SyntheticJoint], region: Rectangle
) -> NDArray[np.float32]:
    """Compose a region of the film from the edits that reach into it.

    Where the squares of two joints overlap, the changes of attenuation that both make are added, so that
    neither wipes the other out; elsewhere the edited image is taken bit by bit.

    Parameters
    ----------
    film
        float32 intensity (rows, columns) of the whole film.
    joints
        Edited joints of this film.
    region
        Rows and columns of the film.

    Returns
    -------
    ndarray of float32
        Intensity 0..1, shape of the region.
    """
    original = film[region.slices]
    composed = original.copy()
    touched = np.zeros(original.shape, bool)
    for joint in joints:
        common = changed_region(joint).intersection(region)
        if common.is_empty:
            continue
        here = common.within(region).slices
        edited = joint.image[common.within(joint.layers.crop.region).slices]
        differs = edited != original[here]
        before = composed[here]
        twice = differs & touched[here]
        result = np.where(differs, edited, before)
        if twice.any():
            # Transmissions of changes multiply, attenuations add.
            transmission = np.maximum(1 - original[here], np.float32(SMALLEST_TRANSMISSION))
            both = 1 - (1 - before) * (1 - edited) / transmission
            result = np.where(twice, np.clip(both, 0, 1), result)
        composed[here] = result
        touched[here] |= differs
    return composed


def changed_region(joint: SyntheticJoint) -> Rectangle:
    """Return the part of the film that an edit changes."""
    return joint.changed.moved(*joint.layers.crop.region.origin_px)

"""The whole radiograph with every edited joint in its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..joints import Window
from ..radiograph.attenuation import SMALLEST_TRANSMISSION
from ..synthesis import SyntheticJoint


def edited_region(film: np.ndarray, joints: Sequence[SyntheticJoint], region: Window) -> np.ndarray:
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
        common = _common(region, changed_window(joint))
        if common is None:
            continue
        window = joint.layers.crop.window
        here = _within(common, region)
        edited = joint.image[_within(common, window)]
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


def changed_window(joint: SyntheticJoint) -> Window:
    """Return the part of the film that an edit changes."""
    window = joint.layers.crop.window
    rows, columns = joint.changed
    return Window(
        window.top + rows.start,
        window.top + rows.stop,
        window.left + columns.start,
        window.left + columns.stop,
    )


def _common(a: Window, b: Window) -> Window | None:
    common = Window(max(a.top, b.top), min(a.bottom, b.bottom), max(a.left, b.left), min(a.right, b.right))
    return common if common.bottom > common.top and common.right > common.left else None


def _within(part: Window, whole: Window) -> tuple[slice, slice]:
    """Return the index of a part of the film in an array that holds ``whole`` of it."""
    return (
        slice(part.top - whole.top, part.bottom - whole.top),
        slice(part.left - whole.left, part.right - whole.left),
    )

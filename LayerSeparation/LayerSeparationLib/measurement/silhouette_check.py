"""Whether silhouettes can be those of bones: whole, smooth, and out at the far ends of the crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_STEP_PX = 2
"""Outlines are looked at on every second pixel."""
_RADIUS_PX = 12
"""Bays and spikes are what a disc of 1 mm radius fills, or can't enter."""
_LARGEST_BAY_PX2 = 200
"""1.3 mm2; of 150 MCP films of the training split one joint in a hundred has a larger one."""
_LARGEST_HOLE_PX2 = 20
_LEAST_END_PX = 15
"""A shaft that leaves the crop is wider than 1.2 mm, also that of a child's distal phalanx."""
_DEEPEST_OVERLAP_PX = 60
"""Bones of oblique joints project over each other by 5 mm at most."""


def check_silhouettes(
    silhouettes: NDArray[np.float32], on_film: NDArray[np.bool_] | None = None
) -> tuple[str, ...]:
    """Look at the silhouettes of a joint for what no bone looks like.

    Parameters
    ----------
    silhouettes
        (2, 256, 256) probabilities 0..1 of upper and lower silhouette on the canonical crop.
    on_film
        (256, 256), where the crop lies on the film; None: everywhere.

    Returns
    -------
    tuple of str
        What is to be looked at: in short, then more in brackets. A bone that is missing is none of it.

    Examples
    --------
    >>> silhouettes = np.zeros((2, 256, 256), np.float32)
    >>> silhouettes[0, :115, 60:190] = silhouettes[1, 130:, 70:180] = 1
    >>> check_silhouettes(silhouettes)
    ()
    >>> silhouettes[1, 200:] = 0
    >>> check_silhouettes(silhouettes)
    ('the lower bone ends too soon (its silhouette does not reach the far end of the crop)',)
    """
    upper, lower = (silhouette > 0.5 for silhouette in silhouettes)
    inside = np.ones(upper.shape, bool) if on_film is None else on_film
    found: list[str] = []
    for name, mask, far in (("upper", upper, slice(None, 128)), ("lower", lower, slice(128, None))):
        if mask.any():
            found += _check_bone(name, mask, inside, far)
    if (upper & lower).sum(axis=0).max() > _DEEPEST_OVERLAP_PX:
        found.append("one bone reaches far into the other (where is the outline of the head?)")
    return tuple(found)


def _check_bone(name: str, mask: NDArray[np.bool_], inside: NDArray[np.bool_], far: slice) -> list[str]:
    found = []
    regions, count = ndimage.label(mask)
    if count > 1 and np.sort(np.bincount(regions.ravel())[1:])[-2] > _LARGEST_HOLE_PX2:
        found.append(f"the {name} bone is in pieces (its silhouette is not one region)")
    if (ndimage.binary_fill_holes(mask) & ~mask).sum() > _LARGEST_HOLE_PX2:
        found.append(f"a hole in the {name} bone (its silhouette is not closed)")
    border = inside & ~ndimage.binary_erosion(inside)
    if (mask & border)[far].sum() < _LEAST_END_PX:
        found.append(f"the {name} bone ends too soon (its silhouette does not reach the far end of the crop)")
    bay, spike = _unevenness(mask, inside)
    if bay > _LARGEST_BAY_PX2:
        found.append(f"a bay in the {name} bone's outline (is a part of the bone left out?)")
    if spike > _LARGEST_BAY_PX2:
        found.append(f"a spike at the {name} bone's outline (is something else taken for bone?)")
    return found


def _unevenness(mask: NDArray[np.bool_], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the area of the largest bay and of the largest spike of an outline, in square pixels."""
    radius = _RADIUS_PX / _STEP_PX
    width = 2 * _RADIUS_PX // _STEP_PX
    coarse = np.pad(mask[::_STEP_PX, ::_STEP_PX], width, mode="edge")
    there = np.pad(inside[::_STEP_PX, ::_STEP_PX], width, mode="edge")
    grown = ndimage.distance_transform_edt(~coarse) <= radius
    closed = ndimage.distance_transform_edt(grown) > radius
    shrunk = ndimage.distance_transform_edt(coarse) > radius
    opened = ndimage.distance_transform_edt(~shrunk) <= radius
    core = (slice(width, -width), slice(width, -width))
    bay, spike = (
        _largest_region((part & there)[core]) * _STEP_PX**2 for part in (closed & ~coarse, coarse & ~opened)
    )
    return bay, spike


def _largest_region(mask: NDArray[np.bool_]) -> int:
    regions, count = ndimage.label(mask)
    return int(np.bincount(regions.ravel())[1:].max()) if count else 0

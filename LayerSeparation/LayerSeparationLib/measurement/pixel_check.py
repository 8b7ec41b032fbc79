"""Whether the film's pixels can show a joint space: fine enough, and not cut off at black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..joints import JointCrop
from ..joints.affine import map_points
from .margins import Margins

_COARSEST_PX = 7.0
"""Canonical pixels to one of the film, 0.57 mm: the network was trained with pixels of up to 0.5 mm. On
coarser ones spaces of PIP and DIP joints come out 0.1 to 0.5 mm too wide."""
_BLACKEST = 0.002
"""Half a step of 8-bit grey values above the darkest one."""
_MOST_BLACK = 0.1
"""Part of the joint space that may be as dark as anything near: tissue is never as dark as air. In joints of
the training hands nothing of it is."""


def check_pixels(crop: JointCrop, margins: Margins) -> tuple[str, ...]:
    """Look at the film's pixels in a joint's space.

    Parameters
    ----------
    crop
        The joint on its film.
    margins
        On the canonical crop.

    Returns
    -------
    tuple of str
        What is to be looked at: in short, then more in brackets.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 120))
    >>> sd = np.full(x.size, 0.5)
    >>> margins = Margins(upper, lower, (60, 200), (60, 200), sd, sd)
    >>> for image in (np.random.default_rng(0).uniform(0.2, 0.8, (256, 256)), np.zeros((256, 256))):
    ...     radiograph = Radiograph.from_array(image, spacing_mm=0.082)
    ...     check_pixels(JointCrop(radiograph, JointPose.whole_crop(radiograph)), margins)
    ()
    ('the film is cut off at black here (no tissue is seen in 100% of the joint space)',)
    """
    found = []
    columns, widths = margins.widths()
    to_canonical = crop.region_to_canonical[:, :2]
    film_px = float(np.hypot(*to_canonical).max())
    if film_px > _COARSEST_PX:
        wide = max(float(widths.mean()), 0.0) / film_px
        found.append(f"the film's pixels are too coarse here (the joint space is {wide:.1f} of them wide)")
    values = _values_between(crop, margins, columns)
    image = crop.radiograph.intensity[crop.region.slices]
    black = float(np.mean(values <= image.min() + _BLACKEST)) if values.size else 0.0
    if black > _MOST_BLACK:
        found.append(
            f"the film is cut off at black here (no tissue is seen in {black:.0%} of the joint space)"
        )
    return tuple(found)


def _values_between(crop: JointCrop, margins: Margins, columns: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the film's values at the points of the canonical crop between the margins."""
    upper, lower = margins.rows_at(columns)
    points = [
        np.column_stack([np.full(rows.size, column), rows])
        for column, top, bottom in zip(columns, upper, lower, strict=True)
        if (rows := np.arange(np.ceil(top), bottom)).size
    ]
    if not points:
        return np.empty(0, np.float32)
    x, y = np.rint(map_points(crop.canonical_to_film, np.concatenate(points))).astype(int).T
    height, width = crop.radiograph.shape
    on_film = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.asarray(crop.radiograph.intensity[y[on_film], x[on_film]], np.float32)

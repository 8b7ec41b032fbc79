"""The outlines of a joint's bones as they are on the film, ready to be moved with an edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..joints import JointCrop
from ..joints.affine import map_points
from ..measurement import Margins
from ..separation import JointLayers
from ..synthesis import RigidMotion
from .joint_curves import Curve, carry, outline, smooth_margin, within, without_margin

_MARGIN_SMOOTHING_PX = 2.0
"""Takes zigzag of 0.2 mm, and the hooks at its ends, off a margin that is drawn."""
_HARD_EDGE_SHARE = 0.7
"""Smoothing of silhouettes that a person drew on the film's pixels, as a part of a pixel's width."""


class BoneCurves:
    """Outlines of upper and lower bone.

    Parameters
    ----------
    layers
        With the soft silhouettes.
    margins
        Of the film, which are drawn where an outline runs along them; None where they can't be told.
    are_corrected
        Whether a person drew on the silhouettes: their edges are stairs of the film's pixels then.
    """

    def __init__(self, layers: JointLayers, margins: Margins | None, are_corrected: bool) -> None:
        self.layers, self.are_corrected = layers, are_corrected
        crop = layers.crop
        film_px = film_pixel_px(crop)
        smoothing_px = max(1.0, _HARD_EDGE_SHARE * film_px) if are_corrected else 1.0
        whole = [outline(silhouette, smoothing_px) for silhouette in layers.canonical.silhouettes]
        drawn = None if margins is None else smooth_margins(crop, margins)
        lines = [None, None] if drawn is None else [drawn.upper, drawn.lower]
        self._whole = [_Bundle(curves) for curves in whole]
        self._beside_margins = [
            _Bundle(curves if line is None else without_margin(curves, line))
            for curves, line in zip(whole, lines, strict=True)
        ]

    def moved(self, motions: Sequence[RigidMotion], with_margins: bool) -> list[list[Curve]]:
        """Return the curves of upper and lower bone after their motions, pixels of the film.

        Parameters
        ----------
        motions
            Of upper and lower bone.
        with_margins
            Whether the margins are drawn, too: the outlines leave them free.
        """
        crop = self.layers.crop
        return [
            within(
                bundle.split(
                    map_points(crop.canonical_to_film, carry(bundle.points, motion, crop.covers_film))
                ),
                crop.radiograph.shape,
            )
            for bundle, motion in zip(
                self._beside_margins if with_margins else self._whole, motions, strict=True
            )
        ]


def film_pixel_px(crop: JointCrop) -> float:
    """Return the width of a pixel of the film, canonical pixels."""
    return 1 / float(np.hypot(*crop.canonical_to_film[:, 0]))


def smooth_margins(crop: JointCrop, margins: Margins) -> Margins:
    """Return margins as they are drawn: without zigzag and the film's stairs; nothing measures these."""
    sigma_px = max(_MARGIN_SMOOTHING_PX, _HARD_EDGE_SHARE * film_pixel_px(crop))
    upper, lower = (smooth_margin(line, sigma_px) for line in (margins.upper, margins.lower))
    return replace(margins, upper=upper, lower=lower)


class _Bundle:
    """Several curves, moved in one go."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        self.points: NDArray[np.float64] = np.concatenate(curves) if curves else np.empty((0, 2))
        self._ends = np.cumsum([len(curve) for curve in curves])[:-1]

    def split(self, points: NDArray[np.float64]) -> list[Curve]:
        """Return points as the curves that they belong to."""
        return list(np.split(points, self._ends)) if len(points) else []

"""What is drawn of a joint as curves on its canonical grid, at a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import vtk
from numpy.typing import NDArray
from scipy import ndimage, spatial
from vtk.util import numpy_support

from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import map_points
from ..measurement import Margins
from ..synthesis import RigidMotion
from ..synthesis.taper import taper_at

_SMOOTHING_PX = 1.0
"""Takes the corners off a silhouette whose edge is hard; shifts an edge of 3 mm radius by less than 1 um."""
_SHORTEST_PX = 4.0
"""Pieces of an outline that are shorter than 0.3 mm tell nothing."""
_SAME_PX = 3.5
"""An outline that runs along its bone's margin nearer than this, 0.3 mm, would only thicken it."""
_EXACT_PX = 0.02
_MOST_STEPS = 30
_OFF_CENTRE_COST = 0.02
"""What a pixel of distance from the joint's middle costs where the JSW bar is placed, in pixels of width."""
_TICK_PX = 3.0
"""Half the length of the ticks at the ends of the JSW bar: 0.25 mm."""

Curve = NDArray[np.float64]
"""(n, 2) points (x, y) of a polyline, canonical pixels."""


def outline(silhouette: NDArray[np.float32], smoothing_px: float = _SMOOTHING_PX) -> list[Curve]:
    """Return where a silhouette's probability (256, 256) is one half; open at the crop's border.

    Parameters
    ----------
    silhouette
        Probability 0..1.
    smoothing_px
        Width (sigma) of the smoothing that takes away stairs of a mask.
    """
    smooth = np.ascontiguousarray(
        ndimage.gaussian_filter(silhouette.astype(np.float32), smoothing_px, mode="nearest")
    )
    image = vtk.vtkImageData()
    image.SetDimensions(smooth.shape[1], smooth.shape[0], 1)
    image.GetPointData().SetScalars(numpy_support.numpy_to_vtk(smooth.ravel(), deep=True))
    contour = vtk.vtkFlyingEdges2D()
    contour.SetInputData(image)
    contour.SetValue(0, 0.5)
    strips = vtk.vtkStripper()
    strips.SetInputConnection(contour.GetOutputPort())
    strips.SetMaximumLength(smooth.size)
    strips.JoinContiguousSegmentsOn()
    strips.Update()
    found = strips.GetOutput()
    if found.GetNumberOfPoints() == 0:
        return []
    points = numpy_support.vtk_to_numpy(found.GetPoints().GetData())[:, :2].astype(np.float64)
    ids = numpy_support.vtk_to_numpy(found.GetLines().GetConnectivityArray())
    offsets = numpy_support.vtk_to_numpy(found.GetLines().GetOffsetsArray())
    return _long_enough([points[part] for part in np.split(ids, offsets[1:-1])])


def smooth_margin(margin: Curve, smoothing_px: float) -> Curve:
    """Return a margin (n, 2) as it is drawn; what is measured is the margin itself.

    Parameters
    ----------
    margin
        x ascending in steps of about a pixel; a turned one, too.
    smoothing_px
        Width (sigma) of the smoothing along the margin. It bends the top of a head of 6 mm radius by 0.03 px.
    """
    if len(margin) < 2:
        return margin
    trend = np.linspace(margin[0], margin[-1], len(margin))
    step_px = float(np.hypot(*(margin[-1] - margin[0]))) / (len(margin) - 1)
    sigma = smoothing_px / max(step_px, 1e-3)
    # Mirrored, the last point counts no more than the others: it may be a hook.
    smooth: Curve = trend + ndimage.gaussian_filter1d(margin - trend, sigma, axis=0, mode="mirror")
    return smooth


def without_margin(curves: Sequence[Curve], margin: Curve) -> list[Curve]:
    """Return curves with gaps where they run along a margin (m, 2), which is drawn there instead.

    They end where the margin begins.
    """
    tree = spatial.cKDTree(_densely(margin))
    pieces = _long_enough(
        [piece for curve in curves for piece in _pieces(curve, tree.query(curve)[0] > _SAME_PX)]
    )
    return [_joined(piece, margin[[0, -1]]) for piece in pieces]


def within(curves: Sequence[Curve], shape: tuple[int, int]) -> list[Curve]:
    """Return what of curves, in pixels of a film, lies on its (rows, columns)."""
    last = np.array(shape[::-1]) - 0.5
    kept: list[Curve] = []
    for curve in curves:
        kept += _pieces(curve, np.all((curve >= -0.5) & (curve <= last), axis=1))
    return [curve for curve in kept if len(curve) > 1]


def carry(points: NDArray[np.float64], motion: RigidMotion, covers_film: bool) -> NDArray[np.float64]:
    """Return where points (n, 2) of a bone are seen after its motion, which fades towards the crop's border.

    Parameters
    ----------
    points
        As on the film.
    motion
        Of the bone.
    covers_film
        Whether the crop is the whole film: the motion does not fade then.
    """
    moved = map_points(motion.matrix, points)
    if covers_film or motion.is_none:
        return moved
    # Shown at q is what was at q + taper(q) (inverse(q) - q).
    for _ in range(_MOST_STEPS):
        before, moved = moved, points - taper_at(moved)[:, None] * (map_points(motion.inverse, moved) - moved)
        if np.abs(moved - before).max(initial=0.0) < _EXACT_PX:
            break
    return moved


def jsw_bar(margins: Margins, mean_px: float) -> list[Curve]:
    """Return a bar from margin to margin where the joint is as wide as its mean, and a tick at either end."""
    columns, widths = margins.widths()
    off_centre = np.abs(columns - columns.mean())
    best = int(np.argmin(np.abs(widths - mean_px) + _OFF_CENTRE_COST * off_centre))
    x = columns[best]
    top, bottom = (float(row) for row in margins.rows_at(np.asarray(x)))
    ticks = [np.array([[x - _TICK_PX, y], [x + _TICK_PX, y]]) for y in (top, bottom)]
    return [np.array([[x, top], [x, bottom]]), *ticks]


def gap_box(margins: Margins) -> NDArray[np.float64]:
    """Return the corners (4, 2) of the part of the crop that the gap between the ends of the bones takes."""
    heights = np.concatenate([margins.upper[:, 1], margins.lower[:, 1]])
    top, bottom = heights.min(), heights.max()
    left = min(margins.upper_extent[0], margins.lower_extent[0])
    right = max(margins.upper_extent[1], margins.lower_extent[1])
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def square() -> Curve:
    """Return the closed square that a joint takes of the film."""
    edge = CANONICAL_SIZE_PX - 0.5
    return np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge], [-0.5, -0.5]])


def _joined(piece: Curve, margin_ends: Curve) -> Curve:
    """Return a piece of an outline, led on to an end of the margin if it ends near one."""
    for end in margin_ends:
        distances = np.hypot(*(piece[[0, -1]] - end).T)
        if distances.min() <= 2 * _SAME_PX:
            piece = np.vstack([end, piece] if distances[0] < distances[1] else [piece, end])
    return piece


def _pieces(curve: Curve, kept: NDArray[np.bool_]) -> list[Curve]:
    """Split a curve into runs of points that are kept."""
    if kept.all():
        return [curve]
    changes = np.flatnonzero(np.diff(kept)) + 1
    return [
        part for part, keep in zip(np.split(curve, changes), np.split(kept, changes), strict=True) if keep[0]
    ]


def _long_enough(curves: Sequence[Curve]) -> list[Curve]:
    lengths = [float(np.hypot(*np.diff(curve, axis=0).T).sum()) for curve in curves]
    return [curve for curve, length in zip(curves, lengths, strict=True) if length >= _SHORTEST_PX]


def _densely(line: Curve) -> Curve:
    """Return a polyline with points closer than a pixel."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, along[-1], max(2, int(2 * along[-1])))
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])

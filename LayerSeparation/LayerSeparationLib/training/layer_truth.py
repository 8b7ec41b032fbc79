"""Layers of a real joint radiograph, as far as they are known without any network.

Where only one bone lies in the beam, the split is known: the soft tissue is what the surroundings say it
would be without the bone (Laplace's equation), and the rest is that bone. Only where two bones project over
each other, the sharing between the two remains unknown; their sum is still known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from ..radiograph.attenuation import attenuation_from_intensity
from .joint_set import DrawnJoint

SOFT_TISSUE_MARGIN_PX = 5
"""Hand-drawn outlines are true to 2-4 px; soft tissue is taken for granted only this far outside of them."""
OVERLAP_MARGIN_PX = 3
"""The sharing between two bones counts as unknown where both silhouettes, grown by this much, meet."""
BOUNDARY_SMOOTHING_PX = 2.0
"""Standard deviation of the smoothing of the known soft tissue, against streaks of noise in the filled-in
part."""


@dataclass(frozen=True, eq=False)
class LayerTruth:
    """Attenuation layers of one joint, (rows, columns); they sum to the radiograph's attenuation."""

    soft_tissue: NDArray[np.float32]
    upper_bone: NDArray[np.float32]
    lower_bone: NDArray[np.float32]
    upper_silhouette: NDArray[np.bool_]
    """(rows, columns), as drawn."""
    lower_silhouette: NDArray[np.bool_]
    """(rows, columns), as drawn."""
    sharing_known: NDArray[np.bool_]
    """(rows, columns): False where the two bones project over each other."""


def split_into_layers(joint: DrawnJoint) -> LayerTruth:
    """Split a drawn joint into the layers that its outlines imply."""
    attenuation = attenuation_from_intensity(joint.intensity)
    to_upper = ndimage.distance_transform_edt(~joint.upper_silhouette)
    to_lower = ndimage.distance_transform_edt(~joint.lower_silhouette)
    bones = np.minimum(to_upper, to_lower) <= SOFT_TISSUE_MARGIN_PX
    soft_tissue = np.where(
        bones, np.clip(fill_harmonically(attenuation, bones), 0, attenuation), attenuation
    ).astype(np.float32)
    rest = attenuation - soft_tissue
    upper_nearer = to_upper <= to_lower
    return LayerTruth(
        soft_tissue=soft_tissue,
        upper_bone=np.where(upper_nearer, rest, 0).astype(np.float32),
        lower_bone=np.where(upper_nearer, 0, rest).astype(np.float32),
        upper_silhouette=joint.upper_silhouette,
        lower_silhouette=joint.lower_silhouette,
        sharing_known=np.maximum(to_upper, to_lower) > OVERLAP_MARGIN_PX
        if joint.overlaps
        else np.ones(attenuation.shape, bool),
    )


def fill_harmonically(values: NDArray[np.floating[Any]], unknown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fill unknown pixels with the solution of Laplace's equation.

    The known pixels around are the boundary values (smoothed over other known pixels), the image border
    reflects (Neumann). A region that touches no known pixel becomes the mean of the known.

    Parameters
    ----------
    values
        (rows, columns).
    unknown
        (rows, columns): where to fill; elsewhere the values stay.

    Returns
    -------
    (rows, columns).

    Raises
    ------
    ValueError
        If no pixel is known.
    """
    if unknown.all():
        raise ValueError("no pixel is known: there is nothing to fill from")
    known = (~unknown).astype(np.float64)
    weight = ndimage.gaussian_filter(known, BOUNDARY_SMOOTHING_PX)
    smooth = ndimage.gaussian_filter(values * known, BOUNDARY_SMOOTHING_PX) / np.maximum(weight, 1e-9)
    filled = np.where(unknown, smooth[~unknown].mean(), smooth)
    regions, count = ndimage.label(unknown)
    for region in range(1, count + 1):
        _solve_region(filled, regions == region)
    return np.where(unknown, filled, values).astype(np.float64, copy=False)


def _solve_region(filled: NDArray[np.float64], region: NDArray[np.bool_]) -> None:
    """Solve Laplace's equation in one connected region, in place."""
    number = np.full(region.shape, -1)
    number[region] = np.arange(region.sum())
    inside = number[region]
    rows, columns = np.nonzero(region)
    degree = np.zeros(inside.size)
    known_sum = np.zeros(inside.size)
    links_from, links_to = [], []
    for row_step, column_step in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        r, c = rows + row_step, columns + column_step
        on_film = (r >= 0) & (r < region.shape[0]) & (c >= 0) & (c < region.shape[1])
        degree += on_film
        neighbour = number[r[on_film], c[on_film]]
        of = inside[on_film]
        linked = neighbour >= 0
        links_from.append(of[linked])
        links_to.append(neighbour[linked])
        np.add.at(known_sum, of[~linked], filled[r[on_film], c[on_film]][~linked])
    if not known_sum.any():
        return
    i, j = np.concatenate(links_from), np.concatenate(links_to)
    laplacian = sparse.csr_matrix((-np.ones(i.size), (i, j)), shape=(inside.size, inside.size))
    laplacian += sparse.diags(degree)
    filled[region] = spsolve(laplacian.tocsc(), known_sum)

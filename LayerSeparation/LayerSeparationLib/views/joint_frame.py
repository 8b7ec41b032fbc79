"""Where a joint lies on a film, as another film of the same joint has it: one place for both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..follow_up import JointChange
from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import compose, invert, map_points
from ..scene.film_geometry import FilmGeometry

CENTRE_PX = (CANONICAL_SIZE_PX - 1) / 2
SHOWN_PX = 176.0
"""Of the canonical crop: 14 mm around the joint."""


@dataclass(frozen=True, eq=False)
class JointFrame:
    """A film seen through a grid over the joint, whose points are the same points of bone on every film."""

    geometry: FilmGeometry
    """Of the film."""
    to_film: NDArray[np.float64]
    """(2, 3): a point (x, y, 1) of the grid to pixels of the film."""

    @classmethod
    def of_whole(cls, geometry: FilmGeometry) -> JointFrame:
        """Return a grid over which the whole film is as large as a joint is otherwise."""
        rows, columns = geometry.shape
        step = max(rows, columns) / SHOWN_PX
        centre = np.array([columns - 1, rows - 1]) / 2
        return cls(geometry, np.column_stack([step * np.eye(2), centre - step * CENTRE_PX]))

    @property
    def mm_per_px(self) -> float:
        """Length of a step of the grid in the scene's unit."""
        return float(np.linalg.norm(self.geometry.grid_matrix(self.to_film)[:3, 0]))

    def to_ras(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map a point (2,) of the grid to RAS (3,)."""
        return self.geometry.to_ras(map_points(self.to_film, point))

    def to_grid(self, point_ras: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map RAS (3,), dropped onto the film, to a point (2,) of the grid."""
        return map_points(invert(self.to_film), self.geometry.to_px(point_ras))


def frames_of(
    change: JointChange | None, baseline: FilmGeometry, follow_up: FilmGeometry
) -> tuple[JointFrame, JointFrame]:
    """Return the grids of a joint on baseline and follow-up; of the whole films, where it is not on both.

    Registered joints have their lower bones at the same place of the grid.
    """
    if change is None or change.crops is None:
        return JointFrame.of_whole(baseline), JointFrame.of_whole(follow_up)
    before, after = (crop.canonical_to_film for crop in change.crops)
    registration = change.registration
    moved = after if registration is None else compose(after, registration.lower)
    return JointFrame(baseline, before), JointFrame(follow_up, moved)

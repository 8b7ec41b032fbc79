"""The true joint space of a phantom: articular margins, and the distance between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .bone_shape import BoneShape
from .frame import Frame

_SAMPLES = 101


@dataclass(frozen=True, eq=False)
class JointSpace:
    """Articular margins in the frame of a joint, and the space between them along v."""

    plate_mm: NDArray[np.float64]
    """(n, 2) as (u, v), u rising: the subchondral plate of the distal bone's base."""
    head_mm: NDArray[np.float64]
    """(n, 2) as (u, v), u rising: the contour of the proximal bone's head."""
    central_u_mm: NDArray[np.float64]
    """(101,): places over the central half of the width that both margins share."""
    profile_mm: NDArray[np.float64]
    """(101,): distance between the margins along v at those places; negative where they overlap."""


@dataclass(frozen=True, eq=False)
class Articulation:
    """Two bones at their joint."""

    distal_frame: Frame
    """Where the distal bone came to lie."""
    joint_frame: Frame
    """Origin in the middle of the joint space, v halfway between the directions of the bones."""
    space: JointSpace
    """Margins and joint space in the frame of the joint."""


def articulate(
    proximal: BoneShape,
    proximal_frame: Frame,
    distal: BoneShape,
    *,
    turn_rad: float,
    slide_mm: float,
    gap_mm: float,
) -> Articulation:
    """Lay a distal bone onto the head of a proximal one.

    Parameters
    ----------
    turn_rad
        Angle of the distal against the proximal bone, clockwise on the film.
    slide_mm
        Sideways shift of the distal bone.
    gap_mm
        Mean joint space width over the central half, met exactly.

    Raises
    ------
    InputError
        The bones share less than 1 mm of width.
    """
    apex = proximal_frame.move(0.0, proximal.length_mm)
    axes = apex.move(0.0, 0.0, 0.5 * turn_rad)
    plate = _in_frame(_plate_points(distal), apex.move(slide_mm, 0.0, turn_rad), axes)
    head = _in_frame(_head_points(proximal), proximal_frame, axes)
    first = max(plate[0, 0], head[0, 0])
    last = min(plate[-1, 0], head[-1, 0])
    if last - first < 1.0:
        raise InputError(
            f"The bones share {max(last - first, 0.0):.2f} mm of width; a joint needs at least 1 mm."
        )
    middle, quarter = 0.5 * (first + last), 0.25 * (last - first)
    central = np.linspace(middle - quarter, middle + quarter, _SAMPLES)
    head_v = np.interp(central, *head.T)
    closed = np.interp(central, *plate.T) - head_v
    opened = gap_mm - float(closed.mean())
    centre = (middle, float(head_v.mean()) + 0.5 * gap_mm)
    along = axes.move(0.0, opened).origin_px
    slid = apex.move(slide_mm, 0.0, turn_rad)
    distal_frame = slid.translate(along[0] - axes.origin_px[0], along[1] - axes.origin_px[1])
    space = JointSpace(
        plate + np.array([0.0, opened]) - centre, head - centre, central - middle, closed + opened
    )
    return Articulation(distal_frame, axes.move(*centre), space)


def _plate_points(distal: BoneShape) -> NDArray[np.float64]:
    if distal.base is None:
        raise InputError("The distal bone of a joint needs a base with a subchondral plate.")
    left, right = distal.base.half_chord_mm
    u = np.linspace(-left, right, 121)
    return np.stack([u, distal.base.plate.height(u)], axis=1)


def _head_points(proximal: BoneShape) -> NDArray[np.float64]:
    """Find the stretch of the outline that is the head's articular contour."""
    surface = proximal.head
    if surface is None:
        raise InputError("The proximal bone of a joint needs an articular head.")
    points = proximal.outline.vertices_mm
    expected = proximal.length_mm + surface.height(points[:, 0])
    near = (np.abs(points[:, 0]) < 0.85 * surface.half_width_mm) & (np.abs(points[:, 1] - expected) < 2.5)
    return points[near]


def _in_frame(points_mm: NDArray[np.float64], frame: Frame, joint_frame: Frame) -> NDArray[np.float64]:
    """Points of one frame in another, ordered by u and with rising u."""
    offset = (frame.pixels(points_mm) - joint_frame.origin_px) * joint_frame.spacing_mm
    local = np.stack([offset @ joint_frame.across, offset @ joint_frame.along], axis=1)
    local = local[np.argsort(local[:, 0], kind="stable")]
    keep = np.concatenate([[True], np.diff(local[:, 0]) > 1e-6])
    rising: NDArray[np.float64] = local[keep]
    return rising

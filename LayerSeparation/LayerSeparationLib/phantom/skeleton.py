"""The tubular bones of a hand, joined into five rays."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians

import numpy as np

from .base_end import BaseKind
from .bone_assembly import Disease, make_bone
from .bone_shape import BoneShape
from .bone_size import DISTAL_PHALANGES, METACARPALS, MIDDLE_PHALANGES, PROXIMAL_PHALANGES, BoneSize
from .frame import Frame
from .head_end import HeadKind
from .joint_kind import USUAL_JSW_MM, JointKind
from .joint_space import Articulation, articulate

_RAYS = {
    1: (21.5, -10.5, 46.0, (-6.0, -8.0)),
    2: (11.0, 0.0, 9.0, (2.0, -1.0, -1.0)),
    3: (0.0, 0.0, 1.0, (0.0, 0.0, 0.0)),
    4: (-10.0, -3.0, -7.5, (-2.0, 1.0, 1.5)),
    5: (-18.5, -7.0, -16.0, (-5.0, 2.0, 3.0)),
}
"""Base of each metacarpal (u, v) in mm and its direction in degrees, then the turn at each joint.

Left hand in PA view, thumb to the right (u positive); origin: base of the third metacarpal.
"""


@dataclass(frozen=True, eq=False)
class PlacedBone:
    """A bone and where it lies."""

    shape: BoneShape
    frame: Frame


@dataclass(frozen=True, eq=False)
class SkeletonJoint:
    """A joint between two bones of a ray, and how they lie."""

    kind: JointKind
    digit: int
    """1 is the thumb."""
    distal: int
    """Index of the distal bone in `Skeleton.bones`."""
    proximal: int
    """Index of the proximal bone in `Skeleton.bones`."""
    articulation: Articulation

    @property
    def name(self) -> str:
        """Name such as "PIP3"."""
        return f"{self.kind}{self.digit}"


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The 19 tubular bones and 14 joints of a hand."""

    bones: tuple[PlacedBone, ...]
    joints: tuple[SkeletonJoint, ...]

    def translate(self, dx_px: float, dy_px: float) -> Skeleton:
        """Return the skeleton moved by (dx, dy) pixels."""
        bones = tuple(PlacedBone(bone.shape, bone.frame.translate(dx_px, dy_px)) for bone in self.bones)
        joints = tuple(
            SkeletonJoint(
                joint.kind,
                joint.digit,
                joint.distal,
                joint.proximal,
                Articulation(
                    joint.articulation.distal_frame.translate(dx_px, dy_px),
                    joint.articulation.joint_frame.translate(dx_px, dy_px),
                    joint.articulation.space,
                ),
            )
            for joint in self.joints
        )
        return Skeleton(bones, joints)

    def tip(self, digit: int) -> Frame:
        """Return the frame at the tip of a finger."""
        last = [joint for joint in self.joints if joint.digit == digit][-1]
        bone = self.bones[last.distal]
        return bone.frame.move(0.0, bone.shape.length_mm)


def ray_sizes(digit: int) -> tuple[BoneSize, ...]:
    """Return the bones of a ray from the metacarpal to the distal phalanx."""
    if digit == 1:
        return METACARPALS[1], PROXIMAL_PHALANGES[1], DISTAL_PHALANGES[1]
    return METACARPALS[digit], PROXIMAL_PHALANGES[digit], MIDDLE_PHALANGES[digit], DISTAL_PHALANGES[digit]


def ray_bone(
    digit: int, rank: int, factor: float, rng: np.random.Generator, disease: Disease | None
) -> BoneShape:
    """Make a bone of a ray; rank 0 is the metacarpal."""
    sizes = ray_sizes(digit)
    bases: tuple[BaseKind, ...] = ("carpal", "cup", "double cup", "double cup")
    heads: tuple[HeadKind, ...] = ("ball", "condyles", "condyles", "tuft")
    return make_bone(
        sizes[rank].scale(factor),
        bases[rank],
        "tuft" if rank == len(sizes) - 1 else heads[rank],
        rng,
        disease,
    )


def joint_kinds(digit: int) -> tuple[JointKind, ...]:
    """Return the joints of a ray from proximal to distal."""
    return ("MCP", "IP") if digit == 1 else ("MCP", "PIP", "DIP")


def make_skeleton(
    hand: Frame,
    mirror: float,
    factor: float,
    disease: Disease | None,
    narrowed: float,
    rng: np.random.Generator,
) -> Skeleton:
    """Put the rays together; `mirror` is 1 for a left and -1 for a right hand, thumb towards u * mirror.

    Parameters
    ----------
    narrowed
        Share of the joints that are narrowed, 0 to 1; those also have the marginal changes of `disease`.
    """
    bones: list[PlacedBone] = []
    joints: list[SkeletonJoint] = []
    spread = rng.uniform(0.7, 1.3)
    for digit, (u, v, direction, turns) in _RAYS.items():
        lean = direction + rng.normal(0.0, 1.0 if digit > 1 else 5.0)
        frame = hand.move(mirror * u * factor, v * factor, mirror * radians(lean))
        bones.append(PlacedBone(ray_bone(digit, 0, factor, rng, None), frame))
        for rank, (kind, turn) in enumerate(zip(joint_kinds(digit), turns, strict=True), start=1):
            ill = rng.random() < narrowed
            shape = ray_bone(digit, rank, factor, rng, disease if ill else None)
            gap = rng.uniform(*USUAL_JSW_MM[kind]) * (rng.uniform(0.15, 0.8) if ill else 1.0)
            found = articulate(
                bones[-1].shape,
                bones[-1].frame,
                shape,
                turn_rad=mirror * radians(turn * spread + rng.normal(0.0, 1.5)),
                slide_mm=float(rng.normal(0.0, 0.3)),
                gap_mm=float(gap),
            )
            bones.append(PlacedBone(shape, found.distal_frame))
            joints.append(SkeletonJoint(kind, digit, len(bones) - 1, len(bones) - 2, found))
    return Skeleton(tuple(bones), tuple(joints))

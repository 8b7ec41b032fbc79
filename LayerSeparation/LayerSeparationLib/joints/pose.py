"""The pose of a joint: its name, where it is, which way the fingertip lies, how much of the film it takes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import InputError
from ..radiograph import PixelSpacing, Radiograph

JOINT_NAMES = (
    *(f"MCP{finger}" for finger in range(1, 6)),
    "IP1",
    *(f"PIP{finger}" for finger in range(2, 6)),
    *(f"DIP{finger}" for finger in range(2, 6)),
)
"""The 14 finger joints of a hand, 1 = thumb."""
JOINT_KINDS = ("MCP", "IP", "PIP", "DIP")
JointKey = tuple[str, str | None]
"""Name as in `JOINT_NAMES`, or the user's own; 'L', 'R', or None where the side is unknown."""
"""Kinds of joints, from the knuckle to the tip; IP is the thumb's."""

_SAFE_NAME = re.compile(r"[\w][\w .+-]{0,63}")


@dataclass(frozen=True)
class JointPose:
    """Pose of one joint on a film.

    Raises
    ------
    InputError
        If a value can't be a pose (not finite, no direction, no extent), or the name can't name a folder.

    Examples
    --------
    >>> JointPose("MCP2", centre_px=(150, 300), distal=(3, -4)).distal
    (0.6, -0.8)
    >>> JointPose.along_line("PIP3", proximal_px=(100, 300), distal_px=(100, 200)).centre_px
    (100.0, 250.0)
    """

    name: str
    """One of `JOINT_NAMES` or a name of the user's own (letters, digits, space, ``_ . + -``; at most 64)."""
    centre_px: tuple[float, float]
    """Centre of the joint space, (x, y) in pixels of the film, pixel centres at integers."""
    distal: tuple[float, float]
    """Direction towards the fingertip, (dx, dy) in pixels of the film, y down; stored as a unit vector."""
    field_of_view_px: float | None = None
    """Edge of the joint's square in pixels, where the film has no pixel spacing; where pixels are not square,
    in edges of square ones of the same area."""
    field_of_view_mm: float | None = None
    """Edge of the joint's square in mm; None stands for the canonical 21 mm (256 px of 0.0820 mm)."""
    side: str | None = None
    """'L' or 'R' where the side of the hand is known."""
    confidence: float | None = None
    """0..1: how likely it is that the joint lies here; None where the user says that it does."""

    def __post_init__(self) -> None:
        if not _SAFE_NAME.fullmatch(self.name) or self.name.endswith((".", " ")):
            raise InputError(
                f"'{self.name}' can't name a joint: use 1 to 64 letters, digits, spaces, or one of _ . + -"
            )
        if not all(math.isfinite(v) for v in (*self.centre_px, *self.distal)):
            raise InputError(f"Joint {self.name}: centre and direction must be finite numbers.")
        length = math.hypot(*self.distal)
        if length < 1e-9:
            raise InputError(f"Joint {self.name}: the distal direction has no length; give e.g. 0,-1 for up.")
        object.__setattr__(self, "distal", (self.distal[0] / length, self.distal[1] / length))
        for edge, unit in ((self.field_of_view_px, "px"), (self.field_of_view_mm, "mm")):
            if edge is not None and not (math.isfinite(edge) and edge > 0):
                raise InputError(f"Joint {self.name}: the field of view must be above 0 {unit}, not {edge}.")
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise InputError(f"Joint {self.name}: a confidence is 0 to 1, not {self.confidence}.")

    @classmethod
    def whole_crop(cls, radiograph: Radiograph, name: str = "crop") -> JointPose:
        """Return the pose of a film that already is a joint crop, distal up.

        The longer edge of the image becomes the field of view.
        """
        rows, columns = radiograph.shape
        centre = ((columns - 1) / 2, (rows - 1) / 2)
        row, column = radiograph.spacing.relative
        edge = max(rows * row, columns * column)
        if radiograph.spacing.known:
            return cls(name, centre, (0.0, -1.0), field_of_view_mm=edge)
        return cls(name, centre, (0.0, -1.0), field_of_view_px=edge)

    @classmethod
    def from_mm(
        cls,
        name: str,
        centre_mm: tuple[float, float],
        distal_mm: tuple[float, float],
        spacing: PixelSpacing,
    ) -> JointPose:
        """Return the pose given in mm: (x, y) from the centre of the first pixel, and a direction.

        Raises
        ------
        InputError
            If the film's pixel spacing is unknown.
        """
        if spacing.mm is None:
            raise InputError(f"Joint {name}: without pixel spacing a pose can't be in mm; use px.")
        row_mm, column_mm = spacing.mm
        (x, y), (dx, dy) = centre_mm, distal_mm
        return cls(name, (x / column_mm, y / row_mm), (dx / column_mm, dy / row_mm))

    @classmethod
    def along_line(
        cls,
        name: str,
        proximal_px: tuple[float, float],
        distal_px: tuple[float, float],
        field_of_view_px: float | None = None,
    ) -> JointPose:
        """Return the pose given by a line along the finger whose middle lies in the joint space."""
        (x0, y0), (x1, y1) = proximal_px, distal_px
        return cls(name, ((x0 + x1) / 2, (y0 + y1) / 2), (x1 - x0, y1 - y0), field_of_view_px)

    def as_json(self) -> dict[str, Any]:
        """Return the pose in JSON's own types, a key a field."""
        return {**asdict(self), "centre_px": list(self.centre_px), "distal": list(self.distal)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> JointPose:
        """Return the pose of `as_json`.

        Raises
        ------
        InputError
            If it is none: the message says why.
        """
        try:
            (x, y), (dx, dy) = values["centre_px"], values["distal"]
            return cls(**{**values, "centre_px": (float(x), float(y)), "distal": (float(dx), float(dy))})
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise InputError(f"This is no pose of a joint: {values!r} ({error}).") from error


def anatomical_name(name: str) -> str:
    """Return ``MCP2`` of ``MCP2_L``, a joint of one of two hands; names of a user's own stay as they are.

    The thumb's joint is ``IP1`` as ``IP``, too, and letters may be small.

    Examples
    --------
    >>> anatomical_name("MCP2_L"), anatomical_name("ip"), anatomical_name("my_joint")
    ('MCP2', 'IP1', 'my_joint')
    """
    base = name.partition("_")[0].upper()
    base = "IP1" if base == "IP" else base
    return base if base in JOINT_NAMES else name


def joint_key(pose: JointPose) -> JointKey:
    """Return what a joint goes by on every film of a person: anatomical name and side.

    The side is that of the pose, else that of a name such as ``MCP2_L``.

    Examples
    --------
    >>> joint_key(JointPose("MCP2_L", (9, 9), (0, -1), side="L"))
    ('MCP2', 'L')
    >>> joint_key(JointPose("IP_R", (9, 9), (0, -1)))
    ('IP1', 'R')
    """
    name = anatomical_name(pose.name)
    in_name = pose.name.split("_")[1:2] if name != pose.name else []
    return name, pose.side or next((side for side in ("L", "R") if side in in_name), None)


def joint_kind(name: str) -> str:
    """Return ``MCP`` of ``MCP2`` or ``MCP2_L``; of other names, what stands before a number, in capitals.

    Examples
    --------
    >>> joint_kind("MCP2_L"), joint_kind("crop")
    ('MCP', 'CROP')
    """
    return anatomical_name(name).rstrip("0123456789").upper()


def unique_names(poses: Sequence[JointPose]) -> list[str]:
    """Return a name for each pose that no other has: ``MCP2``, or ``MCP2_L`` and ``MCP2_R`` of two hands.

    Of several joints with the same name and side, the later ones are numbered: ``MCP2_L_2``.

    Examples
    --------
    >>> unique_names([JointPose("MCP2", (9, 9), (0, -1), side=side) for side in "LRR"])
    ['MCP2_L', 'MCP2_R', 'MCP2_R_2']
    """
    count = Counter(pose.name for pose in poses)
    names: list[str] = []
    for pose in poses:
        name = f"{pose.name}_{pose.side}" if count[pose.name] > 1 and pose.side else pose.name
        number = 1 + sum(other == name or other.startswith(f"{name}_") for other in names)
        names.append(name if number == 1 else f"{name}_{number}")
    return names

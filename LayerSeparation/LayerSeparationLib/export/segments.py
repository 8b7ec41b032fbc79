"""The four segments of a finger joint: their names, colours and codes.

Codes are SNOMED CT (designator SCT). No code for a joint space is known to us: it is coded as the finger
joint and told apart by its name.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..joints import anatomical_name
from .formats.seg_nrrd import Segment

CONTEXT = "Finger joint layers"
ANATOMIC_CONTEXT = "Anatomic codes - DICOM master list"

_STRUCTURE = "SCT^123037004^Anatomical Structure"
_TISSUE = "SCT^85756007^Tissue"
_BONE = "SCT^272673000^Bone"
_METACARPAL = "SCT^36455000^Metacarpal bone"
_PHALANX = "SCT^28641004^Phalanx of finger"
_JOINT = "SCT^125682004^Finger joint"
_SOFT_TISSUE = "SCT^87784001^Soft tissue"
_FINGER = "SCT^7569003^Finger"
_THUMB = "SCT^76505004^Thumb"
_NONE = "^^"
_SIDES = {"L": "SCT^7771000^Left", "R": "SCT^24028007^Right", None: _NONE}
_JOINTS = ("MCP", "PIP", "DIP", "IP")

# Orange and blue stay apart for every common kind of colour blindness; grey tissue stays in the background.
_UPPER_COLOR = (0.902, 0.624, 0.0)
_LOWER_COLOR = (0.0, 0.447, 0.698)
_SPACE_COLOR = (0.0, 0.8, 0.45)
_TISSUE_COLOR = (0.8, 0.6, 0.7)


def joint_segments(
    upper_bone: NDArray[np.bool_],
    lower_bone: NDArray[np.bool_],
    joint_space: NDArray[np.bool_],
    soft_tissue: NDArray[np.bool_],
    *,
    joint: str = "",
    side: Literal["L", "R"] | None = None,
) -> list[Segment]:
    """Name, colour and code the masks of one joint.

    Parameters
    ----------
    upper_bone, lower_bone, joint_space, soft_tissue
        Masks of shape (rows, columns); they may overlap.
    joint
        MCP1..5, PIP2..5, DIP2..5 or IP1; anything else is coded as bones of a finger without saying which.
    side
        Side of the body, if known.
    """
    name = anatomical_name(joint)
    kind, digit = name[:-1].upper(), name[-1:]
    known = kind in _JOINTS and digit in set("12345")
    upper_type = _PHALANX if known else _BONE
    lower_type = (_METACARPAL if kind == "MCP" else _PHALANX) if known else _BONE
    region = f"{_THUMB if known and digit == '1' else _FINGER}~{_SIDES[side]}"

    def terminology(category: str, kind_of_region: str) -> str:
        return "~".join([CONTEXT, category, kind_of_region, _NONE, ANATOMIC_CONTEXT, region])

    return [
        Segment("Upper bone", upper_bone, _UPPER_COLOR, terminology(_STRUCTURE, upper_type)),
        Segment("Lower bone", lower_bone, _LOWER_COLOR, terminology(_STRUCTURE, lower_type)),
        Segment("Joint space", joint_space, _SPACE_COLOR, terminology(_STRUCTURE, _JOINT)),
        Segment("Soft tissue", soft_tissue, _TISSUE_COLOR, terminology(_TISSUE, _SOFT_TISSUE)),
    ]

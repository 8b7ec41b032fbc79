"""The four segments of a finger joint: names, colours and codes, once for every format and for the scene.

Codes are SNOMED CT (designator SCT). No code for a joint space is known to us: it is coded as the finger
joint and told apart by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..joints import BoneKey, anatomical_name
from ..synthesis import JointMasks

TERMINOLOGY_NAME = "Finger joint layers"
ANATOMIC_CONTEXT = "Anatomic codes - DICOM master list"
NO_CODE = "^^"
"""A code that is not given, in Slicer's notation."""
NO_COLOR = (0.5, 0.5, 0.5)
"""Of segments whose file names none."""

_STRUCTURE = "SCT^123037004^Anatomical Structure"
_TISSUE = "SCT^85756007^Tissue"
_BONE = "SCT^272673000^Bone"
_METACARPAL = "SCT^36455000^Metacarpal bone"
_PHALANX = "SCT^28641004^Phalanx of finger"
_JOINT = "SCT^125682004^Finger joint"
_SOFT_TISSUE = "SCT^87784001^Soft tissue"
_FINGER = "SCT^7569003^Finger"
_THUMB = "SCT^76505004^Thumb"
_SIDES = {"L": "SCT^7771000^Left", "R": "SCT^24028007^Right", None: NO_CODE}
_JOINTS = ("MCP", "PIP", "DIP", "IP")


@dataclass(frozen=True, eq=False)
class Segment:
    """One named region.

    Examples
    --------
    >>> Segment("Upper bone", np.ones((2, 3), bool), color=(0.9, 0.6, 0.0)).key
    'upper_bone'
    """

    name: str
    """What the user sees."""
    mask: NDArray[np.bool_]
    """Shape (rows, columns)."""
    color: tuple[float, float, float]
    """Red, green, blue, each 0..1."""
    terminology: str = ""
    """What the region is, in Slicer's seven-part notation; empty if not said."""

    @property
    def key(self) -> str:
        """The name for files and tables: lower case, without spaces."""
        return _key_of(self.name)


@dataclass(frozen=True)
class SegmentKind:
    """What the segments of all joints have in common; see `SEGMENT_KINDS`.

    Examples
    --------
    >>> from LayerSeparationLib.export import SEGMENT_KINDS
    >>> [kind.slicer_id for kind in SEGMENT_KINDS]
    ['Upper_bone', 'Lower_bone', 'Joint_space', 'Soft_tissue']
    """

    name: str
    """What the user sees."""
    color: tuple[float, float, float]
    """Red, green, blue, each 0..1."""
    category: str
    """Code of the property's category, ``scheme^value^meaning``."""

    @property
    def key(self) -> str:
        """The field of `JointMasks`; also the name in files and tables, as in `Segment.key`."""
        return _key_of(self.name)

    @property
    def slicer_id(self) -> str:
        """The segment's id in a vtkSegmentation and in `.seg.nrrd`."""
        return self.name.replace(" ", "_")


def _key_of(name: str) -> str:
    return name.lower().replace(" ", "_")


# Orange and blue stay apart for every common kind of colour blindness; grey tissue stays in the background.
UPPER_BONE = SegmentKind("Upper bone", (0.902, 0.624, 0.0), _STRUCTURE)
LOWER_BONE = SegmentKind("Lower bone", (0.0, 0.447, 0.698), _STRUCTURE)
JOINT_SPACE = SegmentKind("Joint space", (0.0, 0.8, 0.45), _STRUCTURE)
SOFT_TISSUE = SegmentKind("Soft tissue", (0.8, 0.6, 0.7), _TISSUE)
SEGMENT_KINDS = (UPPER_BONE, LOWER_BONE, JOINT_SPACE, SOFT_TISSUE)
"""In the order in which every format numbers them."""
SEGMENT_KEYS = tuple(kind.key for kind in SEGMENT_KINDS)


@dataclass(frozen=True)
class JointSite:
    """Codes of a joint's place in the body, each ``scheme^value^meaning``.

    Examples
    --------
    >>> JointSite.of("MCP1", "R").digit
    'SCT^76505004^Thumb'
    """

    joint: str
    """The joint itself."""
    digit: str
    """Finger or thumb."""
    side: str
    """Side of the body; `NO_CODE` where it is not known."""

    @classmethod
    def of(cls, joint: str, side: str | None) -> JointSite:
        """Return the codes of a joint by name (MCP1..5, PIP2..5, DIP2..5, IP1) and side ('L', 'R', None)."""
        name = anatomical_name(joint)
        is_thumb = name[:-1].upper() in _JOINTS and name[-1:] == "1"
        return cls(_JOINT, _THUMB if is_thumb else _FINGER, _SIDES.get(side, NO_CODE))


def describe_segments(
    masks: JointMasks, *, joint: str = "", side: Literal["L", "R"] | None = None
) -> list[Segment]:
    """Name, colour and code the masks of one joint, in the order of `SEGMENT_KINDS`.

    Parameters
    ----------
    masks
        Masks of shape (rows, columns); they may overlap.
    joint
        MCP1..5, PIP2..5, DIP2..5 or IP1; anything else is coded as bones of a finger without saying which.
    side
        Side of the body, if known.

    Examples
    --------
    >>> from LayerSeparationLib.synthesis import JointMasks
    >>> masks = JointMasks(*np.zeros((4, 2, 3), bool))
    >>> [segment.key for segment in describe_segments(masks)]
    ['upper_bone', 'lower_bone', 'joint_space', 'soft_tissue']
    >>> upper, lower, *_ = describe_segments(masks, joint="MCP2", side="L")
    >>> lower.terminology.split("~")[2]
    'SCT^36455000^Metacarpal bone'
    """
    name = anatomical_name(joint)
    kind, digit = name[:-1].upper(), name[-1:]
    known = kind in _JOINTS and digit in set("12345")
    codes = {
        UPPER_BONE: _PHALANX if known else _BONE,
        LOWER_BONE: (_METACARPAL if kind == "MCP" else _PHALANX) if known else _BONE,
        JOINT_SPACE: _JOINT,
        SOFT_TISSUE: _SOFT_TISSUE,
    }
    site = JointSite.of(joint, side)
    return [
        Segment(one.name, getattr(masks, one.key), one.color, _terminology(one.category, codes[one], site))
        for one in SEGMENT_KINDS
    ]


def bone_terminology(bone: BoneKey) -> str:
    """Return what a bone of a film is, in Slicer's seven-part notation."""
    code = {None: _BONE, "metacarpal": _METACARPAL}.get(bone.kind, _PHALANX)
    digit = _THUMB if bone.kind is not None and bone.name.endswith("1") else _FINGER
    return _terminology(_STRUCTURE, code, JointSite(_JOINT, digit, _SIDES.get(bone.side, NO_CODE)))


def joint_space_terminology(joint: str, side: str | None) -> str:
    """Return what the joint space of a joint is, in Slicer's seven-part notation."""
    return _terminology(JOINT_SPACE.category, _JOINT, JointSite.of(joint, side))


def _terminology(category: str, code: str, site: JointSite) -> str:
    region = f"{site.digit}~{site.side}"
    return "~".join([TERMINOLOGY_NAME, category, code, NO_CODE, ANATOMIC_CONTEXT, region])

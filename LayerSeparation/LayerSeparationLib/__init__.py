"""Separation of a finger-joint radiograph into soft tissue and two bones, and gap synthesis from the layers.

The names of the public interface are loaded when they are first used: importing this package loads neither
torch nor pydicom nor matplotlib, so that Slicer starts without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .follow_up import JointChange, compare_films, measure_change
    from .joints import JointFinder, JointPose, find_joints
    from .phantom import make_hand, make_joint
    from .radiograph import Radiograph, read_radiograph
    from .separation import JointLayers, SeparatedJoint, SeparationFailure, Separator, separate_files
    from .synthesis import (
        GapEdit,
        MovableFilm,
        MovableJoint,
        SyntheticFilm,
        SyntheticJoint,
        synthesize,
        synthesize_film,
    )

__all__ = [
    "GapEdit",
    "JointChange",
    "JointFinder",
    "JointLayers",
    "JointPose",
    "MovableFilm",
    "MovableJoint",
    "Radiograph",
    "SeparatedJoint",
    "SeparationFailure",
    "Separator",
    "SyntheticFilm",
    "SyntheticJoint",
    "__version__",
    "compare_films",
    "find_joints",
    "make_hand",
    "make_joint",
    "measure_change",
    "read_radiograph",
    "separate_files",
    "synthesize",
    "synthesize_film",
]

_ROOM_OF = {
    "Radiograph": "radiograph",
    "read_radiograph": "radiograph",
    "JointFinder": "joints",
    "JointPose": "joints",
    "find_joints": "joints",
    "JointLayers": "separation",
    "SeparatedJoint": "separation",
    "SeparationFailure": "separation",
    "Separator": "separation",
    "separate_files": "separation",
    "make_hand": "phantom",
    "make_joint": "phantom",
    "JointChange": "follow_up",
    "compare_films": "follow_up",
    "measure_change": "follow_up",
    "GapEdit": "synthesis",
    "MovableFilm": "synthesis",
    "MovableJoint": "synthesis",
    "SyntheticFilm": "synthesis",
    "SyntheticJoint": "synthesis",
    "synthesize": "synthesis",
    "synthesize_film": "synthesis",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use (PEP 562)."""
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{room}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

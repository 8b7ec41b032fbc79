"""What can change of a joint in the scene."""

from __future__ import annotations

from enum import Enum


class JointEvent(Enum):
    """What changed, as `SceneJoints.on_change` tells it."""

    LIST = "list"
    """A joint came, went or was renamed."""
    FILM = "film"
    """The film's pixels, its spacing or its polarity are others; a joint's status says what that means."""
    FILM_NAME = "film name"
    """The film was renamed."""
    LINE = "line"
    """A joint's line was moved, or its side is another: what it says of the joint is another."""
    LAYERS = "layers"
    """A joint was separated, or its layers were corrected."""
    EDIT = "edit"
    """A joint was edited, or its film was shown in place of the edit."""

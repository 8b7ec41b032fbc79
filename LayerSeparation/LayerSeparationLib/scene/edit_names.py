"""What edits are called where they can be undone."""

from __future__ import annotations

from ..translation import tr as _
from .edit_history import EditKind
from .length_format import short_title
from .scene_joint import SceneJoint


def name_step(joint: SceneJoint, kind: EditKind | None) -> str:
    """Return 'narrowing of MCP3 L'; '' where there is no step."""
    if kind is None:
        return ""
    text = {
        EditKind.NARROWING: _("narrowing of {joint}"),
        EditKind.WIDENING: _("widening of {joint}"),
        EditKind.SHIFT: _("shift of {joint}"),
        EditKind.TILT: _("tilt of {joint}"),
        EditKind.MOVING_BONE: _("choice of bone of {joint}"),
        EditKind.MOTION: _("motion of {joint}"),
        EditKind.RESET: _("reset of {joint}"),
        EditKind.CORRECTION: _("corrected silhouettes of {joint}"),
    }[kind]
    return text.format(joint=short_title(joint))

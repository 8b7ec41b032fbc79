"""What the two bones of a joint are called."""

from __future__ import annotations

from ..joints import anatomical_name
from ..translation import tr as _


def bone_names(joint: str) -> tuple[str, str]:
    """Return the names of the upper (distal) and the lower (proximal) bone, as far as the joint's name tells.

    Parameters
    ----------
    joint
        Such as 'MCP3'; for the user's own names the bones are just upper and lower.
    """
    kind = anatomical_name(joint).rstrip("0123456789 ").upper()
    return {
        "MCP": (_("Proximal phalanx"), _("Metacarpal")),
        "PIP": (_("Middle phalanx"), _("Proximal phalanx")),
        "DIP": (_("Distal phalanx"), _("Middle phalanx")),
        "IP": (_("Distal phalanx"), _("Proximal phalanx")),
    }.get(kind, (_("Upper bone"), _("Lower bone")))

"""How far a joint has come, and why its layers are out of date."""

from __future__ import annotations

from enum import Enum

from ..errors import InputError
from ..radiograph import Radiograph
from ..translation import tr as _
from .canonical_store import SeparationRecord
from .film import Film
from .joint_identity import JointIdentity
from .joint_lines import same_place


class JointStatus(Enum):
    """How far a joint has come."""

    NOT_SEPARATED = "not separated"
    OUTDATED = "outdated"
    """There are layers, but of something else than line and film say now: `OutdatedReason` has the reason."""
    READY = "ready"
    EDITED = "edited"


class OutdatedReason(Enum):
    """What is no longer as it was when a joint was separated; the layers are kept until it is so again."""

    FILM_UNUSABLE = "film unusable"
    """The film can't be read, as under a transform."""
    LINE_UNUSABLE = "line unusable"
    """The line can't be a joint: it has no length, or lies outside of the film."""
    POLARITY = "polarity changed"
    SPACING = "spacing changed"
    """The film was calibrated since, or a calibration was taken back."""
    PIXELS = "film changed"
    """The film shows something else in the joint's region."""
    LINE_MOVED = "line moved"
    LAYERS_DAMAGED = "layers damaged"
    """What the scene keeps of the separation can't be read."""


def find_outdated_reason(
    separation: SeparationRecord, film: Film, identity: JointIdentity
) -> OutdatedReason | None:
    """Compare what a joint was separated from with what line and film say now; None where both agree."""
    try:
        radiograph = film.radiograph
    except InputError:
        return OutdatedReason.FILM_UNUSABLE
    try:
        pose = identity.pose
    except InputError:
        return OutdatedReason.LINE_UNUSABLE
    reason = _reason_of_film(separation, radiograph)
    if reason is None and not same_place(pose, separation.pose):
        reason = OutdatedReason.LINE_MOVED
    return reason


def _reason_of_film(separation: SeparationRecord, radiograph: Radiograph) -> OutdatedReason | None:
    # A film turned over or calibrated has other pixels and poses as well: causes come before what they cause.
    if separation.inverted != radiograph.polarity.inverted:
        return OutdatedReason.POLARITY
    if separation.spacing != radiograph.spacing:
        return OutdatedReason.SPACING
    return None if separation.is_of(radiograph) else OutdatedReason.PIXELS


def status_text(status: JointStatus, reason: OutdatedReason | None) -> str:
    """Return a joint's status for people, in two words: of an outdated one the reason."""
    if status is JointStatus.OUTDATED and reason is not None:
        return {
            OutdatedReason.FILM_UNUSABLE: _("film unusable"),
            OutdatedReason.LINE_UNUSABLE: _("line unusable"),
            OutdatedReason.POLARITY: _("polarity changed"),
            OutdatedReason.SPACING: _("spacing changed"),
            OutdatedReason.PIXELS: _("film changed"),
            OutdatedReason.LINE_MOVED: _("line moved"),
            OutdatedReason.LAYERS_DAMAGED: _("layers damaged"),
        }[reason]
    return {
        JointStatus.NOT_SEPARATED: _("not separated"),
        JointStatus.OUTDATED: _("outdated"),
        JointStatus.READY: _("ready"),
        JointStatus.EDITED: _("edited"),
    }[status]


def status_hint(status: JointStatus, reason: OutdatedReason | None) -> str:
    """Return what to do about a joint's status; '' where there is nothing to be done."""
    if status is JointStatus.NOT_SEPARATED:
        return _("Press Separate")
    if status is not JointStatus.OUTDATED or reason is None:
        return ""
    return {
        OutdatedReason.FILM_UNUSABLE: _("The radiograph can't be used at the moment; the layers are kept"),
        OutdatedReason.LINE_UNUSABLE: _("Draw the line along the finger, on the film; the layers are kept"),
        OutdatedReason.POLARITY: _(
            "'Bone is dark' was ticked or unticked since the separation: separate again, or change it back"
        ),
        OutdatedReason.SPACING: _(
            "The pixel spacing is another than at the separation: separate again, or change it back"
        ),
        OutdatedReason.PIXELS: _(
            "The radiograph shows something else than at the separation: separate again"
        ),
        OutdatedReason.LINE_MOVED: _("The line was moved since the separation: separate again"),
        OutdatedReason.LAYERS_DAMAGED: _(
            "What the scene kept of the separation can't be read: separate again"
        ),
    }[reason]

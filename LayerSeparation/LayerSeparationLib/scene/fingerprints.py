"""Short texts that tell whether a film or a separated joint is still what it was, in a loaded scene too."""

from __future__ import annotations

import json
import zlib
from collections.abc import Hashable

import numpy as np

from ..errors import InputError
from ..separation import JointLayers
from .film import Film
from .joint_status import JointStatus
from .scene_joint import SceneJoint

_OUT_OF_DATE = (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)


class FilmFingerprint:
    """Tells what a film shows, and at which pixel spacing; it is looked at anew where it was changed."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._state: Hashable = None
        self._text = ""

    @property
    def text(self) -> str:
        """The fingerprint; '' where the film can't be used at the moment."""
        state = self._film.state
        if state != self._state:
            self._text, self._state = self._make(), state
        return self._text

    def _make(self) -> str:
        try:
            reading = self._film.reading()
        except InputError:
            return ""
        pixels = np.ascontiguousarray(reading.pixels)
        spacing = json.dumps(reading.source.spacing.as_json(), sort_keys=True)
        turned = "inverted" if reading.is_turned_over else "as stored"
        return f"{zlib.crc32(pixels.tobytes()):08x} {pixels.shape} {spacing} {turned}"


class JointFingerprints:
    """Tells of what a joint's layers are made, its name apart."""

    def __init__(self) -> None:
        self._known: dict[SceneJoint, tuple[JointLayers, bool, str]] = {}

    def text_of(self, joint: SceneJoint | None) -> str:
        """Return the fingerprint of a joint; '' where it is not separated, or its layers are out of date."""
        if joint is None or joint.layers is None or joint.status in _OUT_OF_DATE:
            return ""
        layers, is_corrected = joint.layers, joint.editing.are_corrected
        known = self._known.get(joint)
        if known is None or known[0] is not layers or known[1] is not is_corrected:
            known = self._known[joint] = layers, is_corrected, _describe(layers, is_corrected)
        return known[2]


def _describe(layers: JointLayers, is_corrected: bool) -> str:
    pose = layers.pose
    place = [*pose.centre_px, *pose.distal, pose.field_of_view_px, pose.field_of_view_mm]
    drawn = ""
    if is_corrected:
        drawn = f" corrected {zlib.crc32(np.ascontiguousarray(layers.canonical.silhouettes).tobytes()):08x}"
    return f"{json.dumps(place)} {layers.weights_sha256}{drawn}"

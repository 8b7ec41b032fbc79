"""Separated layers on disk, named by what they were made from: 10,000 samples cost one separation.

A cached joint holds the film around the joint only, so that a worker reads a megabyte, not a film.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...files import json_line, output_file
from ...joints import JointCrop, JointPose
from ...radiograph import IntensityMap, Origin, PixelSpacing, Polarity, Radiograph, Rectangle
from ...separation import JointLayers, MarginRows
from ...separation.layers import CanonicalSeparation
from ...synthesis import MovableJoint

_RING_PX = 1
"""A ring around the joint's region tells that the film goes on there."""
_ARRAYS = ("surroundings", "image", "shares", "silhouettes", "margins")
"""The film around the joint, and what `CanonicalSeparation` holds."""


@dataclass(frozen=True, eq=False)
class CachedJoint:
    """A joint out of the cache."""

    layers: JointLayers
    """On the film around the joint."""
    offset_px: tuple[int, int]
    """(x, y) on the whole film of the first pixel of the film around the joint."""
    film: str
    """sha256 of the whole film."""
    dicom_header: Mapping[str, Any] | None
    """What is kept of the source's header, as DICOM JSON; None where the source is no DICOM file."""
    sha256: str
    """Of the layers."""

    @cached_property
    def movable(self) -> MovableJoint:
        """The joint, prepared for edit after edit, as long as this object is held."""
        return MovableJoint(self.layers)


def film_sha256(radiograph: Radiograph) -> str:
    """Return the sha256 of a film's shape and intensities, in hexadecimal."""
    intensity = radiograph.intensity
    found = hashlib.sha256(repr(intensity.shape).encode())
    found.update(np.ascontiguousarray(intensity).data)
    return found.hexdigest()


def joint_key(
    film: str,
    spacing: PixelSpacing,
    pose: JointPose,
    weights_sha256: str,
    dicom_header: Mapping[str, Any] | None = None,
    given: CanonicalSeparation | None = None,
) -> str:
    """Return the sha256 of what decides the layers of a joint and what is said of them, in hexadecimal.

    Parameters
    ----------
    film
        Of `film_sha256`.
    spacing, pose
        Of the film and the joint.
    weights_sha256
        Of the network.
    dicom_header
        What is kept of the source's header.
    given
        Layers that do not follow from film, pose and weights alone: a person may have corrected them.
    """
    parts = [film, spacing.as_json(), pose.as_json(), weights_sha256, dicom_header]
    found = hashlib.sha256(json_line(parts).encode())
    if given is not None:
        for array in (given.shares, given.silhouettes, given.margins.as_array()):
            found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


class LayerCache:
    """A folder of cached joints.

    Parameters
    ----------
    folder
        Made when the first joint is stored.

    Examples
    --------
    >>> LayerCache(Path("layers")).path("0f" * 32).as_posix()
    'layers/0f/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.npz'
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Return the file of a joint."""
        return self.folder / key[:2] / f"{key}.npz"

    def store(
        self, key: str, film: str, layers: JointLayers, dicom_header: Mapping[str, Any] | None
    ) -> CachedJoint:
        """Store a joint, which is complete or not there, and load it: it is the same from the first use on.

        Parameters
        ----------
        key
            Of `joint_key`.
        film
            Of `film_sha256`.
        layers
            On the whole film.
        dicom_header
            What is kept of the source's header.

        Raises
        ------
        OutputError
            If it can't be written.
        """
        region = _surroundings(layers)
        meta = {
            "film": film,
            "offset_px": [region.left, region.top],
            "pose": layers.pose.as_json(),
            "spacing": layers.radiograph.spacing.as_json(),
            "laterality": layers.radiograph.origin.laterality,
            "polarity": asdict(layers.radiograph.polarity),
            "weights_sha256": layers.weights_sha256,
            "dicom_header": dicom_header,
        }
        canonical = layers.canonical
        arrays: dict[str, Any] = {
            "surroundings": np.ascontiguousarray(layers.radiograph.intensity[region.slices]),
            "image": canonical.image,
            "shares": canonical.shares,
            "silhouettes": canonical.silhouettes,
            "margins": canonical.margins.as_array(),
        }
        with output_file(self.path(key), overwrite=True) as place, place.open("wb") as file:
            np.savez(file, meta=np.frombuffer(json_line(meta).encode(), dtype=np.uint8), **arrays)
        return _read(self.path(key))

    def load(self, key: str) -> CachedJoint | None:
        """Return a joint; None where it is not cached.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        path = self.path(key)
        return _read(path) if path.exists() else None


def _surroundings(layers: JointLayers) -> Rectangle:
    """Return the part of the film that is kept: the joint's region and the ring around it."""
    film = Rectangle.whole(layers.radiograph.shape)
    return layers.crop.region.grown(_RING_PX).intersection(film)


def _read(path: Path) -> CachedJoint:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _ARRAYS}
            meta = json.loads(stored["meta"].tobytes())
        return _joint(meta, arrays)
    # The reader of archives and of arrays raise whatever damage leads them into.
    except Exception as error:
        raise InputError(
            f"{path} is damaged ({error}): remove it, and the joint is separated again."
        ) from error


def _joint(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]]) -> CachedJoint:
    surroundings = Radiograph(
        intensity=arrays["surroundings"],
        spacing=PixelSpacing.from_json(meta["spacing"]),
        polarity=Polarity(**meta["polarity"]),
        intensity_map=IntensityMap.full_scale(0.0, 1.0, np.dtype(np.float32)),
        origin=Origin(laterality=meta["laterality"]),
        name=meta["film"][:12],
    )
    x, y = meta["offset_px"]
    pose = JointPose.from_json(meta["pose"])
    shifted = replace(pose, centre_px=(pose.centre_px[0] - x, pose.centre_px[1] - y))
    canonical = CanonicalSeparation(
        arrays["image"], arrays["shares"], arrays["silhouettes"], MarginRows.from_array(arrays["margins"])
    )
    found = hashlib.sha256()
    for name in sorted(arrays):
        found.update(np.ascontiguousarray(arrays[name]).data)
    return CachedJoint(
        layers=JointLayers(JointCrop(surroundings, shifted), canonical, meta["weights_sha256"]),
        offset_px=(x, y),
        film=meta["film"],
        dicom_header=meta["dicom_header"],
        sha256=found.hexdigest(),
    )

"""The network's output in the scene, so that a loaded scene can be edited without separating again."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import vtk

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX, JointCrop, JointPose
from ..radiograph import PixelSpacing, Radiograph
from ..separation import JointLayers
from ..separation.layers import CanonicalSeparation
from ..version import __version__
from .node_attributes import SEPARATION, read_json, write_json
from .scalar_volumes import has_shape, voxels_of, write_volume

_SHARES = 3
_SHAPE = (5, CANONICAL_SIZE_PX, CANONICAL_SIZE_PX)


def store_layers(volume: vtk.vtkObject, layers: JointLayers, corrected: bool = False) -> None:
    """Keep shares and silhouettes with the pose, spacing and weights they belong to.

    They lie in five slices of one float32 volume: Slicer's writers know no volume of five components.
    """
    canonical = layers.canonical
    channels = np.concatenate([canonical.shares, canonical.silhouettes]).astype(np.float32, copy=False)
    write_volume(volume, channels, np.diag([-1.0, -1.0, 1.0, 1.0]))
    write_json(
        volume,
        SEPARATION,
        {
            "pose": layers.pose.as_json(),
            "spacing": layers.radiograph.spacing.as_json(),
            "film_crc32": film_checksum(layers.radiograph, layers.crop),
            "weights_sha256": layers.weights_sha256,
            "version": __version__,
            "corrected": corrected,
        },
    )


def restore_layers(volume: vtk.vtkObject, radiograph: Radiograph) -> JointLayers | None:
    """Return the layers that were kept; None where the film is another one or the volume is damaged.

    The film's pixel spacing is the one of the separation, even if the film was calibrated since.
    """
    kept = read_json(volume, SEPARATION)
    if kept is None or not has_shape(volume, _SHAPE):
        return None
    try:
        pose = JointPose.from_json(kept["pose"])
        spacing = PixelSpacing.from_json(kept["spacing"])
        film = radiograph if radiograph.spacing == spacing else replace(radiograph, spacing=spacing)
        crop = JointCrop(film, pose)
        if film_checksum(film, crop) != kept["film_crc32"]:
            return None
        weights = str(kept["weights_sha256"])
    except (KeyError, TypeError, InputError):
        return None
    channels = voxels_of(volume).copy()
    canonical = CanonicalSeparation(crop.canonical_image(), channels[:_SHARES], channels[_SHARES:])
    return JointLayers(crop, canonical, weights)


def was_corrected(volume: vtk.vtkObject) -> bool:
    """Tell whether the silhouettes were corrected by the user."""
    return bool((read_json(volume, SEPARATION) or {}).get("corrected"))


def are_of_film(layers: JointLayers, radiograph: Radiograph) -> bool:
    """Tell whether layers were made of what a film shows now in their region."""
    if layers.radiograph is radiograph or layers.radiograph.intensity is radiograph.intensity:
        return True
    return film_checksum(radiograph, layers.crop) == film_checksum(layers.radiograph, layers.crop)


def film_checksum(radiograph: Radiograph, crop: JointCrop) -> int:
    """Tell films apart by what lies in the joint's region."""
    return zlib.crc32(np.ascontiguousarray(radiograph.intensity[crop.region.slices]).tobytes())

"""The network's output in the scene, so that a loaded scene can be edited without separating again."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import vtk

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX, JointCrop, JointPose
from ..radiograph import PixelSpacing, Radiograph
from ..separation import JointLayers, MarginRows
from ..separation.layers import CanonicalSeparation
from ..version import __version__
from .node_attributes import SEPARATION, read_json, write_json
from .scalar_volumes import has_shape, voxels_of, write_volume

_SHARES, _MARGINS = slice(0, 3), 5
_SHAPE = (6, CANONICAL_SIZE_PX, CANONICAL_SIZE_PX)
"""Three shares, two silhouettes, and margins in the first rows of a last slice."""


@dataclass(frozen=True)
class SeparationRecord:
    """What a joint was separated from, and by what."""

    pose: JointPose
    """Where the line was."""
    spacing: PixelSpacing
    """Pixel spacing of the film."""
    inverted: bool
    """Whether bone was taken as dark in the film's own numbers."""
    film_crc32: int
    """Checksum of the film's intensities in the joint's region."""
    weights_sha256: str
    """The network."""
    corrected: bool = False
    """Whether the user corrected the silhouettes."""

    @classmethod
    def of(cls, layers: JointLayers, corrected: bool = False) -> SeparationRecord:
        """Describe the separation that layers come from."""
        radiograph = layers.radiograph
        return cls(
            pose=layers.pose,
            spacing=radiograph.spacing,
            inverted=radiograph.polarity.inverted,
            film_crc32=_film_checksum(layers.crop),
            weights_sha256=layers.weights_sha256,
            corrected=corrected,
        )

    @classmethod
    def read(cls, volume: vtk.vtkObject) -> SeparationRecord | None:
        """Return what a volume keeps; None where it is missing or damaged."""
        kept = read_json(volume, SEPARATION)
        try:
            return None if kept is None else cls._from_json(kept)
        except (KeyError, OverflowError, TypeError, ValueError, InputError):
            return None

    @classmethod
    def _from_json(cls, kept: dict[str, Any]) -> SeparationRecord:
        return cls(
            pose=JointPose.from_json(kept["pose"]),
            spacing=PixelSpacing.from_json(kept["spacing"]),
            inverted=bool(kept["inverted"]),
            film_crc32=int(kept["film_crc32"]),
            weights_sha256=str(kept["weights_sha256"]),
            corrected=bool(kept["corrected"]),
        )

    def write(self, volume: vtk.vtkObject) -> None:
        """Keep the record with a volume."""
        value = {
            "pose": self.pose.as_json(),
            "spacing": self.spacing.as_json(),
            "inverted": self.inverted,
            "film_crc32": self.film_crc32,
            "weights_sha256": self.weights_sha256,
            "version": __version__,
            "corrected": self.corrected,
        }
        write_json(volume, SEPARATION, value)

    def crop(self, radiograph: Radiograph) -> JointCrop:
        """Return the joint's crop of a film, which has the pixel spacing of the separation.

        Raises
        ------
        InputError
            If the joint does not lie on the film.
        """
        same = radiograph.spacing == self.spacing
        return JointCrop(radiograph if same else replace(radiograph, spacing=self.spacing), self.pose)

    def is_of(self, radiograph: Radiograph) -> bool:
        """Tell whether a film shows in the joint's region what it showed then."""
        try:
            return _film_checksum(self.crop(radiograph)) == self.film_crc32
        except InputError:
            return False


def store_layers(volume: vtk.vtkObject, layers: JointLayers, corrected: bool = False) -> None:
    """Keep shares, silhouettes and margins with the pose, spacing and weights they belong to.

    They lie in six slices of one float32 volume: Slicer's writers know no volume of six components.
    """
    canonical = layers.canonical
    margins = np.zeros((1, CANONICAL_SIZE_PX, CANONICAL_SIZE_PX), np.float32)
    rows = canonical.margins.as_array()
    margins[0, : len(rows)] = rows
    channels = np.concatenate([canonical.shares, canonical.silhouettes, margins], dtype=np.float32)
    write_volume(volume, channels, np.diag([-1.0, -1.0, 1.0, 1.0]))
    SeparationRecord.of(layers, corrected).write(volume)


def restore_layers(
    volume: vtk.vtkObject, separation: SeparationRecord, radiograph: Radiograph
) -> JointLayers | None:
    """Return the layers that were kept; None where the film is another one or the volume is damaged.

    The film's pixel spacing is the one of the separation, even if the film was calibrated since.
    """
    if not has_shape(volume, _SHAPE) or not separation.is_of(radiograph):
        return None
    crop = separation.crop(radiograph)
    channels = voxels_of(volume).copy()
    canonical = CanonicalSeparation(
        crop.canonical_image(),
        channels[_SHARES],
        channels[_SHARES.stop : _MARGINS],
        MarginRows.from_array(channels[_MARGINS, : MarginRows.COUNT]),
    )
    return JointLayers(crop, canonical, separation.weights_sha256)


def _film_checksum(crop: JointCrop) -> int:
    """Tell films apart by what lies in the joint's region."""
    return zlib.crc32(np.ascontiguousarray(crop.radiograph.intensity[crop.region.slices]).tobytes())

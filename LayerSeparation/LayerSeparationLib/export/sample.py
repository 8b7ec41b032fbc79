"""One sample: a synthetic radiograph of a joint with everything that is known of it.

Every writer gets the same object, whether one joint is exported or millions are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..files import json_line
from ..joints import CANONICAL_SIZE_PX, JointPose
from ..measurement import JointSpaceWidth
from ..radiograph import PixelSpacing
from ..synthesis import GapEdit, JointMasks, SyntheticJoint
from .formats.seg_nrrd import Segment
from .record import joint_record
from .segments import joint_segments

if TYPE_CHECKING:
    from pathlib import Path

    from ..separation import JointLayers


@dataclass(frozen=True, eq=False)
class Sample:
    """An image of a joint and its ground truth, all on one grid.

    Attributes
    ----------
    image
        (rows, columns) float32 intensity 0..1, bone bright: the joint's window of the film.
    masks
        The four segments, bool on the same grid; they overlap.
    spacing
        Pixel spacing and its source.
    origin_px
        (x, y) of the window's first pixel on the film.
    record
        The joint record: pose, spacing, edit, JSW before and after, weights, seed, and whether the image is
        synthetic.
    film
        (rows, columns) float32 of the whole film with the edited joint in it; None where the film is nothing
        but the joint, or was not asked for.
    film_key
        What tells films apart that have no name: the sha256 of their pixels; may be empty.
    dicom_path
        DICOM file that the film came from, if it did.
    dicom_header
        What `source_header` kept of that file, as DICOM JSON, where the file itself may be out of reach.
    """

    image: NDArray[np.float32]
    masks: JointMasks
    spacing: PixelSpacing
    origin_px: tuple[int, int]
    record: Mapping[str, Any]
    film: NDArray[np.float32] | None = None
    film_key: str = ""
    dicom_path: Path | None = None
    dicom_header: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def synthetic(self) -> bool:
        """Whether the image differs from the radiograph as it was taken."""
        return bool(self.record["synthetic"])

    @property
    def segments(self) -> list[Segment]:
        """The masks with their names, colours and codes."""
        masks, side = self.masks, self.record["side"]
        return joint_segments(
            masks.upper_bone,
            masks.lower_bone,
            masks.joint_space,
            masks.soft_tissue,
            joint=self.record["joint"],
            side=side if side in ("L", "R") else None,
        )

    @property
    def record_line(self) -> str:
        """The record as one line of JSON, for formats that have room for text in the image file."""
        return json_line(self.record)


def sample_of(joint: SyntheticJoint, seed: int | None = None, *, with_film: bool = True) -> Sample:
    """Return an edited joint as a sample.

    Parameters
    ----------
    joint
        What `synthesize` made.
    seed
        Of whatever was drawn at random; None if nothing was.
    with_film
        Whether to hold the whole film too, where it is larger than the joint.
    """
    layers = joint.layers
    origin = layers.radiograph.origin
    return Sample(
        image=joint.image,
        masks=joint.masks,
        spacing=layers.radiograph.spacing,
        origin_px=(layers.crop.region.left, layers.crop.region.top),
        record=record_of(joint, joint.edit, seed),
        film=joint.film if with_film and not layers.crop.covers_film else None,
        dicom_path=origin.path if origin.format == "DICOM" else None,
    )


def record_of(joint: SyntheticJoint, edit: GapEdit | None, seed: int | None = None) -> dict[str, Any]:
    """Return the record of a joint; without an edit, that of the film as it was taken."""
    layers = joint.layers
    return joint_record(
        pose=_full_pose(layers),
        spacing=layers.radiograph.spacing,
        synthetic=joint.is_synthetic,
        polarity=layers.radiograph.polarity,
        edit=None if edit is None else edit.as_json(),
        jsw_before=jsw_fields(joint.jsw_before),
        jsw_after=None if edit is None else jsw_fields(joint.jsw_after),
        weights_sha256=layers.weights_sha256,
        seed=seed,
        source=layers.radiograph.origin.path,
    )


def jsw_fields(jsw: JointSpaceWidth) -> dict[str, Any]:
    """Return mean, minimum, unit and status of a JSW, as files have them."""
    return {"mean": jsw.mean, "minimum": jsw.minimum, "unit": jsw.unit, "status": jsw.status}


def _full_pose(layers: JointLayers) -> JointPose:
    """Return the pose with the field of view that was used."""
    edge = layers.crop.unit_per_px * CANONICAL_SIZE_PX
    if layers.crop.unit == "mm":
        return replace(layers.pose, field_of_view_mm=edge)
    return replace(layers.pose, field_of_view_px=edge)

"""One sample: a synthetic radiograph of a joint with everything that is known of it.

Every format gets the same object, whether one joint is exported or millions are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..files import json_line
from ..radiograph import PixelSpacing
from ..synthesis import JointMasks, SyntheticJoint
from .record import describe_joint
from .segments import Segment, describe_segments


class ExportedImage(Protocol):
    """What a format of single images reads: a `Sample` of one joint, or a `FilmSample` of all of a film."""

    @property
    def image(self) -> NDArray[np.float32]:
        """(rows, columns) intensity 0..1, bone bright."""

    @property
    def film(self) -> NDArray[np.float32] | None:
        """(rows, columns) of the whole film, where the image is a part of it and the film was asked for."""

    @property
    def spacing(self) -> PixelSpacing:
        """Pixel spacing and its source."""

    @property
    def origin_px(self) -> tuple[int, int]:
        """(x, y) of the image's first pixel on the film."""

    @property
    def record(self) -> Mapping[str, Any]:
        """What was done, in JSON's own types; written as ``<kind>.json``."""

    @property
    def kind(self) -> str:
        """'joint' or 'film'."""

    @property
    def name(self) -> str:
        """Of the joint; 'whole film'."""

    @property
    def side(self) -> Literal["L", "R"] | None:
        """Side of the body, where it is one and known."""

    @property
    def subject(self) -> str:
        """What was moved, in words: bones of which joints."""

    @property
    def widths(self) -> str:
        """The joint space widths that they have now, in words."""

    @property
    def summary(self) -> Mapping[str, Any]:
        """The record; or, where that does not fit into a comment of DICOM, the most important of it."""

    @property
    def weights_sha256(self) -> str | None:
        """Of the network's weights."""

    @property
    def synthetic(self) -> bool:
        """Whether the image differs from the radiograph as it was taken."""

    @property
    def segments(self) -> list[Segment]:
        """Masks with their names, colours and codes."""

    @property
    def record_line(self) -> str:
        """The record as one line of JSON."""

    @property
    def film_key(self) -> str:
        """What tells films apart that have no name; may be empty."""

    @property
    def uid_key(self) -> bytes:
        """What keys the UIDs of DICOM files, so that they can't be traced to the film; may be empty."""

    @property
    def dicom_path(self) -> Path | None:
        """DICOM file that the film came from, if it did."""

    @property
    def dicom_header(self) -> Mapping[str, Any] | None:
        """What `source_header` kept of that file, where the file itself may be out of reach."""


@dataclass(frozen=True, eq=False)
class Sample:
    """An image of a joint and its ground truth, all on one grid."""

    image: NDArray[np.float32]
    """(rows, columns) intensity 0..1, bone bright: the joint's region of the film."""
    masks: JointMasks
    """The four segments, bool on the same grid; they overlap."""
    spacing: PixelSpacing
    """Pixel spacing and its source."""
    origin_px: tuple[int, int]
    """(x, y) of the region's first pixel on the film."""
    record: Mapping[str, Any]
    """The joint record; see `make_joint_record`."""
    film: NDArray[np.float32] | None = None
    """(rows, columns) of the whole film with the edited joint in it; None where the film is nothing but the
    joint, or was not asked for."""
    film_key: str = ""
    """What tells films apart that have no name: the sha256 of their pixels; may be empty."""
    uid_key: bytes = field(default=b"", repr=False)
    """What keys the UIDs of DICOM files, so that they can't be traced to the film; may be empty."""
    dicom_path: Path | None = None
    """DICOM file that the film came from, if it did."""
    dicom_header: Mapping[str, Any] | None = field(default=None, repr=False)
    """What `source_header` kept of that file, as DICOM JSON, where the file itself may be out of reach."""
    labels: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Its row of a data set's table of labels; empty outside of data sets."""

    @property
    def kind(self) -> str:
        """'joint': its record is ``joint.json``."""
        return "joint"

    @property
    def name(self) -> str:
        """The joint's name."""
        return str(self.record["joint"])

    @property
    def side(self) -> Literal["L", "R"] | None:
        """Side of the body; None where it is unknown."""
        return known_side(self.record["side"])

    @property
    def subject(self) -> str:
        """What was moved, in words."""
        return f"bones of joint {self.name}"

    @property
    def widths(self) -> str:
        """The joint space width that it has now, in words."""
        width = describe_width(self.record["jsw_after"] or self.record["jsw_before"] or {})
        return f"mean joint space width {width}"

    @property
    def summary(self) -> Mapping[str, Any]:
        """The record."""
        return self.record

    @property
    def weights_sha256(self) -> str | None:
        """Of the network's weights."""
        return None if self.record["weights_sha256"] is None else str(self.record["weights_sha256"])

    @property
    def synthetic(self) -> bool:
        """Whether the image differs from the radiograph as it was taken."""
        return bool(self.record["synthetic"])

    @property
    def segments(self) -> list[Segment]:
        """The masks with their names, colours and codes."""
        return describe_segments(self.masks, joint=self.name, side=self.side)

    @property
    def record_line(self) -> str:
        """The record as one line of JSON, for formats that have room for text in the image file."""
        return json_line(self.record)


def make_sample(joint: SyntheticJoint, seed: int | None = None, *, with_film: bool = True) -> Sample:
    """Return an edited joint as a sample.

    Parameters
    ----------
    joint
        What `synthesize` made.
    seed
        Of whatever was drawn at random; None if nothing was.
    with_film
        Whether to hold the whole film too, where it is larger than the joint.

    Examples
    --------
    >>> film = make_joint("PIP", seed=1).radiograph
    >>> layers = Separator("cpu").separate(film, JointPose.whole_crop(film, "PIP2"))
    >>> sample = make_sample(synthesize(layers, GapEdit(change=0.3)), seed=7)
    >>> sample.image.shape, sample.synthetic, sample.record["edit"]["change"], sample.record["seed"]
    ((256, 256), True, 0.3, 7)
    >>> sample.record["jsw_before"]["unit"], sample.record["jsw_before"]["quality"]
    ('mm', 'measured')
    >>> [segment.name for segment in sample.segments]
    ['Upper bone', 'Lower bone', 'Joint space', 'Soft tissue']
    """
    layers = joint.layers
    origin = layers.radiograph.origin
    return Sample(
        image=joint.image,
        masks=joint.masks,
        spacing=layers.radiograph.spacing,
        origin_px=(layers.crop.region.left, layers.crop.region.top),
        record=describe_joint(joint, seed=seed),
        film=joint.film if with_film and not layers.crop.covers_film else None,
        dicom_path=origin.path if origin.format == "DICOM" else None,
    )


def known_side(side: object) -> Literal["L", "R"] | None:
    """Return a side of the body that is one."""
    return "L" if side == "L" else "R" if side == "R" else None


def describe_width(jsw: Mapping[str, Any]) -> str:
    """Return the mean JSW of a record with its 90 % interval and its quality."""
    if jsw.get("mean") is None:
        return "unknown"
    interval = jsw.get("interval")
    between = f" (90% interval {interval[0]:.3f}-{interval[1]:.3f} {jsw['unit']})" if interval else ""
    return f"{jsw['mean']:.3f} {jsw['unit']}{between}, {jsw['quality']}"

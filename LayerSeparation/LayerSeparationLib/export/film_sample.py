"""A whole film with all edits of its joints, as formats write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..files import json_line
from ..radiograph import PixelSpacing
from ..synthesis import SyntheticFilm
from .film_record import describe_film
from .film_segments import describe_film_segments
from .sample import known_side
from .segments import Segment


@dataclass(frozen=True, eq=False)
class FilmSample:
    """A film and its truth on the film's own pixels, with all that formats read: `sample.ExportedImage`."""

    synthetic_film: SyntheticFilm
    record: Mapping[str, Any] = field(repr=False)
    """See `describe_film`."""
    kind = "film"
    name = "whole film"
    film = None
    film_key = ""
    uid_key = b""
    origin_px = (0, 0)
    dicom_header = None

    @property
    def image(self) -> NDArray[np.float32]:
        """(rows, columns) intensity 0..1 of the whole film."""
        return self.synthetic_film.image

    @property
    def spacing(self) -> PixelSpacing:
        """Pixel spacing and its source."""
        return self.synthetic_film.radiograph.spacing

    @property
    def side(self) -> Literal["L", "R"] | None:
        """Side of the body that all joints are of; None where it is not known, or there are two."""
        sides = {joint["side"] for joint in self.record["joints"]}
        return known_side(sides.pop()) if len(sides) == 1 else None

    @property
    def subject(self) -> str:
        """What was moved, in words."""
        moved = [joint.layers.pose.name for joint in self.synthetic_film.joints if joint.is_synthetic]
        return f"bones of joints {', '.join(moved)}" if moved else "no bones"

    @property
    def widths(self) -> str:
        """The joint space widths that the joints have now, in words."""
        told = [
            f"{name} {jsw['mean']:.3f} {jsw['unit']} ({jsw['quality']})"
            for name, jsw in self._widths_after().items()
            if jsw["mean"] is not None
        ]
        return f"mean joint space widths {', '.join(told) or 'unknown'}"

    @property
    def summary(self) -> Mapping[str, Any]:
        """The record with no more of a joint than its widths: DICOM's comment holds 10,240 characters."""
        before = {joint["joint"]: joint["jsw_before"] for joint in self.record["joints"]}
        return {
            **{key: self.record[key] for key in ("format", "version", "synthetic", "source")},
            "joints": {
                name: {
                    "jsw_before": before[name]["mean"],
                    "jsw_after": after["mean"],
                    "unit": after["unit"],
                    "quality": after["quality"],
                }
                for name, after in self._widths_after().items()
            },
        }

    @property
    def weights_sha256(self) -> str | None:
        """Of the network's weights; None where the joints were separated by several."""
        found = {joint["weights_sha256"] for joint in self.record["joints"]}
        return found.pop() if len(found) == 1 else None

    @property
    def synthetic(self) -> bool:
        """Whether any joint was edited."""
        return self.synthetic_film.is_synthetic

    @cached_property
    def segments(self) -> list[Segment]:
        """Bones and joint spaces with their names, colours and codes."""
        return describe_film_segments(self.synthetic_film)

    @property
    def record_line(self) -> str:
        """The record as one line of JSON."""
        return json_line(self.record)

    @property
    def dicom_path(self) -> Path | None:
        """DICOM file that the film came from, if it did."""
        origin = self.synthetic_film.radiograph.origin
        return origin.path if origin.format == "DICOM" else None

    def _widths_after(self) -> dict[str, Mapping[str, Any]]:
        return {joint["joint"]: joint["jsw_after"] for joint in self.record["joints"]}


def make_film_sample(film: SyntheticFilm) -> FilmSample:
    """Return an edited film as formats write it.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand, synthesize_film
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> sample = make_film_sample(synthesize_film([layers], [GapEdit(change=-0.2)]))
    >>> sample.synthetic, [segment.key for segment in sample.segments]
    (True, ['middle_phalanx_2', 'proximal_phalanx_2', 'joint_space_pip2'])
    """
    return FilmSample(film, describe_film(film))

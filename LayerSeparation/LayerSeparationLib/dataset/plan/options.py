"""What a data set is asked to hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ...errors import InputError
from ...export import CollectionSettings, choose_collection_formats
from ...export.encoding.png import IMAGE_BITS, ImageBits
from ...radiograph import LengthUnit
from ...synthesis.gap_edit import GREATEST_TILT_DEG, MOVING_BONES, UNITS, MovingBone
from .narrowing_score import NORMAL_JSW_MM

BALANCES = ("uniform", "svdh", "as-is")
MOST_SAMPLES_PER_JOINT = 1_000_000
_STRONGEST_EXPOSURE = 0.9
_STRONGEST_NOISE = 0.5
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class DatasetOptions:
    """The choices that decide every sample.

    Raises
    ------
    InputError
        If a value is out of range, or two of them contradict each other.

    Examples
    --------
    >>> options = DatasetOptions(per_joint=50, jsw=(0, 2.5), tilt_deg=5, formats=("png", "coco"), seed=7)
    >>> DatasetOptions.from_json(options.as_json()) == options
    True
    >>> DatasetOptions(per_joint=50)
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.InputError: Ask either for joint space widths or for changes of them, ...
    """

    per_joint: int
    """Samples of each joint, 1 or more."""
    matched_real: int = 0
    """So many more of each joint are matched real samples: the joint has the gap it was taken with, and its
    bones were moved together, so that the film has gone the very way of an edit. Whoever trains on these and
    the others can't learn the way in place of the gap."""
    seed: int = 0
    """0 or more."""
    formats: tuple[str, ...] = ("png",)
    """Names among those of `collection_formats`."""
    jsw: tuple[float, float] | None = None
    """Least and greatest mean JSW to ask for, in ``unit``; None where changes are asked for."""
    change: tuple[float, float] | None = None
    """Least and greatest change of the mean JSW, in ``unit``; None where widths are asked for."""
    balance: str = "uniform"
    """How widths are spread over ``jsw``: 'uniform'; 'svdh', equal numbers of every SvdH-like score; 'as-is',
    as the measured widths of the inputs are spread."""
    unit: LengthUnit = "mm"
    """Of all lengths: 'mm', or 'px' of the film for films without pixel spacing."""
    tilt_deg: float = 0.0
    """Tilts are drawn evenly from -value to +value, in degrees."""
    shift: float = 0.0
    """Shifts are drawn evenly from -value to +value, in ``unit``."""
    moves: MovingBone = "upper"
    """Bone that moves: 'upper', 'lower', or 'both'."""
    exposure: float = 0.0
    """Attenuation is multiplied by a factor between 1 / (1 + value) and 1 + value; 0..0.9."""
    noise: float = 0.0
    """Standard deviations of added noise of intensity are drawn from 0 to value; 0..0.5."""
    split: tuple[float, float, float] = (0.8, 0.1, 0.1)
    """Shares of train, val and test; they add up to 1."""
    normal_jsw_mm: Mapping[str, float] = field(default_factory=lambda: dict(NORMAL_JSW_MM))
    """Kind of joint ('MCP', ...; '*' is any) -> mean JSW of a healthy one in mm, for SvdH-like scores."""
    with_doubtful: bool = False
    """Whether joints whose JSW is to be checked are taken too."""
    keep_patient: bool = False
    """Whether patient and study of DICOM sources are kept."""
    licence: str = ""
    """Text for the data card."""
    image_bits: ImageBits = 8
    """Of the grey images of COCO, YOLO and WebDataset; see `CollectionSettings`."""
    edits_given: bool = False
    """Nothing is drawn: the plan's joints come with their edits, ``per_joint`` of each."""

    def __post_init__(self) -> None:
        choose_collection_formats(self.formats)
        _check_whole_number("per_joint", self.per_joint, 1, MOST_SAMPLES_PER_JOINT)
        _check_whole_number("matched_real", self.matched_real, 0, MOST_SAMPLES_PER_JOINT)
        _check_whole_number("seed", self.seed, 0, 2**63 - 1)
        if [self.jsw is not None, self.change is not None, self.edits_given].count(True) != 1:
            raise InputError("Ask either for joint space widths or for changes of them, or give the edits.")
        for name, span in (("jsw", self.jsw), ("change", self.change)):
            if span is not None and not (all(map(math.isfinite, span)) and span[0] <= span[1]):
                raise InputError(f"{name} must be two numbers, the smaller first, not {span}.")
        if self.jsw is not None and self.jsw[0] < 0:
            raise InputError(f"A joint space of {self.jsw[0]} can't be: ask for 0 or more, or for changes.")
        for name, choice, offered in (
            ("balance", self.balance, BALANCES),
            ("unit", self.unit, UNITS),
            ("moves", self.moves, MOVING_BONES),
            ("image_bits", self.image_bits, IMAGE_BITS),
        ):
            if choice not in offered:
                raise InputError(f"{name} must be one of {', '.join(map(str, offered))}, not '{choice}'.")
        for name, value, greatest in (
            ("tilt_deg", self.tilt_deg, GREATEST_TILT_DEG),
            ("shift", self.shift, math.inf),
            ("exposure", self.exposure, _STRONGEST_EXPOSURE),
            ("noise", self.noise, _STRONGEST_NOISE),
        ):
            if not (math.isfinite(value) and 0 <= value <= greatest):
                raise InputError(f"{name} must be a number from 0 to {greatest:g}, not {value}.")
        self._check_together()

    @property
    def of_each_joint(self) -> int:
        """Samples of each joint, matched real ones and all."""
        return self.per_joint + self.matched_real

    @property
    def settings(self) -> CollectionSettings:
        """What its formats share."""
        return CollectionSettings(self.image_bits, self.licence)

    def _check_together(self) -> None:
        if self.edits_given and self.matched_real:
            raise InputError("Where edits are given, nothing is drawn: ask for no matched real samples.")
        if min(self.split) < 0 or not math.isclose(sum(self.split), 1, abs_tol=1e-6):
            raise InputError(f"The shares of train, val and test must add up to 1, not {self.split}.")
        if any(not (math.isfinite(value) and value > 0) for value in self.normal_jsw_mm.values()):
            raise InputError("The JSW of a healthy joint must be above 0 mm.")
        if self.balance != "uniform" and self.change is not None:
            raise InputError(
                f"Balance '{self.balance}' is about joint space widths: ask for widths, not for changes."
            )
        if self.balance == "svdh" and self.unit == "px":
            raise InputError("SvdH-like scores need widths in mm: give the pixel spacing.")
        if len(self.licence) > _LONGEST_TEXT:
            raise InputError(f"The licence's text is longer than {_LONGEST_TEXT} characters: name it only.")

    def as_json(self) -> dict[str, Any]:
        """Return the options in JSON's own types."""
        values = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> DatasetOptions:
        """Return the options of `as_json`."""
        known = {one.name for one in fields(cls)}
        made: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.items()
            if key in known
        }
        return cls(**made)


def _check_whole_number(name: str, value: int, least: int, greatest: int) -> None:
    if not isinstance(value, int) or not least <= value <= greatest:
        raise InputError(f"{name} must be a whole number from {least} to {greatest}, not {value}.")

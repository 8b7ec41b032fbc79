"""The plan of a data set: which joints, which samples, in which order and blocks.

A plan holds no list of samples, unless a person gave their edits one by one. What sample `index` of a joint
is follows from the seed, the key of the joint (a hash of its film and pose) and the index alone, however many
others there are and whoever makes it when.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...export.collection import SPLITS
from ...measurement import Quality
from ...radiograph import LengthUnit
from ...synthesis import GapEdit
from ...version import __version__
from .balance import width_at
from .options import DatasetOptions
from .series import SERIES_SOURCES, SeriesSource
from .strata import JointStrata, seed_words

FORMAT = "LayerSeparation data set 4"
"""Of plan.json, dataset.json and labels.csv; the number rises whenever a key or a column changes."""
_LARGEST_BLOCK, _SMALLEST_BLOCK = 1000, 4
"""In samples."""
_BLOCKS = 64
"""Blocks that a plan is cut into, where their size allows it."""
_LEAST_SHIFT: dict[LengthUnit, float] = {"mm": 0.4, "px": 4.0}
_LEAST_TILT_DEG = 2.0
"""Matched real samples move at least up to this far: a film must be read between its pixels."""
_KEY_LETTERS = 12
"""Of a joint's key, in names of samples: 48 bits tell a million joints apart."""


@dataclass(frozen=True)
class PlannedJoint:
    """One joint of an input."""

    key: str
    """sha256 of film, pixel spacing, pose and weights: the name of its layers in the cache."""
    film: str
    """sha256 of the film's intensities."""
    name: str
    """MCP1, PIP2, ..., or what a person called it."""
    side: str | None
    """'L' or 'R'; None where it is not known."""
    series: str
    """What must not be torn apart by a split: the hash of the first film of a patient or series."""
    series_known_by: SeriesSource
    """What told its series; see `series.SeriesSource`."""
    split: str
    """'train', 'val' or 'test'."""
    unit: LengthUnit
    """Of its lengths: 'mm', or 'px' of the film where its pixel spacing is unknown."""
    jsw: float | None
    """Mean JSW of the film, in `unit`; None where it can't be told."""
    quality: Quality
    """How far that can be trusted."""
    findings: tuple[str, ...]
    """What to look at before its samples are used, or why the JSW can't be told; empty where measured."""
    weights_sha256: str
    """Of the network that separated it."""
    layers_sha256: str
    """Of the layers themselves, so that others would be noticed."""
    edits: tuple[GapEdit, ...] = ()
    """One a sample, where edits are given and nothing is drawn."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What to look at before samples of it are used, whatever their widths."""
        return self.findings if self.quality is Quality.CHECK else ()


@dataclass(frozen=True)
class PlannedSample:
    """What one sample is to be."""

    number: int
    """Position in the data set, from 0."""
    index: int
    """Position among the samples of its joint, from 0."""
    joint: PlannedJoint
    name: str
    """ASCII letters, digits, ``_`` and ``-``; unlike that of any other sample."""
    edit: GapEdit
    """Of a matched real sample, one that moves the joint as one."""
    attenuation_factor: float
    """All attenuations are multiplied by it."""
    noise_sd: float
    """Standard deviation of the added noise of intensity, 0..1."""
    noise_seed: int
    """0..2**32 - 1."""


@dataclass(frozen=True)
class Block:
    """Samples `start`..`stop - 1`, all of one split: the unit of work."""

    number: int
    """Position among all blocks, from 0."""
    split: str
    number_in_split: int
    """Position among the blocks of its split, from 0."""
    start: int
    """Number of its first sample."""
    stop: int
    """Number after that of its last sample."""

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.stop - self.start


@dataclass(frozen=True)
class Plan:
    """Joints and what is to be made of them.

    Raises
    ------
    InputError
        If there are no joints, they are not in the order of splits, one comes twice, or edits are missing.

    Examples
    --------
    >>> joint = PlannedJoint(
    ...     *("0f" * 32, "1e" * 32, "MCP2", "L", "1e" * 32, "patient"),
    ...     split="train",
    ...     unit="mm",
    ...     jsw=1.6,
    ...     quality=Quality.MEASURED,
    ...     findings=(),
    ...     weights_sha256="2d" * 32,
    ...     layers_sha256="3c" * 32,
    ... )
    >>> plan = Plan(DatasetOptions(per_joint=100, jsw=(0.5, 2.0)), (joint,))
    >>> plan.samples, sum(block.samples for block in plan.blocks())
    (100, 100)
    >>> plan.sample(7) == Plan.from_json(plan.as_json()).sample(7)
    True
    """

    options: DatasetOptions
    joints: tuple[PlannedJoint, ...]
    """Those of train first, then val, then test."""
    version: str = __version__
    """Of the program that makes the data set."""

    def __post_init__(self) -> None:
        order = [SPLITS.index(joint.split) for joint in self.joints]
        names = {joint.key[:_KEY_LETTERS] for joint in self.joints}
        if not self.joints:
            raise InputError("There is nothing to make a data set of: no joint of any input can be used.")
        if order != sorted(order) or len(names) != len(self.joints):
            raise InputError("The joints of a plan must be in the order of splits, and each there once.")
        edits = self.options.per_joint if self.options.edits_given else 0
        if any(len(joint.edits) != edits for joint in self.joints):
            raise InputError("Where edits are given, every joint of a plan needs one for each sample.")

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.joints) * self.options.of_each_joint

    @cached_property
    def samples_of_split(self) -> dict[str, int]:
        """Split -> number of its samples, in the order of `SPLITS`."""
        joints = Counter(joint.split for joint in self.joints)
        return {split: joints[split] * self.options.of_each_joint for split in SPLITS}

    @property
    def missing_splits(self) -> tuple[str, ...]:
        """Splits that have a share but no series: there are fewer series than splits."""
        asked = zip(SPLITS, self.options.split, strict=True)
        return tuple(split for split, share in asked if share > 0 and not self.samples_of_split[split])

    def count_series(self) -> dict[SeriesSource, int]:
        """Return what told series -> how many series, the strongest first; what told none is left out."""
        counts = Counter({joint.series: joint.series_known_by for joint in self.joints}.values())
        return {source: counts[source] for source in SERIES_SOURCES if counts[source]}

    @cached_property
    def measured_widths(self) -> NDArray[np.float64]:
        """(n,) measured JSW of all joints that have one, in the options' unit, ascending."""
        return np.sort(np.array([joint.jsw for joint in self.joints if joint.jsw is not None], np.float64))

    @cached_property
    def _strata(self) -> JointStrata:
        return JointStrata(self.options.seed, self.options.per_joint)

    def sample(self, number: int) -> PlannedSample:
        """Return what sample `number`, 0..samples - 1, is to be."""
        options = self.options
        joint = self.joints[number // options.of_each_joint]
        index = number % options.of_each_joint
        draw = np.random.default_rng([options.seed, *seed_words(joint.key), index])
        within, tilt, shift, exposure, noise = draw.random(5)
        return PlannedSample(
            number=number,
            index=index,
            joint=joint,
            name=f"{joint.key[:_KEY_LETTERS]}_{_ascii_name(joint.name)}_{index:06d}",
            edit=joint.edits[index] if joint.edits else self._draw_edit(joint, index, within, tilt, shift),
            attenuation_factor=round(float((1 + options.exposure) ** (2 * exposure - 1)), 5),
            noise_sd=round(float(noise * options.noise), 5),
            noise_seed=int(draw.integers(2**32)),
        )

    def _draw_edit(
        self, joint: PlannedJoint, index: int, within: float, tilt: float, shift: float
    ) -> GapEdit:
        options = self.options
        if index >= options.per_joint:
            return self._draw_motion_as_one(joint, tilt, shift)
        edit = GapEdit(
            shift=round(float((2 * shift - 1) * options.shift), 4),
            tilt_deg=round(float((2 * tilt - 1) * options.tilt_deg), 3),
            moves=options.moves,
            unit=joint.unit,
        )
        length = round(self._length(joint, index, float(within)), 4)
        return edit.with_target(length) if options.change is None else edit.with_change(length)

    def _draw_motion_as_one(self, joint: PlannedJoint, tilt: float, shift: float) -> GapEdit:
        """Draw how a joint moves whose gap stays: as far as bones are shifted and tilted, or a little."""
        options = self.options
        reach = max(options.shift, _LEAST_SHIFT[joint.unit])
        return GapEdit(
            shift=round(float((2 * shift - 1) * reach), 4),
            tilt_deg=round(float((2 * tilt - 1) * max(options.tilt_deg, _LEAST_TILT_DEG)), 3),
            moves="joint",
            unit=joint.unit,
        )

    def _length(self, joint: PlannedJoint, index: int, within: float) -> float:
        options = self.options
        stratum = self._strata.stratum(joint.key, index)
        if options.change is not None:
            low, high = options.change
            return low + (stratum + within) / options.per_joint * (high - low)
        rotation = int(joint.key[-8:], 16)
        return width_at(options, joint.name, self.measured_widths, stratum, within, rotation)

    def blocks(self) -> Iterator[Block]:
        """Yield the units of work; their size follows from the number of samples alone."""
        size = min(_LARGEST_BLOCK, max(_SMALLEST_BLOCK, -(-self.samples // _BLOCKS)))
        number, first = 0, 0
        for split, samples in self.samples_of_split.items():
            last = first + samples
            for in_split, start in enumerate(range(first, last, size)):
                yield Block(number, split, in_split, start, min(start + size, last))
                number += 1
            first = last

    def as_json(self) -> dict[str, Any]:
        """Return the plan in JSON's own types."""
        return {
            "format": FORMAT,
            "version": self.version,
            "synthetic": True,
            "options": self.options.as_json(),
            "joints": [asdict(joint) for joint in self.joints],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """Return the plan of `as_json`.

        Raises
        ------
        InputError
            If it is no plan, or of another version: its samples would differ.
        """
        refuse_other_version(values)
        try:
            joints = tuple(_joint_from_json(joint) for joint in values["joints"])
            return cls(DatasetOptions.from_json(values["options"]), joints)
        except (KeyError, TypeError) as error:
            raise InputError(f"no plan: {error}") from error

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of the plan: equal plans make equal data sets."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def refuse_other_version(values: Any) -> None:
    """Refuse what is no plan of this version of the program.

    Parameters
    ----------
    values
        In JSON's own types.

    Raises
    ------
    InputError
        With the version that made it, where that is known.
    """
    made = values if isinstance(values, Mapping) else {}
    found = made.get("format"), made.get("version")
    if found != (FORMAT, __version__):
        raise InputError(
            f"made by another version ({found[1] or found[0] or 'unknown'}; this is {__version__})"
        )


def _joint_from_json(values: Mapping[str, Any]) -> PlannedJoint:
    edits = tuple(GapEdit.from_json(edit) for edit in values["edits"])
    quality, findings = Quality(values["quality"]), tuple(values["findings"])
    return PlannedJoint(**{**values, "edits": edits, "quality": quality, "findings": findings})


def _ascii_name(name: str) -> str:
    """Return a joint's name for files of every format: ASCII letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:20] or "joint"

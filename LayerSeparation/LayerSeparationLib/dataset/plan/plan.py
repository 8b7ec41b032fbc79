"""The plan of a data set: which joints, which samples, in which order and blocks.

A plan holds no list of samples, unless a person gave their edits one by one. What sample `index` of a joint
is follows from the seed, the key of the joint (a hash of its film and pose) and the index alone, however many
others there are and whoever makes it when.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ...errors import InputError
from ...export.collection import SPLITS
from ...radiograph import LengthUnit
from ...synthesis import GapEdit
from ...version import __version__
from .balance import width_at
from .options import DatasetOptions

FORMAT = "LayerSeparation data set 1"
_LARGEST_BLOCK, _SMALLEST_BLOCK = 1000, 4
_BLOCKS = 64
_NAME_OF_KEY = 12


@dataclass(frozen=True)
class PlannedJoint:
    """One joint of an input."""

    key: str
    """sha256 of film, pixel spacing, pose and weights: the name of its layers in the cache."""
    film: str
    """sha256 of the film's intensities."""
    name: str
    side: str | None
    series: str
    """What must not be torn apart by a split: the hash of the first film of a patient or series."""
    split: str
    unit: LengthUnit
    jsw: float | None
    """Mean JSW of the film, in `unit`; None where it can't be told."""
    weights_sha256: str
    """Of the network that separated it."""
    layers_sha256: str
    """Of the layers themselves, so that others would be noticed."""
    edits: tuple[GapEdit, ...] = ()
    """One a sample, where edits are given and nothing is drawn."""


@dataclass(frozen=True)
class PlannedSample:
    """What one sample is to be."""

    number: int
    """Position in the data set."""
    index: int
    """Position among the samples of its joint."""
    joint: PlannedJoint
    name: str
    edit: GapEdit
    attenuation_factor: float
    noise_sd: float
    noise_seed: int


@dataclass(frozen=True)
class Block:
    """Samples `start`..`stop - 1`, all of one split: the unit of work."""

    number: int
    split: str
    number_in_split: int
    start: int
    stop: int


@dataclass(frozen=True)
class Plan:
    """Joints (train first, then val, test) and what is to be made of them."""

    options: DatasetOptions
    joints: tuple[PlannedJoint, ...]
    version: str = __version__

    def __post_init__(self) -> None:
        order = [SPLITS.index(joint.split) for joint in self.joints]
        names = {joint.key[:_NAME_OF_KEY] for joint in self.joints}
        if not self.joints:
            raise InputError("There is nothing to make a data set of: no joint of any input can be used.")
        if order != sorted(order) or len(names) != len(self.joints):
            raise InputError("The joints of a plan must be in the order of splits, and each there once.")
        edits = self.options.per_joint if self.options.given else 0
        if any(len(joint.edits) != edits for joint in self.joints):
            raise InputError("Where edits are given, every joint of a plan needs one for each sample.")

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.joints) * self.options.per_joint

    @cached_property
    def measured_widths(self) -> np.ndarray:
        """Measured JSW of all joints that have one, ascending."""
        return np.sort([joint.jsw for joint in self.joints if joint.jsw is not None])

    def sample(self, number: int) -> PlannedSample:
        """Return what sample `number` is to be."""
        options = self.options
        joint = self.joints[number // options.per_joint]
        index = number % options.per_joint
        draw = np.random.default_rng([options.seed, *_words(joint.key), index])
        place, tilt, shift, exposure, noise = draw.random(5)
        return PlannedSample(
            number=number,
            index=index,
            joint=joint,
            name=f"{joint.key[:_NAME_OF_KEY]}_{_plain_name(joint.name)}_{index:06d}",
            edit=joint.edits[index] if options.given else self._drawn_edit(joint, index, place, tilt, shift),
            attenuation_factor=round(float((1 + options.exposure) ** (2 * exposure - 1)), 5),
            noise_sd=round(float(noise * options.noise), 5),
            noise_seed=int(draw.integers(2**32)),
        )

    def _drawn_edit(
        self, joint: PlannedJoint, index: int, place: float, tilt: float, shift: float
    ) -> GapEdit:
        options = self.options
        edit = GapEdit(
            shift=round(float((2 * shift - 1) * options.shift), 4),
            tilt_deg=round(float((2 * tilt - 1) * options.tilt_deg), 3),
            moves=options.moves,
            unit=joint.unit,
        )
        length = round(self._length(joint, index, float(place)), 4)
        return edit.with_target(length) if options.change is None else edit.with_change(length)

    def _length(self, joint: PlannedJoint, index: int, place: float) -> float:
        options = self.options
        stratum = _stratum(options.seed, joint.key, index, options.per_joint)
        if options.change is not None:
            low, high = options.change
            return low + (stratum + place) / options.per_joint * (high - low)
        turn = int.from_bytes(bytes.fromhex(joint.key[-8:]), "big")
        return width_at(options, joint.name, self.measured_widths, stratum, place, turn)

    def blocks(self) -> Iterator[Block]:
        """Yield the units of work; their size follows from the number of samples alone."""
        size = min(_LARGEST_BLOCK, max(_SMALLEST_BLOCK, -(-self.samples // _BLOCKS)))
        number, first = 0, 0
        for split in SPLITS:
            last = first + sum(joint.split == split for joint in self.joints) * self.options.per_joint
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
            If it is no plan, or of another version.
        """
        found = values.get("format"), values.get("version")
        if found != (FORMAT, __version__):
            raise InputError(
                f"made by another version ({found[1] or found[0] or 'unknown'}; this is {__version__})"
            )
        try:
            joints = tuple(_joint(joint) for joint in values["joints"])
            return cls(DatasetOptions.from_json(values["options"]), joints)
        except (KeyError, TypeError) as error:
            raise InputError(f"no plan: {error}") from error

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of the plan: equal plans make equal data sets."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def _joint(values: Mapping[str, Any]) -> PlannedJoint:
    return PlannedJoint(**{**values, "edits": tuple(GapEdit.from_json(edit) for edit in values["edits"])})


def _words(key: str) -> list[int]:
    return [int(key[at : at + 8], 16) for at in range(0, 32, 8)]


@lru_cache(maxsize=4)
def _strata(seed: int, key: str, count: int) -> np.ndarray:
    return np.random.default_rng([seed, *_words(key), 0, 0]).permutation(count)


def _stratum(seed: int, key: str, index: int, count: int) -> int:
    """Return which of `count` equal parts of the distribution a sample comes from; each part comes once."""
    return int(_strata(seed, key, count)[index])


def _plain_name(name: str) -> str:
    """Return a joint's name for files of every format: ASCII letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:20] or "joint"

"""What a scene keeps of a comparison with an earlier film, so that a loaded one shows it as it was."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..files import parse_json, plain
from ..follow_up import JointChange, JointRegistration, Verdict
from ..joints import JointCrop, JointPose
from ..measurement import JointSpaceWidth, Margins, Quality, jsw_of_margins
from ..radiograph import LengthUnit
from .node_attributes import COMPARISON, write_attribute
from .visits import VisitFilms

_VISITS = ("baseline", "follow_up")
_MARGINS = ("upper", "lower", "upper_sd_px", "lower_sd_px")
_DAMAGED = (InputError, KeyError, OverflowError, TypeError, ValueError)


@dataclass(frozen=True)
class ComparedState:
    """What a comparison is a comparison of: as long as it is the same, the changes hold."""

    baseline: str
    """Fingerprint of the earlier film."""
    follow_up: str
    """Fingerprint of the later one."""
    joints: tuple[str, ...]
    """For each change what the scene had of the joint of the later film; '' where it was not separated."""


@dataclass(frozen=True, eq=False)
class ComparisonRecord:
    """The changes of a film's joints in JSON's own types, and what they were measured on."""

    state: ComparedState
    """As it was when the films were compared."""
    changes: tuple[Mapping[str, Any], ...]
    """One for each joint of either film."""
    margins: Mapping[str, NDArray[np.float64]]
    """Arrays of the margins, by what they are of."""

    @classmethod
    def of(cls, state: ComparedState, changes: Sequence[JointChange]) -> ComparisonRecord:
        """Describe a comparison."""
        margins: dict[str, NDArray[np.float64]] = {}
        for index, change in enumerate(changes):
            for visit in _VISITS:
                jsw: JointSpaceWidth | None = getattr(change, visit)
                if jsw is not None and jsw.margins is not None:
                    lines = {name: getattr(jsw.margins, name) for name in _MARGINS}
                    margins.update({f"{index}_{visit}_{name}": line for name, line in lines.items()})
        return cls(state, tuple(map(_describe, changes)), margins)

    @classmethod
    def read(cls, node: vtk.vtkObject) -> ComparisonRecord | None:
        """Return what a node keeps; None where there is nothing, or it is damaged."""
        try:
            kept = parse_json(node.GetAttribute(COMPARISON) or "")
            state = ComparedState(
                str(kept["baseline"]), str(kept["follow_up"]), tuple(map(str, kept["states"]))
            )
            with np.load(io.BytesIO(base64.b64decode(kept["margins"])), allow_pickle=False) as stored:
                margins = {name: np.asarray(stored[name], np.float64) for name in stored.files}
            changes = tuple(dict(change) for change in kept["changes"])
        except (*_DAMAGED, OSError, EOFError):
            return None
        return cls(state, changes, margins) if len(changes) == len(state.joints) else None

    def write(self, node: vtk.vtkObject) -> None:
        """Keep the record with a node."""
        packed = io.BytesIO()
        np.savez_compressed(packed, allow_pickle=False, **self.margins)
        kept = {
            "baseline": self.state.baseline,
            "follow_up": self.state.follow_up,
            "states": list(self.state.joints),
            "changes": plain(list(self.changes)),
            "margins": base64.b64encode(packed.getvalue()).decode("ascii"),
        }
        write_attribute(node, COMPARISON, json.dumps(kept, sort_keys=True))

    def restore(self, films: tuple[VisitFilms, VisitFilms] | None) -> list[JointChange] | None:
        """Return the changes; None where they are damaged.

        Parameters
        ----------
        films
            Both films as they were compared; None where they are others by now: the changes have then no
            place on them.
        """
        try:
            return [self._restore(index, change, films) for index, change in enumerate(self.changes)]
        except _DAMAGED:
            return None

    def _restore(
        self, index: int, kept: Mapping[str, Any], films: tuple[VisitFilms, VisitFilms] | None
    ) -> JointChange:
        crops: list[JointCrop | None] = [None, None]
        if films is not None:
            crops = [
                _crop(film, pose, kept["grey_scale"])
                for film, pose in zip(films, (kept["baseline_pose"], kept["follow_up_pose"]), strict=True)
            ]
        baseline, follow_up = (
            self._restore_jsw(f"{index}_{visit}", kept[visit], crop)
            for visit, crop in zip(_VISITS, crops, strict=True)
        )
        registration, weights = kept["registration"], kept["weights_sha256"]
        before, after = crops
        return JointChange(
            name=str(kept["name"]),
            side=kept["side"],
            unit=_unit(kept["unit"]),
            change=kept["change"],
            interval=_pair(kept["interval"]),
            verdict=Verdict(kept["verdict"]),
            reason=str(kept["reason"]),
            own_note=str(kept["note"]),
            baseline=baseline,
            follow_up=follow_up,
            correlation=kept["correlation"],
            scale=kept["scale"],
            registration=None if registration is None else JointRegistration.from_json(registration),
            crops=None if before is None or after is None else (before, after),
            weights_sha256=None if weights is None else (str(weights[0]), str(weights[1])),
            follow_up_crop=after,
        )

    def _restore_jsw(
        self, name: str, kept: Mapping[str, Any] | None, crop: JointCrop | None
    ) -> JointSpaceWidth | None:
        if kept is None:
            return None
        nothing = np.empty(0)
        jsw = JointSpaceWidth(
            unit=_unit(kept["unit"]),
            mean=kept["mean"],
            interval=_pair(kept["interval"]),
            minimum=kept["minimum"],
            minimum_interval=_pair(kept["minimum_interval"]),
            quality=Quality(kept["quality"]),
            findings=tuple(map(str, kept["findings"])),
            position=nothing,
            profile=nothing,
            profile_interval=np.empty((0, 2)),
            upper_margin_px=np.empty((0, 2)),
            lower_margin_px=np.empty((0, 2)),
            margins=None,
        )
        if crop is None or kept["extents"] is None:
            return jsw
        upper, lower, upper_sd, lower_sd = (self.margins[f"{name}_{part}"] for part in _MARGINS)
        upper_extent, lower_extent = (_pair(extent) for extent in kept["extents"])
        assert upper_extent is not None
        assert lower_extent is not None
        margins = Margins(upper, lower, upper_extent, lower_extent, upper_sd, lower_sd)
        return jsw.with_lines_of(jsw_of_margins(crop, margins))


def _describe(change: JointChange) -> dict[str, Any]:
    before, after = change.crops or (None, change.follow_up_crop)
    return {
        "name": change.name,
        "side": change.side,
        "unit": change.unit,
        "change": change.change,
        "interval": change.interval,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "note": change.own_note,
        "correlation": change.correlation,
        "scale": change.scale,
        "grey_scale": change.grey_scale,
        "registration": None if change.registration is None else change.registration.as_json(),
        "weights_sha256": change.weights_sha256,
        "baseline_pose": None if before is None else before.pose.as_json(),
        "follow_up_pose": None if after is None else after.pose.as_json(),
        "baseline": _describe_jsw(change.baseline),
        "follow_up": _describe_jsw(change.follow_up),
    }


def _describe_jsw(jsw: JointSpaceWidth | None) -> dict[str, Any] | None:
    if jsw is None:
        return None
    margins = jsw.margins
    return {
        "unit": jsw.unit,
        "mean": jsw.mean,
        "interval": jsw.interval,
        "minimum": jsw.minimum,
        "minimum_interval": jsw.minimum_interval,
        "quality": jsw.quality.value,
        "findings": list(jsw.findings),
        "extents": None if margins is None else [margins.upper_extent, margins.lower_extent],
    }


def _crop(film: VisitFilms, pose: Mapping[str, Any] | None, grey_scale: str | None) -> JointCrop | None:
    if pose is None:
        return None
    return JointCrop(film.own if grey_scale == "own" else film.shared, JointPose.from_json(pose))


def _pair(values: Sequence[float] | None) -> tuple[float, float] | None:
    if values is None:
        return None
    low, high = values
    return float(low), float(high)


def _unit(text: str) -> LengthUnit:
    return "mm" if text == "mm" else "px"

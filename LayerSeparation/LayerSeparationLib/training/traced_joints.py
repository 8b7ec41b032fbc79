"""Real joints whose margins and silhouettes are believed: those that a joint's copies agree on.

Every joint is separated and traced on copies of its film that are shifted, turned, scaled, mirrored and
exposed in another way. What all of them say is taken as the truth of the joint; what they do not agree on is
left out.
Joints of other kinds than those with drawn silhouettes come into the training in this way.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError
from ..joints import CANONICAL_MM_PER_PX, CANONICAL_SIZE_PX, JointCrop, JointPose
from ..joints.affine import compose, map_points, resample
from ..joints.finding import FIELD_OF_VIEW_HAND_LENGTHS
from ..joints.hand_frame import fit_frame, visible_joints
from ..joints.pose import JOINT_NAMES, joint_kind
from ..measurement import MarginsNotFoundError
from ..radiograph import Radiograph, read_radiograph
from ..radiograph.attenuation import attenuation_from_intensity
from ..separation import Separator
from ..separation.layers import BRIGHTEST, bone_attenuation
from .dice import dice_coefficient
from .hand_set import list_images, read_joint_table
from .joint_set import DrawnJoint
from .layer_truth import LayerTruth
from .margin_pairs import MarginTruth
from .margin_tracer import trace_margins


@dataclass(frozen=True)
class Copy:
    """How a copy of a joint differs: lengths in canonical pixels."""

    turn_deg: float = 0.0
    x_px: float = 0.0
    y_px: float = 0.0
    scale: float = 1.0
    mirrored: bool = False
    gamma: float = 1.0


COPIES = (
    Copy(),
    Copy(3, 4, -3, 1.05, False, 0.8),
    Copy(-3, -4, 4, 0.95, False, 1.25),
    Copy(4, -3, -5, 0.97, True, 1.1),
    Copy(-4, 5, 3, 1.04, False, 0.9),
)
FEWEST_TRACED = 4
"""Of the copies that have to be traced, and to agree in a column."""
MOST_SPREAD_PX = 0.8
"""Standard deviation of a row over the copies up to which it is believed."""
LEAST_AGREED = 0.8
"""Part of the traced columns in which that has to be so."""
GAP_PX = {"MCP": (2.0, 45.0), "PIP": (2.0, 30.0), "DIP": (2.0, 26.0), "IP": (2.0, 32.0)}
"""Mean gaps that are believed, in canonical pixels: those of growing bones are wide."""
LEAST_DICE = 0.965
"""Of the silhouettes of every copy against their mean."""


@dataclass(frozen=True, eq=False)
class TracedJoint:
    """One joint and what its copies agree on."""

    layers: NDArray[np.float16]
    """(3, 256, 256) attenuation of soft tissue, upper bone, lower bone."""
    margins: MarginTruth | None
    """None where the copies do not agree."""
    silhouettes: NDArray[np.bool_] | None
    """(2, 256, 256); None where the copies do not agree."""

    def with_silhouettes(self, upper: NDArray[np.bool_], lower: NDArray[np.bool_]) -> TracedJoint:
        """Return the joint with silhouettes that a person drew."""
        return replace(self, silhouettes=np.stack([upper, lower]))

    @property
    def layer_truth(self) -> LayerTruth | None:
        """The layers with the silhouettes, where these are believed."""
        if self.silhouettes is None:
            return None
        everywhere = np.ones(self.silhouettes.shape[1:], bool)
        soft_tissue, upper_bone, lower_bone = self.layers.astype(np.float32)
        upper, lower = self.silhouettes
        return LayerTruth(soft_tissue, upper_bone, lower_bone, upper, lower, everywhere)


def drawn_joint_poses(joints: Sequence[DrawnJoint]) -> Iterator[tuple[Radiograph, JointPose, str]]:
    """Yield films, poses and kind of a joint set."""
    for joint in joints:
        film = Radiograph.from_array(joint.intensity, spacing_mm=CANONICAL_MM_PER_PX)
        yield film, JointPose.whole_crop(film), "MCP"


def hand_joint_poses(folder: Path, splits: Sequence[str]) -> Iterator[tuple[Radiograph, JointPose, str]]:
    """Yield films, poses and kinds of the marked joints of a hand set (see `read_hand_set`).

    The folder's ``directions.csv`` (columns image, joint, dx, dy) tells the fingers' directions.

    Raises
    ------
    InputError
        If there is no such table.
    """
    points = read_joint_table(folder)
    directions = _read_directions(folder / "directions.csv")
    for name in (image for split in splits for image in list_images(points, split)):
        film = read_radiograph(folder / "images" / name)
        joints, weights = visible_joints(points[name])
        frame, _ = min((fit_frame(joints, weights, side) for side in (False, True)), key=lambda fit: fit[1])
        edge = FIELD_OF_VIEW_HAND_LENGTHS * frame.length_px
        for joint in JOINT_NAMES:
            if joint in points[name] and joint in directions[name]:
                pose = JointPose(joint, points[name][joint], directions[name][joint], field_of_view_px=edge)
                yield film, pose, joint_kind(joint)


def trace_joint(radiograph: Radiograph, pose: JointPose, kind: str, separator: Separator) -> TracedJoint:
    """Separate and trace a joint on its copies, and keep what they agree on."""
    base = JointCrop(radiograph, pose)
    crops = [JointCrop(radiograph, _copy_pose(base, copy)) for copy in COPIES]
    images = [
        _turn_over(np.clip(crop.canonical_image(), 0, BRIGHTEST) ** np.float32(copy.gamma), copy)
        for crop, copy in zip(crops, COPIES, strict=True)
    ]
    films = [Radiograph.from_array(image, spacing_mm=CANONICAL_MM_PER_PX) for image in images]
    found = separator.separate_many([(film, JointPose.whole_crop(film)) for film in films])
    lines = np.full((len(COPIES), 2, CANONICAL_SIZE_PX), np.nan)
    ends = np.full((len(COPIES), 2, 2), np.nan)
    silhouettes = []
    for number, (crop, copy, layers) in enumerate(zip(crops, COPIES, found, strict=True)):
        canonical = layers.canonical
        shares, masks = _turn_over(canonical.shares, copy), _turn_over(canonical.silhouettes, copy)
        to_base = compose(base.film_to_canonical, crop.canonical_to_film)
        from_base = compose(crop.film_to_canonical, base.canonical_to_film)
        silhouettes.append([resample(mask, from_base, masks.shape[1:], order=1) for mask in masks])
        bones = bone_attenuation(shares[1:], attenuation_from_intensity(_turn_over(canonical.image, copy)))
        try:
            margins = trace_margins(bones[0], bones[1], masks)
        except MarginsNotFoundError:
            continue
        lines[number] = [_on_columns(map_points(to_base, line)) for line in (margins.upper, margins.lower)]
        sides = np.array([margins.upper_extent, margins.lower_extent])
        centre = np.full_like(sides, (CANONICAL_SIZE_PX - 1) / 2)
        ends[number] = np.sort(map_points(to_base, np.stack([sides, centre], axis=-1))[..., 0], axis=1)
    first = found[0].canonical
    layers_of_base = first.shares * attenuation_from_intensity(np.clip(first.image, 0, BRIGHTEST))
    layers16 = layers_of_base.astype(np.float16)
    return TracedJoint(
        layers16, _agreed_margins(layers16, lines, ends, kind), _agreed_silhouettes(np.array(silhouettes))
    )


def save_traced_joints(path: Path, joints: Sequence[TracedJoint]) -> None:
    """Write traced joints to a file that `load_traced_joints` reads."""
    nothing = np.full((2, CANONICAL_SIZE_PX), np.nan, np.float32), np.zeros((2, 2), np.float32)
    margins = [
        nothing if joint.margins is None else (joint.margins.margins_px, joint.margins.ends_px)
        for joint in joints
    ]
    none = np.zeros((2, CANONICAL_SIZE_PX, CANONICAL_SIZE_PX), bool)
    with path.open("wb") as file:
        np.savez(
            file,
            layers=np.stack([joint.layers for joint in joints]),
            rows=np.stack([rows for rows, _ in margins]),
            ends=np.stack([ends for _, ends in margins]),
            silhouettes=np.stack([none if j.silhouettes is None else j.silhouettes for j in joints]),
        )


def load_traced_joints(path: Path) -> list[TracedJoint]:
    """Read the file of `save_traced_joints`."""
    with np.load(path) as stored:
        arrays = [stored[name] for name in ("layers", "rows", "ends", "silhouettes")]
    return [
        TracedJoint(
            layers,
            MarginTruth(layers, rows, ends) if np.isfinite(rows).any() else None,
            silhouettes if silhouettes.any() else None,
        )
        for layers, rows, ends, silhouettes in zip(*arrays, strict=True)
    ]


def _copy_pose(base: JointCrop, copy: Copy) -> JointPose:
    middle = (CANONICAL_SIZE_PX - 1) / 2
    angle = np.radians(copy.turn_deg)
    tip = np.array([middle + copy.x_px + np.sin(angle), middle + copy.y_px - np.cos(angle)])
    centre, towards = map_points(
        base.canonical_to_film, np.array([[middle + copy.x_px, middle + copy.y_px], tip])
    )
    rows, columns = base.radiograph.shape
    x, y = np.clip(centre, 0, [columns - 1, rows - 1])
    edge = base.unit_per_px * CANONICAL_SIZE_PX * copy.scale
    dx, dy = towards - centre
    return JointPose(
        base.pose.name,
        (float(x), float(y)),
        (float(dx), float(dy)),
        field_of_view_px=edge if base.unit == "px" else None,
        field_of_view_mm=edge if base.unit == "mm" else None,
    )


def _turn_over(image: NDArray[np.float32], copy: Copy) -> NDArray[np.float32]:
    return np.ascontiguousarray(image[..., ::-1]) if copy.mirrored else image


def _on_columns(line: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(line[:, 0])
    columns = np.arange(CANONICAL_SIZE_PX, dtype=float)
    rows: NDArray[np.float64] = np.interp(columns, line[order, 0], line[order, 1], left=np.nan, right=np.nan)
    return rows


def _agreed_margins(
    layers: NDArray[np.float16], lines: NDArray[np.float64], ends: NDArray[np.float64], kind: str
) -> MarginTruth | None:
    traced = np.isfinite(lines).any(axis=(1, 2))
    if np.count_nonzero(traced) < FEWEST_TRACED:
        return None
    lines, ends = lines[traced], ends[traced]
    seen = np.isfinite(lines).sum(axis=0) >= FEWEST_TRACED
    both = seen.all(axis=0)
    if not both.any():
        return None
    spread = np.full(seen.shape, np.inf)
    spread[seen] = np.nanstd(lines[:, seen], axis=0)
    agreed = spread < MOST_SPREAD_PX
    rows = np.full(seen.shape, np.nan)
    rows[agreed] = np.nanmedian(lines[:, agreed], axis=0)
    widths = np.nanmean((lines[:, 1] - lines[:, 0])[:, both], axis=1)
    least, most = GAP_PX[kind]
    if (
        min(np.mean(agreed[bone][seen[bone]]) for bone in (0, 1)) < LEAST_AGREED
        or widths.std() > MOST_SPREAD_PX
        or not least <= widths.mean() <= most
        or not np.isfinite(rows[1] - rows[0]).any()
    ):
        return None
    return MarginTruth(layers, rows.astype(np.float32), np.median(ends, axis=0).astype(np.float32))


def _agreed_silhouettes(found: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return what silhouettes (copies, 2, 256, 256) agree on: one piece a bone, without holes."""
    mean = found.mean(axis=0) > 0.5
    if not mean.any(axis=(1, 2)).all() or any(ndimage.label(bone)[1] != 1 for bone in mean):
        return None
    alike = [dice_coefficient(copy[bone] > 0.5, mean[bone]) for copy in found for bone in (0, 1)]
    if min(alike) < LEAST_DICE:
        return None
    return np.stack([ndimage.binary_fill_holes(bone) for bone in mean])


def _read_directions(table: Path) -> dict[str, dict[str, tuple[float, float]]]:
    if not table.is_file():
        raise InputError(f"{table.parent} has no {table.name}: it tells the directions of the fingers.")
    directions: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            directions[row["image"]][row["joint"]] = (float(row["dx"]), float(row["dy"]))
    return directions

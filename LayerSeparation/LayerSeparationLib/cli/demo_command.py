"""``layer-separation demo``: the main job on one radiograph, with a table and a figure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import HandNotFoundError, JointNotFoundError
from ..export import gap_folder, write_layers, write_synthetic
from ..figures import draw_joints, draw_sweep
from ..files import output_folder
from ..joints import JointPose, unique_names
from ..measurement import JointSpaceWidth, measure_jsw
from ..radiograph import Radiograph
from ..separation import JointLayers, Separator, select_joints
from ..synthesis import GapEdit, MovableJoint, SyntheticJoint, synthesize
from .film_inputs import make_locator, make_separator, read_film
from .options import Command, option
from .shared_options import NetworkOptions, OutputOptions, PoseOptions

SAMPLE = "PhantomHand"
"""Name of the sample film that is shown when no radiograph is given."""
GAPS_MM = (0.4, 0.8, 1.2, 1.6, 2.0)
GAP_CHANGES = (-8.0, -4.0, 0.0, 4.0, 8.0)
"""In canonical pixels, for joints whose space can't be measured or whose pixel spacing is unknown."""
LARGEST_CROP_PX = 700
"""A radiograph without a hand that is no larger than this, and about square, is taken for a joint crop."""
_SHOWN = ("MCP3", "MCP2", "PIP3", "PIP2")
"""The joint whose gaps are written and drawn is the first of these whose space can be measured."""
_NARROWED = 0.5
_HEADER = ("joint", "device", "JSW measured", "gap asked for", "gap measured after the edit", "time")


@dataclass(frozen=True, kw_only=True)
class Options(PoseOptions, NetworkOptions, OutputOptions):
    """What is shown, and where results and figures go."""

    radiograph: Path | None = option(
        "radiograph", default=None, type=Path, nargs="?", help="a radiograph; without it a phantom"
    )


def run(options: Options) -> int:
    """Find joints, separate, edit, measure again from scratch; write results and figures; print the table."""
    radiograph, poses = _subject(options)
    separator = make_separator(options)
    # The first run of a network sets up memory and kernels; it is not what the table is about.
    separator.separate(radiograph, poses[0])
    started = time.perf_counter()
    all_layers = separator.separate_many([(radiograph, pose) for pose in poses])
    separation_s = (time.perf_counter() - started) / len(poses)
    labels = unique_names(poses)
    widths = [measure_jsw(layers) for layers in all_layers]
    shown = _shown(labels, widths)
    rows: list[tuple[str, ...]] = []
    with output_folder(options.output, overwrite=options.overwrite) as folder:
        for number, (label, layers) in enumerate(zip(labels, all_layers, strict=True)):
            before = widths[number]
            rows.append(
                (label, separator.device, _length(before.mean, before.unit), "-", "-", _ms(separation_s))
            )
            own = folder / radiograph.name / label
            own.mkdir(parents=True)
            write_layers(own, layers)
            joints, movable = [], MovableJoint(layers)
            for edit in _sweep(layers, before) if number == shown else _narrow(before):
                started = time.perf_counter()
                joint = synthesize(movable, edit)
                edit_s = time.perf_counter() - started
                joints.append(joint)
                asked = joint.jsw_after.mean if edit.target_jsw is None else edit.target_jsw
                after = measure_jsw(_separated_again(joint, separator))
                lengths = (_length(asked, before.unit), _length(after.mean, after.unit))
                rows.append((label, separator.device, "", *lengths, _ms(edit_s)))
                if number == shown:
                    target = own / gap_folder(edit)
                    target.mkdir()
                    write_synthetic(target, joint)
            if number == shown:
                draw_sweep(folder / f"figure_{label}.png", layers, joints)
        if not all_layers[0].crop.covers_film:
            notes = [_length(jsw.mean, jsw.unit) if jsw.mean is not None else "" for jsw in widths]
            draw_joints(folder / "figure_joints.png", radiograph, poses, notes)
    print(_table(rows))
    print(
        f"\nLayers of every joint, the gaps of {labels[shown]} with their truth, and figures are in "
        f"{options.output}/."
    )
    print(
        "JSW: mean joint space width over the central half of the joint, between the margins that a network "
        f"tells; pixel spacing: {radiograph.spacing.source.value}. For research only."
    )
    return 0


def _shown(labels: Sequence[str], widths: Sequence[JointSpaceWidth]) -> int:
    """Return which joint is swept: one whose space can be measured, of `_SHOWN` if there is one."""
    measured = [number for number, jsw in enumerate(widths) if jsw.mean is not None] or range(len(labels))
    names = {labels[number]: number for number in measured}
    return next((names[name] for name in _SHOWN if name in names), measured[0])


def _subject(options: Options) -> tuple[Radiograph, list[JointPose]]:
    radiograph = read_film(options.radiograph or _sample_file(), options.spacing, any_modality=options.crop)
    poses = make_locator(options, options.device)(radiograph)
    if not poses and not options.joints and _may_be_crop(radiograph):
        return radiograph, [JointPose.whole_crop(radiograph)]
    if not poses:
        raise HandNotFoundError(f"No hand was found on {radiograph.name}.")
    chosen = select_joints(poses, options.joints)
    if not chosen:
        raise JointNotFoundError(f"{radiograph.name}: {', '.join(options.joints)} not found on the hand.")
    return radiograph, chosen


def _sample_file() -> Path:
    from ..phantom import find_sample_film

    return find_sample_film(SAMPLE).file


def _may_be_crop(radiograph: Radiograph) -> bool:
    rows, columns = radiograph.shape
    return max(rows, columns) <= LARGEST_CROP_PX and 0.8 <= rows / columns <= 1.25


def _narrow(before: JointSpaceWidth) -> list[GapEdit]:
    """Half of the joint's width, where that is known in mm."""
    if before.mean is None or before.unit != "mm":
        return []
    return [GapEdit(target_jsw=round(_NARROWED * before.mean, 2))]


def _sweep(layers: JointLayers, before: JointSpaceWidth) -> list[GapEdit]:
    edit = GapEdit(unit=before.unit)
    if before.unit == "mm" and before.mean is not None:
        return [edit.with_target(gap) for gap in GAPS_MM]
    return [edit.with_change(round(change * layers.crop.unit_per_px, 2)) for change in GAP_CHANGES]


def _separated_again(joint: SyntheticJoint, separator: Separator) -> JointLayers:
    """Separate the synthetic film as if it came from outside."""
    original = joint.layers.radiograph
    film = Radiograph.from_array(joint.film, name=original.name)
    return separator.separate(replace(film, spacing=original.spacing), joint.layers.pose)


def _length(value: float | None, unit: str) -> str:
    return "not measurable" if value is None else f"{value:.2f} {unit}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in (_HEADER, *rows)) for i in range(len(_HEADER))]
    lines = [_HEADER, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    )


COMMAND = Command("demo", "the main job with a table and a figure", Options, run)

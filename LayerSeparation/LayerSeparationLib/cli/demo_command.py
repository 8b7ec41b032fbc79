"""``layer-separation demo``: the main job on one radiograph, with a table and a figure."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from ..errors import InputError
from ..export import gap_folder, output_folder, write_layers, write_synthetic
from ..joints import JointPose
from ..measurement import JointSpaceWidth, measure_jsw
from ..phantom import JointKind, make_joint
from ..radiograph import Radiograph
from ..separation import JointLayers, Separator
from ..synthesis import GapEdit, SyntheticJoint
from .demo_figure import draw_figure
from .joint_jobs import poses_of, read_film

PHANTOM_KIND: JointKind = "MCP"
PHANTOM_SEED = 3
"""The phantom that is shown when no radiograph is given."""
GAPS_MM = (0.4, 0.8, 1.2, 1.6, 2.0)
GAP_CHANGES = (-8.0, -4.0, 0.0, 4.0, 8.0)
"""In canonical pixels, for joints whose space can't be measured or whose pixel spacing is unknown."""
LARGEST_CROP_PX = 700
"""A radiograph without --joint that is no larger than this, and about square, is taken for a joint crop."""
_HEADER = ("joint", "device", "JSW measured", "gap asked for", "gap measured after the edit", "time")


def run(options: argparse.Namespace) -> int:
    """Separate, edit, measure again from scratch; write layers, sweep and ``figure.png``; print the table."""
    radiograph, poses = _subject(options)
    separator = Separator(options.device, options.weights, tell=lambda text: print(text, file=sys.stderr))
    rows: list[tuple[str, ...]] = []
    with output_folder(options.output, overwrite=options.overwrite) as folder:
        # The first run of a network sets up memory and kernels; it is not what the table is about.
        separator.separate(radiograph, poses[0])
        for pose in poses:
            started = time.perf_counter()
            layers = separator.separate(radiograph, pose)
            separation_s = time.perf_counter() - started
            before = measure_jsw(layers)
            rows.append(
                (pose.name, separator.device, _length(before.mean, before.unit), "-", "-", _ms(separation_s))
            )
            own = folder / radiograph.name / pose.name
            own.mkdir(parents=True)
            write_layers(own, layers)
            joints = []
            for edit in _sweep(layers, before):
                started = time.perf_counter()
                joint = layers.synthesize(edit)
                edit_s = time.perf_counter() - started
                joints.append(joint)
                asked = joint.jsw_after.mean if edit.target is None else edit.target
                target = own / gap_folder(edit)
                target.mkdir()
                write_synthetic(target, joint)
                after = measure_jsw(_separated_again(joint, separator))
                rows.append(
                    (
                        pose.name,
                        separator.device,
                        "",
                        _length(asked, before.unit),
                        _length(after.mean, after.unit),
                        _ms(edit_s),
                    )
                )
            draw_figure(folder / f"figure_{pose.name}.png", layers, joints)
    print(_table(rows))
    print(f"\nLayers, synthetic images with their truth, and figures are in {options.output}/.")
    print(
        "JSW: mean joint space width over the central half of the joint, measured in the layers; "
        f"pixel spacing: {radiograph.spacing.source.value}. For research only."
    )
    return 0


def _subject(options: argparse.Namespace) -> tuple[Radiograph, list[JointPose]]:
    """Return the radiograph to show, and its joints."""
    if options.radiograph is None:
        phantom = make_joint(PHANTOM_KIND, PHANTOM_SEED)
        return phantom.radiograph, [phantom.pose]
    radiograph = read_film(options.radiograph, options.spacing)
    rows, columns = radiograph.shape
    is_crop = options.crop or (max(rows, columns) <= LARGEST_CROP_PX and 0.8 <= rows / columns <= 1.25)
    if options.joint:
        return radiograph, poses_of(options, radiograph)
    if not is_crop:
        raise InputError(
            f"{options.radiograph} ({columns} x {rows} px) is larger than one joint. Say where the joint is: "
            "make demo RADIOGRAPH=... ARGS='--joint MCP2:X,Y:DX,DY' "
            "(centre and direction to the fingertip, in px)."
        )
    return radiograph, [JointPose.whole_crop(radiograph)]


def _sweep(layers: JointLayers, before: JointSpaceWidth) -> list[GapEdit]:
    if layers.crop.in_mm and before.mean is not None:
        return [GapEdit(target_jsw_mm=gap) for gap in GAPS_MM]
    lengths = [round(change * layers.crop.unit_per_px, 2) for change in GAP_CHANGES]
    if layers.crop.in_mm:
        return [GapEdit(change_mm=length) for length in lengths]
    return [GapEdit(change_px=length) for length in lengths]


def _separated_again(joint: SyntheticJoint, separator: Separator) -> JointLayers:
    """Separate the synthetic film as if it came from outside."""
    original = joint.layers.radiograph
    film = Radiograph.from_array(joint.film, spacing_mm=original.spacing.mm, name=original.name)
    return separator.separate(film, joint.layers.pose)


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

"""``layer-separation phantom``: procedural radiographs with exact truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..export import (
    describe_segments,
    make_joint_record,
    write_joint_record,
    write_nrrd,
    write_png,
    write_segmentation,
)
from ..files import output_folder
from ..files.provenance import PHANTOM_KEY
from ..joints import CANONICAL_MM_PER_PX
from ..measurement import Quality
from ..radiograph import Radiograph
from ..synthesis import JointMasks
from .option_types import parse_count, parse_number, parse_positive_count, parse_positive_number
from .options import Command, option
from .progress import track
from .run_report import RunReport
from .shared_options import OutputOptions, SummaryOptions
from .usage import UsageError, wrong_usage

if TYPE_CHECKING:
    from ..phantom import PhantomHand, PhantomJoint, PhantomJointTruth

_HAND_SPACING_MM = 0.15


@dataclass(frozen=True, kw_only=True)
class Options(OutputOptions, SummaryOptions):
    """Which phantoms, and where they go."""

    kind: Literal["MCP", "PIP", "DIP", "IP", "hand"] = option(
        default="MCP", choices=("MCP", "PIP", "DIP", "IP", "hand"), help="a joint's crop, or a whole hand"
    )
    count: int = option(default=1, type=parse_positive_count, metavar="N", help="number of phantoms (1)")
    seed: int = option(default=0, type=parse_count, metavar="N", help="of the first phantom (0)")
    jsw: float | None = option(
        default=None, type=parse_number, metavar="MM", help="joint space width (crops only)"
    )
    spacing: float | None = option(
        default=None, type=parse_positive_number, metavar="MM", help="pixel spacing"
    )
    side: Literal["L", "R"] | None = option(default=None, choices=("L", "R"), help="side (hands only; L)")

    def __post_init__(self) -> None:
        if self.jsw is not None and self.kind == "hand":
            raise UsageError("argument --jsw: goes with the kind of a joint, not with --kind hand")
        if self.side is not None and self.kind != "hand":
            raise UsageError("argument --side: goes with --kind hand")


def run(options: Options) -> int:
    """Write a folder for every phantom, ``MCP3_seed_7`` or ``hand_seed_7``: film and truth of its joints."""
    report = RunReport()
    for number in track(range(options.count), "phantoms"):
        seed = options.seed + number
        phantom = _make(options, seed)
        joints = _joints(phantom)
        name = "hand" if options.kind == "hand" else joints[""].pose.name
        target = options.output / f"{name}_seed_{seed}"
        with report.failures_of(target), output_folder(target, overwrite=options.overwrite) as folder:
            _write_film(folder, phantom.radiograph)
            for own, joint in joints.items():
                (folder / own).mkdir(exist_ok=True)
                _write_truth(folder / own, phantom.radiograph, joint, seed)
            report.results += [
                {
                    "folder": str(target),
                    "joint": joint.pose.name,
                    "jsw_mean": joint.jsw_mean_mm,
                    "jsw_min": joint.jsw_min_mm,
                    "unit": "mm",
                }
                for joint in joints.values()
            ]
    return report.close(options, options.output, "phantom joint")


def _make(options: Options, seed: int) -> PhantomJoint | PhantomHand:
    from ..phantom import make_hand, make_joint

    with wrong_usage():
        if options.kind == "hand":
            spacing_mm = options.spacing or _HAND_SPACING_MM
            return make_hand(seed, spacing_mm=spacing_mm, side=options.side or "L")
        spacing_mm = options.spacing or CANONICAL_MM_PER_PX
        return make_joint(options.kind, seed, jsw_mm=options.jsw, spacing_mm=spacing_mm)


def _joints(phantom: PhantomJoint | PhantomHand) -> dict[str, PhantomJointTruth]:
    """Return the joints by the names of their folders: that of a joint alone is the phantom's."""
    from ..phantom import PhantomHand

    return dict(phantom.joints) if isinstance(phantom, PhantomHand) else {"": phantom}


def _write_film(folder: Path, radiograph: Radiograph) -> None:
    write_nrrd(
        folder / "image.nrrd",
        radiograph.intensity,
        radiograph.spacing.mm,
        key_values={PHANTOM_KEY: "true"},
        synthetic=True,
    )
    write_png(folder / "image.png", radiograph.intensity, synthetic=True)


def _write_truth(folder: Path, radiograph: Radiograph, joint: PhantomJointTruth, seed: int) -> None:
    """Write layers free of noise, silhouettes and the record of one joint, on the joint's own region."""
    spacing_mm = radiograph.spacing.mm
    origin_px = joint.region.origin_px
    for name in ("soft_tissue", "upper_bone", "lower_bone"):
        write_nrrd(
            folder / f"{name}.nrrd", getattr(joint, name), spacing_mm, origin_px=origin_px, synthetic=True
        )
    upper, lower = joint.upper_silhouette, joint.lower_silhouette
    empty = np.zeros_like(upper)
    segments = [
        segment
        for segment in describe_segments(JointMasks(upper, lower, empty, empty), joint=joint.pose.name)
        if segment.mask.any()
    ]
    write_segmentation(
        folder / "segmentation.seg.nrrd", segments, spacing_mm, origin_px=origin_px, synthetic=True
    )
    truth = {
        "mean": joint.jsw_mean_mm,
        "interval": (joint.jsw_mean_mm, joint.jsw_mean_mm),
        "minimum": joint.jsw_min_mm,
        "minimum_interval": (joint.jsw_min_mm, joint.jsw_min_mm),
        "unit": "mm",
        "quality": Quality.MEASURED.value,
        "findings": (),
    }
    record = make_joint_record(
        pose=joint.pose, spacing=radiograph.spacing, synthetic=True, jsw_before=truth, seed=seed
    )
    write_joint_record(folder / "joint.json", record)


COMMAND = Command("phantom", "make phantom radiographs with exact truth", Options, run)

"""``layer-separation sample-data``: the phantoms that come with the package.

In a checkout ``sample-data --overwrite --output LayerSeparation/LayerSeparationLib/phantom/sample_data``
makes them anew, with their checksums and thumbnails. On another machine a pixel in a million may differ by a
grey level, and with it the checksum.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..export import write_png
from ..export.encoding.nrrd import project_marks, write_nrrd_file
from ..files import output_file, sha256_of_file, write_json
from ..files.provenance import PHANTOM_KEY
from ..radiograph import Radiograph
from .options import Command
from .shared_options import OutputOptions

if TYPE_CHECKING:
    from ..phantom import PhantomJointTruth

HAND_SEED, HAND_MM_PER_PX = 7, 0.175
JOINT_SEED, JOINT_JSW_MM = 3, 1.6
_HAND_BITS, _JOINT_BITS = 10, 12
_THUMBNAIL_PX = 192
_HALF_LINE_MM = 6.0


@dataclass(frozen=True, kw_only=True)
class Options(OutputOptions):
    """Where the sample data go."""


def run(options: Options) -> int:
    """Write a film and its thumbnail each, and ``sample_data.json``, the list of them, into the output."""
    from ..phantom import FilmSettings, make_hand, make_joint

    folder, overwrite = options.output, options.overwrite
    hand = make_hand(HAND_SEED, spacing_mm=HAND_MM_PER_PX, film=FilmSettings(marker=True))
    joint = make_joint("MCP", JOINT_SEED, jsw_mm=JOINT_JSW_MM)
    entries = []
    for name, radiograph, bits, truths, seed in (
        ("PhantomHand", hand.radiograph, _HAND_BITS, list(hand.joints.values()), HAND_SEED),
        ("PhantomJoint", joint.radiograph, _JOINT_BITS, [joint], JOINT_SEED),
    ):
        film = folder / f"{name}.nrrd"
        with output_file(film, overwrite=overwrite) as path:
            _write_film(path, radiograph, bits)
        with output_file(folder / f"{name}.png", overwrite=overwrite) as path:
            write_png(path, _thumbnail(radiograph.intensity), synthetic=True)
        entries.append(
            {
                "name": name,
                "file": film.name,
                "thumbnail": f"{name}.png",
                "sha256": sha256_of_file(film),
                "spacing_mm": radiograph.spacing.mm,
                "shape": radiograph.shape,
                "seed": seed,
                "joints": {truth.pose.name: _line_px(truth) for truth in truths},
            }
        )
    with output_file(folder / "sample_data.json", overwrite=overwrite) as path:
        write_json(path, entries)
    return 0


def _line_px(truth: PhantomJointTruth) -> list[list[float]]:
    """Return the ends (x, y) of a line of 12 mm along the finger through the joint, the proximal first."""
    half = np.array(truth.pose.distal) * _HALF_LINE_MM / truth.spacing_mm
    centre = np.array(truth.pose.centre_px)
    return [[round(float(v), 1) for v in end] for end in (centre - half, centre + half)]


def _write_film(path: Path, radiograph: Radiograph, bits: int) -> None:
    """Write a film as a detector would: whole numbers of so many bits, one slice."""
    assert radiograph.spacing.mm is not None
    row_mm, column_mm = radiograph.spacing.mm
    rows, columns = radiograph.shape
    pixels = np.rint(radiograph.intensity * (2**bits - 1)).astype(np.uint16)[np.newaxis]
    fields = {
        "space": "left-posterior-superior",
        "space directions": f"({column_mm!r},0,0) (0,{row_mm!r},0) (0,0,1)",
        "kinds": "domain domain domain",
        "space origin": "(0,0,0)",
    }
    said = {**project_marks(radiograph.spacing.mm, True), PHANTOM_KEY: "true"}
    write_nrrd_file(path, pixels, (columns, rows, 1), fields, said)


def _thumbnail(intensity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a square, coarser picture: means of blocks, black at the sides."""
    step = -(-max(intensity.shape) // _THUMBNAIL_PX)
    rows, columns = (length // step for length in intensity.shape)
    blocks = intensity[: rows * step, : columns * step].reshape(rows, step, columns, step)
    small = blocks.mean(axis=(1, 3), dtype=np.float64).astype(np.float32)
    edge = max(rows, columns)
    square = np.zeros((edge, edge), np.float32)
    top, left = (edge - rows) // 2, (edge - columns) // 2
    square[top : top + rows, left : left + columns] = small
    return square


COMMAND = Command("sample-data", "make the phantoms that come with the package", Options, run)

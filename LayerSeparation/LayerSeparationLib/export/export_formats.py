"""The formats of one joint: files that lie together in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from .formats.dicom_pair import write_dicom
from .formats.nrrd import write_nrrd
from .formats.png import write_mask_png, write_png
from .formats.preview import write_preview
from .formats.seg_nrrd import write_segmentation
from .record import write_joint_record
from .sample import Sample


@dataclass(frozen=True)
class ExportFormat:
    """One kind of file of an edited joint."""

    name: str
    """What scripts call it."""
    label: str
    """What people read."""
    write: Callable[[Path, Sample], None]
    """Writes its files of a sample into a folder."""
    usual: bool = True
    """Whether it is written where nobody chose."""


def export_formats() -> list[ExportFormat]:
    """List the formats of an edited joint, in the order in which they are offered."""
    return [
        ExportFormat("png", "PNG, 16 bit", _write_png),
        ExportFormat("nrrd", "NRRD", _write_nrrd),
        ExportFormat("seg.nrrd", "Segmentation (.seg.nrrd)", _write_segments),
        ExportFormat("json", "JSON record", _write_record),
        ExportFormat("masks", "PNG masks", write_masks, usual=False),
        ExportFormat("preview", "PNG preview in colour", _write_preview, usual=False),
        ExportFormat("dicom", "DICOM image and segmentation", write_dicom, usual=False),
    ]


def chosen_formats(names: Sequence[str] | None = None) -> list[ExportFormat]:
    """Return the formats of these names, by default the usual ones.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.
    """
    known = export_formats()
    unknown = set(names or ()) - {one.name for one in known}
    if unknown or (names is not None and not names):
        offered = ", ".join(one.name for one in known)
        raise InputError(f"Choose formats among {offered}, not {', '.join(sorted(unknown)) or 'none'}.")
    return [one for one in known if (one.usual if names is None else one.name in names)]


def write_masks(folder: Path, sample: Sample) -> None:
    """Write one 8-bit PNG a segment: 255 inside, 0 outside."""
    for segment in sample.segments:
        write_mask_png(folder / f"{segment.key}.png", segment.mask, synthetic=sample.synthetic)


def _write_png(folder: Path, sample: Sample) -> None:
    write_png(folder / "image.png", sample.image, synthetic=sample.synthetic)
    if sample.film is not None:
        write_png(folder / "film.png", sample.film, synthetic=sample.synthetic)


def _write_nrrd(folder: Path, sample: Sample) -> None:
    write_nrrd(
        folder / "image.nrrd",
        sample.image,
        sample.spacing.mm,
        origin_px=sample.origin_px,
        synthetic=sample.synthetic,
    )


def _write_segments(folder: Path, sample: Sample) -> None:
    write_segmentation(
        folder / "segmentation.seg.nrrd",
        sample.segments,
        sample.spacing.mm,
        origin_px=sample.origin_px,
        synthetic=sample.synthetic,
    )


def _write_record(folder: Path, sample: Sample) -> None:
    write_joint_record(folder / "joint.json", sample.record)


def _write_preview(folder: Path, sample: Sample) -> None:
    write_preview(folder / "preview.png", sample)

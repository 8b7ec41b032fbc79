"""What a film's file says of it: origin, pixel spacing, range of grey values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import slicer
import vtk

from ..errors import InputError
from ..radiograph import UNKNOWN_SPACING, Origin, PixelSpacing, SpacingSource
from ..radiograph.dicom_spacing import spacing_from_dicom
from ..radiograph.file_format import DICOM_SUFFIXES, RASTER_SUFFIXES, format_of
from ..radiograph.spacing import is_believable
from .film_geometry import FilmGeometry
from .node_attributes import CALIBRATION, SPACING, read_json, write_json

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_SAME = 1e-6


@dataclass(frozen=True)
class FilmSource:
    """A film's file, as far as it is known."""

    origin: Origin
    spacing: PixelSpacing
    nominal_range: tuple[float, float] | None = None
    """Smallest and largest number that the film could hold."""


def film_source(volume: vtk.vtkObject, geometry: FilmGeometry) -> FilmSource:
    """Find out what is known of a film.

    The pixel spacing comes from the user's calibration, else from the DICOM header, else from the volume.
    That of PNG, JPEG, TIFF and BMP files is none: what Slicer shows was made up, or is the resolution of a
    print. A saved scene no longer has the header: then what `keep_header` kept of it counts.
    """
    path = _file_of(volume)
    kind = _kind(path)
    dataset = _header(path, geometry.shape) if kind == "DICOM" and path else None
    if dataset is not None:
        origin, nominal = _origin(dataset, path), _nominal_range(dataset)
    else:
        kept = read_json(volume, SPACING) or {}
        origin = Origin(path=path, format=kind or "array", laterality=_side(kept.get("laterality")))
        nominal = _kept_range(kept)
    calibrated = calibration(volume)
    if calibrated is not None:
        return FilmSource(origin, calibrated, nominal)
    return FilmSource(origin, _stated_spacing(volume, geometry, kind, dataset), nominal)


def stated_spacing(volume: vtk.vtkObject, geometry: FilmGeometry) -> PixelSpacing:
    """Return the pixel spacing of a film without the user's calibration."""
    path = _file_of(volume)
    kind = _kind(path)
    dataset = _header(path, geometry.shape) if kind == "DICOM" and path else None
    return _stated_spacing(volume, geometry, kind, dataset)


def _stated_spacing(
    volume: vtk.vtkObject, geometry: FilmGeometry, kind: str | None, dataset: Dataset | None
) -> PixelSpacing:
    if dataset is not None:
        return spacing_from_dicom(dataset)
    if kind in RASTER_SUFFIXES.values():
        return UNKNOWN_SPACING
    return _kept_spacing(volume, geometry) or _volume_spacing(geometry)


def keep_header(volume: vtk.vtkObject, geometry: FilmGeometry) -> None:
    """Keep with the volume what its file says of spacing, side and range, as long as the file is there."""
    path = _file_of(volume)
    kind = _kind(path)
    dataset = _header(path, geometry.shape) if kind == "DICOM" and path else None
    if dataset is None and kind not in RASTER_SUFFIXES.values():
        return
    spacing = UNKNOWN_SPACING if dataset is None else spacing_from_dicom(dataset)
    kept = {**spacing.as_json(), "volume": list(geometry.step_mm)}
    if dataset is not None:
        kept["laterality"] = _origin(dataset, path).laterality
        nominal = _nominal_range(dataset)
        kept["nominal_range"] = None if nominal is None else list(nominal)
    if read_json(volume, SPACING) != kept:
        write_json(volume, SPACING, kept)


def calibration(volume: vtk.vtkObject) -> PixelSpacing | None:
    """Return the spacing that the user calibrated."""
    kept = read_json(volume, CALIBRATION)
    try:
        if kept is None:
            return None
        row, column = PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=kept.get("aspect", 1.0)).relative
        return PixelSpacing(kept["mm"] * row, kept["mm"] * column, SpacingSource.CALIBRATED)
    except (AttributeError, KeyError, TypeError, InputError):
        return None


def _file_of(volume: vtk.vtkObject) -> Path | None:
    """Return the film's file: from Slicer's DICOM database, else the one that the volume was loaded from."""
    database = getattr(slicer, "dicomDatabase", None)
    instances = (volume.GetAttribute("DICOM.instanceUIDs") or "").split()
    if database is not None and instances:
        name = database.fileForInstance(instances[0])
        if name and Path(name).is_file():
            return Path(name)
    storage = volume.GetStorageNode()
    name = storage.GetFullNameFromFileName() if storage is not None else None
    return Path(name) if name and Path(name).is_file() else None


def _kind(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return format_of(path) or DICOM_SUFFIXES.get(path.suffix.lower())
    except InputError:
        return None


def _header(path: Path, shape: tuple[int, int]) -> Dataset | None:
    """Read the header of a DICOM file; None where it is not this film's, or pydicom is missing."""
    try:
        import pydicom

        dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        same = (int(dataset.Rows), int(dataset.Columns)) == shape
    except Exception:
        # Whatever is wrong with the header: the film itself is there, and its spacing is then not known.
        return None
    return dataset if same else None


def _origin(dataset: Dataset, path: Path | None) -> Origin:
    def text(keyword: str) -> str | None:
        return str(dataset.get(keyword) or "").strip() or None

    side = text("ImageLaterality") or text("Laterality") or ""
    return Origin(
        path=path,
        format="DICOM",
        laterality=_side(side.upper()),
        body_part=text("BodyPartExamined"),
        modality=text("Modality"),
        study_instance_uid=text("StudyInstanceUID"),
        series_instance_uid=text("SeriesInstanceUID"),
        sop_instance_uid=text("SOPInstanceUID"),
    )


def _side(text: object) -> Literal["L", "R"] | None:
    return "L" if text == "L" else "R" if text == "R" else None


def _kept_range(kept: dict[str, Any]) -> tuple[float, float] | None:
    try:
        lowest, highest = (float(value) for value in kept["nominal_range"])
    except (KeyError, TypeError, ValueError):
        return None
    return lowest, highest


def _nominal_range(dataset: Dataset) -> tuple[float, float] | None:
    """Return the range of unsigned, unscaled pixels: whether a reader turned them over does not matter."""
    plain = (
        int(dataset.get("PixelRepresentation") or 0) == 0
        and float(dataset.get("RescaleSlope") or 1) == 1
        and float(dataset.get("RescaleIntercept") or 0) == 0
        and not dataset.get("ModalityLUTSequence")
    )
    bits = int(dataset.get("BitsStored") or 0)
    return (0.0, 2.0**bits - 1) if plain and bits else None


def _volume_spacing(geometry: FilmGeometry) -> PixelSpacing:
    """Take the volume's own spacing, the weakest claim; 1 mm is what Slicer puts in when it knows nothing."""
    row_mm, column_mm = geometry.step_mm
    made_up = max(abs(row_mm - 1), abs(column_mm - 1)) < _SAME
    if made_up or not is_believable(row_mm, column_mm):
        return UNKNOWN_SPACING
    return PixelSpacing(row_mm, column_mm, SpacingSource.DETECTOR)


def _kept_spacing(volume: vtk.vtkObject, geometry: FilmGeometry) -> PixelSpacing | None:
    """Return what the header said, unless the user gave the volume another spacing since."""
    kept = read_json(volume, SPACING)
    if kept is None:
        return None
    steps = kept.get("volume") or []
    if len(steps) != 2 or max(abs(a - b) for a, b in zip(steps, geometry.step_mm, strict=True)) > _SAME:
        return None
    try:
        return PixelSpacing.from_json(kept)
    except InputError:
        return None

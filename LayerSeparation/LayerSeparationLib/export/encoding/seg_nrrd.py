"""Overlapping segments in one `.seg.nrrd`, as 3D Slicer stores them.

Each segment has a layer of its own (the list axis, which is the fastest) and a label value of its own, so
that nothing collides where segments overlap, whichever of the two a reader goes by. Of a whole film, with
dozens of segments that hardly overlap, those that do not share a layer. Format:
https://slicer.readthedocs.io/en/latest/developer_guide/modules/segmentations.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ...errors import InputError
from ..segments import NO_COLOR, Segment
from .nrrd import project_marks, spacing_or_one, write_nrrd_file

_EMPTY_EXTENT = "0 -1 0 -1 0 -1"
_TERMINOLOGY_TAG = "TerminologyEntry:"
_SPACING_MARK = "LayerSeparation.spacing"
_SAME_SPACING = 0.01


def write_segmentation(
    path: str | Path,
    segments: Sequence[Segment],
    spacing_mm: tuple[float, float] | None,
    *,
    origin_px: tuple[float, float] = (0.0, 0.0),
    synthetic: bool,
    share_layers: bool = False,
) -> None:
    """Write segments as `.seg.nrrd` on the grid of an image written with the same spacing and origin.

    Parameters
    ----------
    path
        File to write; an existing one is replaced.
    segments
        At least one; all masks of one shape, all names different. Masks may overlap and may be empty.
    spacing_mm
        Pixel spacing (row, column) in mm, or None.
    origin_px
        As in `write_nrrd`.
    synthetic
        Recorded as `LayerSeparation.synthetic`.
    share_layers
        Put segments that do not overlap into one layer: a film's worth of them then fits into memory.

    Raises
    ------
    InputError
        No segment, masks of different shape, a name that comes twice, or more than 255 segments.

    Examples
    --------
    >>> bone = Segment("Upper bone", np.eye(3, dtype=bool), color=(0.9, 0.6, 0.0))
    >>> write_segmentation("segmentation.seg.nrrd", [bone], (0.15, 0.15), synthetic=True)
    >>> read_seg_nrrd("segmentation.seg.nrrd")[0].mask.shape
    (3, 3)
    """
    shape = _common_shape(path, segments)
    row_mm, column_mm = spacing_or_one(spacing_mm)
    layers, layer_of = _fill_layers(segments, share_layers)
    x_mm, y_mm = origin_px[0] * column_mm, origin_px[1] * row_mm
    fields = {
        "space": "left-posterior-superior",
        "space directions": f"none ({column_mm!r},0,0) (0,{row_mm!r},0) (0,0,1)",
        "kinds": "list domain domain domain",
        "space origin": f"({x_mm!r},{y_mm!r},0)",
    }
    key_values: dict[str, str] = {}
    for index, segment in enumerate(segments):
        key_values.update(_segment_keys(index, layer_of[index], segment))
    key_values |= {
        "Segmentation_ContainedRepresentationNames": "Binary labelmap|",
        "Segmentation_ConversionParameters": _reference_geometry(shape, (row_mm, column_mm), (x_mm, y_mm)),
        # The second name is the one that Slicer used before 5.4 and still writes.
        "Segmentation_SourceRepresentation": "Binary labelmap",
        "Segmentation_MasterRepresentation": "Binary labelmap",
        "Segmentation_ReferenceImageExtentOffset": "0 0 0",
        **project_marks(spacing_mm, synthetic),
    }
    rows, columns = shape
    write_nrrd_file(path, layers, (layers.shape[-1], columns, rows, 1), fields, key_values)


def read_seg_nrrd(
    path: str | Path,
    shape: tuple[int, int] | None = None,
    spacing_mm: tuple[float, float] | None = None,
) -> list[Segment]:
    """Read the segments of a single-slice `.seg.nrrd`, written here or saved by 3D Slicer.

    Parameters
    ----------
    path
        File to read.
    shape
        Shape (rows, columns) of the image that was segmented. Slicer crops what it saves to the extent of the
        segments; where that happened, the far border can't be known from the file. What was written here of a
        part of a larger film lies where that part lay.
    spacing_mm
        Pixel spacing (row, column) of that image, if it is known: a part of a film of another one is refused.

    Returns
    -------
    list of Segment
        Masks of shape (rows, columns), in the file's order.

    Raises
    ------
    InputError
        The file is missing, damaged, not a segmentation, of several slices, or larger than `shape`.
    """
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(f"{path} can't be read as a segmentation: {str(error).splitlines()[-1]}") from error
    pixels = sitk.GetArrayFromImage(image)
    layers = pixels if image.GetNumberOfComponentsPerPixel() > 1 else pixels[..., np.newaxis]
    layers = layers.reshape(layers.shape[-3:]) if layers.ndim == 3 or layers.shape[0] == 1 else layers
    header = {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}
    if layers.ndim != 3 or "Segment0_Name" not in header:
        raise InputError(f"{path} is not a segmentation of a single slice. Give a .seg.nrrd of a radiograph.")
    column, row, _ = (int(v) for v in header.get("Segmentation_ReferenceImageExtentOffset", "0 0 0").split())
    rows, columns = layers.shape[:2]
    if shape is not None and shape != (rows, columns) and _SPACING_MARK in header:
        x_mm, y_mm = image.GetOrigin()[:2]
        column_mm, row_mm = image.GetSpacing()[:2]
        known = spacing_mm if header[_SPACING_MARK] == "mm" else None
        if known is not None and not np.allclose((row_mm, column_mm), known, rtol=_SAME_SPACING):
            raise InputError(
                f"{path} segments a film of {row_mm:.4g} x {column_mm:.4g} mm/px, not of {known[0]:.4g} x "
                f"{known[1]:.4g}: choose the radiograph that was segmented."
            )
        column, row = column + round(x_mm / column_mm), row + round(y_mm / row_mm)
    if shape is None:
        shape = (row + rows, column + columns)
    if row < 0 or column < 0 or row + rows > shape[0] or column + columns > shape[1]:
        raise InputError(
            f"{path} segments {rows} x {columns} pixels from column {column}, row {row} on, which do not fit "
            f"into an image of {shape[0]} x {shape[1]} pixels: choose the radiograph that was segmented."
        )
    segments = []
    index = 0
    while f"Segment{index}_Name" in header:
        layer = int(header.get(f"Segment{index}_Layer", 0))
        label = int(header.get(f"Segment{index}_LabelValue", 1))
        mask = np.zeros(shape, dtype=bool)
        mask[row : row + rows, column : column + columns] = layers[..., layer] == label
        segments.append(
            Segment(
                name=header[f"Segment{index}_Name"],
                mask=mask,
                color=_color(header.get(f"Segment{index}_Color", "")),
                terminology=_terminology(header.get(f"Segment{index}_Tags", "")),
            )
        )
        index += 1
    return segments


def _color(text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (min(max(float(part), 0.0), 1.0) for part in text.split())
    except ValueError:
        return NO_COLOR
    return red, green, blue


def _terminology(tags: str) -> str:
    found = [tag for tag in tags.split("|") if tag.startswith(_TERMINOLOGY_TAG)]
    return found[0].removeprefix(_TERMINOLOGY_TAG) if found else ""


def _common_shape(path: str | Path, segments: Sequence[Segment]) -> tuple[int, int]:
    shapes = {np.shape(segment.mask) for segment in segments}
    if len(shapes) != 1:
        raise InputError(f"{path}: segments of one shape (rows, columns) are needed, not {sorted(shapes)}.")
    (shape,) = shapes
    if len(shape) != 2 or 0 in shape:
        raise InputError(f"{path}: masks of shape (rows, columns) are needed, not {shape}.")
    if len({segment.name for segment in segments}) != len(segments) or len(segments) > np.iinfo(np.uint8).max:
        raise InputError(f"{path}: at most 255 segments with different names can be written.")
    return shape


def _reference_geometry(
    shape: tuple[int, int], spacing_mm: tuple[float, float], origin_mm: tuple[float, float]
) -> str:
    """Return the grid of the image as Slicer notes it: matrix from index to RAS by rows, then extent.

    Without it Slicer edits and saves within the box around the segments only.
    """
    (rows, columns), (row_mm, column_mm), (x_mm, y_mm) = shape, spacing_mm, origin_mm
    matrix = [-column_mm, 0, 0, -x_mm, 0, -row_mm, 0, -y_mm, 0, 0, 1, 0, 0, 0, 0, 1]
    numbers = [*matrix, 0, columns - 1, 0, rows - 1, 0, 0]
    text = "".join(f"{number!r};" for number in numbers)
    return f"Reference image geometry|{text}|Grid of the radiograph that was segmented.&"


def _fill_layers(segments: Sequence[Segment], share_layers: bool) -> tuple[NDArray[np.uint8], Sequence[int]]:
    """Return label values (rows, columns, layers), and each segment's layer."""
    layers: list[NDArray[np.uint8]] = []
    layer_of = []
    for value, segment in enumerate(segments, 1):
        mask = segment.mask.astype(bool)
        free = (number for number, layer in enumerate(layers) if share_layers and not layer[mask].any())
        number = next(free, len(layers))
        if number == len(layers):
            layers.append(np.zeros(mask.shape, np.uint8))
        layers[number][mask] = value
        layer_of.append(number)
    return np.stack(layers, axis=-1), layer_of


def _segment_keys(index: int, layer: int, segment: Segment) -> dict[str, str]:
    keys = {
        "ID": segment.name.replace(" ", "_"),
        "Name": segment.name,
        "NameAutoGenerated": "0",
        "Color": " ".join(f"{part:.6g}" for part in segment.color),
        "ColorAutoGenerated": "0",
        "LabelValue": str(index + 1),
        "Layer": str(layer),
        "Extent": _extent(segment.mask),
        "Tags": f"{_TERMINOLOGY_TAG}{segment.terminology}|" if segment.terminology else "|",
    }
    return {f"Segment{index}_{key}": value for key, value in keys.items()}


def _extent(mask: NDArray[np.bool_]) -> str:
    rows, columns = np.nonzero(mask)
    if rows.size == 0:
        return _EMPTY_EXTENT
    return f"{columns.min()} {columns.max()} {rows.min()} {rows.max()} 0 0"

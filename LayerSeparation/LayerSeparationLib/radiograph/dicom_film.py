"""DICOM: any single-frame two-dimensional image."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import InputError
from .dicom_dataset import check_is_projection, check_pixel_description, read_dataset
from .dicom_pixels import stored_values
from .dicom_spacing import spacing_from_dicom
from .luminance import luminance
from .modality_lut import modality_lut
from .pixel_check import check_size
from .radiograph import Origin
from .stored_film import StoredFilm

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

GREY = ("MONOCHROME1", "MONOCHROME2")
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
# Secondary Capture Image Storage and its multi-frame relatives.
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def read_dicom_film(path: Path, kind: str = "DICOM", *, any_modality: bool = False) -> StoredFilm:
    """Read a DICOM file.

    The pixels are the stored values, so that a changed film can be written back into its own dataset.
    Modality LUT, slope and MONOCHROME1 are kept beside them as what they mean. With ``any_modality`` the
    header may call the film a slice of a CT, or the like.

    Raises
    ------
    InputError
        If the file is damaged or truncated, has no pixels, several frames, or colour (RGB secondary captures
        are accepted, by their luminance), or is no projection by its header.
    DependencyError
        If pydicom is not installed.
    """
    with warnings.catch_warnings():
        # pydicom warns of every small deviation from the standard; what matters is checked here.
        warnings.simplefilter("ignore")
        dataset = read_dataset(path)
        if not any_modality:
            check_is_projection(dataset.get("Modality"), dataset.get("SOPClassUID"), path)
        _check_is_one_image(dataset, path)
        pixels = stored_values(dataset, path)
        lut = modality_lut(dataset, path)
        spacing = spacing_from_dicom(dataset)
    if pixels.ndim == 3:
        pixels = luminance(pixels, path)
    if not pixels.dtype.isnative:
        pixels = pixels.astype(pixels.dtype.newbyteorder("="))
    inverted, declared_by = _declared_polarity(dataset)
    return StoredFilm(
        pixels=pixels,
        origin=_origin(dataset, path, kind),
        spacing=spacing,
        nominal_range=_nominal_range(dataset) if lut is None else (float(lut[0].min()), float(lut[0].max())),
        declared_inverted=inverted,
        declared_by=declared_by,
        lookup=None if lut is None else lut[0],
        lookup_first=0 if lut is None else lut[1],
    )


def _check_is_one_image(dataset: "FileDataset", path: Path) -> None:
    if "Rows" not in dataset or "Columns" not in dataset:
        what = dataset.get("Modality") or "this object"
        raise InputError(f"{path}: there is no image in this DICOM file ({what}), or the file is cut off.")
    check_size(int(dataset.Rows), int(dataset.Columns), path)
    if "PixelData" not in dataset:
        raise InputError(f"{path}: the pixel data is missing; the file is cut off, or holds no radiograph.")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames > 1:
        raise InputError(
            f"{path}: holds {frames} frames; a radiograph has one. Export the frame that is meant."
        )
    check_pixel_description(dataset, path)
    photometric = str(dataset.get("PhotometricInterpretation", ""))
    if photometric in GREY and int(dataset.get("SamplesPerPixel", 1)) == 1:
        return
    captured = str(dataset.get("SOPClassUID", "")).startswith(SECONDARY_CAPTURE)
    if photometric not in COLOUR or not captured or int(dataset.get("SamplesPerPixel", 1)) != 3:
        raise InputError(
            f"{path}: a colour image ({photometric or 'no photometric interpretation'}) is not a radiograph; "
            "MONOCHROME1 or MONOCHROME2 is needed, or an RGB secondary capture."
        )


def _declared_polarity(dataset: "FileDataset") -> tuple[bool, str]:
    """Read what the header says of bone: dark in the stored values, or bright.

    Pixel Intensity Relationship Sign (0028,1041) speaks of the stored values and the beam itself (PS3.3
    C.8.11.3): +1 is more beam, larger values. Where it is missing, MONOCHROME1 shows large values dark, and a
    falling slope or LUT turns that round.
    """
    sign = dataset.get("PixelIntensityRelationshipSign")
    falling = _is_falling(dataset)
    if sign in (1, -1) and "ModalityLUTSequence" not in dataset:
        return int(sign) == 1, "DICOM Pixel Intensity Relationship Sign"
    photometric = str(dataset.PhotometricInterpretation)
    dark = photometric == "MONOCHROME1"
    return dark != falling, f"DICOM {photometric}"


def _is_falling(dataset: "FileDataset") -> bool:
    """Tell whether the rescale slope is negative. A modality LUT is applied before polarity is looked at."""
    if dataset.get("ModalityLUTSequence"):
        return False
    slope = dataset.get("RescaleSlope")
    return slope is not None and float(slope) < 0


def _nominal_range(dataset: "FileDataset") -> tuple[float, float]:
    bits = int(dataset.BitsStored)
    if int(dataset.PixelRepresentation) == 1:
        return -(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1
    return 0.0, 2.0**bits - 1


def _origin(dataset: "FileDataset", path: Path, kind: str) -> Origin:
    def text(keyword: str) -> str | None:
        value: Any = dataset.get(keyword)
        return str(value).strip() or None if value is not None else None

    side = (text("ImageLaterality") or text("Laterality") or "").upper()
    laterality: Literal["L", "R"] | None = "L" if side == "L" else "R" if side == "R" else None
    return Origin(
        path=path,
        format=kind,
        laterality=laterality,
        body_part=text("BodyPartExamined"),
        modality=text("Modality"),
        study_instance_uid=text("StudyInstanceUID"),
        series_instance_uid=text("SeriesInstanceUID"),
        sop_instance_uid=text("SOPInstanceUID"),
    )

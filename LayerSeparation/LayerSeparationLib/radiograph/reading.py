"""Reading a radiograph from a file of any supported format."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import InputError, LayerSeparationError
from .dicom_film import read_dicom_film
from .file_format import format_of, suffix_format
from .film_to_radiograph import film_to_radiograph
from .polarity import PolarityChoice, check_polarity_choice
from .radiograph import Radiograph
from .raster_film import read_raster_film
from .spacing import spacing_given_by_user
from .stored_film import StoredFilm
from .volume_film import read_volume_film

_READERS: dict[str, Callable[[Path, str], StoredFilm]] = {
    **dict.fromkeys(("PNG", "JPEG", "TIFF", "BMP"), read_raster_film),
    **dict.fromkeys(("NRRD", "NIfTI", "MetaImage"), read_volume_film),
}


def read_radiograph(
    path: str | os.PathLike[str],
    *,
    spacing_mm: float | Sequence[float] | None = None,
    polarity: PolarityChoice = "auto",
    any_modality: bool = False,
) -> Radiograph:
    """Read a radiograph.

    Parameters
    ----------
    path
        DICOM (any single-frame image: CR, DX, SC, ...), PNG, JPEG, TIFF, BMP, NRRD, NIfTI or MetaImage. The
        content decides, not the extension.
    spacing_mm
        Pixel spacing in mm, one number or (row, column); takes the place of the header's. The resolution
        (dpi) of PNG, JPEG, TIFF and BMP is never taken as pixel spacing: it is made up more often than not.
    polarity
        How an ordinary viewer shows the film. "auto" goes by the content, and by the header where that tells
        little.
    any_modality
        Whether a DICOM file is read whose header calls it a slice of CT, MR or PET, a scintigram or an
        ultrasound image: for a radiograph whose header is wrong.

    Returns
    -------
    Radiograph
        float32 intensity 0..1 of shape (rows, columns), bone bright, read-only, with spacing, polarity, the
        map back to the film's own numbers, and origin.

    Raises
    ------
    InputError
        If the file is missing, damaged, not a single two-dimensional image, too small, constant, not finite,
        no radiograph by its header, or if `spacing_mm` or `polarity` can't be used.
    DependencyError
        If the file is DICOM and pydicom is not installed.

    Examples
    --------
    >>> import SimpleITK as sitk
    >>> pixels = np.tile(np.arange(64, dtype=np.uint16) * 1000, (48, 1))
    >>> image = sitk.GetImageFromArray(pixels)
    >>> image.SetSpacing((0.15, 0.15))
    >>> sitk.WriteImage(image, "hand.nrrd")
    >>> radiograph = read_radiograph("hand.nrrd")
    >>> radiograph.shape, radiograph.spacing.mm, radiograph.spacing.source.value
    ((48, 64), (0.15, 0.15), 'detector plane')
    >>> bool((radiograph.native() == pixels).all())
    True
    """
    path = Path(path)
    check_polarity_choice(polarity)
    if spacing_mm is not None:
        spacing_given_by_user(spacing_mm)
    if path.is_dir():
        raise InputError(
            f"{path}: this is a folder; name one image, or list its images with find_radiographs."
        )
    if not path.exists():
        raise InputError(f"{path}: there is no such file. Check the path.")
    kind = format_of(path)
    if kind is None:
        promised = suffix_format(path)
        what = f"the name says {promised}, but the content is not" if promised else "its format is not known"
        raise InputError(
            f"{path}: {what}; a radiograph must be DICOM, PNG, JPEG, TIFF, BMP, NRRD, NIfTI or MetaImage."
        )
    return film_to_radiograph(_read_stored_film(path, kind, any_modality), spacing_mm, polarity)


def _read_stored_film(path: Path, kind: str, any_modality: bool) -> StoredFilm:
    try:
        if kind == "DICOM":
            return read_dicom_film(path, kind, any_modality=any_modality)
        return _READERS[kind](path, kind)
    except LayerSeparationError:
        raise
    except MemoryError as error:
        raise InputError(f"{path}: reading it takes more memory than there is.") from error
    # A header's values are read where they are needed, and a damaged one leads readers into anything.
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:200]
        raise InputError(f"{path}: this {kind} file is damaged, and can't be read ({what}).") from error

"""Finding the radiographs in files and folders."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError
from .file_format import format_of, suffix_format


def find_radiographs(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """List the image files among files and folders.

    Files are kept in the order given, whatever their name: reading them says what is wrong with them. Folders
    are searched with all their subfolders, in the order of names, without hidden files and folders; in them a
    file counts if its name ends as one of the supported formats does, or if it is DICOM by its content.

    Parameters
    ----------
    paths : path, or iterable of paths
        Files and folders.

    Returns
    -------
    list of Path
        Each file once.

    Raises
    ------
    InputError
        If a path does not exist, a folder holds no image, or nothing was given.
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise InputError("No radiograph was given: name at least one file or folder.")
    found: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            inside = _images_in(path)
            if not inside:
                raise InputError(
                    f"{path}: this folder holds no radiograph "
                    "(DICOM, PNG, JPEG, TIFF, BMP, NRRD, NIfTI, MetaImage)."
                )
            found.extend(inside)
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"{path}: there is no such file or folder. Check the path.")
    return list(dict.fromkeys(found))


def _images_in(folder: Path) -> list[Path]:
    images = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and (suffix_format(path) or _is_dicom(path)):
            images.append(path)
    return images


def _is_dicom(path: Path) -> bool:
    """Tell a DICOM file without an extension; a DICOMDIR is an index, not an image."""
    try:
        return path.name.upper() != "DICOMDIR" and format_of(path) == "DICOM"
    except InputError:
        return False

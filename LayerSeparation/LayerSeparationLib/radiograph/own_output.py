"""Telling what this library wrote itself, so that results are not taken for radiographs."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from ..errors import InputError
from ..files import read_json
from ..files.provenance import PHANTOM_KEY, SOFTWARE, SYNTHETIC_KEY
from .file_format import format_of

_PLAN_FILE = "plan.json"
_PLAN_FORMAT = f"{SOFTWARE} data set"
_NRRD_HEADER_BYTES = 2**16
_NRRD_KEY = re.compile(rb"^([^\n:=]+):=([^\r\n]*)", re.MULTILINE)


def is_data_set(folder: Path) -> bool:
    """Tell whether a folder is a data set that this library wrote: its plan says so."""
    try:
        plan = read_json(folder / _PLAN_FILE)
    except InputError:
        return False
    return isinstance(plan, dict) and str(plan.get("format", "")).startswith(_PLAN_FORMAT)


def is_own_result(path: Path) -> bool:
    """Tell whether an image is a result that this library wrote: the file says so.

    A phantom's film is not a result: it was made to be worked with.
    """
    stated = _stated(path)
    is_own = SYNTHETIC_KEY in stated or stated.get("Software", "").startswith(SOFTWARE)
    return is_own and stated.get(PHANTOM_KEY) != "true"


def is_synthetic_file(path: Path) -> bool:
    """Tell whether an image says in itself that this library made it up: a phantom, or a film it edited.

    A DICOM film that names this library as its maker counts as one.

    Examples
    --------
    >>> from LayerSeparationLib.export import write_png
    >>> write_png("phantom.png", np.full((64, 64), 0.5, np.float32), synthetic=True)
    >>> is_synthetic_file(Path("phantom.png"))
    True
    """
    stated = _stated(path)
    return stated.get(SYNTHETIC_KEY) == "true" or stated.get("DICOM") == SOFTWARE


def _stated(path: Path) -> dict[str, str]:
    """Return what an image says of itself by the keys of `files.provenance`, and other texts; no more."""
    try:
        kind = format_of(path)
    except InputError:
        return {}
    if kind == "NRRD":
        return _nrrd_keys(path)
    if kind == "PNG":
        return _png_texts(path)
    if kind == "DICOM" and _is_own_dicom(path):
        return {"Software": SOFTWARE, "DICOM": SOFTWARE}
    return {}


def _nrrd_keys(path: Path) -> dict[str, str]:
    """Return the key-value pairs of a NRRD header, which an empty line ends (NRRD0005, 'key:=value')."""
    with path.open("rb") as file:
        head = file.read(_NRRD_HEADER_BYTES).split(b"\n\n", 1)[0]
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in _NRRD_KEY.findall(head)}


def _png_texts(path: Path) -> dict[str, str]:
    """Return the text chunks before the pixels; nothing of a file that is no whole PNG."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=["PNG"]) as image:
                return {str(key): str(value) for key, value in image.info.items()}
    # Reading the file as a radiograph says what is wrong with it.
    except Exception:
        return {}


def _is_own_dicom(path: Path) -> bool:
    try:
        import pydicom
    except ImportError:
        return False
    tags = ["SoftwareVersions", "Manufacturer"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags, force=True)
            stated = [str(dataset.get(tag) or "") for tag in tags]
        # Reading the file as a radiograph says what is wrong with it.
        except Exception:
            return False
    return any(text.startswith(SOFTWARE) for text in stated)

"""What a synthetic DICOM image takes over from the radiograph it was derived from.

Attributes are taken over by a list of what may stay, not by a list of what must go, and their values are
written anew (`header_values`), so that nothing unforeseen (private attributes, free text, overlays, what is
nested in codes) passes. The list is a subset of what the Basic Application Level Confidentiality Profile
(DICOM PS3.15, Annex E) leaves in place: no dates, no free text, no device, no patient's age or sex.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import DependencyError, InputError
from .header_values import write_anew

if TYPE_CHECKING:
    from pydicom import Dataset

_NAMESPACE = uuid.UUID("6f0c3c0e-2a0b-5d0e-9c57-3d0a53b6f1aa")
_OF_THE_PATIENT = (
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge"),
    *("StudyDate", "StudyTime", "StudyID", "StudyDescription", "AccessionNumber", "ReferringPhysicianName"),
    *("Manufacturer", "ManufacturerModelName"),
)
_SEXES = ("", "M", "F", "O")
"""Enumerated values (PS3.3, C.7.1.1)."""
_REFERENCED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def require_pydicom() -> None:
    """Raise `DependencyError` where pydicom is missing."""
    try:
        import pydicom  # noqa: F401
    except ImportError as error:
        raise DependencyError("Writing DICOM needs the package pydicom: pip install pydicom") from error


def require_highdicom() -> None:
    """Raise `DependencyError` where highdicom, which brings codes and segmentations, is missing."""
    require_pydicom()
    try:
        import highdicom  # noqa: F401
    except ImportError as error:
        raise DependencyError("Writing DICOM needs the package highdicom: pip install highdicom") from error


def source_header(path: Path, keep_patient: bool = False) -> Mapping[str, Any]:
    """Return what may be taken over from a DICOM file, as DICOM JSON.

    Parameters
    ----------
    path
        The radiograph.
    keep_patient
        Keep patient, study and the references to the original; by default they are left out, and the UIDs are
        kept only as values from which new ones are made.

    Raises
    ------
    InputError
        If the file can't be read.
    DependencyError
        If pydicom is not installed.
    """
    return _source_header(Path(path), keep_patient)


@lru_cache(maxsize=64)
def _source_header(path: Path, keep_patient: bool) -> Mapping[str, Any]:
    require_pydicom()
    import pydicom

    try:
        source = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    except Exception as error:
        raise InputError(f"{path}: the header can't be read as DICOM ({error}).") from error
    kept = write_anew(source)
    for keyword in _OF_THE_PATIENT if keep_patient else ():
        if keyword in source:
            kept[keyword] = source[keyword]
    if str(kept.get("PatientSex") or "") not in _SEXES:
        # Not one of the standard's: highdicom makes no segmentation of it.
        kept.PatientSex = ""
    for keyword in _REFERENCED:
        value = str(source.get(keyword) or "")
        if value:
            setattr(kept, keyword, value if keep_patient else new_uid("original", value))
    header: dict[str, Any] = kept.to_json_dict()
    return header


def without_uids(header: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a kept header without what was made from the original's UIDs."""
    from pydicom.datadict import tag_for_keyword

    made = {f"{tag_for_keyword(keyword):08X}" for keyword in _REFERENCED}
    return {tag: element for tag, element in header.items() if tag not in made}


def header_dataset(header: Mapping[str, Any] | None) -> Dataset:
    """Return the dataset of a kept header; an empty one where there was no DICOM file."""
    from pydicom import Dataset

    return Dataset.from_json(dict(header)) if header else Dataset()


def keeps_patient(source: Dataset) -> bool:
    """Whether a kept header names the patient."""
    return "PatientID" in source or "PatientName" in source


def new_uid(*parts: str, key: bytes = b"") -> str:
    """Return the UID that belongs to some text and a key, always the same: 2.25 and a UUID.

    Nobody who lacks the key can tell which text it was (HMAC-SHA256, RFC 2104); without a key it is a UUID of
    version 5, which anybody can make from the text.
    """
    text = chr(0).join(parts)
    if not key:
        return f"2.25.{uuid.uuid5(_NAMESPACE, text).int}"
    digest = hmac.digest(key, text.encode(), "sha256")
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}"

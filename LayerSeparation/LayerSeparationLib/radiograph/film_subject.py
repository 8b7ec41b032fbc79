"""Whom and what a DICOM film shows, by its header: read to compare films, never kept or written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .file_format import format_of

if TYPE_CHECKING:
    from pydicom import Dataset

_DATES = ("AcquisitionDate", "StudyDate", "ContentDate")
"""(0008,0022), (0008,0020), (0008,0023): the first that is there says when the film was taken."""
_KEYWORDS = (
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "ImageLaterality",
    "Laterality",
    "StudyInstanceUID",
)


@dataclass(frozen=True)
class FilmSubject:
    """What a header says of patient, side and day; '' and None where it says nothing.

    Its text holds none of it, so that no message can name a patient by accident.
    """

    patient_id: str = field(default="", repr=False)
    """(0010,0020)."""
    issuer: str = field(default="", repr=False)
    """(0010,0021) Issuer of Patient ID: the same ID of two issuers may be two patients, and the reverse."""
    birth_date: str = field(default="", repr=False)
    """(0010,0030)."""
    sex: str = field(default="", repr=False)
    """(0010,0040): 'M', 'F', or '' for all else."""
    side: str = field(default="", repr=False)
    """(0020,0062) or (0020,0060): 'L', 'R', or '' for all else."""
    taken: date | None = field(default=None, repr=False)
    """The day of the film."""
    study_uid: str = field(default="", repr=False)
    """(0020,000D)."""

    @classmethod
    def of(cls, header: Dataset) -> FilmSubject:
        """Take what a header says."""

        def text(keyword: str) -> str:
            return str(header.get(keyword) or "").strip()

        sex, side = text("PatientSex").upper(), (text("ImageLaterality") or text("Laterality")).upper()
        return cls(
            patient_id=text("PatientID"),
            issuer=text("IssuerOfPatientID"),
            birth_date=text("PatientBirthDate"),
            sex=sex if sex in ("M", "F") else "",
            side=side if side in ("L", "R") else "",
            taken=next(filter(None, (_day(text(keyword)) for keyword in _DATES)), None),
            study_uid=text("StudyInstanceUID"),
        )


def read_subject(path: Path) -> FilmSubject | None:
    """Read whom a film shows; None where it is no DICOM file, or can't be read.

    Examples
    --------
    >>> from PIL import Image
    >>> Image.new("L", (64, 64)).save("hand.png")
    >>> read_subject(Path("hand.png")) is None
    True
    """
    try:
        if format_of(path) != "DICOM":
            return None
        import pydicom

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = pydicom.dcmread(
                path, force=True, stop_before_pixels=True, specific_tags=[*_KEYWORDS, *_DATES]
            )
            return FilmSubject.of(header)
    except Exception:
        # What is wrong with a file is told when it is read as a film.
        return None


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()
    except ValueError:
        return None

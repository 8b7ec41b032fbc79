"""Values of a DICOM header that may stay, each written anew: terms and codes of the standard, and numbers.

Nothing is copied. A term stays where the standard defines it, a code by its value with the meaning that the
standard's own table gives, a number as a number; text, nested attributes, private ones and what else may name
a person do not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom import Dataset

# Defined terms: PS3.3 C.7.6.1 (general image), C.8.11.2 to C.8.11.5 (DX), C.8.7.10 (filter, grid), PS3.16
# Annex L for parts of the body, of which those stay that a film of a hand may show.
_TERMS: Mapping[str, frozenset[str]] = {
    "BodyPartExamined": frozenset({"HAND", "FINGER", "THUMB", "WRIST", "FOREARM", "UPPERLIMB", "EXTREMITY"}),
    "ViewPosition": frozenset({"AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO"}),
    "Laterality": frozenset({"L", "R"}),
    "ImageLaterality": frozenset({"L", "R", "U", "B"}),
    "PositionerType": frozenset({"CARM", "COLUMN", "NONE", "RIGID", "PANORAMIC", "CEPHALOSTAT"}),
    "DetectorType": frozenset({"DIRECT", "SCINTILLATOR", "STORAGE", "FILM"}),
    "FilterType": frozenset({"STRIP", "WEDGE", "BUTTERFLY", "MULTIPLE", "FLAT", "SHUTTER", "NONE"}),
    "Grid": frozenset({"FIXED", "FOCUSED", "RECIPROCATING", "PARALLEL", "CROSSED", "NONE"}),
    "BurnedInAnnotation": frozenset({"YES", "NO"}),
    "LossyImageCompression": frozenset({"00", "01"}),
    "LossyImageCompressionMethod": frozenset(
        {"ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_13818_2", "ISO_14496_10", "ISO_23008_2"}
    ),
}
_NUMBERS = (
    *("KVP", "ExposureTime", "ExposureTimeInuS", "XRayTubeCurrent", "XRayTubeCurrentInuA", "Exposure"),
    *("ExposureInuAs", "DistanceSourceToDetector", "DistanceSourceToPatient", "FocalSpots"),
    *("EstimatedRadiographicMagnificationFactor", "LossyImageCompressionRatio"),
)
_OLDER_SNOMED = ("SRT", "SNM3", "99SDM")
"""Designators of the codes that SNOMED CT replaced (PS3.16, 8.1)."""
_CODES = ("AnatomicRegionSequence", "ViewCodeSequence")
_DIRECTIONS = re.compile(r"[APRLHF]{1,3}")


def write_anew(source: Dataset) -> Dataset:
    """Return what may stay of a header, made of nothing but the standard's words, codes and numbers."""
    from pydicom import Dataset
    from pydicom._uid_dict import UID_dictionary

    kept = Dataset()
    sop_class = str(source.get("SOPClassUID") or "")
    if sop_class in UID_dictionary:
        kept.SOPClassUID = sop_class
    for keyword, terms in _TERMS.items():
        _keep(kept, keyword, [word for word in _words(source, keyword) if word in terms])
    directions = _words(source, "PatientOrientation")
    if len(directions) == 2 and all(map(_DIRECTIONS.fullmatch, directions)):
        kept.PatientOrientation = directions
    for keyword in _NUMBERS:
        _keep(kept, keyword, _numbers(source, keyword))
    for keyword in _CODES:
        codes = [code for item in _items(source, keyword) if (code := _code(item)) is not None]
        if codes:
            setattr(kept, keyword, codes)
    return kept


def _keep(kept: Dataset, keyword: str, values: list[Any]) -> None:
    if values:
        setattr(kept, keyword, values if len(values) > 1 else values[0])


def _values(source: Dataset, keyword: str) -> list[Any]:
    from pydicom.multival import MultiValue

    value = source.get(keyword)
    if value is None:
        return []
    return list(value) if isinstance(value, (MultiValue, list)) else [value]


def _words(source: Dataset, keyword: str) -> list[str]:
    return [str(value).strip() for value in _values(source, keyword)]


def _numbers(source: Dataset, keyword: str) -> list[Any]:
    from pydicom.datadict import dictionary_VR
    from pydicom.valuerep import DSfloat

    try:
        found = [float(value) for value in _values(source, keyword)]
    except (TypeError, ValueError):
        return []
    if not all(map(math.isfinite, found)):
        return []
    if dictionary_VR(keyword) == "IS":
        return [round(value) for value in found]
    return [DSfloat(value, auto_format=True) for value in found]


def _items(source: Dataset, keyword: str) -> list[Any]:
    from pydicom import Dataset

    return [item for item in source.get(keyword) or () if isinstance(item, Dataset)]


def _code(item: Dataset) -> Dataset | None:
    """Return a code of SNOMED CT by its value alone, with the meaning of the standard; None of any other."""
    from pydicom import Dataset
    from pydicom.sr._snomed_dict import mapping

    value, scheme = str(item.get("CodeValue") or ""), str(item.get("CodingSchemeDesignator") or "")
    if scheme in _OLDER_SNOMED:
        value = str(mapping["SRT"].get(value, ""))
    elif scheme != "SCT":
        return None
    meaning = _meanings().get(value)
    if meaning is None:
        return None
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "SCT", meaning
    return code


@lru_cache
def _meanings() -> Mapping[str, str]:
    """Return value -> meaning of the codes of SNOMED CT that the standard's context groups use (PS3.16)."""
    from pydicom.sr._concepts_dict import concepts

    found: dict[str, str] = {}
    known: Any = concepts["SCT"]
    for values in known.values():
        found.update({value: meaning for value, (meaning, groups) in values.items() if groups})
    return found

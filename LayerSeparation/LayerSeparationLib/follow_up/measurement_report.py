"""JSW and its change as a DICOM structured report: an imaging measurement report (TID 1500), by highdicom.

Each joint has a group of measurements for each film: JSW on the baseline; JSW on the follow-up, the change,
and the verdict. Both have the same tracking identifier. The observer is a device: nobody has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from ..export.encoding.dicom_header import (
    header_dataset,
    keeps_patient,
    new_uid,
    require_highdicom,
    source_header,
)
from ..export.encoding.dicom_image import describe_patient
from ..export.encoding.dicom_segmentation import parse_code
from ..export.encoding.highdicom_log import only_warnings_of_highdicom
from ..export.segments import NO_CODE, JointSite
from ..measurement import JointSpaceWidth
from ..version import __version__
from .joint_change import JointChange

if TYPE_CHECKING:
    import highdicom as hd
    from pydicom import Dataset

SCHEME = "99LAYERSEP"
"""Of codes that no scheme known to us has; private schemes begin with 99 (DICOM PS3.16, 8)."""
_ANONYMOUS = "ANONYMOUS^PATIENT", "ANONYMOUS"
_TEXT_LENGTH = 64


class _Film(NamedTuple):
    """A film as the report refers to it."""

    label: str
    header: Dataset


def write_measurement_report(
    path: Path, changes: Iterable[JointChange], *, keep_patient: bool = False
) -> None:
    """Write JSW and change of joints as a DICOM structured report.

    Only joints that are on both films are in it, and only lengths in mm.

    Parameters
    ----------
    path
        File to write.
    changes
        Of films that are DICOM files.
    keep_patient
        Name the patient and refer to the films by their own UIDs, as a report for the archive must. By
        default the patient is left out, and UIDs are new ones.

    Raises
    ------
    InputError
        If no joint is on two DICOM films whose spacing is known.
    DependencyError
        If pydicom or highdicom is not installed.
    """
    require_highdicom()
    with only_warnings_of_highdicom():
        report = _make_report(list(changes), keep_patient)
    report.save_as(path, enforce_file_format=True)


def can_be_reported(change: JointChange) -> bool:
    """Whether a joint is on two DICOM films whose pixel spacing is known."""
    return (
        change.crops is not None
        and change.unit == "mm"
        and all(
            one.radiograph.origin.format == "DICOM" and one.radiograph.origin.path for one in change.crops
        )
    )


def _make_report(changes: Sequence[JointChange], keep_patient: bool) -> Dataset:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    told = [change for change in changes if can_be_reported(change)]
    if not told:
        raise InputError(
            "A DICOM report needs joints on two DICOM films whose pixel spacing is known; there are none."
        )
    films: dict[Path, Dataset] = {}
    groups: list[Any] = []
    for change in told:
        assert change.crops is not None
        pair = []
        for label, crop in zip(("baseline", "follow-up"), change.crops, strict=True):
            path = crop.radiograph.origin.path
            assert path is not None
            if path not in films:
                films[path] = _evidence(path, keep_patient)
            pair.append(_Film(label, films[path]))
        groups += _describe_joint(change, pair[0], pair[1])
    report = hd.sr.MeasurementReport(
        observation_context=_observer(),
        procedure_reported=codes.SCT.PlainRadiography,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    # The report belongs to the study of the follow-up, the film that was the reason for it.
    evidence = [*films.values()][::-1]
    key = "|".join(str(film.SOPInstanceUID) for film in evidence)
    return hd.sr.ComprehensiveSR(
        evidence=evidence,
        content=report[0],
        series_instance_uid=new_uid("report series", key),
        series_number=9003,
        sop_instance_uid=new_uid("report", key, *map(repr, (change.change for change in told))),
        instance_number=1,
        manufacturer="LayerSeparation",
        is_complete=True,
        is_final=False,
        is_verified=False,
        manufacturer_model_name="LayerSeparation",
        software_versions=__version__,
        device_serial_number="none",
        series_description="Joint space width and its change",
    )


def _evidence(path: Path, keep_patient: bool) -> Dataset:
    """Return the attributes of a film that a report takes over or refers to."""
    source = header_dataset(source_header(path, keep_patient))
    film = describe_patient(source, _ANONYMOUS)
    for keyword in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        if keyword not in source:
            raise InputError(f"{path} has no {keyword}, so no report can refer to it.")
        film[keyword] = source[keyword]
    if not keeps_patient(source):
        film.StudyDate = film.StudyTime = ""
    film.Modality = source.get("Modality", "")
    return film


def _observer() -> hd.sr.ObservationContext:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    return hd.sr.ObservationContext(
        observer_device_context=hd.sr.ObserverContext(
            observer_type=codes.DCM.Device,
            observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
                uid=new_uid("device", __version__),
                name="LayerSeparation",
                manufacturer_name="LayerSeparation",
                model_name=f"LayerSeparation {__version__}",
            ),
        )
    )


def _describe_joint(change: JointChange, baseline: _Film, follow_up: _Film) -> list[Any]:
    """Return the groups of measurements of a joint: one for each film that says something."""
    import highdicom as hd

    label = f"{change.side or ''} {change.name}".strip()
    tracking = new_uid(
        "joint", label, str(baseline.header.SOPInstanceUID), str(follow_up.header.SOPInstanceUID)
    )
    later = _widths(change.follow_up)
    if change.change is not None and change.interval is not None:
        later.append(_measurement(_concept("JSWCHANGE"), change.change, change.interval))
    verdict = hd.sr.QualitativeEvaluation(name=_concept("VERDICT"), value=_concept(change.verdict.name))
    return [
        _group(change, baseline, (label, tracking), _widths(change.baseline), []),
        _group(change, follow_up, (label, tracking), later, [verdict]),
    ]


def _group(
    change: JointChange,
    film: _Film,
    identity: tuple[str, str],
    measurements: list[Any],
    evaluations: list[Any],
) -> hd.sr.MeasurementsAndQualitativeEvaluations:
    import highdicom as hd

    site = JointSite.of(change.name, change.side)
    assert change.weights_sha256 is not None
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(identifier=identity[0], uid=identity[1]),
        time_point_context=hd.sr.TimePointContext(time_point=film.label),
        finding_type=parse_code(site.joint),
        method=_concept("REGISTRATION"),
        algorithm_id=hd.sr.AlgorithmIdentification(
            name="LayerSeparation",
            version=__version__,
            parameters=[f"weights {change.weights_sha256[0][:12]}"],
        ),
        finding_sites=[
            hd.sr.FindingSite(
                anatomic_location=parse_code(site.joint),
                laterality=None if site.side == NO_CODE else parse_code(site.side),
                topographical_modifier=parse_code(site.digit),
            )
        ],
        measurements=measurements,
        qualitative_evaluations=evaluations or None,
        source_images=[
            hd.sr.SourceImageForMeasurementGroup(film.header.SOPClassUID, film.header.SOPInstanceUID)
        ],
    )


def _widths(jsw: JointSpaceWidth | None) -> list[Any]:
    """Return mean and minimum JSW as measurements; none where they can't be told."""
    from pydicom.sr.codedict import codes

    if jsw is None or jsw.mean is None or jsw.minimum is None:
        return []
    name = _concept("JSW")
    return [
        _measurement(name, jsw.mean, jsw.interval, codes.SCT.Mean),
        _measurement(name, jsw.minimum, jsw.minimum_interval, codes.SCT.Minimum),
    ]


def _measurement(
    name: hd.sr.CodedConcept, value_mm: float, interval_mm: tuple[float, float] | None, derivation: Any = None
) -> hd.sr.Measurement:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    properties = None
    if interval_mm is not None:
        properties = hd.sr.MeasurementProperties(
            lower_measurement_uncertainty=round(value_mm - interval_mm[0], 4),
            upper_measurement_uncertainty=round(interval_mm[1] - value_mm, 4),
        )
    return hd.sr.Measurement(
        name=name,
        value=round(value_mm, 4),
        unit=codes.UCUM.Millimeter,
        derivation=derivation,
        properties=properties,
    )


def _concept(value: str) -> hd.sr.CodedConcept:
    import highdicom as hd

    return hd.sr.CodedConcept(value, SCHEME, _MEANINGS[value][:_TEXT_LENGTH])


_MEANINGS = {
    "JSW": "Joint space width, central half of the joint",
    "JSWCHANGE": "Change of mean joint space width since the baseline",
    "REGISTRATION": "Separation of the bones, registration of each",
    "VERDICT": "Change against the smallest detectable change",
    "PROGRESSED": "Progressed: narrower",
    "WIDENED": "Widened",
    "UNCHANGED": "Unchanged",
    "UNKNOWN": "Can't tell",
}

"""Overlapping segments as a binary DICOM segmentation, through highdicom; and back, through pydicom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DependencyError, InputError
from ...version import __version__
from ..segments import ANATOMIC_CONTEXT, NO_CODE, NO_COLOR, TERMINOLOGY_NAME, Segment
from .dicom_header import new_uid, require_highdicom

if TYPE_CHECKING:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.seg import SegmentDescription
    from highdicom.sr import CodedConcept
    from pydicom import Dataset

_SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
_DICM = slice(128, 132)


def dicom_segmentation(
    image: Dataset, segments: Sequence[Segment], weights_sha256: str | None, date: str, time: str
) -> Dataset:
    """Return the segmentation of a DICOM image.

    Parameters
    ----------
    image
        The dataset that was segmented.
    segments
        Masks of the image's shape; they may overlap and be empty.
    weights_sha256
        Of the network that found the silhouettes, for the algorithm's identification.
    date, time
        What the object says of its making; files of equal content are equal.

    Raises
    ------
    DependencyError
        If highdicom is not installed.
    """
    require_highdicom()
    import highdicom as hd
    from pydicom.sr.codedict import codes

    algorithm = hd.AlgorithmIdentificationSequence(
        name="LayerSeparation",
        version=__version__ if weights_sha256 is None else f"{__version__} {weights_sha256[:12]}",
        family=hd.sr.CodedConcept.from_code(codes.DCM.ArtificialIntelligence),
    )
    made = hd.seg.Segmentation(
        source_images=[image],
        pixel_array=np.stack([segment.mask for segment in segments], axis=-1)[np.newaxis].astype(np.uint8),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _describe_segment(number, segment, algorithm) for number, segment in enumerate(segments, 1)
        ],
        series_instance_uid=new_uid("segmentation series", image.SOPInstanceUID),
        series_number=int(image.SeriesNumber) + 1,
        sop_instance_uid=new_uid("segmentation", image.SOPInstanceUID),
        instance_number=1,
        manufacturer="LayerSeparation",
        manufacturer_model_name="LayerSeparation",
        software_versions=__version__,
        device_serial_number="none",
        content_label="FINGER_JOINT",
        content_description=f"Segments of {image.SeriesDescription}"[:64],
    )
    made.SeriesDescription = f"{image.SeriesDescription}, segments"[:64]
    _add_thickness(made)
    _remove_chance(made, date, time)
    for keyword in ("PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence"):
        if keyword in image:
            made[keyword] = image[keyword]
    made.PatientOrientation = image.PatientOrientation
    made.SyntheticData = image.SyntheticData
    return made


def _add_thickness(made: Dataset) -> None:
    """Give pixels a thickness, that of their height: highdicom reads no pixel measures without one.

    A projection has none, but the attribute is asked for beside Pixel Spacing (PS3.3, C.7.6.16.2.1).
    """
    for measures in made.SharedFunctionalGroupsSequence[0].get("PixelMeasuresSequence", ()):
        if "PixelSpacing" in measures and "SliceThickness" not in measures:
            measures.SliceThickness = measures.PixelSpacing[0]


def _remove_chance(made: Dataset, date: str, time: str) -> None:
    """Replace what highdicom takes from the clock or draws at random."""
    organization = new_uid("dimensions", made.SOPInstanceUID)

    def replace_element(_dataset: Dataset, element: Any) -> None:
        if element.keyword == "DimensionOrganizationUID":
            element.value = organization
        elif element.keyword == "ContributionDateTime":
            element.value = date + time
        elif element.keyword in ("ContentDate", "InstanceCreationDate", "SeriesDate"):
            element.value = date
        elif element.keyword in ("ContentTime", "InstanceCreationTime", "SeriesTime"):
            element.value = time

    made.walk(replace_element)


def read_dicom_segmentation(path: str | Path) -> list[Segment]:
    """Read the segments of a single image from a DICOM segmentation.

    Returns
    -------
    list of Segment
        Masks of shape (rows, columns), in the order of segment numbers.

    Raises
    ------
    InputError
        The file is damaged, no binary segmentation, or one of several images.
    DependencyError
        If pydicom is not installed.
    """
    try:
        import pydicom
    except ImportError as error:
        raise DependencyError("Reading DICOM needs the package pydicom: pip install pydicom") from error
    try:
        dataset = pydicom.dcmread(path)
        is_binary = dataset.SOPClassUID == _SEGMENTATION and dataset.SegmentationType == "BINARY"
    except Exception as error:
        raise InputError(f"{path} can't be read as a DICOM segmentation: {error}") from error
    if not is_binary:
        raise InputError(f"{path} is no binary DICOM segmentation.")
    try:
        frames = np.reshape(dataset.pixel_array, (-1, int(dataset.Rows), int(dataset.Columns))).astype(
            np.bool_
        )
        described = {int(item.SegmentNumber): item for item in dataset.SegmentSequence}
        numbers = [
            int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
            for item in dataset.PerFrameFunctionalGroupsSequence
        ]
    except Exception as error:
        raise InputError(f"{path} can't be read as a DICOM segmentation: {error}") from error
    labels = [str(item.get("SegmentLabel", "")) for item in described.values()]
    if len(set(numbers)) != len(numbers) or len(set(labels)) != len(labels):
        raise InputError(f"{path} segments several images; a radiograph is one.")
    empty = np.zeros(frames.shape[1:], dtype=bool)
    found = dict(zip(numbers, frames, strict=True))
    return [
        Segment(
            name=str(item.get("SegmentLabel", "")),
            mask=found.get(number, empty),
            color=_color(item),
            terminology=_terminology(item),
        )
        for number, item in sorted(described.items())
    ]


def _color(item: Dataset) -> tuple[float, float, float]:
    """Return the recommended colour as red, green, blue, each 0..1; grey where there is none."""
    try:
        import highdicom as hd

        colour = hd.color.CIELabColor.from_dicom_value(list(item.RecommendedDisplayCIELabValue))
        red, green, blue = (part / 255 for part in colour.to_rgb(clip=True))
    except (ImportError, AttributeError, TypeError, ValueError):
        return NO_COLOR
    return red, green, blue


def _terminology(item: Dataset) -> str:
    """Return the codes of a segment in Slicer's seven-part notation; empty where they are missing."""

    def code(of: Any, keyword: str) -> str:
        sequence = of.get(keyword) if of is not None else None
        if not sequence:
            return NO_CODE
        return "^".join(
            str(sequence[0].get(part, "")) for part in ("CodingSchemeDesignator", "CodeValue", "CodeMeaning")
        )

    regions = item.get("AnatomicRegionSequence")
    category = code(item, "SegmentedPropertyCategoryCodeSequence")
    kind = code(item, "SegmentedPropertyTypeCodeSequence")
    if NO_CODE in (category, kind):
        return ""
    side = code(regions[0] if regions else None, "AnatomicRegionModifierSequence")
    region = code(item, "AnatomicRegionSequence")
    return "~".join([TERMINOLOGY_NAME, category, kind, NO_CODE, ANATOMIC_CONTEXT, region, side])


def is_dicom(path: str | Path) -> bool:
    """Whether a file is DICOM by its first bytes."""
    try:
        with Path(path).open("rb") as file:
            return file.read(132)[_DICM] == b"DICM"
    except OSError:
        return False


def _describe_segment(
    number: int, segment: Segment, algorithm: AlgorithmIdentificationSequence
) -> SegmentDescription:
    import highdicom as hd

    _, category, kind, _, _, region, side = segment.terminology.split("~")
    anatomic_region = parse_code(region)
    if side != NO_CODE:
        anatomic_region.AnatomicRegionModifierSequence = [parse_code(side)]
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=parse_code(category),
        segmented_property_type=parse_code(kind),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=algorithm,
        tracking_uid=None,
        anatomic_regions=[anatomic_region],
        display_color=hd.color.CIELabColor.from_rgb(*(round(255 * part) for part in segment.color)),
    )


def parse_code(text: str) -> CodedConcept:
    """Return the code of ``scheme^value^meaning``."""
    import highdicom as hd

    scheme, value, meaning = text.split("^")
    return hd.sr.CodedConcept(value, scheme, meaning)

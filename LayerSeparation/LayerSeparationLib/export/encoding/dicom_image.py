"""A synthetic radiograph as a DICOM image: derived from its source where that is DICOM, new where it is not.

DX sources that say how they are oriented stay DX; everything else becomes CR. Modules and attributes follow
DICOM PS3.3, A.2 (CR), A.26 (DX), C.7.6.1 (general image, derivation), C.8.1.1, C.8.11 and C.12.1 (SOP
common).
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...files import json_line
from ...radiograph import PixelSpacing, SpacingSource
from ...version import __version__
from ..sample import ExportedImage
from .dicom_header import header_dataset, keeps_patient, new_uid, require_highdicom, source_header
from .png import quantize_intensity

if TYPE_CHECKING:
    from pydicom import Dataset

_CR = "1.2.840.10008.5.1.4.1.1.1"
_DX = "1.2.840.10008.5.1.4.1.1.1.1"
_WINDOW = (32768, 65536)
"""Centre and width: the whole of the 16 bits."""
_LONGEST_TEXT = 1024
"""Characters of a DICOM short text (ST)."""
_LARGEST_RATIO = 1000
"""Largest denominator of a pixel's aspect ratio, which DICOM wants in whole numbers."""
_BODY_PARTS = {"joint": "FINGER", "film": "HAND"}
SYNTHETIC_PATIENT = "SYNTHETIC^IMAGE", "SYNTHETIC"
NO_DATE, NO_TIME = "20000101", "000000"
"""Stands where a date must be and none may: files of equal content are equal."""
DEIDENTIFIED = "PS3.15 basic profile; attributes kept by list"


def dicom_image(sample: ExportedImage) -> Dataset:
    """Return the image of a sample, its whole film where the sample holds it, as a DICOM dataset.

    Raises
    ------
    DependencyError
        If pydicom or highdicom is not installed.
    InputError
        If the source's header can't be read.
    """
    require_highdicom()
    from pydicom import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    header = sample.dicom_header
    if header is None and sample.dicom_path is not None:
        header = source_header(sample.dicom_path)
    source = header_dataset(header)
    pixels = quantize_intensity(sample.image if sample.film is None else sample.film)
    image = describe_patient(source, SYNTHETIC_PATIENT)
    _identify(image, source, sample, pixels)
    _describe_acquisition(image, source, sample)
    if image.SOPClassUID == _DX:
        _add_dx_modules(image, source, sample)
    _describe_derivation(image, source, sample)
    _set_pixels(image, pixels)
    _set_spacing(image, sample.spacing)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta = meta
    return image


def describe_patient(source: Dataset, stand_in: tuple[str, str]) -> Dataset:
    """Return patient and study: the source's where it was kept, else a stand-in that names nobody.

    Parameters
    ----------
    source
        Header of `source_header`.
    stand_in
        Name and ID of the patient where the source's were not kept.
    """
    from highdicom.sr import CodedConcept
    from pydicom import Dataset
    from pydicom.sr.codedict import codes

    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 192"
    kept = keeps_patient(source)
    image.PatientName = source.get("PatientName", stand_in[0])
    image.PatientID = source.get("PatientID", stand_in[1])
    for keyword in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber"):
        setattr(image, keyword, source.get(keyword, ""))
    image.ReferringPhysicianName = source.get("ReferringPhysicianName", "")
    image.StudyID = source.get("StudyID", "")
    for keyword in ("StudyDescription", "PatientAge", "IssuerOfPatientID"):
        if keyword in source:
            image[keyword] = source[keyword]
    if not kept:
        image.PatientIdentityRemoved = "YES"
        image.DeidentificationMethod = DEIDENTIFIED
        image.DeidentificationMethodCodeSequence = [
            CodedConcept.from_code(codes.DCM.BasicApplicationConfidentialityProfile)
        ]
    return image


def _identify(image: Dataset, source: Dataset, sample: ExportedImage, pixels: NDArray[np.uint16]) -> None:
    """UIDs that follow from the content alone."""
    content = hashlib.sha256(pixels.tobytes()).hexdigest()
    film = str(source.get("SOPInstanceUID") or sample.film_key or sample.record["source"] or "film")
    # A DX image must tell how it is oriented; where its source did not, nobody knows.
    is_dx = str(source.get("SOPClassUID", "")).startswith(_DX) and source.get("PatientOrientation")
    image.SOPClassUID = _DX if is_dx else _CR
    key = sample.uid_key
    image.SOPInstanceUID = new_uid("image", film, content, sample.record_line, key=key)
    image.StudyInstanceUID = source.get("StudyInstanceUID") or new_uid("study", film, key=key)
    image.SeriesInstanceUID = new_uid("series", film, sample.name, key=key)
    image.SyntheticData = "YES" if sample.synthetic else "NO"
    image.SeriesNumber = 9001
    image.InstanceNumber = 1


def _describe_acquisition(image: Dataset, source: Dataset, sample: ExportedImage) -> None:
    mark = "SYNTHETIC " if sample.synthetic else ""
    image.Modality = "DX" if image.SOPClassUID == _DX else "CR"
    image.SeriesDescription = f"{mark}{sample.name} by LayerSeparation"[:64]
    image.Manufacturer = source.get("Manufacturer", "LayerSeparation")
    for keyword in _kept_of_acquisition(image):
        if keyword in source:
            image[keyword] = source[keyword]
    image.BodyPartExamined = source.get("BodyPartExamined") or _BODY_PARTS[sample.kind]
    image.ViewPosition = source.get("ViewPosition", "")
    image.SoftwareVersions = f"LayerSeparation {__version__}"
    image.Laterality = sample.side or ""
    image.PatientOrientation = source.get("PatientOrientation") or ""
    # DX wants a word on it; elsewhere nothing is claimed that the source did not say.
    burnt_in = source.get("BurnedInAnnotation") or ("NO" if image.SOPClassUID == _DX else None)
    if burnt_in:
        image.BurnedInAnnotation = burnt_in
    image.LossyImageCompression = source.get("LossyImageCompression") or "00"
    image.AcquisitionDate = image.AcquisitionTime = ""
    image.ContentDate, image.ContentTime = "", ""


def _kept_of_acquisition(image: Dataset) -> list[str]:
    shared = ["ManufacturerModelName", "KVP", "ExposureTime", "XRayTubeCurrent", "Exposure", "ExposureInuAs"]
    shared += ["DistanceSourceToDetector", "DistanceSourceToPatient", "FilterType", "Grid", "FocalSpots"]
    shared += ["LossyImageCompressionRatio", "LossyImageCompressionMethod"]
    return shared if image.SOPClassUID == _CR else [*shared, "PositionerType", "DetectorType"]


def _add_dx_modules(image: Dataset, source: Dataset, sample: ExportedImage) -> None:
    """Attributes that a DX image for presentation can't be without (PS3.3 C.8.11)."""
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    image.PresentationIntentType = "FOR PRESENTATION"
    image.ImageLaterality = source.get("ImageLaterality") or image.get("Laterality") or "U"
    del image.Laterality
    regions = source.get("AnatomicRegionSequence")
    usual = codes.SCT.Finger if sample.kind == "joint" else codes.SCT.Hand
    image.AnatomicRegionSequence = regions if regions else [CodedConcept.from_code(usual)]
    image.DetectorType = source.get("DetectorType", "")
    image.PositionerType = source.get("PositionerType", "")
    if source.get("ViewCodeSequence"):
        image.ViewCodeSequence = source.ViewCodeSequence
    image.AcquisitionContextSequence = []
    image.PixelIntensityRelationship = "LOG"
    image.PixelIntensityRelationshipSign = -1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = 0, 1, "US"
    image.PresentationLUTShape = "IDENTITY"


def _shows_film(sample: ExportedImage) -> bool:
    return sample.film is not None or sample.kind == "film"


def _describe_derivation(image: Dataset, source: Dataset, sample: ExportedImage) -> None:
    from highdicom.sr import CodedConcept
    from pydicom import Dataset
    from pydicom.sr.codedict import codes

    record = sample.summary
    image.ImageType = ["DERIVED", "SECONDARY"] if image.SOPClassUID == _CR else ["DERIVED", "SECONDARY", ""]
    mark = "SYNTHETIC image: " if sample.synthetic else ""
    image.DerivationDescription = (
        f"{mark}{sample.subject} moved and recomposed by LayerSeparation {__version__}; "
        f"{sample.widths}; pixel spacing: {sample.spacing.source.value}"
    )[:_LONGEST_TEXT]
    image.DerivationCodeSequence = [CodedConcept.from_code(codes.DCM.SpatialResampling)]
    # The name of the source's file may name the patient.
    known = record if keeps_patient(source) else {**record, "source": None}
    image.ImageComments = json_line(known)
    if keeps_patient(source) and source.get("SOPInstanceUID") and source.get("SOPClassUID"):
        original = Dataset()
        original.ReferencedSOPClassUID = source.SOPClassUID
        original.ReferencedSOPInstanceUID = source.SOPInstanceUID
        purpose = CodedConcept.from_code(codes.DCM.SourceImageForImageProcessingOperation)
        original.PurposeOfReferenceCodeSequence = [purpose]
        original.SpatialLocationsPreserved = "YES" if _shows_film(sample) else "NO"
        image.SourceImageSequence = [original]


def _set_pixels(image: Dataset, pixels: NDArray[np.uint16]) -> None:
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = pixels.shape
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit = 15
    image.PixelRepresentation = 0
    image.WindowCenter, image.WindowWidth = _WINDOW
    image.PixelData = pixels.astype("<u2").tobytes()
    image["PixelData"].VR = "OW"


def _set_spacing(image: Dataset, spacing: PixelSpacing) -> None:
    """Write the spacing so that a reader finds the same number and the same source (PS3.3, 10.7.1.3)."""
    if spacing.mm is None:
        if spacing.aspect != 1:
            ratio = Fraction(spacing.aspect).limit_denominator(_LARGEST_RATIO)
            image.PixelAspectRatio = [ratio.numerator, ratio.denominator]
        if image.SOPClassUID == _DX:
            image.ImagerPixelSpacing = [1, 1]
        return
    pair = [_decimal(value) for value in spacing.mm]
    source, factor = spacing.source, spacing.magnification
    if factor is not None:
        image.EstimatedRadiographicMagnificationFactor = _decimal(factor)
    if source in (SpacingSource.CALIBRATED, SpacingSource.CORRECTED):
        image.PixelSpacing = pair
        geometry = source is SpacingSource.CORRECTED
        image.PixelSpacingCalibrationType = "GEOMETRY" if geometry else "FIDUCIAL"
        image.PixelSpacingCalibrationDescription = source.value
        image.ImagerPixelSpacing = [_decimal(value * (factor or 1)) for value in spacing.mm]
    elif source is SpacingSource.DETECTOR:
        image.ImagerPixelSpacing = pair
    else:
        image.PixelSpacing = pair
        if image.SOPClassUID == _DX:
            image.ImagerPixelSpacing = pair


def _decimal(value: float) -> Any:
    """Return a decimal string of at most 16 characters."""
    from pydicom.valuerep import DSfloat

    return DSfloat(value, auto_format=True)

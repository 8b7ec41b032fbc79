"""A radiograph as an X-ray machine might write it, full of a patient's data."""

import shutil
import subprocess

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian

CR, DX = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1"
SECRETS = (
    "Muster^Maria",
    "PID-4711",
    "19601224",
    "Dr^Who",
    "General Hospital",
    "SERIAL-99",
    "note about Maria",
)


def source_film(path, intensity, sop_class=CR, **more):
    """Write a radiograph as an X-ray machine might: MONOCHROME1, 12 bit, full of the patient's data."""
    dataset = pydicom.Dataset()
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID = (
        "1.2.3.1",
        "1.2.3.2",
        "1.2.3.3",
    )
    dataset.Modality = "DX" if sop_class == DX else "CR"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = SECRETS[:3]
    dataset.ReferringPhysicianName, dataset.InstitutionName, dataset.DeviceSerialNumber = SECRETS[3:6]
    dataset.ImageComments = SECRETS[6]
    dataset.StudyDescription = SECRETS[6]
    dataset.PatientSex, dataset.StudyDate, dataset.StudyTime = "F", "20210304", "101112"
    dataset.Manufacturer, dataset.BodyPartExamined, dataset.KVP = "Maker", "HAND", 52
    dataset.ImageLaterality, dataset.ViewPosition, dataset.PatientOrientation = "R", "PA", ["R", "F"]
    dataset.add_new(0x00091010, "LO", SECRETS[6])
    dataset.ImagerPixelSpacing = [0.082, 0.082]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME1"
    dataset.Rows, dataset.Columns = intensity.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = (4095 - np.rint(intensity * 4095)).astype("<u2").tobytes()
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = pydicom.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return path


def standard_errors(path):
    """Return what dciodvfy calls an error of a file; skip the test where it is not installed."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian's dicom3tools) is not installed")
    told = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False).stderr
    # Synthetic Data is younger than the tables of Debian's dciodvfy.
    lines = (line for line in told.splitlines() if "(0x0008,0x001c)" not in line)
    return [line for line in lines if line.startswith("Error")]

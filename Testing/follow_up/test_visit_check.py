"""Films whose headers say that they don't belong together are refused, and no header is quoted."""

import re
from dataclasses import replace
from datetime import date

import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from LayerSeparationLib.errors import VisitMismatchError
from LayerSeparationLib.follow_up.visit_check import check_visits, find_mismatches
from LayerSeparationLib.radiograph.film_subject import FilmSubject, read_subject

FILM = FilmSubject("4711", "CLINIC", "19500101", "F", "L", date(2021, 3, 1))


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, []),
        ({"patient_id": "4712"}, ["another patient ((0010,0020) Patient ID)"]),
        ({"patient_id": "4712", "issuer": "OTHER"}, []),
        ({"patient_id": "", "birth_date": "", "sex": "", "side": "", "taken": None}, []),
        (
            {"birth_date": "19500102", "sex": "M"},
            ["another patient ((0010,0030) Patient's Birth Date, (0010,0040) Patient's Sex)"],
        ),
        ({"side": "R"}, ["the other hand ((0020,0062) Image Laterality)"]),
        ({"taken": date(2021, 2, 27)}, ["the follow-up was taken 2 days before the baseline"]),
        ({"taken": date(2022, 2, 27)}, []),
    ],
)
def test_what_two_headers_say_against_each_other(other, found):
    assert find_mismatches([FILM], [replace(FILM, **other)]) == found


def test_visits_of_both_hands():
    both = [FILM, replace(FILM, side="R")]
    assert find_mismatches(both, both) == []
    assert find_mismatches(both, [FILM]) == []


def store(path, **values):
    dataset = pydicom.Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "1.2.3"
    for keyword, value in {"PatientID": "SECRET1", "PatientName": "SECRET^NAME", **values}.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = pydicom.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_the_error_names_attributes_and_nothing_of_the_patient(tmp_path):
    baseline = store(tmp_path / "a.dcm", StudyDate="20210301")
    follow_up = store(
        tmp_path / "b.dcm", PatientID="SECRET2", AcquisitionDate="20200301", StudyDate="20230301"
    )
    check_visits([((baseline,), (baseline,))])
    with pytest.raises(VisitMismatchError) as error:
        check_visits([((baseline,), (follow_up,))])
    assert "Patient ID" in str(error.value)
    assert "365 days before" in str(error.value)
    assert not re.search("SECRET|2021|2020", str(error.value) + repr(read_subject(follow_up)))


def test_damaged_files_and_dates_say_nothing(tmp_path):
    assert read_subject(store(tmp_path / "a.dcm", StudyDate="")).taken is None
    (tmp_path / "b.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 50)
    broken = read_subject(tmp_path / "b.dcm")
    assert broken is None or broken == FilmSubject()
    assert read_subject(tmp_path / "missing.dcm") is None

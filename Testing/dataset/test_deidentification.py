"""A name in every attribute of the source, nested and private, is in no byte of data set and cache."""

import pydicom
import pytest
from dicom_source import DX, source_film
from pydicom._dicom_dict import DicomDictionary

from LayerSeparationLib.cli import main
from LayerSeparationLib.export.encoding.dicom_header import new_uid

NAME, ROOT_UID, DAY = "Planted^Name", "1.2.999.4711", "19601224"
NEEDLES = (b"planted", b"999.4711", DAY.encode())
TEXTS = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "UR"}
VALUES = {**dict.fromkeys(TEXTS, NAME), "CS": "PLANTED NAME", "DA": DAY, "UI": f"{ROOT_UID}.1", "AS": "061Y"}
# What the pixels mean; the characters' coding; which object it is.
SPARED = {0x00080005, 0x00080016}


def nested():
    item = pydicom.Dataset()
    item.PatientName, item.CodeMeaning, item.CodingSchemeDesignator = NAME, NAME, "SCT"
    item.CodeValue = "85562004"
    item.AnatomicRegionModifierSequence = [pydicom.Dataset()]
    item.AnatomicRegionModifierSequence[0].CodeMeaning = NAME
    item.private_block(0x0011, "PLANTED", create=True).add_new(1, "LO", NAME)
    return item


@pytest.fixture(scope="module")
def film(tmp_path_factory, phantoms):
    folder = tmp_path_factory.mktemp("films") / "Planted"
    folder.mkdir()
    path = source_film(folder / "planted_name.dcm", phantoms["MCP"].radiograph.intensity, DX)
    dataset = pydicom.dcmread(path)
    planted = 0
    for tag, (vr, *_) in DicomDictionary.items():
        if tag >> 16 in (0x0002, 0x0028, 0x7FE0) or tag >> 16 < 0x0008 or tag in SPARED:
            continue
        if vr == "SQ":
            dataset.add_new(tag, vr, [nested()])
        elif vr in VALUES:
            dataset.add_new(tag, vr, VALUES[vr])
        else:
            continue
        planted += 1
    assert planted > 2800
    block = dataset.private_block(0x0011, "PLANTED", create=True)
    block.add_new(1, "LO", NAME)
    block.add_new(2, "OB", NAME.encode())
    block.add_new(3, "SQ", [nested()])
    dataset.PatientOrientation = ["R", "F"]
    dataset.save_as(path)
    return path


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_name_in_every_attribute_is_in_no_byte_of_output_and_cache(tmp_path, film):
    out, cache = tmp_path / "set", tmp_path / "cache"
    formats = "png+preview,nrrd,dicom,nnunet,coco,yolo,webdataset"
    words = ["dataset", film, "--crop", "--jsw", "0.5:2", "--per-joint", 2, "--workers", 1, "--with-doubtful"]
    assert main([str(word) for word in [*words, "--format", formats, "--output", out, "--cache", cache]]) == 0
    files = [path for folder in (out, cache) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        assert not any(needle in str(path).encode().lower() for needle in NEEDLES)
        content = path.read_bytes().lower()
        assert [needle for needle in NEEDLES if needle in content] == [], path
    image = pydicom.dcmread(next(out.rglob("image.dcm")))
    (region,) = image.AnatomicRegionSequence
    assert (region.CodeValue, region.CodeMeaning, len(region)) == ("85562004", "Hand", 3)
    assert image.KVP == 52
    for path in out.rglob("*.dcm"):
        assert pydicom.dcmread(path).SyntheticData == "YES"


def test_with_patients_kept_the_card_warns_on_its_first_line(tmp_path, film):
    out = tmp_path / "set"
    words = ["dataset", film, "--crop", "--change", "0:0.1", "--per-joint", 1, "--workers", 1]
    words += ["--format", "dicom", "--with-doubtful", "--keep-patient", "--output", out]
    assert main(list(map(str, words))) == 0
    card = (out / "README.md").read_text().split("---\n", 2)[2]
    assert card.startswith("**Patients are named.**")
    assert pydicom.dcmread(next(out.rglob("image.dcm"))).PatientName == NAME


def test_uids_follow_from_the_key_alone_and_nobody_else_can_make_them(tmp_path, film):
    studies = {}
    for name, key in (("a", b"k" * 16), ("b", b"k" * 16), ("c", None), ("d", None)):
        words = ["dataset", film, "--crop", "--change", "0:0.1", "--per-joint", 1, "--workers", 1]
        words += ["--format", "dicom", "--with-doubtful", "--output", tmp_path / name]
        words += ["--cache", tmp_path / "cache"]
        if key is not None:
            (tmp_path / "key").write_bytes(key)
            words += ["--uid-key", tmp_path / "key"]
        assert main(list(map(str, words))) == 0
        image = pydicom.dcmread(next((tmp_path / name).rglob("image.dcm")))
        studies[name] = (image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID)
    assert studies["a"] == studies["b"]
    assert len({uid for uids in studies.values() for uid in uids}) == 9
    (tmp_path / "key").write_bytes(b"short")
    words = ["dataset", film, "--crop", "--change", "0:0.1", "--format", "dicom", "--with-doubtful"]
    words += ["--uid-key", tmp_path / "key", "--output", tmp_path / "e", "--cache", tmp_path / "cache"]
    assert main(list(map(str, words))) == 1


def test_a_keyed_uid_is_valid_and_another_for_another_key():
    uids = {new_uid("film", key=key) for key in (b"a" * 16, b"b" * 16, b"")}
    assert len(uids) == 3
    for uid in uids:
        assert pydicom.uid.UID(uid).is_valid
        assert len(uid) <= 64

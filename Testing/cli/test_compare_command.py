"""``layer-separation compare``: two films in, table, files and pictures out."""

import csv
import json
import re

import pydicom
import pydicom.uid
import pytest
from PIL import Image

from LayerSeparationLib import GapEdit, JointPose, make_joint, synthesize
from LayerSeparationLib.cli import main

CROP = ("--crop", "--spacing", "0.082", "--device", "cpu")


@pytest.fixture(scope="module")
def visits(separator, tmp_path_factory):
    """Return the folders of two visits: a joint that narrows by 0.4 mm, and one that is on one film only."""
    folder = tmp_path_factory.mktemp("visits")
    joint = make_joint("MCP", 3, jsw_mm=1.6)
    layers = separator.separate(joint.radiograph, JointPose.whole_crop(joint.radiograph, "MCP2"))
    narrowed = synthesize(layers, GapEdit(change=-0.4)).image
    films = {
        "baseline/index.png": joint.radiograph.intensity,
        "later/index.png": narrowed,
        "later/thumb.png": make_joint("IP", 4).radiograph.intensity,
    }
    for name, intensity in films.items():
        (folder / name).parent.mkdir(exist_ok=True)
        Image.fromarray((255 * intensity).round().astype("uint8")).save(folder / name)
    return folder


def test_compare_writes_table_json_and_picture(visits, tmp_path, capsys):
    words = (str(visits / "baseline"), str(visits / "later"), *CROP)
    assert main(["compare", *words, "--output", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "No DICOM report" in told.err
    rows = {line.split()[0]: line for line in told.out.splitlines()}
    assert "progressed" in rows["index"]
    assert re.search(r" -0\.\d\d \(-0\.\d\d to -0\.\d\d\) ", rows["index"])
    assert "baseline, mm" in rows["joint"]
    assert "note: Brightness: " in told.out
    assert "can't tell: not on the baseline" in rows["thumb"]
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["changes.csv", "changes.json", "changes.png"]
    with (out / "changes.csv").open(newline="") as file:
        index, thumb = csv.DictReader(file)
    assert float(index["change"]) == pytest.approx(-0.4, abs=0.02)
    assert all(len(value.partition(".")[2]) <= 4 for value in index.values())
    assert float(index["change_low"]) < float(index["change"]) < float(index["change_high"])
    assert (thumb["verdict"], thumb["change"]) == ("can't tell", "")
    record = json.loads((out / "changes.json").read_text())
    assert record["joints"][0]["verdict"] == "progressed"
    assert record["baseline"][0]["file"] == "index.png"
    assert Image.open(out / "changes.png").width > 600
    assert main(["compare", *words, "--output", str(out)]) == 1
    assert "--overwrite replaces what exists" in capsys.readouterr().err


def test_json_summary_of_two_single_films(visits, capsys):
    films = (str(visits / "later" / "index.png"), str(visits / "baseline" / "index.png"))
    assert main(["compare", *films, *CROP, "--json"]) == 0
    (joint,) = json.loads(capsys.readouterr().out)["results"]
    assert (joint["joint"], joint["verdict"]) == ("index", "widened")
    assert joint["change"] == pytest.approx(0.4, abs=0.02)


def test_films_without_a_spacing_say_once_that_nothing_can_be_told(visits, capsys):
    films = (str(visits / "baseline" / "index.png"), str(visits / "later" / "index.png"))
    assert main(["compare", *films, "--crop", "--device", "cpu"]) == 0
    told = capsys.readouterr().out
    assert "change (90 % interval), px" in told
    assert "can't tell: the pixel spacing of the films is unknown" in told


def test_notes_name_their_joints_and_tell_sizes_once(visits, tmp_path, capsys):
    film = Image.open(visits / "baseline" / "index.png")
    for name, factor in (("a", 1.05), ("b", 1.03)):
        size = round(256 * factor)
        edge = (size - 256) // 2
        larger = film.resize((size, size), Image.Resampling.BICUBIC)
        for visit, picture in (("one", film), ("two", larger.crop((edge, edge, edge + 256, edge + 256)))):
            (tmp_path / visit).mkdir(exist_ok=True)
            picture.save(tmp_path / visit / f"{name}.png")
    assert main(["compare", str(tmp_path / "one"), str(tmp_path / "two"), *CROP]) == 0
    notes = [line for line in capsys.readouterr().out.splitlines() if "appear" in line]
    assert notes == [
        "note: the bones appear 3 % larger to 5 % larger on the follow-up (2 of 2 joints); "
        "lengths are the baseline's"
    ]


def test_films_of_two_patients_are_refused_before_any_work(tmp_path, capsys):
    for visit in (1, 2):
        dataset = pydicom.Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", f"1.2.3.{visit}"
        dataset.PatientID = f"SECRET{visit}"
        dataset.file_meta = pydicom.FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        dataset.save_as(tmp_path / f"{visit}.dcm", enforce_file_format=True)
    words = ["compare", str(tmp_path / "1.dcm"), str(tmp_path / "2.dcm"), "--device", "cpu"]
    assert main(words) == 1
    told = capsys.readouterr().err
    assert "another patient ((0010,0020) Patient ID)" in told
    assert "hint: --despite-headers" in told
    assert "SECRET" not in told
    # They hold no image, which is told when they are read.
    assert main([*words, "--despite-headers"]) == 1
    told = capsys.readouterr().err
    assert "They are compared all the same." in told
    assert "there is no image" in told

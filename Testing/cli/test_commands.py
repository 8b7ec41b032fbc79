"""The command line, used as a person would: files in, files out, exit codes, nothing half-written."""

import csv
import errno
import json
import re

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib import make_hand
from LayerSeparationLib.cli import main
from LayerSeparationLib.export import read_film_record, read_joint_record, read_segmentation, write_png
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM
from LayerSeparationLib.measurement import measure_jsw
from LayerSeparationLib.radiograph import read_radiograph

LAYER_FILES = {
    *("image.nrrd", "soft_tissue.nrrd", "upper_bone.nrrd", "lower_bone.nrrd", "noise.nrrd"),
    *("segmentation.seg.nrrd", "joint.json"),
}
GAP_FILES = {"image.nrrd", "image.png", "segmentation.seg.nrrd", "joint.json"}
SEGMENTS = {"Upper bone", "Lower bone", "Joint space", "Soft tissue"}


def pixels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


@pytest.fixture(scope="module")
def crop_png(tmp_path_factory, phantoms):
    path = tmp_path_factory.mktemp("films") / "finger.png"
    sitk.WriteImage(
        sitk.GetImageFromArray(np.rint(phantoms["MCP"].radiograph.intensity * 255).astype(np.uint8)),
        str(path),
    )
    return path


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_separate_writes_layers_that_add_up(tmp_path, crop_png):
    assert run("separate", crop_png, "--crop", "--spacing", MM, "--output", tmp_path) == 0
    folder = tmp_path / "finger" / "crop"
    assert {path.name for path in folder.iterdir()} == LAYER_FILES
    image = pixels(folder / "image.nrrd")
    assert np.array_equal(image, read_radiograph(crop_png).intensity)
    layers = ("soft_tissue", "upper_bone", "lower_bone", "noise")
    total = sum(pixels(folder / f"{name}.nrrd") for name in layers)
    assert np.abs(total + np.log(1 - image)).max() < 1e-4
    assert set(read_segmentation(folder / "segmentation.seg.nrrd")) == SEGMENTS
    record = read_joint_record(folder / "joint.json")
    assert record["synthetic"] is False
    assert record["edit"] is None
    assert record["jsw_before"]["unit"] == "mm"
    assert record["spacing"]["source"] == "given by the user"
    assert record["jsw_before"]["mean"] == pytest.approx(1.6, abs=0.25)
    assert record["source"] == "finger.png"
    assert sitk.ReadImage(str(folder / "image.nrrd")).GetSpacing() == pytest.approx((MM, MM))


def test_synthesize_writes_truth_for_every_gap(tmp_path, crop_png):
    code = run(
        *(
            "synthesize",
            crop_png,
            "--crop",
            "--spacing",
            MM,
            "--gap",
            0.5,
            1,
            "--tilt",
            2,
            "--output",
            tmp_path,
        )
    )
    assert code == 0
    assert {path.name for path in (tmp_path / "finger" / "crop").iterdir()} == {"gap_0.50", "gap_1.00"}
    folder = tmp_path / "finger" / "crop" / "gap_0.50"
    assert {path.name for path in folder.iterdir()} == GAP_FILES
    record = read_joint_record(folder / "joint.json")
    assert record["synthetic"] is True
    edit = {"target_jsw": 0.5, "change": None, "shift": 0, "tilt_deg": 2, "moves": "upper", "unit": "mm"}
    assert record["edit"] == edit
    assert record["jsw_after"]["mean"] == pytest.approx(0.5, abs=0.02)
    png, nrrd = pixels(folder / "image.png"), pixels(folder / "image.nrrd")
    assert png.dtype == np.uint16
    assert np.abs(png / 65535 - nrrd).max() < 1e-5
    assert b"synthetic" in (folder / "image.png").read_bytes()[:400].lower()


def test_synthesize_writes_the_whole_film_with_all_edits(tmp_path):
    hand = make_hand(3, spacing_mm=0.2)
    write_png(tmp_path / "hand.png", hand.radiograph.intensity, synthetic=True)
    joints = []
    for name in ("PIP5", "DIP5"):
        pose = hand.joints[name].pose
        (x, y), (dx, dy) = pose.centre_px, pose.distal
        joints += ["--joint", f"{name}:{x:.1f},{y:.1f}:{dx:.3f},{dy:.3f}"]
    options = ("--spacing", 0.2, "--change", -0.2, 0.3, "--whole-film", "--format", "nrrd,json")
    assert run("synthesize", tmp_path / "hand.png", *joints, *options, "--output", tmp_path / "out") == 0
    film = tmp_path / "out" / "hand" / "whole_film"
    assert {path.name for path in film.parent.iterdir()} == {"PIP5", "DIP5", "whole_film"}
    assert {path.name for path in film.iterdir()} == {"gap_-0.20", "gap_+0.30"}
    for folder, change in ((film / "gap_-0.20", -0.2), (film / "gap_+0.30", 0.3)):
        record = read_film_record(folder / "film.json")
        for joint in record["joints"]:
            assert joint["jsw_after"]["mean"] - joint["jsw_before"]["mean"] == pytest.approx(change, abs=0.01)
        alone = read_joint_record(film.parent / "PIP5" / folder.name / "joint.json")
        assert record["joints"][0] == alone
        image = pixels(folder / "image.nrrd")
        assert image.shape == hand.radiograph.shape
        for name in ("PIP5", "DIP5"):
            truth = hand.joints[name]
            region = image[truth.region.slices]
            assert np.abs(region - hand.radiograph.intensity[truth.region.slices]).max() > 0.05


def test_zero_change_gives_the_films_own_intensities(tmp_path, crop_png):
    assert run("synthesize", crop_png, "--crop", "--spacing", MM, "--change", 0, "--output", tmp_path) == 0
    png = pixels(tmp_path / "finger" / "crop" / "gap_+0.00" / "image.png")
    assert np.array_equal(png, np.rint(read_radiograph(crop_png).intensity * 65535))
    assert read_joint_record(tmp_path / "finger" / "crop" / "gap_+0.00" / "joint.json")["synthetic"] is False


def test_a_film_that_stores_bone_dark_gives_the_same_joint_and_says_so(tmp_path, crop_png):
    sitk.WriteImage(sitk.GetImageFromArray(255 - pixels(crop_png)), str(tmp_path / "dark.png"))
    films = (crop_png, tmp_path / "dark.png")
    assert run("separate", *films, "--crop", "--spacing", MM, "--output", tmp_path / "out") == 0
    upright, dark = (tmp_path / "out" / name / "crop" for name in ("finger", "dark"))
    assert np.abs(pixels(upright / "image.nrrd") - pixels(dark / "image.nrrd")).max() < 1e-6
    assert read_joint_record(upright / "joint.json")["polarity"]["inverted"] is False
    assert read_joint_record(dark / "joint.json")["polarity"] == {"inverted": True, "decided_by": "content"}


def test_separate_and_synthesize_share_a_joints_folder(tmp_path, crop_png):
    assert run("synthesize", crop_png, "--crop", "--spacing", MM, "--gap", 1, "--output", tmp_path) == 0
    assert run("separate", crop_png, "--crop", "--spacing", MM, "--output", tmp_path) == 0
    assert {path.name for path in (tmp_path / "finger" / "crop").iterdir()} == {*LAYER_FILES, "gap_1.00"}


def test_measure_writes_one_row_a_joint(tmp_path, crop_png):
    table = tmp_path / "jsw.csv"
    assert run("measure", crop_png, "--crop", "--spacing", MM, "--csv", table) == 0
    (row,) = csv.DictReader(table.open())
    assert list(row) == [
        *("file", "joint", "side", "jsw_mean", "jsw_mean_low", "jsw_mean_high", "jsw_min", "jsw_min_low"),
        *("jsw_min_high", "unit", "spacing_source", "quality", "findings"),
    ]
    assert row["unit"] == "mm"
    assert float(row["jsw_mean"]) == pytest.approx(1.6, abs=0.25)
    assert float(row["jsw_min"]) <= float(row["jsw_mean"])
    assert (row["spacing_source"], row["quality"]) == ("given by the user", "measured")
    lengths = [value for name, value in row.items() if name.startswith("jsw_")]
    assert all(1 <= len(value.partition(".")[2]) <= 4 for value in lengths)


def test_measure_prints_a_table_below_the_film(crop_png, capsys):
    assert run("measure", crop_png, "--crop", "--spacing", MM) == 0
    film, titles, joint = capsys.readouterr().out.splitlines()
    assert film == f"{crop_png} (pixel spacing: given by the user)"
    assert re.split("  +", titles) == ["joint", "JSW mean (90 % interval), mm", "minimum, mm", "quality"]
    width = r"\d\.\d\d \(\d\.\d\d to \d\.\d\d\)"
    assert re.fullmatch(rf"crop +{width} +{width} +measured", joint)


def test_without_spacing_no_mm_are_written(tmp_path, crop_png, capsys):
    assert run("measure", crop_png, "--crop", "--csv", tmp_path / "jsw.csv") == 0
    (row,) = csv.DictReader((tmp_path / "jsw.csv").open())
    assert row["unit"] == "px"
    assert float(row["jsw_mean"]) == pytest.approx(1.6 / MM, abs=3)
    assert run("synthesize", crop_png, "--crop", "--gap", 1, "--output", tmp_path / "o") == 1
    assert "pixel spacing is unknown" in capsys.readouterr().err
    assert not (tmp_path / "o").exists() or not list((tmp_path / "o").rglob("*.nrrd"))
    assert run("synthesize", crop_png, "--crop", "--gap", 12, "--unit", "px", "--output", tmp_path / "p") == 0
    record = read_joint_record(tmp_path / "p" / "finger" / "crop" / "gap_12.00px" / "joint.json")
    assert record["jsw_after"]["unit"] == "px"
    assert record["jsw_after"]["mean"] == pytest.approx(12, abs=0.1)


def test_a_joint_of_a_film(tmp_path, phantoms):
    film = np.full((500, 400), 30, np.uint8)
    crop = np.rint(phantoms["PIP"].radiograph.intensity * 255).astype(np.uint8)
    film[100:356, 60:316] = crop
    sitk.WriteImage(sitk.GetImageFromArray(film), str(tmp_path / "film.png"))
    joint = ("--joint", "PIP2:187.5,227.5:0,-1", "--spacing", MM)
    assert run("separate", tmp_path / "film.png", *joint, "--output", tmp_path / "o") == 0
    image = sitk.ReadImage(str(tmp_path / "o" / "film" / "PIP2" / "image.nrrd"))
    assert image.GetSize() == (256, 256)
    assert image.GetOrigin() == pytest.approx((60 * MM, 100 * MM))
    assert run("synthesize", tmp_path / "film.png", *joint, "--change", 0.4, "--output", tmp_path / "o") == 0
    edited = pixels(tmp_path / "o" / "film" / "PIP2" / "gap_+0.40" / "film.png") / 65535
    assert edited.shape == film.shape
    intensity = read_radiograph(tmp_path / "film.png").intensity
    assert np.abs(edited[:99] - intensity[:99]).max() < 1e-5
    assert np.abs(edited - intensity).max() > 0.05


def test_one_bad_joint_does_not_stop_the_others(tmp_path, crop_png, capsys):
    joints = ("--joint", "MCP2:127.5,127.5:0,-1", "--joint", "MCP3:5000,20:0,-1")
    code = run("measure", crop_png, *joints, "--spacing", MM, "--csv", tmp_path / "jsw.csv")
    assert code == 1
    assert "MCP3" in capsys.readouterr().err
    measured, failed = csv.DictReader((tmp_path / "jsw.csv").open())
    assert (measured["joint"], measured["quality"]) == ("MCP2", "measured")
    assert failed["joint"] == "MCP3"
    assert failed["findings"].startswith("MCP3: its centre (5000, 20) px lies outside")


def test_a_table_of_failures_alone_is_written_too(tmp_path, crop_png):
    code = run("measure", crop_png, "--joint", "MCP3:9,9:0,-1", "--csv", tmp_path / "jsw.csv")
    assert code == 1
    (failed,) = csv.DictReader((tmp_path / "jsw.csv").open())
    assert failed["joint"] == "MCP3"
    assert failed["findings"].startswith("finger has no pixel spacing")


def test_replacing_a_known_spacing_is_said(tmp_path, phantoms, capsys):
    from LayerSeparationLib.export import write_nrrd

    write_nrrd(tmp_path / "a.nrrd", phantoms["MCP"].radiograph.intensity, (0.1, 0.2), synthetic=True)
    assert run("measure", tmp_path / "a.nrrd", "--crop", "--spacing", MM) == 0
    assert "replaces the file's own 0.1 x 0.2 mm" in capsys.readouterr().err


def test_one_bad_input_does_not_stop_the_others(tmp_path, crop_png, capsys):
    broken = tmp_path / "broken.png"
    broken.write_text("this is no picture")
    code = run("separate", broken, crop_png, "--crop", "--spacing", MM, "--output", tmp_path / "o", "--json")
    assert code == 1
    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert [result["joint"] for result in summary["results"]] == ["crop"]
    assert summary["failed"][0]["file"] == str(broken)
    assert "broken.png" in err
    assert "Traceback" not in err


def test_what_nobody_foresaw_is_a_row_of_its_own(tmp_path, crop_png, capsys, monkeypatch):
    from LayerSeparationLib.measurement import film_check

    measured = []

    def fail_once(layers):
        measured.append(layers)
        if len(measured) == 1:
            raise KeyError("of a defect")
        return measure_jsw(layers)

    monkeypatch.setattr(film_check, "measure_jsw", fail_once)
    other = tmp_path / "other.png"
    other.write_bytes(crop_png.read_bytes())
    table = tmp_path / "jsw.csv"
    assert run("measure", crop_png, other, "--crop", "--spacing", MM, "--csv", table) == 1
    err = capsys.readouterr().err
    assert "KeyError: 'of a defect'. Please report it" in err
    assert "Traceback" not in err
    rows = list(csv.DictReader(table.open()))
    assert [row["file"] for row in rows] == [str(other), str(crop_png)]
    assert rows[1]["quality"] == "failed"


def test_a_film_of_pixels_that_are_not_square(tmp_path, phantoms, capsys):
    """Every other row is left out; the header has the ratio alone, or all of it in mm: the widths agree."""
    import pydicom

    pixels = np.rint(phantoms["MCP"].radiograph.intensity[::2] * 4095).astype(np.uint16)
    files = {}
    for name, attributes in {
        "ratio": {"PixelAspectRatio": [2, 1]},
        "mm": {"ImagerPixelSpacing": [2 * MM, MM]},
        "ct": {"ImagerPixelSpacing": [2 * MM, MM], "Modality": "CT"},
    }.items():
        dataset = pydicom.Dataset()
        dataset.Modality, dataset.PhotometricInterpretation = "CR", "MONOCHROME2"
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
        dataset.PixelData = pixels.tobytes()
        # Neither preamble nor file meta information, as some archives keep them.
        files[name] = tmp_path / f"{name}.dcm"
        pydicom.dcmwrite(files[name], dataset, implicit_vr=True, little_endian=True)
    table = tmp_path / "jsw.csv"
    assert run("measure", *files.values(), "--crop", "--csv", table) == 0
    assert "pixels are 2 times as high as wide" in capsys.readouterr().err
    by_ratio, in_mm, as_ct = csv.DictReader(table.open())
    assert (by_ratio["unit"], in_mm["unit"]) == ("px", "mm")
    for key in ("jsw_mean", "jsw_min"):
        assert float(by_ratio[key]) * MM * np.sqrt(2) == pytest.approx(float(in_mm[key]), abs=1e-3)
        assert as_ct[key] == in_mm[key]
    assert run("measure", files["ct"], "--joint", "MCP2:128,64:0,-1") == 1
    err = capsys.readouterr().err
    assert "it is a CT slice, not a radiograph" in err
    assert "hint: --crop" in err
    assert run("measure", files["ratio"], "--crop", "--spacing", MM) == 1
    assert "Give two numbers" in capsys.readouterr().err
    assert run("measure", files["ratio"], "--crop", "--spacing", f"{2 * MM}:{MM}", "--json") == 0
    (joint,) = json.loads(capsys.readouterr().out)["results"]
    assert joint["jsw_mean"] == pytest.approx(float(in_mm["jsw_mean"]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{missing}", "--crop"), "missing"),
        (("{png}", "--crop", "--device", "cuda:99"), "hint: --device auto"),
        (("{png}", "--crop", "--weights", "{missing}"), "Weights are missing"),
        (("{png}", "--spacing", MM, "--joint", "MCP2:9000,4:0,-1"), "outside"),
        (("{png}", "--joint", "MCP2:100,100:0,-1"), "no pixel spacing"),
    ],
)
def test_mistakes_are_explained(tmp_path, crop_png, capsys, arguments, message):
    names = {"missing": tmp_path / "missing.safetensors", "png": crop_png}
    filled = [str(argument).format(**names) for argument in arguments]
    assert run("separate", *filled, "--output", tmp_path / "o") == 1
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "o").exists() or not list((tmp_path / "o").rglob("*.*"))


def test_existing_results_are_kept_unless_told_otherwise(tmp_path, crop_png, capsys):
    arguments = ("separate", crop_png, "--crop", "--spacing", MM, "--output", tmp_path)
    assert run(*arguments) == 0
    record = tmp_path / "finger" / "crop" / "joint.json"
    record.write_text("mine")
    assert run(*arguments) == 1
    told = capsys.readouterr().err
    assert "exists and is left as it is" in told
    assert "hint: --overwrite" in told
    assert record.read_text() == "mine"
    assert run(*arguments, "--overwrite") == 0
    assert read_joint_record(record)["joint"] == "crop"


@pytest.mark.parametrize("command", ["measure", "evaluate"])
def test_an_existing_table_is_refused_before_the_work(tmp_path, crop_png, capsys, monkeypatch, command):
    (tmp_path / "mine").write_text("mine")
    monkeypatch.setattr(
        "LayerSeparationLib.separation.Separator.__init__", lambda *_, **__: pytest.fail("worked")
    )
    arguments = {
        "measure": ("measure", crop_png, "--crop", "--csv", tmp_path / "mine"),
        "evaluate": ("evaluate", "--data", tmp_path, "--json", tmp_path / "mine"),
    }
    assert run(*arguments[command]) == 1
    assert "hint: --overwrite" in capsys.readouterr().err
    assert (tmp_path / "mine").read_text() == "mine"


def test_two_inputs_of_one_name_do_not_mix(tmp_path, crop_png, capsys):
    other = tmp_path / "other" / crop_png.name
    other.parent.mkdir()
    other.write_bytes(crop_png.read_bytes())
    assert run("separate", crop_png, other, "--crop", "--spacing", MM, "--output", tmp_path / "o") == 0
    folders = {f"{path.parent.name}_{path.stem}" for path in (crop_png, other)}
    assert {path.name for path in (tmp_path / "o").iterdir()} == folders
    again = tmp_path / "deeper" / "other" / crop_png.name
    again.parent.mkdir(parents=True)
    again.write_bytes(crop_png.read_bytes())
    assert run("separate", other, again, "--crop", "--spacing", MM, "--output", tmp_path / "p") == 1
    assert "Results would mix" in capsys.readouterr().err


def test_a_table_has_a_row_for_every_input_of_whatever_name(tmp_path, crop_png):
    other = tmp_path / "other" / crop_png.name
    other.parent.mkdir()
    other.write_bytes(crop_png.read_bytes())
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    table = tmp_path / "jsw.csv"
    code = run("measure", crop_png, broken, other, "--crop", "--spacing", MM, "--csv", table)
    assert code == 1
    rows = list(csv.DictReader(table.open(newline="")))
    assert {row["file"] for row in rows} == {str(crop_png), str(other), str(broken)}
    widths = [row["jsw_mean"] for row in rows if row["file"] != str(broken)]
    assert widths[0] == widths[1] != ""
    [failed] = [row for row in rows if row["file"] == str(broken)]
    assert failed["quality"] == "failed"
    assert failed["jsw_mean"] == ""


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_an_end_in_the_middle_leaves_nothing_half_written(tmp_path, crop_png, capsys, monkeypatch, failure):
    def fail(*_arguments, **_named):
        raise failure

    monkeypatch.setattr("LayerSeparationLib.export.joint_folders.write_segmentation", fail)
    code = run("separate", crop_png, "--crop", "--spacing", MM, "--output", tmp_path / "o")
    err = capsys.readouterr().err
    assert code == (130 if isinstance(failure, KeyboardInterrupt) else 1)
    assert ("interrupted" in err) or ("disk is full" in err)
    assert not (tmp_path / "o").exists()


def test_phantom_writes_film_and_truth(tmp_path):
    assert run("phantom", "--kind", "DIP", "--seed", 4, "--jsw", 0.9, "--output", tmp_path) == 0
    folder = next(tmp_path.glob("DIP*_seed_4"))
    record = read_joint_record(folder / "joint.json")
    assert record["synthetic"] is True
    assert record["seed"] == 4
    assert record["jsw_before"]["mean"] == pytest.approx(0.9, abs=0.01)
    total = sum(pixels(folder / f"{name}.nrrd") for name in ("soft_tissue", "upper_bone", "lower_bone"))
    assert np.abs(total + np.log(1 - pixels(folder / "image.nrrd"))).mean() < 0.05


def test_demo_prints_its_table_and_draws_its_figure(tmp_path, capsys):
    assert run("demo", "--output", tmp_path / "demo") == 0
    out = capsys.readouterr().out
    assert "gap measured after the edit" in out
    assert out.count(" mm ") >= 10
    figures = sorted((tmp_path / "demo").glob("figure*.png"))
    assert [figure.name for figure in figures] == ["figure_MCP3.png", "figure_joints.png"]
    assert all(min(sitk.ReadImage(str(figure)).GetSize()) > 800 for figure in figures)
    assert len(list((tmp_path / "demo").rglob("gap_*"))) == 5
    assert len(list((tmp_path / "demo").rglob("upper_bone.nrrd"))) == 14


def test_demo_needs_to_know_where_the_joint_is(tmp_path, capsys):
    film = np.zeros((900, 1400), np.uint8)
    film[100:800, 300:1000] = np.linspace(40, 180, 700, dtype=np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(film), str(tmp_path / "hand.png"))
    assert run("demo", tmp_path / "hand.png", "--output", tmp_path / "demo") == 1
    assert "--joint" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_evaluate_exposures_on_phantoms(tmp_path, phantoms):
    """A veil, a gamma and a darker print of a phantom's film lead to the same widths."""
    films = tmp_path / "films"
    films.mkdir()
    for kind in ("MCP", "PIP"):
        grey = np.rint(phantoms[kind].radiograph.intensity * 255).astype(np.uint8)
        sitk.WriteImage(sitk.GetImageFromArray(grey), str(films / f"{kind}.png"))
    assert run("evaluate", "--exposures", films, "--crop", "--json", tmp_path / "figures.json") == 0
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["films"] == figures["joints_measured"] == 2
    assert set(figures["exposures"]) == {"veil", "gamma 0.65", "brightness 0.55"}
    for exposure in figures["exposures"].values():
        assert exposure["joints_compared"] == 2
        assert exposure["joints_changed"] == exposure["joints_not_measured_any_more"] == 0
        assert exposure["worst_change_mm"] < 0.1

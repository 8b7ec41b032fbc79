"""``layer-separation dataset`` as a person uses it."""

import csv
import json
import os
import sys

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib.cli import main
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


@pytest.fixture(scope="module")
def films(phantoms):
    """Return 8-bit films."""
    return {kind: np.rint(one.radiograph.intensity * 255).astype(np.uint8) for kind, one in phantoms.items()}


def write(path, film):
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(film), str(path))
    return path


def run(*arguments):
    return main([str(argument) for argument in ("dataset", *arguments)])


def rows(folder):
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_from_films_to_a_checked_data_set(tmp_path, films, capsys):
    path = write(tmp_path / "Müller, Hans 1960.png", films["MCP"])
    out = tmp_path / "set of Müller"
    words = (
        path,
        "--crop",
        "--spacing",
        MM,
        f"--output={out}",
        "--per-joint",
        4,
        "--jsw",
        "0.3:2",
        "--workers",
        1,
    )
    assert run(*words) == 0
    assert "4 samples of 1 joints" in capsys.readouterr().out
    assert run("--verify", out) == 0
    assert run(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out.split("written.\n")[-1])
    assert told["results"][0]["already_complete"] is True
    for name in [path.relative_to(out).as_posix() for path in out.rglob("*")]:
        assert "ller" not in name
    for part in ("README.md", "dataset.json", "plan.json", "labels.csv", "manifest.csv"):
        assert "ller" not in (out / part).read_text()
    next(out.rglob("image.png")).unlink()
    assert run("--verify", out) == 1
    assert "image.png: No such file" in capsys.readouterr().err


def test_names_do_not_matter_and_failures_are_listed(tmp_path, films, capsys):
    same = [
        write(tmp_path / folder / "finger.png", films[kind]) for folder, kind in (("a", "MCP"), ("b", "PIP"))
    ]
    long = write(tmp_path / ("ü x" * 60 + ".png"), films["DIP"])
    copy = write(tmp_path / "c" / ".." / "copy.png", films["MCP"])
    link = tmp_path / "link.png"
    link.symlink_to(long)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno")
    out = tmp_path / "out"
    inputs = (
        *same,
        long,
        copy,
        tmp_path / "a" / ".." / "b" / "finger.png",
        link,
        broken,
        tmp_path / "missing.png",
    )
    code = run(
        *inputs,
        "--crop",
        "--spacing",
        MM,
        "--output",
        out,
        "--change=-0.2:0.2",
        "--per-joint",
        2,
        "--workers",
        1,
    )
    told = capsys.readouterr()
    assert code == 1
    assert "broken.png" in told.err
    assert "missing.png" in told.err
    assert "2 failed" in told.err
    labels = rows(out)
    assert len(labels) == 6
    assert len({row["film_sha256"] for row in labels}) == 3
    # Series by folder: that of the first copy holds the long name too.
    assert {row["split"] for row in labels} == {"train", "val"}
    assert "No samples for test: the films are of 2 series" in told.err
    card = (out / "README.md").read_text()
    assert "input 1" in card
    assert "broken" not in card
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        {"a", "b", "c", long.name, "copy.png", "link.png", "broken.png", "out"}
    )


def test_without_spacing_samples_carry_px_and_mm_are_refused(tmp_path, films, capsys):
    path = write(tmp_path / "finger.png", films["MCP"])
    assert run(path, "--crop", "--output", tmp_path / "a", "--jsw", "0:2", "--per-joint", 2) == 1
    assert "pixel spacing is unknown" in capsys.readouterr().err
    assert not (tmp_path / "a" / "plan.json").exists()
    words = ("--crop", "--unit", "px", "--jsw", "4:20", "--per-joint", 2, "--workers", 1)
    assert run(path, *words, "--output", tmp_path / "b") == 0
    for row in rows(tmp_path / "b"):
        assert row["svdh_like"] == row["spacing_row_mm"] == ""
        assert row["unit"] == "px"
        assert float(row["jsw"]) == pytest.approx(float(row["asked_jsw"]), abs=1e-3)


def test_unknown_width_refuses_balance_but_takes_changes(tmp_path, capsys):
    noise = np.random.default_rng(1).integers(90, 110, (256, 256)).astype(np.uint8)
    path = write(tmp_path / "nothing.png", noise)
    words = (path, "--crop", "--spacing", MM, "--per-joint", 2, "--workers", 1)
    assert run(*words, "--jsw", "0:2", "--output", tmp_path / "a") == 1
    assert "is not known" in capsys.readouterr().err
    assert run(*words, "--change=0.2:0.4", "--output", tmp_path / "b") == 0
    for row in rows(tmp_path / "b"):
        assert row["jsw"] == row["jsw_before"] == ""
        assert 0.2 <= float(row["asked_change"]) <= 0.4


@pytest.fixture
def complete(tmp_path, films):
    """Return the command of a small data set that is complete."""
    path = write(tmp_path / "finger.png", films["MCP"])
    words = [path, "--crop", "--spacing", MM, "--jsw", "0.5:2", "--per-joint", 2, "--workers", 1]
    words += ["--format", "coco", "--output", tmp_path / "set"]
    assert run(*words) == 0
    return words


def test_a_complete_data_set_stays_as_it_is(complete, tmp_path, films, tree, capsys):
    before = tree(tmp_path / "set")
    assert run(*complete) == 0
    assert run(*complete, "--seed", 3) == 1
    assert "seed was 0 and is now 3" in capsys.readouterr().err
    other = write(tmp_path / "other.png", films["PIP"])
    assert run(other, *complete[1:]) == 1
    assert "its 1 joints are not these 1" in capsys.readouterr().err
    assert tree(tmp_path / "set") == before
    assert run("--verify", tmp_path / "set") == 0


def test_a_folder_that_is_not_ours_is_refused_before_the_work(tmp_path, films, monkeypatch, capsys):
    path, out, outside = write(tmp_path / "finger.png", films["MCP"]), tmp_path / "set", tmp_path / "outside"
    monkeypatch.setattr("LayerSeparationLib.cli.dataset_command.make_separator", None)
    words = (path, "--crop", "--spacing", MM, "--jsw", "0.5:2", "--output", out)

    def told():
        assert run(*words) == 1
        return capsys.readouterr().err

    out.write_text("mine")
    assert "is a file, not a folder" in told()
    assert out.read_text() == "mine"
    out.unlink()
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    assert "holds other files (thesis.txt" in told()
    assert [one.name for one in out.iterdir()] == ["thesis.txt"]
    (out / "thesis.txt").unlink()
    for link in (".work", "plan.json", "png", "README.md", "manifest.csv", "dataset.json"):
        outside.mkdir()
        (out / link).symlink_to(outside / link if "." in link[1:] else outside)
        assert f"{link} is a link" in told()
        (out / link).unlink()
        assert list(out.iterdir()) == []
        outside.rmdir()
    (out / ".work").mkdir()
    outside.mkdir()
    (out / ".work" / "layers").symlink_to(outside)
    assert "layers is a link" in told()
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without a word")
def test_sigterm_ends_it_cleanly_and_the_same_command_goes_on(tmp_path, films, begun_process):
    path, out = write(tmp_path / "finger.png", films["MCP"]), tmp_path / "set"
    words = [path, "--crop", "--spacing", MM, "--jsw", "0:2.5", "--per-joint", 24, "--output", out]
    with begun_process(["-m", "LayerSeparationLib", "dataset", *words, "--workers", 2], out) as process:
        process.terminate()
        assert process.wait(60) == 143
        told = process.stderr.read()
    assert told.splitlines()[-1].startswith("layer-separation: ended by SIGTERM.")
    assert "Traceback" not in told
    assert not (out / "dataset.json").exists()
    assert list((out / ".work" / "staged").iterdir()) == []
    assert not list(out.rglob("*.partial*"))
    assert run(*words, "--workers", 1) == 0
    assert [int(row["number"]) for row in rows(out)] == list(range(24))
    assert run("--verify", out) == 0


def test_a_plan_is_told_and_nothing_made(tmp_path, films, capsys):
    paths = [write(tmp_path / f"{kind}.png", films[kind]) for kind in ("MCP", "PIP")]
    words = [*paths, "--crop", "--spacing", MM, "--jsw", "0.5:2", "--per-joint", 50, "--workers", 2]
    words += ["--format", "coco,webdataset", "--output", tmp_path / "set"]
    assert run(*words, "--plan-only") == 0
    told = capsys.readouterr()
    assert "100 samples of 2 joints: train 50, val 50, test 0" in told.out
    assert "series, by what told them: file 2" in told.out
    assert "on 2 processes, by 8 samples" in told.out
    assert "No samples for test: the films are of 2 series" in told.err
    assert [path.name for path in (tmp_path / "set").iterdir()] == [".work"]
    assert run(*words, "--plan-only", "--json") == 0
    (plan,) = json.loads(capsys.readouterr().out)["results"]
    assert plan["splits"] == {"train": 50, "val": 50, "test": 0}
    assert run(*words) == 0
    made = sum(path.stat().st_size for path in (tmp_path / "set").rglob("*") if path.is_file())
    assert plan["bytes"] == pytest.approx(made, rel=0.3)
    card = (tmp_path / "set" / "README.md").read_text()
    assert "nothing but the file: 2" in card
    assert "The patients of 2 series are unknown" in card
    assert "No samples for test" in card


def test_what_a_format_lacks_is_told_before_the_work(tmp_path, films, monkeypatch, capsys):
    path = write(tmp_path / "finger.png", films["MCP"])
    monkeypatch.setattr("LayerSeparationLib.cli.dataset_command.make_separator", None)
    monkeypatch.setitem(sys.modules, "highdicom", None)
    words = (path, "--crop", "--spacing", MM, "--jsw", "0.5:2", "--output", tmp_path / "set")
    assert run(*words, "--format", "png,dicom") == 1
    assert "needs the package highdicom: pip install highdicom" in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_paths_that_an_expression_does_not_match_are_failures(tmp_path, films, capsys):
    paths = [write(tmp_path / name, films["MCP"]) for name in ("p7_a.png", "other.png")]
    words = (*paths, "--crop", "--spacing", MM, "--jsw", "0.5:2", "--per-joint", 1, "--workers", 1)
    assert run(*words, "--series", "(p[0-9]+)_", "--split", "1:0:0", "--output", tmp_path / "set") == 1
    told = capsys.readouterr().err
    assert "other.png: '(p[0-9]+)_' does not match the path" in told
    assert "1 failed" in told
    assert "a regular expression for the path: 1" in (tmp_path / "set" / "README.md").read_text()


def test_a_folder_without_a_data_set_is_told(tmp_path, capsys):
    assert run("--verify", tmp_path / "nowhere") == 1
    assert "no data set" in capsys.readouterr().err


def test_synthesize_writes_the_formats_that_are_asked_for(tmp_path, films):
    path = write(tmp_path / "finger.png", films["MCP"])
    words = [
        "synthesize",
        path,
        "--crop",
        "--spacing",
        MM,
        "--gap",
        1,
        "--output",
        tmp_path / "o",
        "--format",
    ]
    assert main([str(word) for word in [*words, "dicom,masks"]]) == 0
    folder = tmp_path / "o" / "finger" / "crop" / "gap_1.00"
    assert sorted(one.name for one in folder.iterdir()) == [
        *("image.dcm", "joint_space.png", "lower_bone.png", "segmentation.dcm", "soft_tissue.png"),
        "upper_bone.png",
    ]

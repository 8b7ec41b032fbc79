"""How the command line takes words, and what it prints: harmless, once, and one line of success."""

import csv
import json
import os
import shutil
import signal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from LayerSeparationLib.cli import main
from LayerSeparationLib.cli.run_report import RunReport
from LayerSeparationLib.cli.shared_options import SummaryOptions
from LayerSeparationLib.cli.termination import TerminationError, signals_raise
from LayerSeparationLib.cli.words import mend_words
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.files import write_json, write_table
from LayerSeparationLib.files.visible_text import as_cell, visible
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.fixture
def crop_png(tmp_path, phantoms):
    path = tmp_path / "finger.png"
    Image.fromarray(np.rint(phantoms["MCP"].radiograph.intensity * 255).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    ("words", "mended"),
    [
        (
            ["dataset", "a", "--change", "-1:1", "--tilt", "5"],
            ["dataset", "a", "--change=-1:1", "--tilt", "5"],
        ),
        (["dataset", "--change=-1:1", "a"], ["dataset", "--change=-1:1", "a"]),
        (["synthesize", "--gap", "0.5", "a.png"], ["synthesize", "a.png", "--gap", "0.5"]),
        (
            ["synthesize", "--change", "-0.5", "1e-1", "a.png", "--output", "o"],
            ["synthesize", "a.png", "--output", "o", "--change", "-0.5", "1e-1"],
        ),
        (["synthesize", "a.png", "--gap", "wide"], ["synthesize", "a.png", "--gap", "wide"]),
        (["measure", "--", "--gap", "1"], ["measure", "--", "--gap", "1"]),
    ],
)
def test_words_go_where_they_are_meant(words, mended):
    assert mend_words(words) == mended


def test_a_film_after_the_gaps(tmp_path, crop_png, capsys):
    out = tmp_path / "out"
    assert run("synthesize", "--gap", 0.5, 1, crop_png, "--crop", "--spacing", MM, "--output", out) == 0
    assert {path.name for path in (out / "finger" / "crop").iterdir()} == {"gap_0.50", "gap_1.00"}
    assert capsys.readouterr().out == f"2 synthetic images -> {out}\n"


def test_success_is_one_line(tmp_path, crop_png, capsys):
    out = tmp_path / "out"
    assert run("separate", crop_png, "--crop", "--output", out) == 0
    assert capsys.readouterr().out == f"1 joint -> {out}\n"
    table = tmp_path / "jsw.csv"
    assert run("measure", crop_png, "--crop", "--csv", table) == 0
    assert capsys.readouterr().out == f"1 joint -> {table}\n"
    assert run("separate", crop_png, "--crop", "--output", out, "--overwrite", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["results"]) == 1


def test_phantoms_are_inputs_without_a_word_more(tmp_path, capsys):
    """Their records say where the joint is, what it is, and how large a pixel is; truth is passed over."""
    out = tmp_path / "phantoms"
    assert run("phantom", "--kind", "PIP", "--count", 2, "--output", out) == 0
    assert capsys.readouterr().out == f"2 phantom joints -> {out}\n"
    kinds = {folder.name.partition("_")[0] for folder in out.iterdir()}
    records = [json.loads((folder / "joint.json").read_text()) for folder in out.iterdir()]
    assert kinds == {record["joint"] for record in records}
    table = tmp_path / "jsw.csv"
    assert run("measure", out, "--csv", table) == 0
    rows = list(csv.DictReader(table.open()))
    assert {row["joint"] for row in rows} == kinds
    assert {row["unit"] for row in rows} == {"mm"}
    assert "left out what LayerSeparation wrote" in capsys.readouterr().err
    # An image without a pixel spacing of its own has that of the record.
    (folder, *_) = out.iterdir()
    assert run("measure", folder / "image.png", "--crop", "--json") == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["unit"] == "mm"


def test_a_damaged_record_beside_a_film_is_told_and_costs_nothing(tmp_path, crop_png, capsys):
    (tmp_path / "joint.json").write_text('{"format": "LayerSeparation joint record 2", "seed": "x"}')
    assert run("measure", crop_png, "--crop", "--json") == 0
    told = capsys.readouterr()
    assert "can't be read as a joint record" in told.err
    assert json.loads(told.out)["results"][0]["unit"] == "px"
    (tmp_path / "joint.json").write_text('{"format": "of another program"}')
    assert run("measure", crop_png, "--crop", "--json") == 0
    assert "joint record" not in capsys.readouterr().err


def test_one_reason_is_one_line(tmp_path, capsys):
    report = RunReport()
    for film in ("a.png", "b.png"):
        for joint in range(14):
            report.add_failure(tmp_path / film, f"joint {joint}", InputError("there is no pixel spacing"))
    report.add_failure(tmp_path / "c.png", "", InputError("no hand"))
    assert report.print_failures(SummaryOptions()) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "a.png joint 0: there is no pixel spacing (and 27 more: " in lines[0]
    assert lines[2] == "29 failed, 0 results."


def test_what_a_terminal_would_obey_is_written_out(tmp_path, capsys):
    film = tmp_path / "hand\x1b[2J\u202e.png"
    film.write_text("no image")
    assert run("measure", film, "--crop") == 1
    err = capsys.readouterr().err
    assert "hand\\x1b[2J\\u202e.png" in err
    assert "\x1b" not in err


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_name_that_is_no_text(tmp_path, crop_png, capsys):
    film = os.fsencode(tmp_path) + b"/hand\xff.png"
    shutil.copy(crop_png, film)
    table = tmp_path / "jsw.csv"
    assert run("measure", os.fsdecode(film), "--crop", "--csv", table) == 0
    assert "hand\\udcff.png" in next(csv.DictReader(table.open()))["file"]
    assert run("measure", os.fsdecode(film), "--crop") == 0
    assert "hand\\udcff.png (pixel spacing" in capsys.readouterr().out
    write_json(tmp_path / "names.json", {"file": os.fsdecode(film)})
    assert json.loads((tmp_path / "names.json").read_text())["file"] == os.fsdecode(film)


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_visible_text_can_be_printed_anywhere(text):
    shown = visible(text)
    shown.encode("utf-8")
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in shown)
    assert not as_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_cells_are_no_formulas(tmp_path):
    write_table(tmp_path / "t.csv", ("file", "mm"), [{"file": "=1+1.png", "mm": -0.5}])
    assert list(csv.reader((tmp_path / "t.csv").open())) == [["file", "mm"], ["'=1+1.png", "-0.5"]]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signals_end_the_command_as_ctrl_c_does(tmp_path, crop_png, capsys, monkeypatch, name):
    number = getattr(signal, name)

    def send(*_arguments, **_named):
        os.kill(os.getpid(), number)
        raise AssertionError("the signal did not come")

    monkeypatch.setattr("LayerSeparationLib.export.joint_folders.write_segmentation", send)
    out = tmp_path / "out"
    assert run("separate", crop_png, "--crop", "--output", out) == 128 + number
    assert f"ended by {name}" in capsys.readouterr().err
    assert not out.exists()
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_raise():
            os.kill(os.getpid(), signal.SIGHUP)
        with pytest.raises(TerminationError), signals_raise():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)

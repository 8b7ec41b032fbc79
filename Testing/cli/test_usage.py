"""Wrong usage of every command: exit code 2, the command's usage, and what is wrong in words."""

import pytest

from LayerSeparationLib.cli import build_parser, main
from LayerSeparationLib.cli.parser import COMMANDS

OUT = ("--output", "o")
SETS = ("x.png", *OUT, "--jsw", "0:2")

WRONG = [
    ((), "the following arguments are required"),
    (("fly",), "invalid choice: 'fly'"),
    # Where the joints are, and by what they are separated: the same in five commands.
    (("separate",), "required: IN, --output"),
    (("separate", "x.png"), "required: --output"),
    (("separate", "x.png", *OUT, "--crop", "--joints", "MCP2"), "--joints: not allowed with argument --crop"),
    (("measure", "x.png", "--crop", "--joint", "MCP2:1,1:0,1"), "--joint: not allowed with argument --crop"),
    (("demo", *OUT, "--joints", "MCP2", "--crop"), "--crop: not allowed with argument --joints"),
    (("separate", "x.png", *OUT, "--joint", "MCP2"), "--joint: 'MCP2' is not NAME:X,Y:DX,DY"),
    (("measure", "x.png", "--joint", "MCP2:a,1:0,1"), "--joint: 'MCP2:a,1:0,1' is not NAME:X,Y:DX,DY"),
    (("measure", "x.png", "--joint", "MCP2:1,1:0,0"), "--joint: 'MCP2:1,1:0,0'"),
    (("measure", "x.png", "--joint", "../up:1,1:0,1"), "--joint: '../up:1,1:0,1'"),
    (("measure", "x.png", *("--joint", "MCP2:1,1:0,1") * 2), "named twice: MCP2"),
    (("separate", "x.png", *OUT, "--joints", "MCP9"), "'MCP9' is none of MCP1"),
    (("separate", "x.png", *OUT, "--joints", "CMC"), "nor a kind (MCP, IP, PIP, DIP)"),
    (("separate", "x.png", *OUT, "--joint-unit", "inch"), "--joint-unit: invalid choice"),
    (("separate", "x.png", *OUT, "--joint-width", "0"), "--joint-width: 0 must be above 0"),
    (("separate", "x.png", *OUT, "--spacing", "0"), "--spacing: 0 must be above 0"),
    (("measure", "x.png", "--spacing", "wide"), "--spacing: 'wide' is not a finite number"),
    (("measure", "x.png", "--spacing", "nan"), "--spacing: 'nan' is not a finite number"),
    (("measure", "x.png", "--device", "warp"), "--device: 'warp' is no device"),
    (("measure", "x.png", "--over"), "unrecognized arguments: --over"),
    (("compare", "x.png"), "required: FOLLOW-UP"),
    (("compare", "x.png", "y.png", "--joint", "MCP2:1,1:0,1"), "--joint: a joint lies elsewhere"),
    (("joints",), "required: IN"),
    (("joints", "x.png", "--figure", "x.jpg"), "--figure: x.jpg: pictures are written as .png, .pdf or .svg"),
    (("joints", "x.png", "--device", "cuda:x"), "--device: 'cuda:x' is no device"),
    (("synthesize", "x.png", *OUT), "one of the arguments --gap --change is required"),
    (("synthesize", "x.png", *OUT, "--gap", "-1"), "--gap: -1 is below 0"),
    (
        ("synthesize", "x.png", *OUT, "--gap", "1", "--change", "1"),
        "--change: not allowed with argument --gap",
    ),
    (("synthesize", "x.png", *OUT, "--gap", "1", "--tilt", "45"), "within +-30 degrees"),
    (("synthesize", "x.png", *OUT, "--gap", "1", "--unit", "cm"), "--unit: invalid choice"),
    (("synthesize", "x.png", *OUT, "--gap", "1", "--moves", "none"), "--moves: invalid choice"),
    (("synthesize", "x.png", *OUT, "--gap", "1", "--format", "gif"), "--format: choose among png, nrrd"),
    (("synthesize", "x.png", *OUT, "--gap", "1", "--format", ","), "--format: choose among png, nrrd"),
    (("dataset",), "name the radiographs"),
    (("dataset", *OUT), "name the radiographs"),
    (("dataset", "x.png"), "a folder with --output"),
    (("dataset", "x.png", *OUT), "say what to ask for"),
    (("dataset", "x.png", *OUT, "--jsw", "2:0"), "--jsw: '2:0': the smaller number comes first"),
    (("dataset", "x.png", *OUT, "--jsw", "a:b"), "--jsw: 'a:b' is not 2 numbers"),
    (("dataset", "x.png", *OUT, "--jsw=-1:2"), "ask for 0 or more"),
    (("dataset", *SETS, "--change", "0:1"), "--change: not allowed with argument --jsw"),
    (("dataset", "--verify", "set", "x.png"), "--verify: checks a data set that is there"),
    (("dataset", "--verify", "set", *OUT), "--verify: checks a data set that is there"),
    (("dataset", "--verify", "set", "--jsw", "0:1"), "--verify: checks a data set that is there"),
    (("measure", "x.png", "--joint-unit", "mm"), "--joint-unit: is about --joint"),
    (("dataset", *SETS, "--workers", "0"), "--workers: must be 1 or more"),
    (("dataset", *SETS, "--per-joint", "0"), "--per-joint: must be 1 or more"),
    (("dataset", *SETS, "--per-joint", "1000001"), "whole number from 1 to 1000000"),
    (("dataset", *SETS, "--seed", "-1"), "--seed: -1 is below 0"),
    (("dataset", *SETS, "--format", "gif"), "--format: choose among png, png+preview"),
    (("dataset", *SETS, "--split", "0:0:0"), "--split: '0:0:0' are no shares"),
    (("dataset", *SETS, "--split", "1:1"), "--split: '1:1' is not 3 numbers"),
    (("dataset", *SETS, "--normal-jsw", "MCP=x"), "--normal-jsw: 'x' is not 1 number"),
    (("dataset", *SETS, "--normal-jsw", "MCP=0"), "must be above 0 mm"),
    (("dataset", *SETS, "--series", "("), "--series: '(' is none of auto, file, folder"),
    (("dataset", *SETS, "--balance", "svdh", "--unit", "px"), "need widths in mm"),
    (("dataset", *SETS, "--tilt", "31"), "from 0 to 30, not 31"),
    (("dataset", *SETS, "--exposure", "1"), "from 0 to 0.9, not 1"),
    (("dataset", *SETS, "--noise", "-1"), "from 0 to 0.5, not -1"),
    (("dataset", *SETS, "--licence", "x" * 501), "longer than 500 characters"),
    (("train", *OUT), "required: --data"),
    (("train", "--data", "d"), "required: --output"),
    (("train", "--data", "d", *OUT, "--part", "fingers"), "--part: invalid choice"),
    (
        ("train", "--data", "d", *OUT, "--part", "hands", "--start", "w"),
        "--start: goes with --part separation",
    ),
    (("train", "--data", "d", *OUT, "--without-hand", "n"), "--without-hand: goes with --part hands"),
    (("train", "--data", "d", *OUT, "--part", "margins"), "--start: --part margins needs trained weights"),
    (("train", "--data", "d", *OUT, "--part", "silhouettes"), "--start: --part silhouettes needs trained"),
    (("train", "--data", "d", *OUT, "--hands", "h"), "--hands: goes with --part margins"),
    (("train", "--data", "d", *OUT, "--part", "joints", "--hands", "h"), "--hands: goes with --part margins"),
    (
        ("train", "--data", "d", *OUT, "--part", "margins", "--start", "w", "--without-hand", "n"),
        "--without-hand: goes with --part hands",
    ),
    (("train", "--data", "d", *OUT, "--devices", "0"), "--devices: '0' is no number of devices"),
    (("train", "--data", "d", *OUT, "--devices", "many"), "--devices: 'many' is no number of devices"),
    (("train", "--data", "d", *OUT, "--threads", "0"), "--threads: must be 1 or more"),
    (("train", "--data", "d", *OUT, "--pairs", "0"), "--pairs: must be 1 or more"),
    (("train", "--data", "d", *OUT, "--steps", "1.5"), "--steps: '1.5' is not a whole number"),
    (("evaluate",), "one of the arguments --data --phantoms --changes --telling --exposures is required"),
    (("evaluate", "--phantoms", "0"), "--phantoms: must be 1 or more"),
    (("evaluate", "--phantoms", "1", "--data", "d"), "--data: not allowed with argument --phantoms"),
    (
        ("evaluate", "--phantoms", "1", "--exposures", "d"),
        "--exposures: not allowed with argument --phantoms",
    ),
    (("evaluate", "--phantoms", "1", "--crop"), "--crop: goes with --exposures"),
    (("evaluate", "--phantoms", "1", "--without-hand", "n"), "--without-hand: goes with a hand set"),
    (("evaluate", "--data", "d", "--without-hand", "n"), "--without-hand: goes with a hand set"),
    (("phantom",), "required: --output"),
    (("phantom", *OUT, "--kind", "CMC"), "--kind: invalid choice"),
    (("phantom", *OUT, "--count", "1.5"), "--count: '1.5' is not a whole number"),
    (("phantom", *OUT, "--jsw", "7"), "jsw_mm must be -3 to 6 mm, got 7"),
    (("phantom", *OUT, "--spacing", "2"), "spacing_mm must be 0.02 to 1 mm"),
    (("phantom", *OUT, "--kind", "hand", "--spacing", "2"), "must be 0.05 to 0.6 mm"),
    (("phantom", *OUT, "--kind", "hand", "--jsw", "1"), "--jsw: goes with the kind of a joint"),
    (("phantom", *OUT, "--side", "R"), "--side: goes with --kind hand"),
    (("sample-data",), "required: --output"),
    (("demo",), "required: --output"),
    (("demo", "x.png", "y.png", *OUT), "unrecognized arguments: y.png"),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=[" ".join(words)[:60] for words, _ in WRONG])
def test_wrong_usage_is_exit_code_2(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    known = words and words[0] != "fly" and "unrecognized" not in message
    command = f" {words[0]}" if known else ""
    assert printed.err.startswith(f"usage: layer-separation{command} [-h]")
    assert message in printed.err
    assert list(tmp_path.iterdir()) == []


def test_every_command_is_in_the_table():
    assert {command.name for command in COMMANDS} == {words[0] for words, _ in WRONG if words} - {"fly"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_argument_is_explained(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command.name, "--help"])
    assert ended.value.code == 0
    assert f"usage: layer-separation {command.name} " in capsys.readouterr().out
    (commands,) = (one for one in build_parser()._actions if one.choices)
    for argument in commands.choices[command.name]._actions:
        assert argument.help, argument.dest

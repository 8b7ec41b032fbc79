"""What a command says of failures, and which of its options would help."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from LayerSeparationLib.cli.hints import print_hints
from LayerSeparationLib.cli.run_report import Failure
from LayerSeparationLib.errors import InputError, UnknownJointSizeError, UnknownSpacingError


def test_a_joint_is_named_once():
    error = InputError("A: its centre (900, 5) px lies outside of hand")
    failure = Failure(str(Path("hand.png")), "A", error)
    assert str(failure) == "hand.png A: its centre (900, 5) px lies outside of hand"
    assert str(Failure("hand.png", "", error)) == f"hand.png: {error}"


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownSpacingError("x"), {"unit": ("--spacing", "--unit px")}),
        (UnknownJointSizeError("x"), {"joint_width": ("--spacing", "--joint-width")}),
    ],
)
def test_a_missing_spacing_names_the_options_that_give_lengths(error, options, capsys):
    print_hints([error], SimpleNamespace(**options))
    told = capsys.readouterr().err
    assert all(word in told for words in options.values() for word in words)
    print_hints([error], SimpleNamespace())
    assert capsys.readouterr().err == ""

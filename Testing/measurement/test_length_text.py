"""Lengths as people read them: one way of rounding, and no zero with a sign."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib.measurement.length_text import change_text, number_text, signed_text
from LayerSeparationLib.measurement.shared_findings import shared_findings

LENGTHS = st.floats(-300, 300)


@given(LENGTHS, st.sampled_from(["mm", "px"]))
def test_a_length_is_rounded_to_its_unit_and_zero_has_no_sign(length, unit):
    half = 0.005 if unit == "mm" else 0.05
    for text in (number_text(length, unit), signed_text(length, unit)):
        assert float(text) == pytest.approx(length, abs=half + 2e-6)
        assert not re.fullmatch(r"[+-]0\.0+", text)
    assert signed_text(length, unit)[0] in ("+-" if float(number_text(length, unit)) else "0")


def test_a_change_has_the_ends_of_its_interval_in_the_same_digits():
    assert change_text(-0.0049, (-0.025, 0.0151), "mm") == "0.00 (-0.03 to +0.02)"
    assert change_text(-0.9, (-1.006, -0.822), "px") == "-0.9 (-1.0 to -0.8)"


def test_a_finding_is_shared_by_half_of_the_joints_and_three_at_least():
    assert shared_findings([("a", "b"), ("a",), ("a",), (), ("b",)]) == ("a",)
    assert shared_findings([("a",), ("a",)]) == ()
    assert shared_findings([("a",)] * 3 + [()] * 4) == ()
    assert shared_findings([("",)] * 5) == ()

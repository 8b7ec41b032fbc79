"""Films of two people's hands have no verdict; those of one hand keep theirs."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import make_joint
from LayerSeparationLib.follow_up import JointChange, Verdict, compare_joints
from LayerSeparationLib.follow_up.hand_doubt import doubt_hands, find_hand_doubt

NAMES = ("MCP2", "MCP3", "MCP4", "MCP5", "PIP2", "PIP3")


def hand(correlations=(0.8,) * 6, scales=(1.04,) * 6, fits=(True,) * 6, side="L"):
    """Return the changes of a hand; joints whose bones don't fit have no verdict."""
    return [
        JointChange(
            name=name,
            side=side,
            unit="mm",
            change=-0.3,
            interval=(-0.4, -0.2),
            verdict=Verdict.PROGRESSED if fit else Verdict.UNKNOWN,
            reason="" if fit else "inconsistent",
            own_note="n",
            baseline=None,
            follow_up=None,
            correlation=correlation,
            scale=scale,
            fits=fit,
        )
        for name, correlation, scale, fit in zip(NAMES, correlations, scales, fits, strict=False)
    ]


def test_one_hand_keeps_its_verdicts_whatever_its_magnification():
    ordinary = hand(
        correlations=(0.5, 0.7, 0.75, 0.8, 0.9, 0.4), scales=np.exp(0.08 + 0.02 * np.tile([-1, 1], 3))
    )
    assert doubt_hands(ordinary) == ordinary


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            {"scales": np.exp(0.05 * np.tile([-1, 1], 3))},
            "their sizes differ by -5 to +5 % from joint to joint",
        ),
        ({"correlations": (0.5, 0.55, 0.59, 0.58, 0.7, 0.4)}, "look little alike (median correlation 0.56)"),
        ({"fits": (False,) * 4 + (True,) * 2}, "the bones of 4 of 6 joints don't fit on each other"),
    ],
)
def test_a_hand_that_looks_like_another_persons_has_no_verdict_at_all(found, reason):
    changes = doubt_hands(hand(**found))
    assert {change.verdict for change in changes} == {Verdict.UNKNOWN}
    assert {change.reason.startswith("perhaps another hand: ") for change in changes} == {True}
    assert reason in changes[-1].reason
    assert changes[0].own_note == ("inconsistent; n" if "fits" in found else "n")


def test_two_joints_say_nothing_of_a_hand_and_one_hand_nothing_of_the_other():
    strange = hand(correlations=(0.35,) * 6)
    assert find_hand_doubt(strange[:2]) == ""
    own = hand(side="R")
    assert doubt_hands([*own, *strange])[:6] == own


def test_a_hand_without_a_verdict_keeps_the_reasons_of_its_joints():
    strange = hand(fits=(False,) * 6)
    assert doubt_hands(strange) == strange


def test_joints_of_strangers_are_compared_to_no_verdict(scene):
    def stranger(seed):
        other = make_joint("MCP", seed, jsw_mm=1.2)
        silhouettes = other.upper_silhouette.astype(np.float32), other.lower_silhouette.astype(np.float32)
        return type(scene)(other.soft_tissue, other.upper_bone, other.lower_bone, *silhouettes)

    people = [scene, stranger(31), stranger(32), stranger(33), scene]
    films = [one.film(seed=seed, side="L") for seed, one in enumerate(people)]

    def visit(joints):
        return [
            replace(one, crop=replace(one.crop, pose=replace(one.crop.pose, name=name)))
            for one, name in zip(joints, NAMES, strict=False)
        ]

    changes = compare_joints(visit(films[:3]), visit(films[1:4]))
    assert [change.verdict for change in changes] == [Verdict.UNKNOWN] * 3
    same = compare_joints(visit(films[:3]), visit(films[:3]))
    assert [change.verdict for change in same] == [Verdict.UNCHANGED] * 3

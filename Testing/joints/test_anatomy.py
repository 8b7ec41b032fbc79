"""Which places go together as a hand: the plausible ones are chosen, the implausible ones lose confidence."""

import numpy as np
import pytest

from LayerSeparationLib.joints import JOINT_NAMES
from LayerSeparationLib.joints.anatomy import Candidate, choose_plausible, finger_directions
from LayerSeparationLib.joints.finding import LEAST_CONFIDENCE
from LayerSeparationLib.joints.hand_frame import MEAN_JOINTS

SURE = 0.98


def index(name):
    return JOINT_NAMES.index(name)


def mean_hand(**moved):
    places = {name: tuple(MEAN_JOINTS[index(name)]) for name in JOINT_NAMES} | moved
    return [[Candidate(places[name], SURE)] for name in JOINT_NAMES]


def test_a_mean_hand_passes_unquestioned():
    chosen = choose_plausible(mean_hand())
    assert [choice.probability for choice in chosen] == pytest.approx([SURE] * 14)


@pytest.mark.parametrize("turn_deg", [-40, 40])
def test_drifted_fingers_pass(turn_deg):
    """Ulnar drift of rheumatoid arthritis: all fingers turned about their knuckles."""
    angle = np.radians(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = {}
    for finger in (2, 3, 4, 5):
        knuckle = MEAN_JOINTS[index(f"MCP{finger}")]
        for kind in ("PIP", "DIP"):
            place = knuckle + turn @ (MEAN_JOINTS[index(f"{kind}{finger}")] - knuckle)
            moved[f"{kind}{finger}"] = tuple(place)
    chosen = choose_plausible(mean_hand(**moved))
    assert min(choice.probability for choice in chosen) > 0.9


def test_the_place_that_fits_the_finger_beats_a_likelier_one_that_does_not():
    candidates = mean_hand()
    right = candidates[index("DIP3")][0]
    elsewhere = Candidate(tuple(MEAN_JOINTS[index("DIP5")]), 0.6)
    candidates[index("DIP3")] = [elsewhere, Candidate(right.position, 0.35)]
    assert choose_plausible(candidates)[index("DIP3")].position == right.position


def test_a_segment_of_impossible_length_is_not_believed():
    far = tuple(MEAN_JOINTS[index("PIP3")] + 3 * (MEAN_JOINTS[index("DIP3")] - MEAN_JOINTS[index("PIP3")]))
    chosen = choose_plausible(mean_hand(DIP3=far))
    dip = chosen[index("DIP3")]
    assert dip is None or dip.probability < LEAST_CONFIDENCE
    assert chosen[index("MCP3")].probability > 0.9


def test_joints_in_the_wrong_order_along_a_finger_are_not_believed():
    chosen = choose_plausible(
        mean_hand(PIP4=tuple(MEAN_JOINTS[index("DIP4")]), DIP4=tuple(MEAN_JOINTS[index("PIP4")]))
    )
    believed = [
        chosen[index(name)] is not None and chosen[index(name)].probability >= LEAST_CONFIDENCE
        for name in ("PIP4", "DIP4")
    ]
    assert not all(believed)


def test_of_two_fingers_that_cross_the_weaker_loses_confidence():
    candidates = mean_hand()
    for kind in ("PIP", "DIP"):
        two, three = index(f"{kind}2"), index(f"{kind}3")
        places = candidates[two][0].position, candidates[three][0].position
        candidates[two] = [Candidate(places[1], 0.8)]
        candidates[three] = [Candidate(places[0], 0.95)]
    chosen = choose_plausible(candidates)
    assert chosen[index("PIP2")].probability <= 0.4
    assert chosen[index("PIP3")].probability > 0.9


def test_knuckles_the_wrong_way_round_lose_confidence():
    chosen = choose_plausible(
        mean_hand(MCP3=tuple(MEAN_JOINTS[index("MCP4")]), MCP4=tuple(MEAN_JOINTS[index("MCP3")]))
    )
    assert min(chosen[index("MCP3")].probability, chosen[index("MCP4")].probability) < 0.6


def test_joints_without_a_place_stay_without():
    candidates = mean_hand()
    for name in ("PIP5", "DIP5"):
        candidates[index(name)] = []
    chosen = choose_plausible(candidates)
    assert chosen[index("PIP5")] is None
    assert chosen[index("MCP5")].probability == pytest.approx(SURE)


def test_directions_run_along_the_finger():
    found = finger_directions(choose_plausible(mean_hand()))
    knuckle, middle, last = (MEAN_JOINTS[index(f"{kind}3")] for kind in ("MCP", "PIP", "DIP"))
    first, second = middle - knuckle, last - middle
    assert found[index("MCP3")] == pytest.approx(first / np.hypot(*first))
    assert found[index("DIP3")] == pytest.approx(second / np.hypot(*second))
    half = first / np.hypot(*first) + second / np.hypot(*second)
    assert found[index("PIP3")] == pytest.approx(half / np.hypot(*half))


def test_direction_without_neighbours_is_that_of_the_mean_hand():
    candidates = [[] for _ in JOINT_NAMES]
    candidates[index("MCP2")] = [Candidate((0.14, 0.1), SURE)]
    usual = MEAN_JOINTS[index("PIP2")] - MEAN_JOINTS[index("MCP2")]
    assert finger_directions(choose_plausible(candidates))[index("MCP2")] == pytest.approx(
        usual / np.hypot(*usual)
    )

"""Finding the finger joints of every hand on a film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..inference.weights import MODELS_FOLDER, WeightsFile, find_weights, require_torch
from ..radiograph import Radiograph
from .affine import map_points, resample
from .anatomy import FINGERS, Candidate, Choice, choose_plausible, finger_directions
from .finder_sizes import HAND_STEP_PX, VIEW_PX
from .hand_frame import HandFrame, fit_frame
from .hand_view import film_to_view, film_view, hand_view, pyramid, view_to_film
from .joint_maps import Peak, find_peaks
from .pose import JOINT_NAMES, JointPose
from .position_check import check_positions

FIELD_OF_VIEW_HAND_LENGTHS = 0.105
"""Edge of a joint's square where the pixel spacing is unknown: 21 mm of a grown hand, 200 mm long."""
LEAST_CONFIDENCE = 0.4
"""Joints below this are not returned."""
DOUBTFUL_CONFIDENCE = 0.5
"""The most where `check_positions` says that a joint is to be looked at, however sure the networks are: their
own confidence does not tell a hand whose fingers are all named one joint too far out."""
_LEAST_CENTRE = 0.08
_MOST_HANDS = 4
_LEAST_HAND_SCORE = 3.0
"""Sum of the confidences of a hand's joints below which there is no hand."""
_LEAST_JOINTS = 3
_SAME_HAND = 0.25
"""Guesses whose middles lie nearer, in hand lengths, are of the same hand."""
_TERRITORY = ((-0.4, 0.45), (-0.4, 0.65))
"""What a hand takes of the film, in its own frame: left to right, fingertips to wrist."""
_CLEAR = 0.5
_LEVELS = 6
_SIDES = {False: "L", True: "R"}


class FoundHand(NamedTuple):
    """A hand on the film, before it becomes poses."""

    frame: HandFrame
    joints: list[Choice]
    """For each of the 14 joints its position in the hand's frame, or None."""

    @property
    def score(self) -> float:
        """Sum of the confidences."""
        return sum(joint.probability for joint in self.joints if joint is not None)


def find_joints(radiograph: Radiograph, finder: JointFinder | None = None) -> list[JointPose]:
    """Find the finger joints of each hand on a radiograph.

    Parameters
    ----------
    radiograph
        PA view of one or two hands, in any rotation.
    finder
        Holds the networks; made for this radiograph alone if not given.

    Returns
    -------
    list of JointPose
        Hand by hand from left to right on the film, joints in the order of `JOINT_NAMES`; see
        `JointFinder.find`. Empty where there is no hand.

    Raises
    ------
    WeightsError, DependencyError, DeviceError
        As `JointFinder`.

    Examples
    --------
    >>> from LayerSeparationLib import find_joints, make_hand
    >>> poses = find_joints(make_hand(5, spacing_mm=0.5, side="L").radiograph)
    >>> len(poses), poses[0].name, poses[0].side
    (14, 'MCP1', 'L')
    """
    return (finder or JointFinder()).find(radiograph)


@dataclass(frozen=True, eq=False)
class FinderWeights:
    """The two files of weights."""

    hands: WeightsFile
    joints: WeightsFile

    @classmethod
    def in_folder(cls, folder: Path) -> FinderWeights:
        """Check ``hands.safetensors`` and ``joints.safetensors`` of a folder."""
        return cls(find_weights(folder / "hands.safetensors"), find_weights(folder / "joints.safetensors"))


class JointFinder:
    """Finds the joints of hands; holds its two networks on their device.

    Parameters
    ----------
    device
        'auto', 'cpu', 'cuda', 'cuda:<n>' or 'mps'.
    weights
        Folder with ``hands.safetensors`` and ``joints.safetensors`` and their manifests; by default those
        that come with the extension.
    tell
        Receives messages for the user, such as that a GPU's memory was too small.

    Raises
    ------
    WeightsError
        If weights are missing, damaged, or of another architecture.
    DeviceError
        If there is no such device.
    DependencyError
        If torch is not installed.

    Examples
    --------
    >>> finder = JointFinder("cpu")
    >>> finder.find(Radiograph.from_array(np.full((300, 200), 0.2)))  # nothing is there
    []
    """

    def __init__(
        self,
        device: str = "auto",
        weights: Path | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        require_torch()
        from ..inference.runner import NetworkRunner
        from .finder_network import HAND_ARCHITECTURE, JOINT_ARCHITECTURE, HandNetwork, JointNetwork

        files = FinderWeights.in_folder(weights or MODELS_FOLDER)
        self._hands = NetworkRunner.with_weights(HandNetwork(), files.hands, HAND_ARCHITECTURE, device, tell)
        self._joints = NetworkRunner.with_weights(
            JointNetwork(), files.joints, JOINT_ARCHITECTURE, device, tell
        )
        self.weights_sha256 = {"hands": files.hands.sha256, "joints": files.joints.sha256}

    def find(self, radiograph: Radiograph) -> list[JointPose]:
        """Find the joints of each hand on a radiograph.

        Returns
        -------
        list of JointPose
            With `confidence`: the probability, by the network and by what hands look like, that the joint
            lies within 4 % of the hand's length of the given position; at most `DOUBTFUL_CONFIDENCE` where
            the lengths of the hand's segments speak against its name (`check_positions`). `side` is that of
            a hand in PA view, unless the film has one hand and names its laterality. Where the pixel spacing
            is unknown, the edge of the joints' squares comes from the size of the hand.
        """
        levels = pyramid(_square_pixels(radiograph), _LEVELS)
        guesses = self._guess_frames(levels)
        if not guesses:
            return []
        both = [frame for guess in guesses for frame in (guess, guess.turn_over())]
        hands = _drop_duplicates([hand for hand in self._look_at(levels, both) if _is_hand(hand)])
        again = self._look_at(levels, [_refit(hand) for hand in hands])
        hands = [new if new.score > 0.9 * old.score else old for old, new in zip(hands, again, strict=True)]
        hands = _drop_duplicates([hand for hand in hands if _is_hand(hand)])
        hands.sort(key=lambda hand: hand.frame.centre_px)
        laterality = radiograph.origin.laterality if len(hands) == 1 else None
        poses = [pose for hand in hands for pose in _poses_of_hand(hand, radiograph, laterality)]
        return _lower_doubtful(poses, radiograph)

    def _guess_frames(self, levels: Sequence[NDArray[np.float32]]) -> list[HandFrame]:
        """Let the hand network say where hands may be."""
        logits, vectors = self._hands.run([film_view(levels)[None]])[0]
        factor, offset = film_to_view((levels[0].shape[0], levels[0].shape[1]))
        found = []
        for side, cells in enumerate(logits):
            peaks = (cells == ndimage.maximum_filter(cells, 5)) & (cells > -np.log(1 / _LEAST_CENTRE - 1))
            for row, column in np.argwhere(peaks):
                x, y = (np.array([column, row]) + 0.5) * HAND_STEP_PX - 0.5
                dx, dy = vectors[:, row, column] * VIEW_PX / factor
                if np.hypot(dx, dy) * factor > HAND_STEP_PX:
                    centre = (float((x - offset[0]) / factor), float((y - offset[1]) / factor))
                    frame = HandFrame(centre, (float(dx), float(dy)), bool(side))
                    found.append((float(cells[row, column]), frame))
        found.sort(key=lambda guess: -guess[0])
        distinct: list[HandFrame] = []
        for _, frame in found:
            if all(_distance(frame, other) > _SAME_HAND * other.length_px for other in distinct):
                distinct.append(frame)
        return distinct[:_MOST_HANDS]

    def _look_at(self, levels: Sequence[NDArray[np.float32]], frames: Sequence[HandFrame]) -> list[FoundHand]:
        """Let the joint network look at hands that lie at ``frames``."""
        views = [hand_view(levels, frame)[None] for frame in frames]
        answers = self._joints.run(views)
        return [
            FoundHand(frame, _choose_joints(find_peaks(logits), frame, levels[0].shape))
            for frame, (logits,) in zip(frames, answers, strict=True)
        ]


def _choose_joints(
    peaks: Sequence[Sequence[Peak]], frame: HandFrame, film_shape: tuple[int, ...]
) -> list[Choice]:
    """Bring peaks of the view into the hand's frame, leave out those beyond the film, and choose."""
    to_film = view_to_film(frame)
    candidates = []
    for joint in peaks:
        own = []
        for peak in joint:
            film = map_points(to_film, np.array(peak.view_px))
            if np.all(film >= -0.5) and np.all(film <= np.array(film_shape[::-1]) - 0.5):
                x, y = map_points(frame.from_film, film)
                own.append(Candidate((float(x), float(y)), peak.probability))
        candidates.append(own)
    return choose_plausible(candidates)


def _is_hand(hand: FoundHand) -> bool:
    """Whether enough joints were found, among them two neighbours of one finger."""
    sure = [joint is not None and joint.probability >= LEAST_CONFIDENCE for joint in hand.joints]
    pairs = [pair for finger in FINGERS for pair in pairwise(finger)]
    neighbours = any(sure[near] and sure[far] for near, far in pairs)
    return sum(sure) >= _LEAST_JOINTS and neighbours and hand.score >= _LEAST_HAND_SCORE


def _on_film(hand: FoundHand) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions (14, 2) on the film and confidences (14,) of a hand's joints; 0 where there is none."""
    relative = np.array([joint.position if joint is not None else (0.0, 0.0) for joint in hand.joints])
    confidence = np.array([joint.probability if joint is not None else 0.0 for joint in hand.joints])
    return map_points(hand.frame.to_film, relative), confidence


def _refit(hand: FoundHand) -> HandFrame:
    """Fit the hand's frame to the joints that were found in it."""
    positions, confidence = _on_film(hand)
    weights = np.where(confidence >= _CLEAR, confidence, 0.0)
    if np.count_nonzero(weights) < _LEAST_JOINTS:
        return hand.frame
    return fit_frame(positions, weights, hand.frame.mirrored)[0]


def _drop_duplicates(hands: Sequence[FoundHand]) -> list[FoundHand]:
    """Of hands that were found twice, keep the better one."""
    kept: list[FoundHand] = []
    for hand in sorted(hands, key=lambda hand: -hand.score):
        if not any(_same_hand(hand, other) for other in kept):
            kept.append(hand)
    return kept


def _same_hand(hand: FoundHand, other: FoundHand) -> bool:
    """Whether half of a hand's joints lie where the better hand has its own fingers, palm and wrist."""
    positions, confidence = _on_film(hand)
    own = map_points(other.frame.from_film, positions[confidence > 0])
    (left, right), (top, bottom) = _TERRITORY
    inside = (own[:, 0] > left) & (own[:, 0] < right) & (own[:, 1] > top) & (own[:, 1] < bottom)
    return bool(inside.mean() >= 0.5)


def _square_pixels(radiograph: Radiograph) -> NDArray[np.float32]:
    """Return the film's intensity, its rows stretched where its pixels are not square."""
    stretch = _stretch(radiograph)
    if stretch == 1:
        return radiograph.intensity
    rows, columns = radiograph.shape
    to_film = np.array([[1.0, 0, 0], [0, 1 / stretch, 0.5 / stretch - 0.5]])
    return resample(radiograph.intensity, to_film, (round(rows * stretch), columns), order=1)


def _stretch(radiograph: Radiograph) -> float:
    """Return a pixel's height over its width; 1 where it is nearly that."""
    row, column = radiograph.spacing.relative
    return row / column if abs(row / column - 1) > 1e-3 else 1.0


def _lower_doubtful(poses: Sequence[JointPose], radiograph: Radiograph) -> list[JointPose]:
    """Lower the confidence of joints whose names do not fit the lengths of the hand's segments."""
    return [
        replace(pose, confidence=min(pose.confidence, DOUBTFUL_CONFIDENCE))
        if found and pose.confidence is not None
        else pose
        for pose, found in zip(poses, check_positions(poses, radiograph), strict=True)
    ]


def _distance(frame: HandFrame, other: HandFrame) -> float:
    return float(np.hypot(*np.subtract(frame.centre_px, other.centre_px)))


def _poses_of_hand(hand: FoundHand, radiograph: Radiograph, laterality: str | None) -> list[JointPose]:
    """Turn a hand into poses of its joints of sufficient confidence."""
    positions, confidence = _on_film(hand)
    linear = hand.frame.to_film[:, :2]
    stretch = _stretch(radiograph)
    positions[:, 1] = (positions[:, 1] + 0.5) / stretch - 0.5
    spacing = radiograph.spacing
    # The hand lies on square pixels, as wide as the film's own.
    length = _refit(hand).length_px * spacing.relative[1]
    edge = None if spacing.known else FIELD_OF_VIEW_HAND_LENGTHS * length
    side = laterality or _SIDES[hand.frame.mirrored]
    poses = []
    for number, direction in enumerate(finger_directions(hand.joints)):
        if confidence[number] >= LEAST_CONFIDENCE:
            dx, dy = linear @ direction
            poses.append(
                JointPose(
                    JOINT_NAMES[number],
                    (float(positions[number, 0]), float(positions[number, 1])),
                    (float(dx), float(dy / stretch)),
                    field_of_view_px=edge,
                    side=side,
                    confidence=round(float(confidence[number]), 4),
                )
            )
    return poses

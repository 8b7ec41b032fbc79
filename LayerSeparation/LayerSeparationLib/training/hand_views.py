"""What the two finder networks look at in training: films composed of hands, and single hands cut out.

A view is drawn from films of one hand: turned, scaled, mirrored, in another posture, beside a second hand,
cut by the border, by shutters or by an amputation, in other exposures; and some views have no hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch.nn import functional

from ..inference.arrays import as_array, as_tensor
from ..joints.affine import map_points
from ..joints.finder_sizes import HAND_LENGTH_PX, VIEW_PX
from ..joints.hand_frame import HandFrame, fit_frame
from ..joints.hand_view import UPRIGHT, level_for, pyramid, standardise
from .hand_set import DrawnHand
from .posture import PostureChange, change_posture
from .view_changes import add_shutters, change_film, draw_distractor, erase_fingers

_COARSE = 8
_LEVELS = 3


@dataclass(frozen=True, eq=False)
class Appearance:
    """A hand as it appears in a view."""

    frame: HandFrame
    """Fitted to the joints as they appear; pixels of the view."""
    joints_px: NDArray[np.float64]
    """(14, 2), pixels of the view."""
    visible: NDArray[np.bool_]
    """(14,)."""


@dataclass(frozen=True, eq=False)
class View:
    """A picture for a network and the hands in it."""

    image: NDArray[np.float32]
    """(256, 256), mean 0, standard deviation 1."""
    hands: tuple[Appearance, ...]


class ViewMaker:
    """Draws views from films of hands, and of things without hands.

    Parameters
    ----------
    hands
        Films of one hand each, the phantoms last.
    others
        Films without a hand, (rows, columns) 0..1.
    phantoms
        How many of ``hands`` are phantoms; these are drawn less often.
    """

    def __init__(
        self, hands: Sequence[DrawnHand], others: Sequence[NDArray[np.float32]], phantoms: int = 0
    ) -> None:
        self._hands = list(hands)
        self._others = list(others)
        self._pyramids = [pyramid(hand.intensity, _LEVELS) for hand in self._hands]
        self._phantoms = phantoms

    def draw_film(self, rng: np.random.Generator) -> View:
        """Draw a film for the hand network: none, one or two hands."""
        kind = rng.random()
        if kind < 0.14:
            return self._draw_without_hand(rng)
        if kind < 0.62:
            image, hand = self._place(_draw_place(rng), rng)
            hands = [hand]
        else:
            image, hands = self._draw_two_hands(rng)
        return _finish(image, hands, rng)

    def draw_hand(self, rng: np.random.Generator) -> View:
        """Draw an upright left hand for the joint network, roughly in its place; or what is none."""
        kind = rng.random()
        if kind < 0.06:
            return self._draw_without_hand(rng)
        if kind < 0.12:
            # Turned over, upside down or far off: what a wrong guess of the hand network looks like.
            wrong = _stray(UPRIGHT, rng, turn_deg=20, shift=0.05)
            wrong = wrong.turn_over() if rng.random() < 0.6 else _turn(wrong, rng.uniform(80, 280))
            image, hand = self._place(wrong, rng)
            return _finish(image, [replace(hand, visible=np.zeros(14, bool))], rng)
        frame = _stray(UPRIGHT, rng, turn_deg=14 if rng.random() < 0.8 else 35, shift=0.05)
        image, hand = self._place(frame, rng)
        if rng.random() < 0.2:
            neighbour = _stray(UPRIGHT, rng, turn_deg=30, shift=0.1)
            angle = rng.uniform(0, 2 * np.pi)
            away = np.array([np.cos(angle), np.sin(angle)])
            reach = HAND_LENGTH_PX * rng.uniform(0.55, 0.9)
            centre = np.array(UPRIGHT.centre_px) + reach * away
            neighbour = replace(
                neighbour, centre_px=(centre[0], centre[1]), mirrored=bool(rng.random() < 0.7)
            )
            other, _ = self._place(neighbour, rng)
            image, hand, _ = _join(image, hand, other, None, away, rng.uniform(0.4, 0.62) * reach)
        return _finish(image, [hand], rng)

    def _draw_two_hands(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], list[Appearance]]:
        length = VIEW_PX * np.exp(rng.uniform(np.log(0.22), np.log(0.62)))
        tilt = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.normal(0, 0.15)
        across = np.array([np.cos(tilt), np.sin(tilt)])
        distance = length * rng.uniform(0.35, 0.6)
        middle = np.array([127.5, 127.5]) + rng.normal(0, 18, 2)
        usual = rng.random() < 0.85
        first_mirrored = bool(rng.random() < 0.5)
        made = []
        for sign in (-1, 1):
            centre = middle + sign * distance * across
            size = length * np.exp(rng.normal(0, 0.05))
            lean = tilt + rng.normal(0, 0.2) + (0 if usual else rng.choice([0, np.pi]))
            distal = size * np.array([np.sin(lean), -np.cos(lean)])
            mirrored = first_mirrored if sign < 0 else not first_mirrored
            if not usual and rng.random() < 0.3:
                mirrored = not mirrored
            frame = HandFrame((centre[0], centre[1]), (distal[0], distal[1]), mirrored)
            made.append(self._place(frame, rng))
        image, first, second = _join(
            made[0][0], made[0][1], made[1][0], made[1][1], across, rng.normal(0, 0.04 * length), middle
        )
        return image, [hand for hand in (first, second) if hand is not None]

    def _draw_without_hand(self, rng: np.random.Generator) -> View:
        """Draw a detail of a film without hand, a forearm or wrist, single joints, or mere shapes."""
        kind = rng.random()
        if self._others and kind < 0.45:
            other = self._others[rng.integers(len(self._others))]
            edge = VIEW_PX / max(other.shape) * np.exp(rng.uniform(-0.5, 0.9))
            frame = HandFrame((127.5 + rng.normal(0, 30), 127.5 + rng.normal(0, 30)), (0.0, -edge), False)
            whole = HandFrame(
                ((other.shape[1] - 1) / 2, (other.shape[0] - 1) / 2), (0.0, -1.0), bool(rng.random() < 0.5)
            )
            frame = _turn(frame, rng.uniform(0, 360))
            image = _sample(pyramid(other, _LEVELS), frame, whole, None, bool(rng.random() < 0.5))[0]
            return _finish(image, [], rng)
        if kind < 0.8:
            hand = int(rng.integers(len(self._hands)))
            length = VIEW_PX * np.exp(rng.uniform(np.log(1.2), np.log(4.5)))
            angle = rng.uniform(0, 360)
            frame = _turn(HandFrame((0.0, 0.0), (0.0, -length), bool(rng.random() < 0.5)), angle)
            # The middle of the view: wrist, forearm or the space beside the hand, in the hand's frame.
            place = np.array([rng.uniform(-0.3, 0.4), rng.uniform(0.5, 0.85)])
            shift = frame.to_film[:, :2] @ place
            frame = replace(frame, centre_px=(127.5 - shift[0], 127.5 - shift[1]))
            image, found = self._place(frame, rng, hand)
            if not found.visible.any():
                return _finish(image, [], rng)
        return _finish(draw_distractor(rng), [], rng)

    def _place(
        self, frame: HandFrame, rng: np.random.Generator, number: int | None = None
    ) -> tuple[NDArray[np.float32], Appearance]:
        """Draw a hand, in another posture as a rule, so that its frame comes to lie at ``frame``."""
        if number is None:
            real = len(self._hands) - self._phantoms
            from_phantoms = self._phantoms and (not real or rng.random() < 0.2)
            number = int(rng.integers(real, len(self._hands)) if from_phantoms else rng.integers(real))
        hand = self._hands[number]
        own = map_points(hand.frame.from_film, hand.joints_px)
        own = np.where(hand.visible[:, None], own, 0)
        complete = bool(hand.visible.all())
        posture = change_posture(own, rng) if complete and rng.random() < 0.6 else None
        joints = own if posture is None else posture.joints
        image, in_hand = _sample(
            self._pyramids[number], frame, hand.frame, posture, bool(rng.random() < 0.35)
        )
        visible = hand.visible.copy()
        if complete and rng.random() < 0.08:
            image, lost = erase_fingers(image, in_hand, joints, rng)
            visible &= ~lost
        joints_px = map_points(frame.to_film, joints)
        visible &= np.all((joints_px >= 1) & (joints_px <= VIEW_PX - 2), axis=1)
        refit = fit_frame(joints_px, hand.visible.astype(float), frame.mirrored)[0]
        return image, Appearance(refit, joints_px, visible)


def _draw_place(rng: np.random.Generator) -> HandFrame:
    """Draw a place for a single hand, at times partly beyond the border."""
    length = VIEW_PX * np.exp(rng.uniform(np.log(0.3), np.log(1.15)))
    angle = rng.normal(0, 20) if rng.random() < 0.5 else rng.uniform(0, 360)
    reach = max(VIEW_PX * 0.5 - length * rng.uniform(0.05, 0.4), 12.0)
    x, y = 127.5 + rng.uniform(-reach, reach, 2)
    return _turn(HandFrame((x, y), (0.0, -length), bool(rng.random() < 0.5)), angle)


def _stray(frame: HandFrame, rng: np.random.Generator, turn_deg: float, shift: float) -> HandFrame:
    """Stray from a frame as the hand network does, and further."""
    x, y = np.array(frame.centre_px) + rng.normal(0, shift * frame.length_px, 2)
    factor = np.exp(rng.normal(0, 0.11))
    dx, dy = np.array(frame.distal_px) * factor
    return _turn(HandFrame((x, y), (dx, dy), frame.mirrored), rng.normal(0, turn_deg))


def _turn(frame: HandFrame, angle_deg: float) -> HandFrame:
    z = complex(*frame.distal_px) * np.exp(1j * np.radians(angle_deg))
    return replace(frame, distal_px=(z.real, z.imag))


def _sample(
    levels: Sequence[NDArray[np.float32]],
    to: HandFrame,
    source: HandFrame,
    posture: PostureChange | None,
    border_repeats: bool,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Sample a film so that what lies at ``source`` comes to lie at ``to``.

    Returns the view and, for every 8th pixel, its place in the hand's frame after the change of posture.
    """
    coarse = np.linspace(0, VIEW_PX, VIEW_PX // _COARSE + 1) - 0.5
    grid = np.stack(np.meshgrid(coarse, coarse), axis=-1)
    in_hand = map_points(to.from_film, grid)
    before = in_hand if posture is None else posture.to_source(in_hand)
    places = map_points(source.to_film, before)
    step = source.length_px / to.length_px
    image = levels[level_for(step, len(levels))]
    rows, columns = levels[0].shape
    unit = (places + 0.5) / np.array([columns, rows]) * 2 - 1
    fine = functional.interpolate(
        as_tensor(unit).permute(2, 0, 1)[None], size=2 * VIEW_PX + 1, mode="bilinear", align_corners=True
    )[:, :, 1::2, 1::2]
    view = functional.grid_sample(
        as_tensor(image)[None, None],
        fine.permute(0, 2, 3, 1),
        mode="bilinear",
        padding_mode="border" if border_repeats else "zeros",
        align_corners=False,
    )
    return as_array(view[0, 0]), in_hand


def _join(
    first: NDArray[np.float32],
    hand: Appearance,
    second: NDArray[np.float32],
    other: Appearance | None,
    across: NDArray[np.float64],
    offset: float,
    middle: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float32], Appearance, Appearance | None]:
    """Put two views together along a line; the second takes what lies beyond it towards ``across``."""
    origin = np.array([127.5, 127.5]) if middle is None else middle
    y, x = np.mgrid[:VIEW_PX, :VIEW_PX]
    beyond = (x - origin[0]) * across[0] + (y - origin[1]) * across[1] > offset
    image = np.where(beyond, second, first)
    on_second = (hand.joints_px - origin) @ across > offset
    first_hand = replace(hand, visible=hand.visible & ~on_second)
    if other is None:
        return image, first_hand, None
    on_second = (other.joints_px - origin) @ across > offset
    return image, first_hand, replace(other, visible=other.visible & on_second)


def _finish(image: NDArray[np.float32], hands: Sequence[Appearance], rng: np.random.Generator) -> View:
    """Expose and shutter the film anew, and bring it to mean 0 and standard deviation 1."""
    shuttered, inside = add_shutters(image, rng) if rng.random() < 0.25 else (image, None)
    exposed = change_film(shuttered, rng)
    seen = []
    for hand in hands:
        visible = hand.visible
        if inside is not None and visible.any():
            column, row = np.clip(np.rint(hand.joints_px).astype(int), 0, VIEW_PX - 1).T
            visible = visible & inside[row, column]
        seen.append(replace(hand, visible=visible))
    return View(standardise(exposed), tuple(seen))

"""Films of whole procedural hands."""

from dataclasses import dataclass, replace
from math import ceil, isfinite, radians

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..joints.pose import JointPose
from ..radiograph import Radiograph, Rectangle
from .bone_assembly import Disease
from .carpus import carpus
from .film import BLUR_REACH, Exposure, FilmSettings, blur, expose
from .frame import Frame
from .hand_soft_tissue import hand_soft_tissue
from .marker import Side, letter
from .projection import BoneProjection, project
from .skeleton import Skeleton, SkeletonJoint, make_skeleton
from .soft_tissue import sesamoid
from .truth import PhantomJointTruth

USUAL_FILM_MM = (270.0, 222.0)
"""Height and width of a film when no shape is asked for."""

_REGION_HALF_MM = 15.5
"""Half the edge of a joint's region: holds a square of 21 mm in any direction."""

_MARGIN_MM = 4.0


@dataclass(frozen=True, eq=False)
class PhantomHand:
    """A film of a procedural hand with the truth of its 14 finger joints."""

    radiograph: Radiograph
    """The film: PA view, fingers up."""
    noise: NDArray[np.float32]
    """Attenuation of noise on the whole film; within a joint's region,
    ``soft_tissue + upper_bone + lower_bone + noise[region.slices]`` is the film's attenuation."""
    joints: dict[str, PhantomJointTruth]
    """MCP1..5, IP1, PIP2..5, DIP2..5 by name."""
    side: Side
    """"L" or "R"; the thumb of a left hand is on the right of the image."""
    seed: int
    """What it was made from: the same arguments give the same bytes."""


def make_hand(
    seed: int,
    *,
    spacing_mm: float = 0.15,
    side: Side = "L",
    shape: tuple[int, int] | None = None,
    film: FilmSettings | None = None,
) -> PhantomHand:
    """Make a film of a whole hand.

    Parameters
    ----------
    seed
        At least 0. Size and posture of the hand, bones, texture, disease and whatever is
        not given come from it.
    spacing_mm
        Pixel spacing, 0.05 to 0.6.
    side
        "L" or "R".
    shape
        Rows and columns, by default 270 x 222 mm. All fingers must fit: 190 x 215 mm is enough for any seed.
    film
        Exposure, blur and noise; by default as they differ from film to film, with a letter and often
        shutters.

    Raises
    ------
    InputError
        An argument is out of its range, or the hand does not fit on the film.

    Examples
    --------
    >>> hand = make_hand(3, spacing_mm=0.6)
    >>> len(hand.joints), hand.radiograph.shape, hand.joints["PIP2"].pose.side
    (14, (450, 370), 'L')
    """
    _check(seed, spacing_mm, side)
    if shape is None:
        shape = (ceil(USUAL_FILM_MM[0] / spacing_mm), ceil(USUAL_FILM_MM[1] / spacing_mm))
    rng = np.random.default_rng([seed, 97])
    settings = _draw_settings(np.random.default_rng([seed, 7])) if film is None else film
    mirror = 1.0 if side == "L" else -1.0
    factor = float(np.clip(rng.normal(1.0, 0.05), 0.88, 1.08))
    ill = float(rng.uniform(0.1, 0.6)) if rng.random() < 0.4 else 0.0
    disease = Disease(rng.uniform(0.3, 1.2), rng.uniform(0.2, 0.6))
    frame = Frame((0.0, 0.0), radians(rng.normal(0.0, 3.0)), spacing_mm)
    skeleton = make_skeleton(frame, mirror, factor, disease, ill, rng)
    skeleton, frame = _on_film(skeleton, frame, shape, settings, rng)

    soft = hand_soft_tissue(skeleton, frame, mirror, factor, shape, rng)
    for bone, where in carpus(frame, mirror, factor, rng):
        project(bone, where, shape, rng).add_to(soft)
    thumb = next(joint for joint in skeleton.joints if joint.name == "MCP1").articulation.joint_frame
    for offset in (-4.5, 5.0):
        soft += sesamoid(thumb.move(offset * factor, -rng.uniform(5.0, 7.0) * factor), shape, rng)
    if settings.marker:
        soft += _letter(side, mirror, shape, settings, spacing_mm)
    projections = [project(bone.shape, bone.frame, shape, rng) for bone in skeleton.bones]
    everything = soft
    for projection in projections:
        projection.add_to(everything)
    exposure = expose(everything[None], settings, spacing_mm, rng, name=f"phantom_hand_{side}_{seed}")
    joints = {
        joint.name: _truth(joint, projections, exposure, settings, spacing_mm, side)
        for joint in skeleton.joints
    }
    return PhantomHand(exposure.radiograph, exposure.noise, joints, side, seed)


def _check(seed: int, spacing_mm: float, side: str) -> None:
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"A seed is a whole number of at least 0, got {seed!r}.")
    if not (isfinite(spacing_mm) and 0.05 <= spacing_mm <= 0.6):
        raise InputError(f"spacing_mm of a hand must be 0.05 to 0.6 mm, got {spacing_mm}.")
    if side not in {"L", "R"}:
        raise InputError(f"side must be 'L' or 'R', got {side!r}.")


def _draw_settings(rng: np.random.Generator) -> FilmSettings:
    settings = FilmSettings.draw(rng)
    if rng.random() < 0.5:
        shutters = tuple(float(rng.uniform(1.0, 6.0)) for _ in range(4))
        settings = replace(settings, collimation_mm=(shutters[0], shutters[1], shutters[2], shutters[3]))
    return replace(settings, marker=True)


def _on_film(
    skeleton: Skeleton, frame: Frame, shape: tuple[int, int], settings: FilmSettings, rng: np.random.Generator
) -> tuple[Skeleton, Frame]:
    """Move the hand so that it is central and its fingertips and finger joints are within the shutters."""
    spacing = frame.spacing_mm
    points = [joint.articulation.joint_frame.origin_px for joint in skeleton.joints]
    points += [skeleton.tip(digit).move(0.0, 5.0).origin_px for digit in range(1, 6)]
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    left, top, right, bottom = (mm / spacing for mm in settings.collimation_mm)
    room = (
        shape[1] - left - right - 2 * (_MARGIN_MM + 5.0) / spacing,
        shape[0] - top - bottom - 2 * _MARGIN_MM / spacing,
    )
    need = high - low
    if room[0] < need[0] or room[1] < need[1]:
        missing = np.ceil(np.asarray(shape[::-1]) + np.maximum(need - np.asarray(room), 0.0)).astype(int)
        raise InputError(
            f"The hand does not fit on a film of {shape[0]} x {shape[1]} pixels of {spacing} mm; "
            f"give at least {missing[1]} rows and {missing[0]} columns, or a larger spacing_mm."
        )
    slack_x = (room[0] - need[0]) * float(np.clip(rng.normal(0.5, 0.08), 0.3, 0.7))
    slack_y = min((room[1] - need[1]) * 0.5, rng.uniform(8.0, 18.0) / spacing)
    dx = left + (_MARGIN_MM + 5.0) / spacing + slack_x - float(low[0])
    dy = top + _MARGIN_MM / spacing + slack_y - float(low[1])
    return skeleton.translate(dx, dy), frame.translate(dx, dy)


def _letter(
    side: Side, mirror: float, shape: tuple[int, int], settings: FilmSettings, spacing_mm: float
) -> NDArray[np.float32]:
    """Draw the side's letter, on the thumb's side near the lower edge."""
    left, _, right, bottom = (mm / spacing_mm for mm in settings.collimation_mm)
    x = shape[1] - right - 24.0 / spacing_mm if mirror > 0 else left + 14.0 / spacing_mm
    return letter(side, Frame((x, shape[0] - bottom - 30.0 / spacing_mm), 0.0, spacing_mm), shape, 11.0)


def _truth(
    joint: SkeletonJoint,
    projections: list[BoneProjection],
    exposure: Exposure,
    settings: FilmSettings,
    spacing_mm: float,
    side: Side,
) -> PhantomJointTruth:
    frame, space = joint.articulation.joint_frame, joint.articulation.space
    shape = exposure.radiograph.shape
    half = _REGION_HALF_MM / spacing_mm
    (x, y), film = frame.origin_px, Rectangle.whole(shape)
    region = Rectangle(int(y - half), int(y + half) + 2, int(x - half), int(x + half) + 2).intersection(film)
    # Blur carries attenuation in from beyond the region.
    around = region.grown(ceil(BLUR_REACH * settings.blur_mm / spacing_mm) + 1).intersection(film)
    inner, where = region.within(around).slices, region.slices
    layers, silhouettes = [], []
    for index in (joint.distal, joint.proximal):
        attenuation, silhouette = projections[index].within(around)
        layers.append(blur(attenuation, settings, spacing_mm)[inner] * exposure.gain[where])
        silhouettes.append(silhouette[inner])
    total = exposure.layers[0][where]
    return PhantomJointTruth(
        kind=joint.kind,
        pose=JointPose(joint.name, frame.origin_px, frame.along, side=side),
        region=region,
        soft_tissue=total - layers[0] - layers[1],
        upper_bone=layers[0],
        lower_bone=layers[1],
        upper_silhouette=silhouettes[0],
        lower_silhouette=silhouettes[1],
        upper_margin_px=frame.pixels(space.plate_mm),
        lower_margin_px=frame.pixels(space.head_mm),
        jsw_profile_mm=space.profile_mm,
        spacing_mm=spacing_mm,
    )

"""Crops of procedural finger joints."""

from dataclasses import dataclass
from math import isfinite, radians

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..joints.pose import JointPose
from ..radiograph import Rectangle
from .bone_assembly import Disease, make_bone
from .bone_shape import BoneShape
from .bone_size import METACARPALS, PROXIMAL_PHALANGES
from .film import FilmSettings, expose
from .frame import Frame
from .joint_kind import USUAL_JSW_MM, JointKind
from .joint_space import JointSpace, articulate
from .marker import letter
from .projection import project
from .skeleton import joint_kinds, ray_bone, ray_sizes
from .soft_tissue import finger, palm, sesamoid
from .truth import PhantomJoint

CANONICAL_SPACING_MM = 0.082
CANONICAL_SHAPE = (256, 256)

_DIGITS: dict[JointKind, tuple[int, ...]] = {
    "MCP": (1, 2, 3, 4, 5),
    "PIP": (2, 3, 4, 5),
    "DIP": (2, 3, 4, 5),
    "IP": (1,),
}


@dataclass(frozen=True, eq=False)
class JointBones:
    """The two bones of a joint where they lie on the film, and the space between them."""

    distal: BoneShape
    distal_frame: Frame
    proximal: BoneShape
    proximal_frame: Frame
    joint_frame: Frame
    space: JointSpace


def make_joint(
    kind: JointKind,
    seed: int,
    *,
    jsw_mm: float | None = None,
    spacing_mm: float = CANONICAL_SPACING_MM,
    shape: tuple[int, int] = CANONICAL_SHAPE,
    tilt_deg: float | None = None,
    film: FilmSettings | None = None,
) -> PhantomJoint:
    """Make a crop of one finger joint: distal up, joint space in the centre of the image.

    Parameters
    ----------
    kind
        "MCP", "PIP", "DIP" or "IP" (of the thumb).
    seed
        At least 0. Finger, size, side, shapes, texture, disease and all that is not given come from it.
    jsw_mm
        Mean joint space width over the central half of the joint, -3 to 6 (negative: the margins overlap);
        by default as in health, and narrowed in every third seed.
    spacing_mm
        Pixel spacing, 0.02 to 1.
    shape
        Rows and columns, 16 to 8192.
    tilt_deg
        Angle of the distal against the proximal bone, clockwise, -30 to 30; by default a few degrees.
    film
        Exposure, blur and noise; by default as they differ from film to film.

    Raises
    ------
    InputError
        An argument is out of its range.

    Examples
    --------
    >>> joint = make_joint("PIP", seed=1, jsw_mm=0.9)
    >>> round(joint.jsw_mean_mm, 3)
    0.9
    """
    _check(kind, seed, jsw_mm, spacing_mm, shape, tilt_deg)
    rng = np.random.default_rng([seed, list(_DIGITS).index(kind)])
    digit = int(rng.choice(_DIGITS[kind]))
    factor = float(np.clip(rng.normal(1.0, 0.06), 0.86, 1.14))
    diseased = rng.random() < 1.0 / 3.0
    least, greatest = USUAL_JSW_MM[kind]
    usual = rng.uniform(least, greatest) * (rng.uniform(0.1, 0.8) if diseased else 1.0)
    gap = float(usual) if jsw_mm is None else float(jsw_mm)
    usual_tilt = float(rng.normal(0.0, 3.0))
    tilt = radians(usual_tilt if tilt_deg is None else tilt_deg)
    disease = Disease(rng.uniform(0.3, 1.3), rng.uniform(0.2, 0.7)) if diseased else Disease()
    settings = FilmSettings.draw(np.random.default_rng([seed, 7])) if film is None else film
    bones = _place(kind, digit, factor, gap, tilt, disease, spacing_mm, shape, rng)
    upper = project(bones.distal, bones.distal_frame, shape, rng)
    lower = project(bones.proximal, bones.proximal_frame, shape, rng)
    upper_bone, upper_silhouette = upper.within(Rectangle.whole(shape))
    lower_bone, lower_silhouette = lower.within(Rectangle.whole(shape))
    soft = _surroundings(kind, digit, factor, bones, shape, rng)
    if settings.marker:
        corner = Frame((shape[1] * 0.06, shape[0] * 0.94), 0.0, spacing_mm)
        soft += letter("L" if seed % 2 else "R", corner, shape, 0.2 * shape[0] * spacing_mm)
    exposure = expose(
        np.stack([soft, upper_bone, lower_bone]),
        settings,
        spacing_mm,
        rng,
        name=f"phantom_{kind}{digit}_{seed}",
    )
    return PhantomJoint(
        kind=kind,
        pose=JointPose(f"{kind}{digit}", bones.joint_frame.origin_px, (0.0, -1.0)),
        region=Rectangle.whole(shape),
        soft_tissue=exposure.layers[0],
        upper_bone=exposure.layers[1],
        lower_bone=exposure.layers[2],
        upper_silhouette=upper_silhouette,
        lower_silhouette=lower_silhouette,
        upper_margin_px=bones.joint_frame.pixels(bones.space.plate_mm),
        lower_margin_px=bones.joint_frame.pixels(bones.space.head_mm),
        jsw_profile_mm=bones.space.profile_mm,
        spacing_mm=spacing_mm,
        radiograph=exposure.radiograph,
        noise=exposure.noise,
        seed=seed,
    )


def _check(
    kind: str,
    seed: int,
    jsw_mm: float | None,
    spacing_mm: float,
    shape: tuple[int, int],
    tilt_deg: float | None,
) -> None:
    if kind not in _DIGITS:
        raise InputError(f"There is no joint of kind {kind!r}; choose one of {', '.join(_DIGITS)}.")
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"A seed is a whole number of at least 0, got {seed!r}.")
    if jsw_mm is not None and not (isfinite(jsw_mm) and -3.0 <= jsw_mm <= 6.0):
        raise InputError(f"jsw_mm must be -3 to 6 mm, got {jsw_mm}.")
    if not (isfinite(spacing_mm) and 0.02 <= spacing_mm <= 1.0):
        raise InputError(f"spacing_mm must be 0.02 to 1 mm, got {spacing_mm}.")
    if len(shape) != 2 or not all(16 <= size <= 8192 for size in shape):
        raise InputError(f"shape must be (rows, columns) of 16 to 8192 each, got {shape}.")
    if tilt_deg is not None and not (isfinite(tilt_deg) and abs(tilt_deg) <= 30.0):
        raise InputError(f"tilt_deg must be -30 to 30 degrees, got {tilt_deg}.")


def _place(
    kind: JointKind,
    digit: int,
    factor: float,
    gap_mm: float,
    tilt_rad: float,
    disease: Disease,
    spacing_mm: float,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> JointBones:
    """Make the two bones and lay them so that the mean gap is met and the joint is central."""
    rank = joint_kinds(digit).index(kind) + 1
    distal = ray_bone(digit, rank, factor, rng, disease)
    proximal = ray_bone(digit, rank - 1, factor, rng, disease)
    provisional = Frame((0.0, 0.0), -0.5 * tilt_rad, spacing_mm)
    found = articulate(
        proximal, provisional, distal, turn_rad=tilt_rad, slide_mm=float(rng.normal(0.0, 0.35)), gap_mm=gap_mm
    )
    dx = 0.5 * (shape[1] - 1) - found.joint_frame.origin_px[0]
    dy = 0.5 * (shape[0] - 1) - found.joint_frame.origin_px[1]
    return JointBones(
        distal,
        found.distal_frame.translate(dx, dy),
        proximal,
        provisional.translate(dx, dy),
        found.joint_frame.translate(dx, dy),
        found.space,
    )


def _surroundings(
    kind: JointKind,
    digit: int,
    factor: float,
    bones: JointBones,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Soft tissue and whatever else is on the film but belongs to neither bone."""
    frame = bones.joint_frame
    if kind != "MCP":
        base_mm = ray_sizes(digit)[joint_kinds(digit).index(kind) + 1].base_mm * factor
        return finger(frame, shape, base_mm + (3.0 if kind == "DIP" else 0.0), rng)
    thumb_side = 1.0 if rng.random() < 0.5 else -1.0
    free_radial, free_ulnar = digit in {1, 2}, digit in {1, 5}
    open_sides = (free_radial, free_ulnar) if thumb_side < 0 else (free_ulnar, free_radial)
    soft = palm(frame, shape, PROXIMAL_PHALANGES[digit].base_mm * factor, open_sides, rng)
    for side, free in zip((-1.0, 1.0), open_sides, strict=True):
        if not free and rng.random() < 0.6:
            neighbour = make_bone(METACARPALS[3].scale(factor), "carpal", "ball", rng)
            turned = side * rng.uniform(0.0, 0.15)
            at = frame.move(side * rng.uniform(16.0, 20.0), rng.uniform(-9.0, 1.0), turned)
            project(neighbour, at.move(0.0, -neighbour.length_mm), shape, rng).add_to(soft)
    if rng.random() < {1: 0.8, 2: 0.35, 5: 0.35}.get(digit, 0.03):
        side = rng.choice([-1.0, 1.0]) if digit == 1 else (thumb_side if digit == 2 else -thumb_side)
        at = frame.move(side * rng.uniform(4.5, 8.5), -rng.uniform(4.0, 8.0))
        soft += sesamoid(at, shape, rng)
    return soft

"""Whether bone is bright or dark in a film."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from ..errors import InputError
from .film_content import AIR_PEAK, FilmContent

PolarityChoice = Literal["auto", "bone-bright", "bone-dark"]

# Air at one end of the grey scale tells the polarity only if the other end looks this much less like air.
CLEARLY_MORE = 4.0
# Air lies further out than the hand, by this share of the way from the edge of the exposed field to its
# middle.
FURTHER_OUT = 0.05
# Width of the rim of the exposed field, px of the thinned film.
RIM_PX = 3.0
# What takes less than this share of the rim is not air: bones of a forearm that run out of the film.
LITTLE_RIM = 0.15
# Plain clipped areas (no noise, hence no peak) count as air from this share of film and of its border on.
CLIPPED_AIR_SHARE = 0.3
CLIPPED_AIR_BORDER = 0.5
# ... and only if grey values rise away from them, as they do from the skin inwards (correlation).
CLIPPED_AIR_RISE = 0.2
# A crop of a joint holds no air; its corners are darker than its mean and its sides darker than its middle.
# In standard deviations, smallest on 1,194 crops: 0.45 and 0.67. An inverted crop has the same with a minus
# sign.
DARK_CORNERS = 0.4
DARK_SIDES = 0.6


@dataclass(frozen=True)
class Polarity:
    """Which end of the film's own grey scale is bone.

    Examples
    --------
    >>> Polarity(inverted=True, decided_by="DICOM MONOCHROME1, confirmed by content").inverted
    True
    """

    inverted: bool
    """Whether bone is dark in the film's own numbers (they were inverted to give intensity)."""
    decided_by: str
    """How that was found out, in words for the user."""


def check_polarity_choice(choice: str) -> None:
    """Refuse anything but "auto", "bone-bright" and "bone-dark".

    Raises
    ------
    InputError
        On any other word.
    """
    if choice not in get_args(PolarityChoice):
        raise InputError(
            f"Polarity {choice!r} is not known: say 'bone-bright' or 'bone-dark' "
            "(how a viewer shows the film), or 'auto' to have it told from the film."
        )


def decide_polarity(
    sample: NDArray[np.float64], declared_inverted: bool, declared_by: str | None, choice: PolarityChoice
) -> Polarity:
    """Decide whether grey values must be inverted to make bone bright.

    Parameters
    ----------
    sample
        (rows, columns): thinned film in its own grey values.
    declared_inverted
        What the file says.
    declared_by
        Where the file says so ("DICOM MONOCHROME1"); None where it says nothing.
    choice
        What the user says of the film as a viewer shows it, the file's own statement followed.

    Returns
    -------
    Polarity
        With "auto" the content decides where its evidence is strong, otherwise the file.
    """
    check_polarity_choice(choice)
    if choice != "auto":
        return Polarity(declared_inverted != (choice == "bone-dark"), "given by the user")
    seen = inverted_by_content(sample)
    if seen is None:
        return Polarity(declared_inverted, declared_by or "taken as bone-bright: the content does not tell")
    if declared_by is None:
        return Polarity(seen, "content")
    if seen == declared_inverted:
        return Polarity(seen, f"{declared_by}, confirmed by content")
    return Polarity(seen, f"content, against {declared_by}")


def inverted_by_content(sample: NDArray[np.float64]) -> bool | None:
    """Tell from the grey values whether bone is dark; None where the evidence is weak.

    Three signs, the first that speaks wins: air is the sharpest and widest peak at one end of the grey scale;
    air that was clipped to one grey value fills much of the border, and grey values change away from it; a
    joint crop without air has dark corners and sides.
    """
    upright, flipped = FilmContent(sample), FilmContent(-sample)
    dark, bright = _peak_of_air(upright), _peak_of_air(flipped)
    if max(dark, bright) > 0:
        likelier, other = (upright, flipped) if dark > bright else (flipped, upright)
        if min(dark, bright) * CLEARLY_MORE > max(dark, bright) and _share_of_rim(other) > LITTLE_RIM:
            return None
        if _lies_outside(likelier):
            return bright > dark
    dark, bright = _clipped_air(upright), _clipped_air(flipped)
    if max(dark, bright) > 0:
        return None if min(dark, bright) > 0 else bright > dark
    if upright.dark_plateau.any() or upright.bright_plateau.any():
        return None
    return _inverted_crop(sample)


def _peak_of_air(content: FilmContent) -> float:
    """Height times area of the peak of air at the dark end, 0 where there is none."""
    if content.air_peak <= AIR_PEAK:
        return 0.0
    return content.air_peak * float((content.air & ~content.dark_plateau).mean())


def _share_of_rim(content: FilmContent) -> float:
    """Share of the rim of the exposed field that what may be air takes."""
    rim = (_depth_in_field(content.bright_plateau) <= RIM_PX) & ~content.bright_plateau
    return float(content.air[rim].mean()) if rim.any() else 0.0


def _lies_outside(content: FilmContent) -> bool:
    """Tell whether what may be air lies nearer to the rim than the rest, as the bone of a crop does not."""
    depth = _depth_in_field(content.bright_plateau)
    rest = ~(content.air | content.bright_plateau)
    if not content.air.any() or not rest.any():
        return False
    return bool(depth[rest].mean() - depth[content.air].mean() > FURTHER_OUT * depth.max())


def _depth_in_field(collimation: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Distance to the edge of the exposed field, px of the thinned film.

    That is the edge of the collimation where there is one, because a forearm runs out of the film.
    """
    if collimation.any():
        return np.asarray(distance_transform_edt(~collimation))
    return np.asarray(distance_transform_edt(np.pad(~collimation, 1))[1:-1, 1:-1])


def _clipped_air(content: FilmContent) -> float:
    """Share of the film that is clipped air, 0 where the dark plateau may be something else."""
    air = content.dark_plateau
    border = np.concatenate([air[0], air[-1], air[:, 0], air[:, -1]])
    inside = ~(air | content.bright_plateau)
    if air.mean() < CLIPPED_AIR_SHARE or border.mean() < CLIPPED_AIR_BORDER or not inside.any():
        return 0.0
    distance = distance_transform_edt(~air)[inside]
    values = content.values[inside]
    if distance.std() == 0 or values.std() == 0:
        return 0.0
    rise = float(np.corrcoef(values, distance)[0, 1])
    return float(air.mean()) if rise > CLIPPED_AIR_RISE else 0.0


def _inverted_crop(sample: NDArray[Any]) -> bool | None:
    """Judge a film without air as if it were a joint crop, in either direction of the finger."""
    spread = sample.std()
    if spread == 0:
        return None
    rows, columns = max(1, sample.shape[0] // 8), max(1, sample.shape[1] // 8)
    ends = np.concatenate([sample[:rows], sample[-rows:]])
    corners = (sample.mean() - np.concatenate([ends[:, :columns], ends[:, -columns:]]).mean()) / spread
    sides = _middle_over_sides(sample, columns) / spread
    ends_across = _middle_over_sides(sample.T, rows) / spread
    strongest = sides if abs(sides) > abs(ends_across) else ends_across
    if min(abs(corners) / DARK_CORNERS, abs(strongest) / DARK_SIDES) < 1 or (corners > 0) != (strongest > 0):
        return None
    return bool(corners < 0)


def _middle_over_sides(sample: NDArray[Any], width: int) -> float:
    middle = sample[:, 2 * width : -2 * width]
    return float(middle.mean() - (sample[:, :width].mean() + sample[:, -width:].mean()) / 2)

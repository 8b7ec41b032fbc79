"""From the grey values of any film to the one scale of intensity that the networks know.

That scale is the display range of 8-bit films, v / 255. On it soft tissue of hands has a typical mean of
88/255, bone 165/255, overlapping bones 191/255. Films that lie on it already are left exactly as they are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .film_content import FilmContent

# Medians of the three grey classes (`FilmContent.classes`) of films on the display range, in 1/255. Measured:
# bone 99 to 217 on 1,194 joint crops, 88 to 199 on 118 hand films; at most 68 on the hand films called dark.
PLAUSIBLE_BONE = (80.0, 245.0)
LARGEST_PLAUSIBLE_DARKEST = 170.0
# Bone over the darkest class: at least 58 on the crops (no air in them), 82 on those hand films (with air);
# 37 on washed-out hand films.
SMALLEST_CONTRAST_WITHOUT_AIR, SMALLEST_CONTRAST_WITH_AIR = 38.0, 45.0

# Where the classes of other films go, in 1/255: medians of the 118 hand films (with air; air itself is put a
# little higher, so that its noise is not clipped) and of the joint crops (without air).
WITH_AIR = (20.0, 85.0, 155.0)
WITHOUT_AIR = (60.0, 110.0, 156.0)

# Beyond these, in 1/255, the scale is compressed so that nothing is clipped: collimation, letters, metal.
DARK_TAIL, BRIGHT_TAIL = 6.0, 240.0


def find_full_scale(
    sample: NDArray[np.float64], ranges: Sequence[tuple[float, float]]
) -> tuple[float, float] | None:
    """Find the nominal grey range on which a film looks as films on the display range do.

    Parameters
    ----------
    sample
        (rows, columns): thinned film, bone bright.
    ranges
        Candidates, the likeliest first.

    Returns
    -------
    (lowest, highest) or None
        None when it looks right on none of them: too dark, too bright, too flat.
    """
    content = FilmContent(sample)
    classes = np.asarray(content.classes)
    contrast = SMALLEST_CONTRAST_WITH_AIR if content.air.any() else SMALLEST_CONTRAST_WITHOUT_AIR
    for lowest, highest in ranges:
        if sample.min() < lowest or sample.max() > highest:
            continue
        darkest, _, bone = (classes - lowest) / (highest - lowest) * 255.0
        if (
            PLAUSIBLE_BONE[0] <= bone <= PLAUSIBLE_BONE[1]
            and darkest <= LARGEST_PLAUSIBLE_DARKEST
            and bone - darkest >= contrast
        ):
            return lowest, highest
    return None


def stretch(
    sample: NDArray[np.float64], lowest: float, highest: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Find the knots that bring a film of any unit to the scale of intensity.

    Parameters
    ----------
    sample
        (rows, columns): thinned film, bone bright.
    lowest, highest
        Smallest and largest grey value of the whole film.

    Returns
    -------
    grey, intensity : tuple of float
        Knots, both strictly rising; intensity from at least 0 to at most 1. Air, soft tissue and bone come to
        20, 85 and 155 of 255 (without air in the film: the darkest and the brightest class to 60 and 156), on
        straight lines that go on until 6 and 240 and then bend so that `lowest` and `highest` are not
        clipped.
    """
    content = FilmContent(sample)
    air, soft, bone = content.classes
    grey, target = ([air, soft, bone], WITH_AIR) if content.air.any() else ([air, bone], WITHOUT_AIR[::2])
    smallest_step = 1e-3 * (highest - lowest)
    if min(np.diff(grey)) < smallest_step:
        return (lowest, highest), (0.0, 1.0)
    anchors = list(zip(grey, target, strict=True))
    # The straight lines beyond the outer anchors.
    (grey_0, level_0), (grey_1, level_1) = anchors[:2]
    dark_end = grey_0 - (level_0 - DARK_TAIL) * (grey_1 - grey_0) / (level_1 - level_0)
    (grey_0, level_0), (grey_1, level_1) = anchors[-2:]
    slope = (level_1 - level_0) / (grey_1 - grey_0)
    bright_end = grey_1 + (BRIGHT_TAIL - level_1) / slope
    if lowest < dark_end - smallest_step:
        anchors = [(lowest, 0.0), (dark_end, DARK_TAIL), *anchors]
    elif lowest < anchors[0][0] - smallest_step:
        first = anchors[0]
        share = (first[0] - lowest) / (first[0] - dark_end)
        anchors = [(lowest, max(0.0, first[1] - share * (first[1] - DARK_TAIL))), *anchors]
    else:
        anchors[0] = (lowest, anchors[0][1])
    if highest > bright_end + smallest_step:
        anchors = [*anchors, (bright_end, BRIGHT_TAIL), (highest, 255.0)]
    elif highest > grey_1 + smallest_step:
        anchors = [*anchors, (highest, level_1 + (highest - grey_1) * slope)]
    else:
        anchors[-1] = (highest, level_1)
    knots = np.asarray(anchors)
    return tuple(knots[:, 0].tolist()), tuple(np.clip(knots[:, 1] / 255.0, 0.0, 1.0).tolist())

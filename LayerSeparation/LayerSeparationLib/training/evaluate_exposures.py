"""What other exposures and windows of the same film do to the joint space widths measured on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_MM_PER_PX, JointPose
from ..measurement import Quality, measure_jsw
from ..radiograph import Origin, Radiograph
from ..radiograph.film_to_radiograph import film_to_radiograph
from ..radiograph.stored_film import StoredFilm
from ..separation import Separator

EXPOSURES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "veil": lambda display: 0.3 + 0.5 * display,
    "gamma 0.65": lambda display: display**0.65,
    "brightness 0.55": lambda display: 0.55 * display,
}
"""Copies of a film, as functions of its display value, 0..1 with bone bright: half the contrast on a grey
veil (a wide window), another display curve, a darker print."""
LARGEST_CHANGE_MM = 0.3
"""A joint whose JSW differs by more than this counts as changed: three times the change between repeated
films of healthy hands that is real."""


def evaluate_exposures(
    films: Iterable[Radiograph],
    separator: Separator,
    locate: Callable[[Radiograph], Sequence[JointPose]],
) -> dict[str, Any]:
    """Measure films and their copies in other exposures.

    Parameters
    ----------
    films
        As they are.
    separator
        With the weights that are measured.
    locate
        Says where the joints of a film are, as `JointFinder.find`; asked again for every copy.

    Returns
    -------
    The figures by exposure: plain numbers. Where the pixel spacing is unknown, mm are those of a grown hand
    (a joint's square is 21 mm).
    """
    changes: dict[str, list[float]] = {name: [] for name in EXPOSURES}
    lost = dict.fromkeys(EXPOSURES, 0)
    joints = count = 0
    for film in films:
        before = _measured_widths_mm(film, separator, locate)
        joints += len(before)
        for name in EXPOSURES:
            after = _measured_widths_mm(expose_again(film, name), separator, locate)
            changes[name] += [abs(after[joint] - before[joint]) for joint in before if joint in after]
            lost[name] += len(before.keys() - after.keys())
        count += 1
    return {
        "films": count,
        "joints_measured": joints,
        "largest_change_mm": LARGEST_CHANGE_MM,
        "weights_sha256": separator.weights.sha256,
        "exposures": {name: _summarize(changes[name], lost[name]) for name in EXPOSURES},
    }


def expose_again(film: Radiograph, exposure: str) -> Radiograph:
    """Return a film as it would have been read had it been stored in another exposure.

    An 8-bit film stays one, with its steps of grey; of any other the copy has 16 bits.
    """
    native = film.native()
    eight_bit = native.dtype == np.uint8
    lowest, highest = (0.0, 255.0) if eight_bit else (float(native.min()), float(native.max()))
    display = (native.astype(np.float64) - lowest) / (highest - lowest)
    if film.polarity.inverted:
        display = 1 - display
    copy = EXPOSURES[exposure](display)
    top, dtype = (255, np.uint8) if eight_bit else (65535, np.uint16)
    stored = StoredFilm(
        np.rint(np.clip(copy, 0, 1) * top).astype(dtype),
        Origin(laterality=film.origin.laterality),
        spacing=film.spacing,
    )
    return film_to_radiograph(stored, polarity="bone-bright")


def _measured_widths_mm(
    film: Radiograph, separator: Separator, locate: Callable[[Radiograph], Sequence[JointPose]]
) -> dict[tuple[str | None, str], float]:
    """Return the JSW of every joint that is called measured, by side and name."""
    widths = {}
    for layers in separator.separate_many([(film, pose) for pose in locate(film)]):
        jsw = measure_jsw(layers)
        if jsw.quality is Quality.MEASURED and jsw.mean is not None:
            in_mm = 1.0 if jsw.unit == "mm" else CANONICAL_MM_PER_PX / layers.crop.unit_per_px
            widths[layers.pose.side, layers.pose.name] = jsw.mean * in_mm
    return widths


def _summarize(changes: Sequence[float], lost: int) -> dict[str, float | int | None]:
    return {
        "joints_compared": len(changes),
        "joints_changed": int(sum(change > LARGEST_CHANGE_MM for change in changes)),
        "joints_not_measured_any_more": lost,
        "median_change_mm": float(np.median(changes)) if changes else None,
        "worst_change_mm": float(max(changes)) if changes else None,
    }

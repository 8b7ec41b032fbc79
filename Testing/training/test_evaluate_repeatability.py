"""How well JSW repeats, on a phantom hand: small spreads, and a width that jumps is counted."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib.training.evaluate_repeatability import _CHANGES, evaluate_repeatability


class Unsteady:
    """Finds margins 10 px, 0.8 mm, farther apart on some films."""

    def __init__(self, separator, spoils):
        self.find, self.spoils = separator.find_margins, spoils

    def find_margins(self, film, pose):
        found = self.find(film, pose)
        if not self.spoils(film):
            return found
        return replace(found, rows_px=found.rows_px + np.array([[-10], [0]], np.float32))


@pytest.fixture(scope="module")
def figures(directed_hand_set, separator):
    seen = []
    figures = evaluate_repeatability(
        directed_hand_set, "tune", separator, lambda _what, done, _of: seen.append(done)
    )
    return figures, seen


def test_a_phantom_hand_repeats(figures):
    figures, seen = figures
    assert figures["joints"] == 2
    assert figures["quality"] == {"measured": 2}
    assert seen == [1, 2]
    over_poses = figures["over_poses_sd_mm"]
    assert over_poses["joints"] == 2
    assert 0 < over_poses["median"] <= over_poses["greatest"] < 0.05
    differences = figures["over_changed_films_difference_mm"]
    assert set(differences) == {"all", *_CHANGES}
    assert differences["all"]["joints"] == 2 * len(_CHANGES)
    assert differences["all"]["median"] < 0.05
    # Lengths on a film of 0.75 x the pixels are brought back to the first film's.
    assert differences["0.75 x pixels"]["greatest"] < 0.2
    assert not any(
        one[key]
        for name, one in differences.items()
        if name != "all"
        for key in ("off_but_measured", "not_measurable_any_more")
    )


def test_a_width_that_jumps_on_a_changed_film_is_counted(figures, directed_hand_set, separator, monkeypatch):
    monkeypatch.setattr(
        "LayerSeparationLib.training.evaluate_repeatability._CHANGES", {"as it is": lambda image: image}
    )
    films = []

    def is_copy(film):
        films.append(film) if not any(film is one for one in films) else None
        return film is not films[0]

    found = evaluate_repeatability(directed_hand_set, "tune", Unsteady(separator, is_copy))
    [jumped] = [one for name, one in found["over_changed_films_difference_mm"].items() if name != "all"]
    assert jumped["off_but_measured"] == 2
    assert jumped["median"] == pytest.approx(0.82, abs=0.02)
    assert found["over_poses_sd_mm"]["median"] == pytest.approx(
        figures[0]["over_poses_sd_mm"]["median"], abs=1e-6
    )

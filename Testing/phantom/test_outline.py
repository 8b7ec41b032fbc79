import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom.outline import Outline, closed_outline, side_curve


def circle(radius_mm: float) -> Outline:
    angle = np.arange(0.0, 2.0 * np.pi, 0.1 / radius_mm)
    return Outline(radius_mm * np.stack([np.cos(angle), np.sin(angle)], axis=1))


@pytest.mark.parametrize("radius_mm", [1.5, 7.0])
def test_distance_to_a_circle(radius_mm):
    grid = np.linspace(-1.5 * radius_mm, 1.5 * radius_mm, 101)
    u, v = np.meshgrid(grid, grid)
    exact = radius_mm - np.hypot(u, v)
    near = np.abs(exact) < 0.4
    measured = circle(radius_mm).distance(u, v)
    assert np.abs(measured - exact)[near].max() < 0.01
    assert (measured[exact > 0.02] > 0).all()
    assert (measured[exact < -0.02] < 0).all()


def test_displacement_moves_the_contour_outwards():
    wider = circle(5.0).displace(np.full(len(circle(5.0).vertices_mm), 0.3))
    assert np.hypot(*wider.vertices_mm.T) == pytest.approx(5.3, abs=0.01)


def test_rounding_a_circle_shrinks_it_as_documented():
    angle = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    smooth = closed_outline([6.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)], 0.5)
    assert np.hypot(*smooth.vertices_mm.T).mean() == pytest.approx(6.0 - 0.5**2 / 12.0, abs=0.004)


def test_side_curve_passes_its_knots_without_overshoot():
    knots = np.array([[5.0, 0.0], [7.0, 2.0], [4.0, 6.0], [4.0, 15.0]])
    curve = side_curve(knots)
    assert curve[0] == pytest.approx(knots[0])
    assert curve[-1] == pytest.approx(knots[-1])
    assert curve[:, 0].max() <= 7.0 + 1e-9
    assert curve[:, 0].min() >= 4.0 - 1e-9


def test_too_few_vertices_are_refused():
    with pytest.raises(InputError, match="8"):
        Outline(np.zeros((3, 2)))

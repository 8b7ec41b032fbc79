"""What the figures have in common: colours, and matplotlib without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import DependencyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPPER_COLOUR, LOWER_COLOUR, SPACE_COLOUR = "#e69f00", "#56b4e9", "#00cc73"
BACKGROUND, INK, FAINT = "#101418", "#e8ecef", "#8b959d"


def dark_figure(inches: tuple[float, float]) -> Figure:
    """Return an empty figure (width, height in inches) that is drawn in memory.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DependencyError("The figure needs matplotlib: pip install matplotlib") from error
    figure = Figure(figsize=inches, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    return figure

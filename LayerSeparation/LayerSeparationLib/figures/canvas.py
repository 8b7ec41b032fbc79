"""What the figures have in common: colours, matplotlib without a screen, and how they are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DependencyError
from ..files.provenance import SOFTWARE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UPPER_COLOUR, LOWER_COLOUR, SPACE_COLOUR = "#e69f00", "#56b4e9", "#00cc73"
BACKGROUND, INK, FAINT = "#101418", "#e8ecef", "#8b959d"
NARROWER_COLOUR, WIDER_COLOUR = "#ff5c26", "#2f8dff"
SLIGHTLY_NARROWER_COLOUR, SLIGHTLY_WIDER_COLOUR = "#ffb02e", "#6cc0f5"
"""Orange and blue: told apart with every common kind of colour blindness, and from `INK`."""
FIGURE_SUFFIXES = (".png", ".pdf", ".svg")
"""Files that a figure can be written as."""
_DPI = 110


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


def save_figure(figure: Figure, path: Path, *, comment: str = "", dpi: int = _DPI) -> None:
    """Write a figure as what its file's name ends with, one of `FIGURE_SUFFIXES`; it says who made it."""
    from matplotlib import rc_context

    kind = path.suffix.lower()[1:]
    kinds: dict[str, dict[str, str | None]] = {
        "png": {"Software": SOFTWARE, "Comment": comment},
        "pdf": {"Creator": SOFTWARE, "Subject": comment, "CreationDate": None},
        "svg": {"Creator": SOFTWARE, "Description": comment, "Date": None},
    }
    # Text stays text, for journals that set it anew and for readers who search it.
    with rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}):
        figure.savefig(path, dpi=dpi, facecolor=BACKGROUND, format=kind, metadata=kinds[kind])

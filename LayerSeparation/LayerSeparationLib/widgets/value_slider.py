"""A slider and a number box that show one value: the slider what makes sense, the box all that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import qt

_STRETCH = 10_000


@dataclass(frozen=True)
class ValueRange:
    """What can be chosen, in the unit of the value."""

    shown: tuple[float, float]
    """The slider's ends; a value beyond them moves them."""
    possible: tuple[float, float]
    """What the number box takes."""
    decimals: int
    """Of the number box."""
    page_step: float
    """Of a click beside the handle, and of PageUp; ten times the single step."""
    suffix: str
    """The unit, as the number box shows it."""


class ValueSlider:
    """Keeps a slider and a number box together, and tells what the user chose with either.

    Parameters
    ----------
    slider
        A ctkDoubleSlider.
    box
        A QDoubleSpinBox.
    on_choice
        Called with the value that the user chose.
    on_double_click
        Called when the slider was clicked twice.
    """

    def __init__(
        self,
        slider: qt.QWidget,
        box: qt.QDoubleSpinBox,
        on_choice: Callable[[float], None],
        on_double_click: Callable[[], None],
    ) -> None:
        self._slider, self._box, self._on_choice = slider, box, on_choice
        self._track = slider.findChild(qt.QSlider)
        self._range: ValueRange | None = None
        self._is_showing = False
        self._double_click = _DoubleClick(on_double_click)
        self._track.installEventFilter(self._double_click)
        slider.connect("valueChanged(double)", self._follow_slider)
        box.connect("valueChanged(double)", self._follow_box)

    @property
    def value(self) -> float:
        """The value that is shown."""
        return float(self._box.value)

    @property
    def handle_px(self) -> int:
        """Length of the slider's handle: the middle of it points to the value."""
        return int(self._track.style().pixelMetric(qt.QStyle.PM_SliderLength))

    def set_range(self, wanted: ValueRange) -> None:
        """Offer another range; one that a value has widened stays so while it is the same."""
        if wanted == self._range:
            return
        self._range = wanted
        slider, box = self._slider, self._box
        with self._showing():
            box.decimals, box.suffix = wanted.decimals, wanted.suffix
            box.singleStep = slider.singleStep = wanted.page_step / 10
            slider.pageStep = wanted.page_step
            box.minimum, box.maximum = wanted.possible
            slider.minimum, slider.maximum = wanted.shown

    def show(self, value: float) -> None:
        """Show a value that holds; one beyond the slider's ends moves them."""
        slider = self._slider
        with self._showing():
            slider.maximum = max(slider.maximum, value)
            slider.minimum = min(slider.minimum, value)
            slider.value = value
            self._box.value = value

    def narrow(self) -> None:
        """Bring the slider's ends back to the range that was set."""
        if self._range is not None:
            with self._showing():
                self._slider.minimum, self._slider.maximum = self._range.shown

    @contextmanager
    def _showing(self) -> Iterator[None]:
        """Let what is shown meanwhile not count as the user's choice."""
        self._is_showing = True
        try:
            yield
        finally:
            self._is_showing = False

    def step(self, steps: int) -> None:
        """Choose a value so many single steps away, as the arrow keys do."""
        self._box.value = self.value + steps * self._box.singleStep

    def _follow_slider(self, value: float) -> None:
        if not self._is_showing:
            rounded = round(value, self._box.decimals)
            with self._showing():
                self._box.value = rounded
            self._on_choice(rounded)

    def _follow_box(self, value: float) -> None:
        if not self._is_showing:
            with self._showing():
                # It may yet be refused: the ends move once it is shown.
                self._slider.value = value
            self._on_choice(value)


def place_mark(layout: qt.QBoxLayout, share: float, margin_px: int) -> None:
    """Place the middle one of a row's three items at a share (0 to 1) of its width within two margins."""
    layout.setContentsMargins(margin_px, 0, margin_px, 0)
    layout.setStretch(0, round(_STRETCH * share))
    layout.setStretch(2, round(_STRETCH * (1 - share)))


class _DoubleClick(qt.QObject):  # type: ignore[misc]
    """An event filter that takes double clicks."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def eventFilter(self, _watched: qt.QObject, event: qt.QEvent) -> bool:  # noqa: N802
        """Act on a double click, and let everything else pass."""
        if event.type() == qt.QEvent.MouseButtonDblClick:
            self._act()
            return True
        return False

"""The list of joints and how they changed since an earlier film."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import qt

from ..follow_up import JointChange, Verdict
from ..radiograph import LengthUnit
from ..scene.change_format import change_title, format_change, verdict_text
from ..scene.jsw_format import explain_mean, format_mean, without_unit
from ..scene.length_format import NOTHING, format_length
from ..translation import tr as _
from .plain_text import as_plain

_JOINT, _THEN, _NOW, _CHANGE, _DETECTABLE, _VERDICT = range(6)
_ROW_PADDING_PX = 6
_MOST_ROWS = 8
"""More joints scroll."""
_COLORS = {Verdict.PROGRESSED: "#c8401e", Verdict.WIDENED: "#0072b2"}
"""Of the verdicts that ask for a look; legible on a bright and on a dark panel."""


class ChangeList:
    """Shows a row a joint; its selected row is the joint in the views.

    Parameters
    ----------
    table
        QTableWidget.
    on_select
        Called with the row that the user chose.
    """

    def __init__(self, table: qt.QTableWidget, on_select: Callable[[int], None]) -> None:
        self._table, self._on_select = table, on_select
        self._is_filling = False
        table.setColumnCount(6)
        tips = {
            _THEN: _("Mean joint space width on the earlier film, with half its 90 % interval"),
            _NOW: _("Mean joint space width on the film in work, with half its 90 % interval"),
            _CHANGE: _("Change of the gap by registration of both bones, with half its 90 % interval"),
            _DETECTABLE: _(
                "Smallest detectable change: what films of a healthy hand, laid down anew, may differ by"
            ),
        }
        self._show_titles("mm")
        for column, tip in tips.items():
            table.horizontalHeaderItem(column).setToolTip(tip)
        table.verticalHeader().setVisible(False)
        self._row_px = table.fontMetrics().height() + _ROW_PADDING_PX
        self._header_px = self._row_px + table.fontMetrics().height()
        table.verticalHeader().setDefaultSectionSize(self._row_px)
        header = table.horizontalHeader()
        header.setFixedHeight(self._header_px)
        header.setHighlightSections(False)
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(_VERDICT, qt.QHeaderView.Stretch)
        table.connect("itemSelectionChanged()", self._select_row)

    def fill(self, changes: Sequence[JointChange], current: Sequence[bool]) -> None:
        """Show changes; of those that are not current any more only that they are not."""
        table = self._table
        self._is_filling = True
        try:
            table.setRowCount(len(changes))
            rows_px = min(len(changes), _MOST_ROWS) * self._row_px
            table.setFixedHeight(self._header_px + rows_px + 2 * table.frameWidth)
            unit: LengthUnit = changes[0].unit if changes else "mm"
            self._show_titles(unit)
            for row, (change, is_current) in enumerate(zip(changes, current, strict=True)):
                self._fill_row(row, change, is_current, unit)
        finally:
            self._is_filling = False

    def select(self, row: int | None) -> None:
        """Select a row, or none, without a word."""
        self._is_filling = True
        try:
            self._table.clearSelection()
            if row is not None:
                self._table.selectRow(row)
        finally:
            self._is_filling = False

    def _show_titles(self, unit: LengthUnit) -> None:
        lengths = [_("Earlier"), _("Now"), _("Change"), _("Limit")]
        titles = [_("Joint"), *(f"{title}\n{unit}" for title in lengths), _("Verdict")]
        self._table.setHorizontalHeaderLabels(titles)

    def _fill_row(self, row: int, change: JointChange, is_current: bool, shown_unit: LengthUnit) -> None:
        unit: LengthUnit = change.unit
        texts = dict.fromkeys((_THEN, _NOW, _CHANGE, _DETECTABLE), NOTHING)
        tips: dict[int, str] = {}
        if is_current:
            for column, jsw in ((_THEN, change.baseline), (_NOW, change.follow_up)):
                texts[column] = format_mean(jsw)
                if jsw is not None:
                    tips[column] = explain_mean(jsw)
            texts[_CHANGE] = format_change(change)
            texts[_DETECTABLE] = format_length(change.detectable_change, unit)
            # It stands in the header; each film has its own unit.
            texts = {column: without_unit(text, shown_unit) for column, text in texts.items()}
        texts[_JOINT] = change_title(change)
        texts[_VERDICT] = verdict_text(change.verdict) if is_current else _("out of date")
        tips[_VERDICT] = reason_of(change, is_current)
        color = _COLORS.get(change.verdict) if is_current else None
        for column, text in texts.items():
            item = self._table.item(row, column)
            if item is None:
                item = qt.QTableWidgetItem()
                self._table.setItem(row, column, item)
                item.setFlags(qt.Qt.ItemIsSelectable | qt.Qt.ItemIsEnabled)
            item.setText(text)
            item.setToolTip(as_plain(tips.get(column) or text))
            is_colored = column == _VERDICT and color is not None
            item.setData(qt.Qt.ForegroundRole, qt.QBrush(qt.QColor(color)) if is_colored else None)

    def _select_row(self) -> None:
        row = self._table.currentRow()
        if not self._is_filling and 0 <= row < self._table.rowCount:
            self._on_select(row)


def reason_of(change: JointChange, is_current: bool) -> str:
    """Return the verdict, why there is none, and what else has to be known of a change."""
    if not is_current:
        return _("joint or film was changed since: compare again")
    return "; ".join(filter(None, (verdict_text(change.verdict), change.reason, change.note)))

"""``dataset.json``: what was made, counted sample by sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...version import __version__
from ..plan.plan import FORMAT, Plan
from .remeasure import RemeasuredWidths
from .width_histograms import WidthHistograms

DATASET_SCHEMA = Path(__file__).parents[1] / "schemas" / "dataset-4.json"
_SHOWN_FAILURES = 20


@dataclass
class DatasetSummary:
    """What was made by a plan; memory does not grow with the samples."""

    plan: Plan
    command: str
    """What made it, without names of inputs and folders."""
    failed_inputs: Sequence[Mapping[str, str]]
    """``reason`` of each."""
    widths: WidthHistograms
    remeasured: RemeasuredWidths
    samples: int = 0
    failed: int = 0
    first_failures: list[dict[str, str]] = field(default_factory=list)
    """``name`` and ``error`` of the first samples that could not be made."""
    splits: Counter[str] = field(default_factory=Counter)
    """Samples of each split."""
    scores: Counter[str] = field(default_factory=Counter)
    """Samples of each SvdH-like score, or 'unknown'."""

    @classmethod
    def of_plan(cls, plan: Plan, command: str, failed_inputs: Sequence[Mapping[str, str]]) -> DatasetSummary:
        """Return a summary in which no sample is counted yet."""
        unit = plan.options.unit
        return cls(plan, command, failed_inputs, WidthHistograms(unit), RemeasuredWidths(unit))

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a sample by its line of a block's record."""
        if "failed" in record:
            self.failed += 1
            if len(self.first_failures) < _SHOWN_FAILURES:
                self.first_failures.append({"name": record["name"], "error": record["failed"]})
            return
        labels = record["labels"]
        self.samples += 1
        self.splits[record["split"]] += 1
        score = labels["svdh_like"]
        self.scores["unknown" if score is None else str(score)] += 1
        self.widths.add(labels["asked_jsw"], labels["jsw"], labels["jsw_change"])

    def as_json(self, manifest_sha256: str) -> dict[str, Any]:
        """Return the summary in JSON's own types; see the schema."""
        return {
            "format": FORMAT,
            "version": __version__,
            "synthetic": True,
            "plan_sha256": self.plan.fingerprint,
            "manifest_sha256": manifest_sha256,
            "command": self.command,
            "samples": self.samples,
            "failed_samples": self.failed,
            "first_failed_samples": self.first_failures,
            "failed_inputs": list(self.failed_inputs),
            "splits": self.splits,
            "svdh_like": self.scores,
            "jsw": {**self.widths.as_json(), "remeasured": self.remeasured.as_json()},
        }

"""The card of a data set: what it holds, what it was made from, and what it is not for."""

from __future__ import annotations

from ...export.collection import SPLITS
from ...version import __version__
from ..plan.plan import Plan
from ..plan.series import SeriesSource
from .remeasure import RemeasuredWidths
from .summary import DatasetSummary

_MOST_FILMS = 200
_SERIES_TOLD_BY: dict[SeriesSource, str] = {
    "patient": "Patient ID and its issuer",
    "study": "Study Instance UID",
    "folder": "folder",
    "file": "nothing but the file",
    "expression": "a regular expression for the path",
}


def write_data_card(summary: DatasetSummary, *, with_figures: bool) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    summary
        Of the complete data set.
    with_figures
        Whether ``jsw.png`` and ``contact_sheet.png`` are there.
    """
    plan = summary.plan
    sections = [
        "**Patients are named.** Headers of DICOM files keep patient and study, as it was asked for: do not "
        "pass this data set on.\n"
        if plan.options.keep_patient
        else "",
        "# Synthetic radiographs of finger joints\n",
        "**SYNTHETIC.** "
        + (
            "Images are made by a program, but for those whose record says `synthetic: false`. "
            if plan.options.edits_given
            else "No image in this data set is a radiograph as it was taken. "
        )
        + "For research only: nothing in it may decide on a patient.\n",
        _counts(summary),
        _how(plan, summary.command),
        _widths(summary),
        "## Figures\n\n![asked for and obtained](jsw.png)\n\n![contact sheet](contact_sheet.png)\n"
        if with_figures
        else "## Figures\n\nNot drawn: matplotlib was not installed.\n",
        _failures(summary),
        _files(plan),
        _sources(plan),
    ]
    return "\n".join(section for section in sections if section)


def _counts(summary: DatasetSummary) -> str:
    lines = ["## Counts\n", "| split | series | joints | samples |", "|---|---|---|---|"]
    for split in SPLITS:
        joints = [joint for joint in summary.plan.joints if joint.split == split]
        series = len({joint.series for joint in joints})
        lines.append(f"| {split} | {series} | {len(joints)} | {summary.splits[split]} |")
    lines.append(f"\nSamples that could not be made: {summary.failed}.")
    lines += ["A series lies in one split only.", _series(summary.plan)]
    missing = summary.plan.missing_splits
    if missing:
        lines.append(f"\nNo samples for {' and '.join(missing)}: there are fewer series than splits.\n")
    return "\n".join(lines)


def _series(plan: Plan) -> str:
    """Say what told the series, and whether patients are known at all."""
    counts = plan.count_series()
    told = ", ".join(f"{_SERIES_TOLD_BY[source]}: {count}" for source, count in counts.items())
    unknown = sum(count for source, count in counts.items() if source != "patient")
    text = f"Series by what told them: {told}. "
    if unknown:
        text += (
            f"The patients of {unknown} series are unknown: films of one person may lie in several splits.\n"
        )
    return text


def _how(plan: Plan, command: str) -> str:
    options = plan.options
    asked = (
        f"JSW {options.jsw[0]:g} to {options.jsw[1]:g} {options.unit}, balance {options.balance}"
        if options.jsw is not None
        else f"change of JSW {options.change[0]:g} to {options.change[1]:g} {options.unit}"
        if options.change is not None
        else "edits that a person gave, one by one (in `plan.json`)"
    )
    weights = sorted({joint.weights_sha256 for joint in plan.joints})
    rows = {
        "made by": f"LayerSeparation {__version__}",
        "command": f"`{command}`",
        "plan sha256": plan.fingerprint,
        "seed": options.seed,
        "asked for": asked,
        "tilt": f"-{options.tilt_deg:g} to +{options.tilt_deg:g} degrees" if options.tilt_deg else "none",
        "shift": f"-{options.shift:g} to +{options.shift:g} {options.unit}" if options.shift else "none",
        "bone that moves": options.moves,
        "matched real samples": f"{options.matched_real} of each joint" if options.matched_real else "none",
        "exposure": f"attenuation times {1 / (1 + options.exposure):.3f} to {1 + options.exposure:.3f}",
        "noise": f"standard deviation of intensity 0 to {options.noise:g}",
        "weights sha256": ", ".join(weights),
        "licence": options.settings.licence_text,
    }
    return "\n".join(
        ["## How it was made\n", "| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items()), ""]
    )


def _widths(summary: DatasetSummary) -> str:
    options, widths = summary.plan.options, summary.widths
    lines = [
        "## Joint space widths\n",
        "JSW is the mean distance of the articular margins over the central half of the joint. The margins "
        "are found in the source film and move with the bones; `obtained` is measured between the moved "
        "margins, so that it is what was asked for by construction.\n",
        "Greatest difference between asked for and obtained: "
        f"{widths.greatest_difference:.4f} {widths.unit}. "
        f"Without a width (margins that touch, or can't be told): {widths.not_obtained}.\n",
        _remeasured(summary.remeasured),
        "SvdH-like scores (by the width alone: quarters of the healthy JSW "
        + (", ".join(f"{kind} {value:g} mm" for kind, value in options.normal_jsw_mm.items()) or "not given")
        + "; not a reader's score):\n",
        "| score | samples |",
        "|---|---|",
        *(f"| {score} | {summary.scores[score]} |" for score in sorted(summary.scores)),
        "",
    ]
    return "\n".join(lines)


def _remeasured(found: RemeasuredWidths) -> str:
    if not found.samples and found.other_weights:
        return (
            "Not remeasured: the layers were made with other weights than those that come with the program, "
            "so that nothing checks the motion.\n"
        )
    differences = (
        f"differ from the widths asked for by {found.mean_difference:.3f} {found.unit} in the mean and "
        f"{found.greatest_difference:.3f} {found.unit} at most"
        if found.mean_difference is not None
        else "give no width"
    )
    return (
        f"Remeasured: in {found.samples} samples the margins were found again on the sample's own film "
        "(recomposed, before exposure and noise), which checks the motion and how surely the margins are "
        f"told, not what the network does wrong on both films; {len(found.pairs)} widths found so "
        f"{differences}; {found.closed} are closed both ways, {found.not_measurable} not measurable.\n"
    )


def _failures(summary: DatasetSummary) -> str:
    if not summary.first_failures and not summary.failed_inputs:
        return ""
    lines = ["## What could not be made\n"]
    lines += [f"- input {number}: {one['reason']}" for number, one in enumerate(summary.failed_inputs, 1)]
    lines += [f"- sample {one['name']}: {one['error']}" for one in summary.first_failures]
    if summary.failed > len(summary.first_failures):
        lines.append(f"- and {summary.failed - len(summary.first_failures)} more samples")
    return "\n".join([*lines, ""])


def _files(plan: Plan) -> str:
    return "\n".join(
        [
            "## Files\n",
            f"Formats: {', '.join(plan.options.formats)}, each in its folder. `labels.csv`: a row a sample. "
            "`manifest.csv`: size and sha256 of every file "
            "(`layer-separation dataset --verify DIR` checks them). "
            "`plan.json`: what decides every sample.\n",
        ]
    )


def _sources(plan: Plan) -> str:
    films = sorted({joint.film for joint in plan.joints})
    noun = "film" if len(films) == 1 else "films"
    lines = [f"## Source films\n\n{len(films)} {noun}, by the sha256 of their intensities:\n"]
    lines += [f"- {film}" for film in films[:_MOST_FILMS]]
    if len(films) > _MOST_FILMS:
        lines.append(f"- and {len(films) - _MOST_FILMS} more, in `plan.json`")
    return "\n".join([*lines, ""])

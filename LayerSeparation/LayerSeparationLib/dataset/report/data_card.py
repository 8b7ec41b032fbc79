"""The card of a data set: what it holds, what it was made from, and what it is not for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...export.collection import SPLITS
from ...version import __version__
from ..plan.options import DatasetOptions
from ..plan.plan import Plan

if TYPE_CHECKING:
    from .finish import Tally

_MOST_FILMS = 200


def data_card(
    plan: Plan, tally: Tally, command: str, failed_inputs: Sequence[Mapping[str, str]], drawn: bool
) -> str:
    """Return the card as Markdown."""
    parts = [
        "# Synthetic radiographs of finger joints\n",
        "**SYNTHETIC.** "
        + (
            "Images are made by a program, but for those whose record says `synthetic: false`. "
            if plan.options.given
            else "No image in this data set is a radiograph as it was taken. "
        )
        + "For research only: nothing in it may decide on a patient.\n",
        _counts(plan, tally),
        _how(plan, command),
        _widths(tally, plan.options),
        "## Figures\n\n![asked for and obtained](jsw.png)\n\n![contact sheet](contact_sheet.png)\n"
        if drawn
        else "## Figures\n\nNot drawn: matplotlib was not installed.\n",
        _failures(tally, failed_inputs),
        _files(plan),
        _sources(plan),
    ]
    return "\n".join(part for part in parts if part)


def _counts(plan: Plan, tally: Tally) -> str:
    lines = ["## Counts\n", "| split | series | joints | samples |", "|---|---|---|---|"]
    for split in SPLITS:
        joints = [joint for joint in plan.joints if joint.split == split]
        series = len({joint.series for joint in joints})
        lines.append(f"| {split} | {series} | {len(joints)} | {tally.splits.get(split, 0)} |")
    lines.append(f"\nSamples that could not be made: {tally.failed}.")
    lines.append("A series (patient, or series of films of a joint) lies in one split only.\n")
    return "\n".join(lines)


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
        "tilt": f"-{options.tilt_deg:g} to +{options.tilt_deg:g} degrees",
        "shift": f"-{options.shift:g} to +{options.shift:g} {options.unit}",
        "bone that moves": options.moves,
        "exposure": f"attenuation times {1 / (1 + options.exposure):.3f} to {1 + options.exposure:.3f}",
        "noise": f"standard deviation of intensity 0 to {options.noise:g}",
        "weights sha256": ", ".join(weights),
        "licence": options.licence or "not stated: the terms of the source films hold",
    }
    return "\n".join(
        ["## How it was made\n", "| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items()), ""]
    )


def _widths(tally: Tally, options: DatasetOptions) -> str:
    unit = options.unit
    lines = [
        "## Joint space widths\n",
        "JSW is the mean distance of the articular margins over the central half of the joint. The margins "
        "are found in the source film and move with the bones; `obtained` is measured between the moved "
        "margins, so that it is what was asked for by construction.\n",
        f"Greatest difference between asked for and obtained: {tally.widths.greatest_difference:.4f} {unit}. "
        f"Without a width (margins that touch, or can't be told): {tally.widths.not_obtained}.\n",
        _measured_anew(tally, unit),
        "SvdH-like scores (by the width alone: quarters of the healthy JSW "
        + (", ".join(f"{kind} {value:g} mm" for kind, value in options.normal_jsw_mm.items()) or "not given")
        + "; not a reader's score):\n",
        "| score | samples |",
        "|---|---|",
        *(f"| {score} | {tally.scores[score]} |" for score in sorted(tally.scores)),
        "",
    ]
    return "\n".join(lines)


def _measured_anew(tally: Tally, unit: str) -> str:
    anew = tally.anew
    differences = (
        f"differ from the widths asked for by {anew.mean_difference:.3f} {unit} in the mean and "
        f"{anew.greatest_difference:.3f} {unit} at most"
        if anew.mean_difference is not None
        else "give no width"
    )
    return (
        f"Measured anew: in {anew.samples} samples the margins were found again in the sample's own layers "
        "(moved bones and silhouettes, before exposure and noise), which checks the motion and how surely "
        f"the margins are told, not the separation; {len(anew.pairs)} widths found so {differences}; "
        f"{anew.closed} are closed both ways, {anew.not_measurable} not measurable.\n"
    )


def _failures(tally: Tally, failed_inputs: Sequence[Mapping[str, str]]) -> str:
    if not tally.first_failures and not failed_inputs:
        return ""
    lines = ["## What could not be made\n"]
    lines += [f"- input {number}: {one['reason']}" for number, one in enumerate(failed_inputs, 1)]
    lines += [f"- sample {one['name']}: {one['error']}" for one in tally.first_failures]
    if tally.failed > len(tally.first_failures):
        lines.append(f"- and {tally.failed - len(tally.first_failures)} more samples")
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
    lines = [f"## Source films\n\n{len(films)} films, by the sha256 of their intensities:\n"]
    lines += [f"- {film}" for film in films[:_MOST_FILMS]]
    if len(films) > _MOST_FILMS:
        lines.append(f"- and {len(films) - _MOST_FILMS} more, in `plan.json`")
    return "\n".join([*lines, ""])

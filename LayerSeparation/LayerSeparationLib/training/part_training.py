"""Training of parts of the separation weights from what trained weights say: margins, silhouettes.

Both start from weights that can separate joints already, trace real joints of a joint set and of a hand set
on copies (`traced_joints`), and write the weights anew with their own part in place of the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from ..errors import InputError
from ..files import output_file
from ..inference.weights import WeightsFile, find_weights, load_state, read_tensors, save_weights
from ..joints import JointPose
from ..radiograph import Radiograph
from ..separation import Separator
from ..separation.network import ARCHITECTURE, MARGINS_PART, SEPARATION_PART, build_trained_network
from .joint_set import read_joint_set
from .loop import Hardware, prepare_output
from .margin_pairs import MarginPairMaker
from .margin_training import MarginPlan, train_margins
from .phantom_truths import make_phantom_margins, make_phantom_truths
from .pseudo_pairs import PairMaker
from .silhouette_training import SILHOUETTE_PAIRS, SilhouettePlan, train_silhouettes
from .traced_joints import (
    TracedJoint,
    drawn_joint_poses,
    hand_joint_poses,
    load_traced_joints,
    save_traced_joints,
    trace_joint,
)

_PHANTOM_SHARE = 0.375
"""Of a step; the rest is shared evenly by the sets of real joints."""


@dataclass(frozen=True)
class RealJoints:
    """Where real joints come from."""

    data: Path
    """Joint set, see `read_joint_set`."""
    hands: Path | None = None
    """Hand set with directions, see `hand_joint_poses`; None: none."""


def run_margin_training(
    real: RealJoints,
    start: Path,
    output: Path,
    plan: MarginPlan,
    hardware: Hardware,
    *,
    resume: bool = False,
    phantoms: int = 1600,
) -> WeightsFile:
    """Train the margin network from scratch; write ``output/lsn.safetensors`` and its manifest.

    Raises
    ------
    InputError, OutputError, WeightsError
        As `run_training`.
    """
    target = output / "lsn.safetensors"
    prepare_output(target, resume)
    torch.set_num_threads(hardware.threads)
    makers = [
        MarginPairMaker(truths)
        for joints in _trace_all(real, start, output / "cache")
        if (truths := [joint.margins for joint in joints if joint.margins is not None])
    ]
    sources = _shares(makers, MarginPairMaker(make_phantom_margins(phantoms)))
    state = train_margins(sources, plan, output, hardware, resume=resume)
    return _save(target, start, MARGINS_PART, state, asdict(plan), [len(maker) for maker, _ in sources])


def run_silhouette_training(
    real: RealJoints,
    start: Path,
    output: Path,
    plan: SilhouettePlan,
    hardware: Hardware,
    *,
    resume: bool = False,
    phantoms: int = 800,
) -> WeightsFile:
    """Train the silhouettes of ``start`` on; write ``output/lsn.safetensors`` and its manifest.

    Joints of the joint set have the silhouettes that were drawn on them.

    Raises
    ------
    InputError, OutputError, WeightsError
        As `run_training`.
    """
    target = output / "lsn.safetensors"
    prepare_output(target, resume)
    torch.set_num_threads(hardware.threads)
    drawn, *others = _trace_all(real, start, output / "cache")
    truths = [
        joint.with_silhouettes(outlined.upper_silhouette, outlined.lower_silhouette).layer_truth
        for joint, outlined in zip(drawn, read_joint_set(real.data, "train"), strict=True)
    ]
    sets = [truths, *([joint.layer_truth for joint in joints] for joints in others)]
    believed = [[truth for truth in found if truth is not None] for found in sets]
    makers = [PairMaker(found, SILHOUETTE_PAIRS) for found in believed if found]
    sources = _shares(makers, PairMaker(make_phantom_truths(phantoms), SILHOUETTE_PAIRS))
    network = build_trained_network(
        load_state(find_weights(start), ARCHITECTURE, SEPARATION_PART), str(start)
    )
    state = train_silhouettes(sources, plan, output, hardware, network, resume=resume)
    return _save(target, start, SEPARATION_PART, state, asdict(plan), [len(maker) for maker, _ in sources])


def _shares(makers: Sequence[Any], phantoms: Any) -> list[tuple[Any, float]]:
    if not makers:
        raise InputError("No real joint can be believed: check the joint set and the weights to start from.")
    own = (1 - _PHANTOM_SHARE) / len(makers)
    return [*((maker, own) for maker in makers), (phantoms, _PHANTOM_SHARE)]


def _trace_all(real: RealJoints, start: Path, cache: Path) -> list[list[TracedJoint]]:
    """Trace the joints of the joint set, then those of the hand set; each once, kept in ``cache``."""
    separator = Separator("auto", start, with_margins=False)
    sets: dict[str, Callable[[], Iterable[tuple[Radiograph, JointPose, str]]]] = {
        "joints": lambda: drawn_joint_poses(read_joint_set(real.data, "train"))
    }
    if real.hands is not None:
        hands = real.hands
        sets["hands"] = lambda: chain(hand_joint_poses(hands, ("train", "tune")))
    traced = []
    for name, poses in sets.items():
        path = cache / f"traced-{name}-{separator.weights.sha256[:16]}.npz"
        if not path.is_file():
            found = [trace_joint(*joint, separator) for joint in tqdm(poses(), desc=f"tracing {name}")]
            if not found:
                raise InputError(f"There are no {name} to train on: the set has none in its training split.")
            with output_file(path, overwrite=True) as beside:
                save_traced_joints(beside, found)
        traced.append(load_traced_joints(path))
    return traced


def _save(
    target: Path,
    start: Path,
    part: str,
    state: dict[str, torch.Tensor],
    plan: dict[str, Any],
    joints: Sequence[int],
) -> WeightsFile:
    """Write the weights of ``start`` with another part, and in the manifest what each part was trained on."""
    weights = find_weights(start)
    own = {f"{part}.{name}": value for name, value in state.items()}
    earlier = weights.manifest["training"]
    summary = {
        **earlier,
        part if part == MARGINS_PART else "silhouettes": {
            "plan": plan,
            "joints": list(joints),
            "started_from_sha256": weights.sha256,
            "torch": torch.__version__,
        },
    }
    return save_weights(target, {**read_tensors(weights.path), **own}, ARCHITECTURE, summary)

"""The separation network at work on joints of radiographs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..inference.weights import MODELS_FOLDER, WeightsFile, find_weights, require_torch
from ..joints import JointCrop, JointPose
from ..radiograph import Radiograph
from .layers import CanonicalSeparation, JointLayers
from .margin_finding import find_margin_rows
from .margin_rows import MarginRows
from .silhouette import keep_one_region

if TYPE_CHECKING:
    from ..inference.runner import NetworkRunner


def default_weights() -> Path:
    """Return the path of the weights that come with the extension.

    Examples
    --------
    >>> default_weights().name
    'lsn.safetensors'
    """
    return MODELS_FOLDER / "lsn.safetensors"


class Separator:
    """Separates joints into layers; holds the network on its device.

    Parameters
    ----------
    device
        'auto', 'cpu', 'cuda', 'cuda:<n>' or 'mps'.
    weights
        A ``.safetensors`` file with its manifest; by default the one that comes with the extension.
    tell
        Receives messages for the user, such as that a GPU's memory was too small.
    with_margins
        False: joints get no margins, and the weights need no margin network, which is trained after the
        separation.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged, or of another architecture.
    DeviceError
        If there is no such device.
    DependencyError
        If torch is not installed.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3)
    >>> layers = Separator("cpu").separate(joint.radiograph, joint.pose)
    >>> layers.upper_bone.shape == joint.radiograph.shape
    True
    """

    def __init__(
        self,
        device: str = "auto",
        weights: Path | None = None,
        tell: Callable[[str], None] | None = None,
        *,
        with_margins: bool = True,
    ) -> None:
        require_torch()
        from ..inference.runner import NetworkRunner
        from .margin_network import MarginReader
        from .network import ARCHITECTURE, MARGINS_PART, SEPARATION_PART, ProbabilityNetwork

        self.weights: WeightsFile = find_weights(weights or default_weights())
        self._runner = NetworkRunner.with_weights(
            ProbabilityNetwork(), self.weights, ARCHITECTURE, device, tell, part=SEPARATION_PART
        )
        self._margins: NetworkRunner | None = None
        if with_margins:
            self._margins = NetworkRunner.with_weights(
                MarginReader(), self.weights, ARCHITECTURE, device, tell, part=MARGINS_PART
            )

    @property
    def device(self) -> str:
        """Device in use, for people: 'CPU (2 threads)'."""
        from ..inference.device import describe_device

        return describe_device(self._runner.device)

    def separate(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        """Separate one joint; see `separate_many`."""
        return self.separate_many([(radiograph, pose)])[0]

    def separate_many(
        self,
        joints: Sequence[tuple[Radiograph, JointPose]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[JointLayers]:
        """Separate many joints in as few batches as possible; the order is kept.

        ``progress`` is called with (done, all) after each batch and may raise to stop.

        Raises
        ------
        InputError
            If a pose lies outside of its film, or nothing tells how large the joint is.
        """
        crops = [JointCrop(radiograph, pose) for radiograph, pose in joints]
        images = [crop.canonical_image() for crop in crops]
        inputs = [image[np.newaxis] for image in images]
        outputs = self._runner.run(inputs, progress)
        margins = self._find_margins(crops, images)
        return [
            JointLayers(
                crop,
                CanonicalSeparation(image, shares, np.stack([keep_one_region(s) for s in silhouettes]), rows),
                self.weights.sha256,
            )
            for crop, image, (silhouettes, shares), rows in zip(crops, images, outputs, margins, strict=True)
        ]

    def find_margins(self, radiograph: Radiograph, pose: JointPose) -> MarginRows:
        """Find the articular margins of a joint without separating it; on its canonical crop.

        Raises
        ------
        InputError
            As `separate_many`.
        """
        crop = JointCrop(radiograph, pose)
        return self._find_margins([crop], [crop.canonical_image()])[0]

    def _find_margins(
        self, crops: Sequence[JointCrop], images: Sequence[NDArray[np.float32]]
    ) -> list[MarginRows]:
        if self._margins is None:
            return [MarginRows.none() for _ in crops]
        return find_margin_rows(self._margins, crops, images)

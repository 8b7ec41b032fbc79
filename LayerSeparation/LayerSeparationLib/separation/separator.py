"""The separation network at work on joints of radiographs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..inference.weights import MODELS_FOLDER, WeightsFile, find_weights, require_torch
from ..joints import JointCrop, JointPose
from ..radiograph import Radiograph
from .layers import CanonicalSeparation, JointLayers
from .silhouette import keep_one_region


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
    ) -> None:
        require_torch()
        from ..inference.runner import NetworkRunner
        from .network import ARCHITECTURE, ProbabilityNetwork

        self.weights: WeightsFile = find_weights(weights or default_weights())
        self._runner = NetworkRunner.with_weights(
            ProbabilityNetwork(), self.weights, ARCHITECTURE, device, tell
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
        outputs = self._runner.run([image[np.newaxis] for image in images], progress)
        return [
            JointLayers(
                crop,
                CanonicalSeparation(image, shares, np.stack([keep_one_region(s) for s in silhouettes])),
                self.weights.sha256,
            )
            for crop, image, (silhouettes, shares) in zip(crops, images, outputs, strict=True)
        ]

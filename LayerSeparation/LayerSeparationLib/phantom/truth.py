"""What is known exactly about a phantom's joint."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..joints.pose import JointPose
from ..radiograph import Radiograph, Rectangle
from .joint_kind import JointKind


@dataclass(frozen=True, eq=False)
class PhantomJointTruth:
    """Exact layers, silhouettes, margins and joint space of one joint on a procedural film.

    Images are (rows, columns) on the joint's region of the film. "Upper" is the distal bone, "lower" the
    proximal one.

    Examples
    --------
    >>> from LayerSeparationLib import make_joint
    >>> truth = make_joint("MCP", seed=6, jsw_mm=0.1)
    >>> round(truth.jsw_mean_mm, 3), bool((truth.upper_silhouette & truth.lower_silhouette).any())
    (0.1, True)
    """

    kind: JointKind
    """Which joint it is modelled on."""
    pose: JointPose
    """Name (such as "MCP3"), centre of the joint space and distal direction, in pixels of the whole film."""
    region: Rectangle
    """Part of the film that the images show."""
    soft_tissue: NDArray[np.float32]
    """Attenuation without noise of all but the two bones: air, neighbouring bones, sesamoids, letters."""
    upper_bone: NDArray[np.float32]
    """Attenuation without noise."""
    lower_bone: NDArray[np.float32]
    """Attenuation without noise."""
    upper_silhouette: NDArray[np.bool_]
    """Pixels whose centres are within the upper bone's outline; the silhouettes may overlap."""
    lower_silhouette: NDArray[np.bool_]
    """Pixels whose centres are within the lower bone's outline."""
    upper_margin_px: NDArray[np.float64]
    """(n, 2) as (x, y) in pixels of the whole film: the joint side of the upper bone's subchondral plate."""
    lower_margin_px: NDArray[np.float64]
    """(n, 2) as (x, y) in pixels of the whole film: the contour of the lower bone's head."""
    jsw_profile_mm: NDArray[np.float64]
    """(101,): joint space width along the distal direction, over the central half of the joint, left to right
    when distal is up; negative where the margins cross."""
    spacing_mm: float
    """Pixel spacing of the film."""

    @property
    def jsw_mean_mm(self) -> float:
        """Mean joint space width over the central half."""
        return float(self.jsw_profile_mm.mean())

    @property
    def jsw_min_mm(self) -> float:
        """Least joint space width over the central half."""
        return float(self.jsw_profile_mm.min())


@dataclass(frozen=True, eq=False)
class PhantomJoint(PhantomJointTruth):
    """A crop of one procedural joint, distal up, with its truth on the whole crop.

    Examples
    --------
    >>> from LayerSeparationLib import make_joint
    >>> joint = make_joint("PIP", seed=1)
    >>> total = joint.soft_tissue + joint.upper_bone + joint.lower_bone + joint.noise
    >>> bool(np.abs(total - joint.radiograph.attenuation).max() < 1e-5)
    True
    """

    radiograph: Radiograph
    """The film. ``soft_tissue + upper_bone + lower_bone + noise`` is its attenuation, in every pixel."""
    noise: NDArray[np.float32]
    """Attenuation of noise (and of clipping to the film's range); it belongs to no layer."""
    seed: int
    """What it was made from: the same arguments give the same bytes."""

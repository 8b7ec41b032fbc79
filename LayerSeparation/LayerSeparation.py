"""Slicer module LayerSeparation: the library LayerSeparationLib for scripts and the console of 3D Slicer.

The module has no panel of its own and is therefore hidden from the module list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
)

if TYPE_CHECKING:
    from LayerSeparationLib import JointLayers, JointPose


class LayerSeparation(ScriptedLoadableModule):
    """What Slicer shows about the module."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("Layer Separation")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Image Synthesis")]
        parent.dependencies = []
        parent.contributors = ["The LayerSeparation contributors"]
        parent.hidden = True
        parent.helpText = _(
            "Separates a finger joint of a hand radiograph into soft tissue, upper bone and lower bone, and "
            "synthesizes radiographs of the same joint with another joint space. For research only.<br>"
            "Use it from the Python console (<code>LayerSeparationLogic</code>) or the command line "
            "(<code>layer-separation --help</code>); both are described at "
            '<a href="{homepage}">{homepage}</a>.'
        ).format(homepage="https://github.com/LayerSeparation/SlicerLayerSeparation")
        parent.acknowledgementText = _(
            "The method follows H. Wang et al., Layer Separation: Adjustable Joint Space Width Images "
            "Synthesis in Conventional Radiography, ACM Multimedia 2025, doi 10.1145/3746027.3755407."
        )


class LayerSeparationLogic(ScriptedLoadableModuleLogic):
    """The library's main calls, for scripts in Slicer."""

    def installTorch(self) -> None:
        """Ask the user, then install torch by the extension PyTorch.

        Raises
        ------
        RuntimeError
            The extension PyTorch is missing, or torch could not be installed.
        """
        try:
            import PyTorchUtils
        except ImportError as error:
            message = _("Install the extension PyTorch with the Extensions Manager first.")
            raise RuntimeError(message) from error
        logic = PyTorchUtils.PyTorchUtilsLogic()
        if logic.installTorch(askConfirmation=True, torchVersionRequirement=">=2.2") is None:
            raise RuntimeError(_("torch is not installed: the separation can't run without it."))

    def separate(
        self, radiographPath: str, pose: JointPose | None = None, device: str = "auto"
    ) -> JointLayers:
        """Read a radiograph and separate one joint; without a pose the whole image is it, distal up."""
        from LayerSeparationLib import JointPose, Separator, read_radiograph

        radiograph = read_radiograph(radiographPath)
        return Separator(device=device).separate(radiograph, pose or JointPose.whole_crop(radiograph))


class LayerSeparationTest(ScriptedLoadableModuleTest):
    """What `Reload & Test` and the nightly tests of Slicer run."""

    def runTest(self):
        """Run every test of the class."""
        self.test_LibraryLoadsWithoutTorch()

    def test_LibraryLoadsWithoutTorch(self):
        """Every public name but those of the network is there before torch is installed."""
        import LayerSeparationLib

        for name in ("read_radiograph", "JointPose", "GapEdit", "make_joint"):
            self.assertTrue(callable(getattr(LayerSeparationLib, name)), name)

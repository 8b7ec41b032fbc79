"""nnU-Net's own check of a data set, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from own_environment import make_environment

pytestmark = pytest.mark.nnunet

REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "nnunet.txt"
CHECK = (
    "import sys\n"
    "from nnunetv2.experiment_planning.verify_dataset_integrity import verify_dataset_integrity\n"
    "assert 'torchvision' not in sys.modules\n"
    "verify_dataset_integrity(sys.argv[1], 1)\n"
)


@pytest.fixture(scope="module")
def nnunet(tmp_path_factory) -> Path:
    """Return the Python of an environment that has nnU-Net's check, and sees torch and numpy of this one."""
    return make_environment(tmp_path_factory.mktemp("nnunet"), REQUIREMENTS, "--no-deps")


def checked(python: Path, data_set: Path) -> subprocess.CompletedProcess[str]:
    folders = {name: str(data_set.parent) for name in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results")}
    return subprocess.run(
        [python, "-c", CHECK, data_set],
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_nnunet_accepts_the_data_set(nnunet, written):
    done = checked(nnunet, written("nnunet") / "Dataset501_LayerSeparation")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "your dataset is most likely OK" in done.stdout
    assert "Warning" not in done.stdout


def test_nnunet_refuses_a_label_that_means_nothing(nnunet, written):
    data_set = written("nnunet") / "Dataset501_LayerSeparation"
    path = str(data_set / "labelsTr" / "a_MCP3_000000.nrrd")
    labels = sitk.ReadImage(path)
    values = sitk.GetArrayFromImage(labels)
    values[..., 0, 0] = np.iinfo(values.dtype).max
    wrong = sitk.GetImageFromArray(values)
    wrong.CopyInformation(labels)
    sitk.WriteImage(wrong, path)
    done = checked(nnunet, data_set)
    assert done.returncode != 0
    assert "Unexpected labels found" in done.stdout

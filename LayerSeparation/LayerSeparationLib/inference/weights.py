"""Weights of a network: written with a manifest, checked before they are believed.

A file of weights ``<name>.safetensors`` is accompanied by ``<name>.json`` (the manifest: architecture,
sha256, training summary) and by a model card for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DependencyError, InputError, WeightsError
from ..files import output_file, parse_json, read_json, sha256_of_file, write_json

if TYPE_CHECKING:
    import torch

MODELS_FOLDER = Path(__file__).resolve().parent / "models"
"""Where the weights lie that come with the extension."""


@dataclass(frozen=True)
class WeightsFile:
    """A file of weights that was found and whose sha256 agrees with its manifest."""

    path: Path
    sha256: str
    """Of the file's content, hexadecimal."""
    manifest: dict[str, Any]
    """With ``architecture``, ``sha256`` and ``training``."""


def find_weights(path: Path) -> WeightsFile:
    """Check a ``.safetensors`` file against the manifest beside it.

    Raises
    ------
    WeightsError
        If file or manifest is missing or unreadable, or the sha256 differs.
    """
    if not path.is_file():
        raise WeightsError(f"Weights are missing: {path}. Reinstall the extension or name a file of weights.")
    manifest_path = path.with_suffix(".json")
    try:
        manifest = read_json(manifest_path)
        expected = str(manifest["sha256"])
        str(manifest["architecture"])
    except (InputError, KeyError, TypeError) as error:
        raise WeightsError(
            f"The manifest {manifest_path} is missing or damaged; it belongs beside {path.name}."
        ) from error
    found = sha256_of_file(path)
    if found != expected:
        raise WeightsError(
            f"{path} is damaged or was exchanged: its sha256 is {found[:12]}..., the manifest says "
            f"{expected[:12]}.... Reinstall the extension or restore the file."
        )
    return WeightsFile(path, found, manifest)


def load_state(weights: WeightsFile, architecture: str, part: str | None = None) -> dict[str, torch.Tensor]:
    """Read the tensors of weights made for ``architecture``.

    ``part`` names one of the networks that share the file; its tensors come without that prefix.

    Raises
    ------
    WeightsError
        If the weights belong to another architecture, lack the part, or the file can't be read.
    DependencyError
        If torch or safetensors is not installed.
    """
    made_for = weights.manifest["architecture"]
    if made_for != architecture:
        raise WeightsError(
            f"{weights.path} is for the architecture '{made_for}', this program needs '{architecture}'. "
            "Use weights that were trained with this version."
        )
    tensors = read_tensors(weights.path)
    if part is None:
        return tensors
    prefix = f"{part}."
    own = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    if not own:
        raise WeightsError(
            f"{weights.path} has no network '{part}': train it from these weights, or use others."
        )
    return own


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Read a safetensors file without any optional package.

    The format: https://github.com/huggingface/safetensors#format.

    Raises
    ------
    WeightsError
        If the file is not a whole safetensors file of float32, float16 or int64 tensors.
    """
    require_torch()
    import torch

    dtypes = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64}
    content = bytearray(path.read_bytes())
    try:
        header_size = int.from_bytes(content[:8], "little")
        header = parse_json(content[8 : 8 + header_size].decode())
        data = memoryview(content)[8 + header_size :]
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            tensors[name] = torch.frombuffer(data[begin:end], dtype=dtypes[entry["dtype"]]).reshape(
                entry["shape"]
            )
    except (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise WeightsError(f"{path} is not a whole safetensors file: {error}.") from error
    return tensors


def save_weights(
    path: Path, state: dict[str, torch.Tensor], architecture: str, summary: dict[str, Any]
) -> WeightsFile:
    """Write weights as float16 safetensors with a manifest beside them (needs the package safetensors).

    Both files are complete before either gets its name; older ones of that name are replaced.

    Raises
    ------
    OutputError
        If they can't be written.
    """
    from safetensors.torch import save

    content = save(
        {
            name: (value.half() if value.is_floating_point() else value).contiguous()
            for name, value in state.items()
            if not name.endswith("num_batches_tracked")
        },
        metadata={"architecture": architecture},
    )
    manifest: dict[str, Any] = {"architecture": architecture}
    manifest_path = path.with_suffix(".json")
    with output_file(manifest_path, overwrite=True) as described, output_file(path, overwrite=True) as saved:
        saved.write_bytes(content)
        manifest |= {"sha256": sha256_of_file(saved), "training": summary}
        write_json(described, manifest)
    return WeightsFile(path, manifest["sha256"], manifest)


def require_torch() -> None:
    """Say how to get torch where it is missing.

    Raises
    ------
    DependencyError
        If torch can't be imported.
    """
    try:
        import torch
    except (ImportError, OSError) as error:
        raise DependencyError(
            "The separation needs PyTorch, which can't be loaded here. In 3D Slicer install the extension "
            f"'PyTorch'; elsewhere run: pip install 'torch>=2.2'. ({error})"
        ) from error
    if not hasattr(torch, "inference_mode"):
        raise DependencyError("The PyTorch found here is incomplete or too old: install torch 2.2 or newer.")

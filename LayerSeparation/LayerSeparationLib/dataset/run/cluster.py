"""Blocks, and separations, on a Dask cluster."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import DependencyError, OutputError
from ...joints import JointPose
from ...radiograph import Radiograph
from ...separation import JointLayers, Separator
from ..plan.plan import Block
from .local_workers import Work

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S = 10
_WAITING_PER_THREAD = 2
_DEATHS_ALLOWED = 10
GPU = "GPU"
"""Name of the Dask resource that workers with a GPU offer (``dask worker --resources GPU=1``)."""


def connect(address: str, timeout_s: float = _CONNECT_S) -> Client:
    """Return a client of a scheduler.

    Raises
    ------
    DependencyError
        If Dask is not installed.
    OutputError
        If the scheduler can't be reached, or has no workers.
    """
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise DependencyError(
            "--scheduler needs the package distributed: pip install 'layer-separation[cluster]'"
        ) from error
    dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS_ALLOWED})
    try:
        client = Client(address, timeout=timeout_s)
    except (OSError, TimeoutError, ValueError) as error:
        raise OutputError(
            f"The scheduler at {address} can't be reached ({error}): start it (dask scheduler), check "
            "address and port, or leave --scheduler out."
        ) from error
    try:
        client.wait_for_workers(1, timeout=timeout_s)
    except TimeoutError as error:
        client.close()
        raise OutputError(
            f"The scheduler at {address} has no workers: start some (dask worker {address})."
        ) from error
    return client


def run_on_cluster(
    client: Client, work: Work, blocks: Iterable[Block]
) -> Generator[tuple[Block, int], None, None]:
    """Yield every block when it is done, with what `work` returned; few are handed out at a time.

    Dask runs the work of a lost worker again on another one; doing a block twice does no harm.
    """
    from distributed import as_completed

    source, done = iter(blocks), as_completed(raise_errors=False)
    running: dict[Any, Block] = {}

    def hand_out() -> None:
        threads = sum(client.nthreads().values())
        while len(running) < max(1, threads) * _WAITING_PER_THREAD:
            block = next(source, None)
            if block is None:
                return
            future = client.submit(work, block, pure=False, retries=0)
            running[future.key] = block
            done.add(future)

    hand_out()
    try:
        for future in done:
            yield running.pop(future.key), future.result()
            hand_out()
    finally:
        for future in list(done.futures):
            future.cancel()


class ClusterSeparation:
    """Separates joints on the cluster's GPU workers.

    Parameters
    ----------
    client
        Of the cluster.
    weights
        File of the weights, as the workers see it; None is the one that comes with the package.
    """

    def __init__(self, client: Client, weights: Path | None) -> None:
        self._client, self._weights = client, weights

    def __call__(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        """Separate one joint."""
        future = self._client.submit(
            _separate, radiograph, pose, self._weights, pure=False, resources={GPU: 1}
        )
        layers: JointLayers = future.result()
        return layers


def has_gpu_workers(client: Client) -> bool:
    """Whether any worker offers the resource `GPU`."""
    workers: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return any(worker.get("resources", {}).get(GPU, 0) >= 1 for worker in workers.values())


_separators: dict[Path | None, Separator] = {}


def _separate(radiograph: Radiograph, pose: JointPose, weights: Path | None) -> JointLayers:
    """Separate a joint in a worker, which keeps its network."""
    if weights not in _separators:
        _separators[weights] = Separator("auto", weights)
    return _separators[weights].separate(radiograph, pose)

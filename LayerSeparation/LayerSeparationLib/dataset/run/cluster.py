"""Blocks, and separations, on a Dask cluster."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable
from contextlib import suppress
from functools import cached_property
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

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://head:8786``.
    timeout_s
        How long to wait for it, and for a first worker, in seconds.

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
            "Work on a cluster needs the package distributed: pip install dask distributed"
        ) from error
    dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS_ALLOWED})
    # Dask's client has no types.
    make_client: Any = Client
    try:
        client = make_client(address, timeout=timeout_s)
    except (OSError, TimeoutError, ValueError) as error:
        raise OutputError(
            f"The scheduler at {address} can't be reached ({error}): start it (dask scheduler), check "
            "address and port, or do without one."
        ) from error
    try:
        client.wait_for_workers(1, timeout=timeout_s)
    except TimeoutError as error:
        client.close()
        raise OutputError(
            f"The scheduler at {address} has no workers: start some (dask worker {address})."
        ) from error
    connected: Client = client
    return connected


def run_on_cluster(
    client: Client, work: Work, blocks: Iterable[Block]
) -> Generator[tuple[Block, int], None, None]:
    """Yield every block when it is done, with what `work` returned; few are handed out at a time.

    Dask runs the work of a lost worker again on another one; doing a block twice does no harm. Every worker
    of the cluster, those that join later too, gets `work` once, so that it can keep what it prepared.

    Parameters
    ----------
    client
        Of the cluster.
    work
        Must survive pickling.
    blocks
        What to do; taken only as workers get free.
    """
    from distributed import as_completed

    # Dask's client has no types.
    cluster: Any = client
    completed: Any = as_completed
    source, done = iter(blocks), completed(raise_errors=False)
    running: dict[Any, Block] = {}

    def hand_out() -> None:
        threads = sum(cluster.nthreads().values())
        while len(running) < max(1, threads) * _WAITING_PER_THREAD:
            block = next(source, None)
            if block is None:
                return
            future = cluster.submit(_do_block, name, block, pure=False, retries=0)
            running[future.key] = block
            done.add(future)

    # Several programs may use one cluster at a time.
    name = f"layer-separation-blocks-{secrets.token_hex(8)}"
    _give_to_workers(client, name, work)
    try:
        hand_out()
        for future in done:
            yield running.pop(future.key), future.result()
            hand_out()
    finally:
        for future in list(done.futures):
            future.cancel()
        # Where the scheduler is gone, there is nothing to take back.
        with suppress(OSError):
            cluster.unregister_worker_plugin(name)


class ClusterSeparation:
    """Separates joints on the cluster's GPU workers, which keep their network.

    Parameters
    ----------
    client
        Of the cluster.
    weights
        File of the weights, as the workers see it; None is the one that comes with the package.
    """

    def __init__(self, client: Client, weights: Path | None) -> None:
        self._client: Any = client
        self._weights = weights

    def __call__(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        """Separate one joint."""
        future = self._client.submit(
            _separate, self._given_name, radiograph, pose, pure=False, resources={GPU: 1}
        )
        layers: JointLayers = future.result()
        return layers

    @cached_property
    def _given_name(self) -> str:
        """Give the workers what separates; return the name under which they keep it."""
        name = f"layer-separation-separator-{self._weights}"
        _give_to_workers(self._client, name, _WorkerSeparator(self._weights))
        return name


def has_gpu_workers(client: Client) -> bool:
    """Whether any worker offers the resource `GPU`."""
    workers: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return any(worker.get("resources", {}).get(GPU, 0) >= 1 for worker in workers.values())


class _WorkerSeparator:
    """A worker's network, loaded when its first joint comes."""

    def __init__(self, weights: Path | None) -> None:
        self._weights = weights

    @cached_property
    def separator(self) -> Separator:
        return Separator("auto", self._weights)


def _give_to_workers(client: Client, name: str, value: object) -> None:
    """Give every worker, those that join later too, a copy of a value, which it keeps under that name."""
    from distributed import WorkerPlugin

    plugin: Any = WorkerPlugin()
    plugin.value = value
    client.register_plugin(plugin, name=name)


def _value_of_worker(name: str) -> Any:
    """Return what the worker that runs this was given."""
    from distributed import get_worker

    own_worker: Any = get_worker
    return own_worker().plugins[name].value


def _do_block(name: str, block: Block) -> int:
    failed: int = _value_of_worker(name)(block)
    return failed


def _separate(name: str, radiograph: Radiograph, pose: JointPose) -> JointLayers:
    layers: JointLayers = _value_of_worker(name).separator.separate(radiograph, pose)
    return layers

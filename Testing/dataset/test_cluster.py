"""The same plan on a Dask cluster of two processes, one of which is killed."""

import os
import signal
import threading
import time
from contextlib import nullcontext
from functools import partial

import distributed
import numpy as np
import pytest

from LayerSeparationLib import JointPose
from LayerSeparationLib.dataset import DatasetPaths, make_dataset
from LayerSeparationLib.dataset.run.cluster import (
    GPU,
    ClusterSeparation,
    connect,
    has_gpu_workers,
    run_on_cluster,
)
from LayerSeparationLib.errors import InputError, OutputError


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        yield local


def test_a_killed_worker_loses_and_doubles_nothing(tree, cluster, finished, tmp_path, cache):
    root, plan = finished
    paths, killed = DatasetPaths(tmp_path / "set"), []
    with connect(cluster.scheduler_address) as client:
        assert not has_gpu_workers(client)
        victim = next(iter(client.run(os.getpid).values()))

        def kill_in_the_middle():
            while not list((paths.work / "blocks").glob("*.jsonl")):
                time.sleep(0.005)
            killed.append(len(list((paths.work / "blocks").glob("*.jsonl"))))
            os.kill(victim, signal.SIGKILL)

        thread = threading.Thread(target=kill_in_the_middle)
        thread.start()
        make_dataset(paths, plan, cache, run=partial(run_on_cluster, client))
        thread.join()
    assert killed[0] < len(list(plan.blocks()))
    assert tree(paths.root) == tree(root)


def test_workers_with_a_gpu_separate(separator, phantoms, mcp_layers):
    film = phantoms["MCP"].radiograph
    with (
        # One process, but by way of TCP: what is sent is pickled as between machines.
        distributed.LocalCluster(
            n_workers=1,
            processes=False,
            protocol="tcp://",
            dashboard_address=None,
            host="127.0.0.1",
            resources={GPU: 1},
        ) as local,
        connect(local.scheduler_address) as client,
    ):
        assert has_gpu_workers(client)
        there = ClusterSeparation(client, None)(film, JointPose.whole_crop(film, "MCP3"))
    assert there.weights_sha256 == separator.weights.sha256
    for name in ("image", "shares", "silhouettes"):
        one, other = getattr(there.canonical, name), getattr(mcp_layers.canonical, name)
        np.testing.assert_allclose(one, other, atol=1e-6)
    one, other = (layers.canonical.margins.as_array() for layers in (there, mcp_layers))
    np.testing.assert_allclose(one, other, atol=1e-3)
    np.testing.assert_allclose(there.upper_bone, mcp_layers.upper_bone, atol=1e-5)


@pytest.mark.parametrize("gpu", [True, False])
def test_the_client_separates_only_where_no_worker_has_a_gpu(monkeypatch, tmp_path, cache, gpu):
    from LayerSeparationLib.cli import dataset_command, main

    asked = []

    class Client:
        def scheduler_info(self, n_workers):
            assert n_workers == -1
            return {"workers": {"a": {"resources": {}}, "b": {"resources": {"GPU": 1} if gpu else {}}}}

    def seen(separate, weights, *_rest):
        asked.append((type(separate), weights))
        raise InputError("seen")

    monkeypatch.setattr(dataset_command, "CachingSeparator", seen)
    monkeypatch.setattr(dataset_command, "_client", lambda _: nullcontext(Client()))
    words = ("x.png", "--crop", "--jsw", "0:2", "--scheduler", "tcp://a:1", "--output", str(tmp_path / "o"))
    assert main(["dataset", *words]) == 1
    ((kind, weights),) = asked
    assert (kind is ClusterSeparation) == gpu
    assert len(weights) == 64


def test_a_scheduler_that_is_not_there_is_told():
    with pytest.raises(OutputError, match="can't be reached"):
        connect("tcp://127.0.0.1:9", timeout_s=0.5)
    with pytest.raises(OutputError, match="can't be reached"):
        connect("nonsense://", timeout_s=0.5)

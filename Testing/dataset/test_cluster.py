"""The same plan on a Dask cluster of two processes, one of which is killed."""

import os
import signal
import threading
import time
from functools import partial

import pytest

from LayerSeparationLib.dataset import Places, make
from LayerSeparationLib.errors import OutputError

distributed = pytest.importorskip("distributed")

from LayerSeparationLib.dataset.cluster import connect, has_gpu_workers, run_on_cluster  # noqa: E402


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        yield local


def test_a_killed_worker_loses_and_doubles_nothing(tree, cluster, finished, tmp_path, cache):
    root, plan = finished
    places, killed = Places(tmp_path / "set"), []
    with connect(cluster.scheduler_address) as client:
        assert not has_gpu_workers(client)
        victim = next(iter(client.run(os.getpid).values()))

        def kill_in_the_middle():
            while not list((places.work / "blocks").glob("*.jsonl")):
                time.sleep(0.005)
            killed.append(len(list((places.work / "blocks").glob("*.jsonl"))))
            os.kill(victim, signal.SIGKILL)

        thread = threading.Thread(target=kill_in_the_middle)
        thread.start()
        make(places, plan, cache, run=partial(run_on_cluster, client))
        thread.join()
    assert killed[0] < len(list(plan.blocks()))
    assert tree(places.root) == tree(root)


def test_a_scheduler_that_is_not_there_is_told():
    with pytest.raises(OutputError, match="can't be reached"):
        connect("tcp://127.0.0.1:9", timeout_s=0.5)
    with pytest.raises(OutputError, match="can't be reached"):
        connect("nonsense://", timeout_s=0.5)

"""One process at a time works on a folder: the second is told who does, and one that died is taken over."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from LayerSeparationLib.dataset import DatasetPaths, make_dataset, verify
from LayerSeparationLib.dataset.run import folder_lock
from LayerSeparationLib.dataset.run.folder_lock import lock_folder
from LayerSeparationLib.errors import OutputError

HOLDER = """
import sys
from pathlib import Path
from LayerSeparationLib.dataset import DatasetPaths
from LayerSeparationLib.dataset.run.folder_lock import lock_folder
with lock_folder(DatasetPaths(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path):
    return DatasetPaths(tmp_path / "set")


@pytest.fixture
def holder(paths):
    """Another process that works there."""
    library = Path(folder_lock.__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(paths.root)],
        env={**os.environ, "PYTHONPATH": str(library)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def test_the_second_is_told_who_works_there_and_may_begin_when_it_ends(paths, holder, plan_of, cache):
    with pytest.raises(OutputError, match=rf"process {holder.pid} on .*works there; its last sign of life"):
        make_dataset(paths, plan_of(), cache)
    assert not paths.plan.exists()
    holder.stdin.close()
    assert holder.wait(30) == 0
    make_dataset(paths, plan_of(per_joint=1), cache)
    assert verify(paths.root) == []


@pytest.mark.skipif(os.name != "posix", reason="elsewhere only signs of life tell who is dead")
def test_one_that_was_killed_is_taken_over_at_once(paths, holder):
    holder.kill()
    holder.wait(30)
    assert paths.lock.exists()
    with lock_folder(paths) as lock:
        lock.check()
        assert json.loads(paths.lock.read_text())["process"] == os.getpid()
    assert not paths.lock.exists()


def test_one_without_a_sign_of_life_is_taken_over_and_notices(paths):
    with lock_folder(paths) as ours:
        owner = json.loads(paths.lock.read_text())
        other = {**owner, "host": "elsewhere", "token": "other"}
        paths.lock.write_text(json.dumps(other))
        with pytest.raises(OutputError, match=r"taken for dead, and .* on elsewhere"):
            ours.check()
        with pytest.raises(OutputError, match=r"on elsewhere, .*works there"), lock_folder(paths):
            pass
        long_ago = paths.lock.stat().st_mtime - folder_lock.DEAD_AFTER_S - 5
        os.utime(paths.lock, (long_ago, long_ago))
        with lock_folder(paths) as taken:
            taken.check()
            assert json.loads(paths.lock.read_text())["host"] == owner["host"]


def test_a_lock_that_is_no_text_counts_by_its_age(paths):
    paths.work.mkdir(parents=True)
    paths.lock.write_bytes(b"\xff{")
    with pytest.raises(OutputError, match="somebody works there"), lock_folder(paths):
        pass
    os.utime(paths.lock, (0, 0))
    with lock_folder(paths) as lock:
        lock.check()


def test_signs_of_life_are_given_while_it_is_held(paths, monkeypatch):
    monkeypatch.setattr(folder_lock, "HEARTBEAT_S", 0.01)
    with lock_folder(paths):
        os.utime(paths.lock, (0, 0))
        touched = threading.Event()
        for _ in range(500):
            if paths.lock.stat().st_mtime > 0:
                touched.set()
                break
            touched.wait(0.01)
        assert touched.is_set()


def test_another_thread_is_another_worker_and_the_same_may_take_it_again(paths):
    told = []

    def begin():
        try:
            with lock_folder(paths):
                told.append("began")
        except OutputError as error:
            told.append(str(error))

    with lock_folder(paths):
        with lock_folder(paths) as again:
            again.check()
        assert paths.lock.exists()
        thread = threading.Thread(target=begin)
        thread.start()
        thread.join()
    assert len(told) == 1
    assert "works there" in told[0]
    assert not paths.root.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cant_be_written_is_told(paths):
    paths.root.mkdir()
    paths.root.chmod(0o500)
    with pytest.raises(OutputError, match="can't be written: Permission denied"), lock_folder(paths):
        pass

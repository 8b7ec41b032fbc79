"""The worker: order, cancel, errors; no Qt."""

from __future__ import annotations

import threading
import time

import pytest

from LayerSeparationLib.widgets.worker import Worker


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.close()


def poll_until(worker, condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the worker did not answer"
        worker.poll()
        time.sleep(0.002)


def test_results_come_in_order_and_only_when_polled(worker):
    heard = []
    for number in range(3):
        worker.submit(lambda _progress, n=number: n * n, on_done=heard.append)
    time.sleep(0.05)
    assert heard == []
    poll_until(worker, lambda: len(heard) == 3)
    assert heard == [0, 1, 4]
    assert not worker.busy


def test_callbacks_run_in_the_polling_thread_and_the_job_does_not(worker):
    threads = []
    worker.submit(
        lambda progress: (progress(1, 2, "a"), threads.append(threading.current_thread())),
        on_progress=lambda *_: threads.append(threading.current_thread()),
        on_done=lambda _: threads.append(threading.current_thread()),
    )
    poll_until(worker, lambda: len(threads) == 3)
    assert len([thread for thread in threads if thread is threading.current_thread()]) == 2


def test_progress_carries_parts(worker):
    heard = []

    def job(progress):
        for number in range(4):
            progress(number + 1, 4, f"part {number}")

    worker.submit(job, on_progress=lambda *news: heard.append(news))
    poll_until(worker, lambda: not worker.busy)
    assert heard == [(n + 1, 4, f"part {n}") for n in range(4)]


def test_an_error_reaches_who_asked_and_the_next_job_runs(worker):
    heard = []

    def broken(_progress):
        raise ValueError("no")

    worker.submit(broken, on_error=heard.append)
    worker.submit(lambda _progress: "fine", on_done=heard.append)
    poll_until(worker, lambda: len(heard) == 2)
    assert isinstance(heard[0], ValueError)
    assert heard[1] == "fine"


def test_cancel_is_heard_of_at_once_and_stops_the_job(worker):
    heard, steps = [], []
    started = threading.Event()

    def slow(progress):
        for number in range(1000):
            started.set()
            steps.append(number)
            time.sleep(0.01)
            progress(number, 1000)

    task = worker.submit(slow, on_progress=heard.append, on_done=heard.append, on_error=heard.append)
    assert started.wait(2)
    begin = time.monotonic()
    worker.cancel(task)
    assert not worker.busy
    assert time.monotonic() - begin < 0.1
    worker.submit(lambda _progress: "next", on_done=heard.append)
    poll_until(worker, lambda: heard == ["next"])
    assert len(steps) < 1000


def test_a_cancelled_job_that_waits_never_starts(worker):
    ran = []
    gate = threading.Event()
    worker.submit(lambda _progress: gate.wait(2), on_done=ran.append)
    worker.cancel(worker.submit(lambda _progress: ran.append("second")))
    gate.set()
    heard = []
    worker.submit(lambda _progress: None, on_done=heard.append)
    poll_until(worker, lambda: heard == [None])
    # The job before it is not given up with it.
    assert ran == [True]


def test_close_ends_the_thread(worker):
    done = []
    worker.submit(lambda _progress: 1, on_done=done.append)
    poll_until(worker, lambda: done == [1])
    thread = worker._thread
    worker.close()
    thread.join(2)
    assert not thread.is_alive()


def test_a_callback_may_cancel_and_submit(worker):
    heard = []

    def again(_result):
        worker.cancel(waiting)
        worker.submit(lambda _progress: "second", on_done=heard.append)

    worker.submit(lambda _progress: "first", on_done=again)
    waiting = worker.submit(lambda _progress: "given up", on_done=heard.append)
    poll_until(worker, lambda: heard == ["second"])

"""Who works on a data set's folder: one process at a time; one that died is taken over.

The lock is a file in the folder that names its owner. While the owner lives it touches the file every few
seconds, which any machine that shares the folder sees; on the owner's own machine it is asked whether the
process is still there. Both may be wrong in rare cases (a machine asleep): two processes then write the same
bytes to the same places, and the one that was taken over ends when it notices.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ...errors import InputError, OutputError
from ...files import json_line, read_json
from ..plan.dataset_paths import DatasetPaths

HEARTBEAT_S = 10.0
"""Between two signs of life."""
DEAD_AFTER_S = 120.0
"""Without a sign of life: servers of shared folders may show a file's new time a minute late."""
_ATTEMPTS = 5
_THIS_PROCESS = secrets.token_hex(8)


class FolderLock:
    """The lock of a folder, as the thread that made this object sees it.

    Parameters
    ----------
    paths
        Of the data set.
    """

    def __init__(self, paths: DatasetPaths) -> None:
        self._root, self._file = paths.root, paths.lock
        self._owner = _describe_owner()

    @property
    def is_held(self) -> bool:
        """Whether this thread of this process holds it."""
        owner = _read_owner(self._file)
        return owner is not None and owner.get("token") == self._owner["token"]

    def check(self) -> None:
        """Raise `OutputError` where another process has taken over."""
        if not self.is_held:
            owner = _read_owner(self._file)
            raise OutputError(
                f"{self._root}: this process was taken for dead, and {_name_owner(owner)} took over. "
                "What is finished is complete."
            )

    def take(self) -> None:
        """Make it this thread's.

        Raises
        ------
        OutputError
            If somebody else works there.
        """
        for _ in range(_ATTEMPTS):
            with suppress(FileExistsError), self._file.open("x", encoding="ascii") as file:
                file.write(json_line(self._owner))
                return
            # What is there may go at any moment.
            with suppress(FileNotFoundError):
                self._remove_if_dead()
        raise OutputError(f"{self._root}: others begin to work there at the same time. Run one at a time.")

    def release(self) -> None:
        """Give it back, unless another process has taken over."""
        if self.is_held:
            self._file.unlink(missing_ok=True)

    def beat(self, stop: threading.Event) -> None:
        """Give signs of life until `stop` is set, or the lock is another's."""
        while not stop.wait(HEARTBEAT_S):
            if not self.is_held:
                return
            with suppress(OSError):
                os.utime(self._file)

    def _remove_if_dead(self) -> None:
        owner, silent_s = _read_owner(self._file), self._silence_s()
        if silent_s < DEAD_AFTER_S and not _is_gone(owner, self._owner):
            raise OutputError(
                f"{self._root}: {_name_owner(owner)} works there; its last sign of life was {silent_s:.0f} s "
                "ago. Wait until it is done, or end it and give the same command again."
            )
        aside = self._file.with_name(f"{self._file.name}.{self._owner['token']}")
        self._file.replace(aside)
        if _read_owner(aside) != owner:
            # A third process was faster, and the lock is its own by now.
            aside.replace(self._file)
            return
        aside.unlink()

    def _silence_s(self) -> float:
        """Return the seconds since the last sign of life, by the clock of the disk itself."""
        probe = self._file.with_name(f"{self._file.name}.{self._owner['token']}")
        try:
            probe.touch()
            return probe.stat().st_mtime - self._file.stat().st_mtime
        finally:
            probe.unlink(missing_ok=True)


@contextmanager
def lock_folder(paths: DatasetPaths) -> Iterator[FolderLock]:
    """Hold the lock of a folder, which is made where it is missing; a thread that holds it may take it again.

    Raises
    ------
    OutputError
        If somebody else works there, or the folder can't be written.
    """
    lock = FolderLock(paths)
    if lock.is_held:
        yield lock
        return
    is_new = not paths.root.exists()
    try:
        paths.work.mkdir(parents=True, exist_ok=True)
        lock.take()
    except OSError as error:
        raise OutputError(f"{paths.root} can't be written: {error.strerror or error}.") from error
    stop = threading.Event()
    heart = threading.Thread(target=lock.beat, args=(stop,), daemon=True)
    heart.start()
    try:
        yield lock
    finally:
        stop.set()
        heart.join()
        with suppress(OSError):
            lock.release()
            paths.work.rmdir()
            if is_new:
                paths.root.rmdir()


def _describe_owner() -> dict[str, Any]:
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):
        user = "somebody"
    return {
        "user": user,
        "host": socket.gethostname(),
        "processes_of": _process_table(),
        "process": os.getpid(),
        "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "token": f"{_THIS_PROCESS}-{threading.get_ident()}",
    }


def _process_table() -> str:
    """Return what tells whose numbers of processes these are: containers of one host have their own."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _read_owner(path: Path) -> Mapping[str, Any] | None:
    """Return the owner that a lock names; None where there is none, or it is being written."""
    try:
        owner = read_json(path)
    except (InputError, OSError):
        return None
    return owner if isinstance(owner, dict) else None


def _name_owner(owner: Mapping[str, Any] | None) -> str:
    if owner is None:
        return "somebody"
    user, process, host, since = (owner.get(key) for key in ("user", "process", "host", "since"))
    return f"{user} (process {process} on {host}, since {since})"


def _is_gone(owner: Mapping[str, Any] | None, mine: Mapping[str, Any]) -> bool:
    """Whether the owner was a process of this machine, whose own is ``mine``, that is there no more."""
    if (
        os.name != "posix"
        or owner is None
        or any(owner.get(key) != mine[key] for key in ("host", "processes_of"))
    ):
        return False
    process = owner.get("process")
    if not isinstance(process, int) or process <= 0:
        return False
    if process == mine["process"]:
        # The number was given away again, or else it is another thread of this process.
        return not str(owner.get("token")).startswith(_THIS_PROCESS)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False

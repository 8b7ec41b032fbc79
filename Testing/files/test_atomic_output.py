"""Outputs are complete or not there."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from LayerSeparationLib.errors import InputError, OutputError
from LayerSeparationLib.files import output_file, output_folder

needs_dev_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs a device that is always full"
)


def everything_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_folder_appears_complete_with_its_parents(tmp_path):
    target = tmp_path / "a" / "b" / "joint"
    with output_folder(target) as temporary:
        (temporary / "image.nrrd").write_text("x")
        assert not target.exists()
    assert everything_under(tmp_path) == {"a", "a/b", "a/b/joint", "a/b/joint/image.nrrd"}


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_nothing_is_left_after_an_exception_not_even_new_parents(tmp_path, failure):
    (tmp_path / "there").mkdir()
    with pytest.raises(failure), output_folder(tmp_path / "there" / "new" / "joint") as temporary:
        (temporary / "half").write_text("x")
        raise failure
    with pytest.raises(failure), output_file(tmp_path / "there" / "new" / "a.csv") as temporary:
        temporary.write_text("x")
        raise failure
    assert everything_under(tmp_path) == {"there"}


@needs_dev_full
def test_full_disk_leaves_nothing_and_says_so(tmp_path):
    with pytest.raises(OutputError, match="disk is full"), output_folder(tmp_path / "joint") as temporary:
        (temporary / "whole").write_text("x")
        (temporary / "image.nrrd").symlink_to("/dev/full")
        (temporary / "image.nrrd").write_bytes(b"x" * 100_000)
    with pytest.raises(OutputError, match="disk is full"), output_file(tmp_path / "a.csv") as temporary:
        temporary.symlink_to("/dev/full")
        temporary.write_bytes(b"x" * 100_000)
    assert everything_under(tmp_path) == set()
    assert Path("/dev/full").exists()


def test_existing_folder_is_refused_before_any_work_and_kept(tmp_path):
    target = tmp_path / "joint"
    target.mkdir()
    (target / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="allow it to be replaced"), output_folder(target):
        pytest.fail("the block must not run")
    assert (target / "notes.txt").read_text() == "mine"
    assert everything_under(tmp_path) == {"joint", "joint/notes.txt"}


def test_folder_that_appears_in_the_meantime_is_kept(tmp_path):
    target = tmp_path / "joint"
    with pytest.raises(OutputError, match="exists"), output_folder(target) as temporary:
        (temporary / "a").write_text("new")
        target.mkdir()
        (target / "a").write_text("someone else's")
    assert (target / "a").read_text() == "someone else's"
    assert everything_under(tmp_path) == {"joint", "joint/a"}


def test_empty_folder_counts_as_free(tmp_path):
    (tmp_path / "joint").mkdir()
    with output_folder(tmp_path / "joint") as temporary:
        (temporary / "a").write_text("new")
    assert everything_under(tmp_path) == {"joint", "joint/a"}


def test_overwrite_replaces_what_was_written_anew_and_carries_the_rest_over(tmp_path):
    target = tmp_path / "joint"
    (target / "sweep").mkdir(parents=True)
    (target / "sweep" / "stale").write_text("old")
    (target / "a").write_text("old")
    (target / "notes.txt").write_text("mine")
    with output_folder(target, overwrite=True) as temporary:
        (temporary / "a").write_text("new")
        (temporary / "sweep").mkdir()
        assert (target / "a").read_text() == "old"
    assert everything_under(tmp_path) == {"joint", "joint/a", "joint/notes.txt", "joint/sweep"}
    assert (target / "a").read_text() == "new"


def test_failed_overwrite_keeps_the_old_output(tmp_path):
    (tmp_path / "joint").mkdir()
    (tmp_path / "joint" / "a").write_text("old")
    with pytest.raises(InputError), output_folder(tmp_path / "joint", overwrite=True) as temporary:
        (temporary / "a").write_text("new")
        raise InputError("broken input")
    assert (tmp_path / "joint" / "a").read_text() == "old"
    assert everything_under(tmp_path) == {"joint", "joint/a"}


def test_failed_rename_puts_the_old_output_back(tmp_path, monkeypatch):
    (tmp_path / "joint").mkdir()
    (tmp_path / "joint" / "a").write_text("old")
    rename = Path.rename

    def refuse_the_new_one(self, target):
        if self.name.endswith(".partial"):
            raise OSError(errno.EIO, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new_one)
    with (
        pytest.raises(OutputError, match="Input/output error"),
        output_folder(tmp_path / "joint", overwrite=True) as temporary,
    ):
        (temporary / "a").write_text("new")
    assert everything_under(tmp_path) == {"joint", "joint/a"}
    assert (tmp_path / "joint" / "a").read_text() == "old"


def test_entries_of_another_command_may_stand_beside(tmp_path):
    (tmp_path / "joint" / "gap_1.00").mkdir(parents=True)
    with output_folder(tmp_path / "joint", beside="gap_*") as temporary:
        (temporary / "image.nrrd").write_text("x")
    assert everything_under(tmp_path / "joint") == {"gap_1.00", "image.nrrd"}
    with pytest.raises(OutputError, match="exists"), output_folder(tmp_path / "joint", beside="gap_*"):
        pytest.fail("image.nrrd is there already")


def test_file_in_place_of_a_folder_and_the_other_way_round_are_refused_even_with_overwrite(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="is a file"), output_folder(tmp_path / "file", overwrite=True):
        pass
    with pytest.raises(OutputError, match="is a folder"), output_file(tmp_path / "folder", overwrite=True):
        pass
    with pytest.raises(OutputError, match="not a folder"), output_folder(tmp_path / "file" / "joint"):
        pass
    assert (tmp_path / "file").read_text() == "mine"


def test_missing_permission_is_explained(tmp_path, monkeypatch):
    def refuse(self, *_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="permission"), output_folder(tmp_path / "joint"):
        pass


def test_errors_about_inputs_are_not_called_errors_of_the_output(tmp_path):
    with pytest.raises(FileNotFoundError), output_folder(tmp_path / "joint"):
        Path("/nowhere/film.dcm").read_bytes()


def test_file_is_replaced_only_with_overwrite_and_keeps_its_suffix(tmp_path):
    target = tmp_path / "figures.seg.nrrd"
    for text, overwrite in (("one", False), ("two", True)):
        with output_file(target, overwrite=overwrite) as temporary:
            assert temporary.name.endswith(".seg.nrrd")
            temporary.write_text(text)
    with pytest.raises(OutputError, match="exists"), output_file(target):
        pass
    assert target.read_text() == "two"
    assert everything_under(tmp_path) == {"figures.seg.nrrd"}


@pytest.mark.skipif(os.name == "nt", reason="umask is a POSIX idea")
def test_permissions_are_those_that_the_user_set(tmp_path):
    with output_folder(tmp_path / "joint") as temporary:
        (temporary / "a").write_text("x")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "joint").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_link_stays_and_its_folder_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with output_folder(tmp_path / "link", overwrite=True) as temporary:
        (temporary / "a").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="signals are a POSIX idea")
def test_ctrl_c_leaves_nothing(tmp_path):
    program = (
        "import os, signal, sys, time\n"
        "from LayerSeparationLib.files import output_folder\n"
        # Shells let programs in the background ignore Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"with output_folder({str(tmp_path / 'joint')!r}) as temporary:\n"
        "    (temporary / 'a').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(10)\n"
    )
    library = Path(__file__).parents[2] / "LayerSeparation"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(library)},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert b"KeyboardInterrupt" in done.stderr
    assert everything_under(tmp_path) == set()

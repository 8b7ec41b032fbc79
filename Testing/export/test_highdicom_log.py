"""highdicom's messages of every copied attribute stay out of Slicer's log; whoever else uses it has them."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from LayerSeparationLib.export import read_segmentation
from LayerSeparationLib.export.encoding.highdicom_log import only_warnings_of_highdicom
from LayerSeparationLib.export.formats.dicom import DicomFormat


@pytest.fixture
def open_log(caplog):
    """Let the root logger and highdicom's write everything, as Slicer's own does."""
    logger = logging.getLogger("highdicom")
    before = logger.level
    logger.setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    yield caplog
    logger.setLevel(before)


def test_writing_and_reading_log_nothing(open_log, tmp_path, sample):
    DicomFormat().write(tmp_path, sample)
    read_segmentation(tmp_path / "segmentation.dcm")
    assert [record.getMessage() for record in open_log.records if record.levelno >= logging.INFO] == []


def test_the_messages_are_many_without_it(open_log, tmp_path, sample):
    """This test keeps the one above from passing for nothing."""
    DicomFormat._make(sample)
    assert sum(record.name.startswith("highdicom") for record in open_log.records) > 20


def test_afterwards_the_level_is_what_it_was(open_log):
    logger = logging.getLogger("highdicom")
    with pytest.raises(ZeroDivisionError), only_warnings_of_highdicom():
        assert logger.getEffectiveLevel() == logging.WARNING
        raise ZeroDivisionError
    assert logger.level == logging.NOTSET
    logger.setLevel(logging.ERROR)
    with only_warnings_of_highdicom():
        assert logger.level == logging.ERROR
    assert logger.level == logging.ERROR


def test_two_writers_at_once_leave_the_level_alone(open_log):
    logger = logging.getLogger("highdicom")

    def use(_number):
        for _ in range(200):
            with only_warnings_of_highdicom():
                assert not logger.isEnabledFor(logging.INFO)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))
    assert logger.level == logging.NOTSET

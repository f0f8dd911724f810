"""Asking a change to stop: noted at once, heeded where no lock is held, and never heeded by an undo."""

import os
import signal
import threading

import pytest

from cisco.interrupt import raise_if_asked, stoppable, unstoppable
from cisco.verbs import report_progress

ASKING = [signal.SIGINT, signal.SIGTERM]


def is_heeded() -> bool:
    try:
        raise_if_asked()
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.parametrize("number", ASKING)
def test_a_signal_never_breaks_into_what_holds_a_lock(number: signal.Signals) -> None:
    lock = threading.Lock()
    with stoppable():
        with lock:
            os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt, match=number.name):
            raise_if_asked()
    assert lock.acquire(blocking=False)


def test_asking_once_interrupts_once() -> None:
    with stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
        assert [is_heeded(), is_heeded()] == [True, False]


@pytest.mark.parametrize("number", ASKING)
def test_an_undo_heeds_neither_an_earlier_signal_nor_a_new_one(number: signal.Signals) -> None:
    undone = []
    with stoppable():
        os.kill(os.getpid(), number)
        with unstoppable():
            os.kill(os.getpid(), number)
            raise_if_asked()
            undone.append(number)
        raise_if_asked()
    assert undone == [number]


def test_the_handlers_from_before_come_back() -> None:
    before = [signal.getsignal(number) for number in ASKING]
    with stoppable(), unstoppable():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    assert [signal.getsignal(number) for number in ASKING] == before


def test_a_signal_that_was_ignored_from_the_start_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` has it
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
            assert not is_heeded()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_progress_that_nobody_hears_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1) as closed:
        monkeypatch.setattr("sys.stderr", closed)
        report_progress("sending 104 lines")
        report_progress("confirmed")
        monkeypatch.undo()
        with pytest.raises(BrokenPipeError):
            closed.close()

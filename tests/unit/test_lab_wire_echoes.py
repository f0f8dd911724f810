"""What is counted as lost of a run of echoes, and by whom."""

import struct

from lab.wire.echo_sender import checksum, echo
from lab.wire.echoes import loss_of


def test_an_echo_without_an_answer_is_lost_and_its_time_is_told() -> None:
    loss = loss_of([5.0, 5.01, 5.02, 5.03], {0: 5.001, 1: 5.02, 3: 5.031})
    assert (loss.sent, loss.lost, loss.lost_at) == (4, 1, (0.02,))


def test_silence_is_counted_from_the_first_echo_and_until_the_last() -> None:
    sent = [float(second) for second in range(10)]
    assert loss_of(sent, {4: 4.5, 5: 5.5}).longest_gap == 4.5
    assert loss_of(sent, {0: 0.5, 1: 1.5}).longest_gap == 7.5
    assert loss_of(sent, {}).longest_gap == 9.0


def test_what_the_machine_dropped_is_not_the_tunnels_loss() -> None:
    sent = [0.0, 0.1, 0.2]
    assert loss_of(sent, {0: 0.05}).by_the_tunnels == 2
    assert loss_of(sent, {0: 0.05}, dropped_meanwhile=1).by_the_tunnels == 1
    assert loss_of(sent, {0: 0.05}, dropped_meanwhile=9).by_the_tunnels == 0


def test_a_run_that_was_stopped_before_its_first_echo_lost_nothing() -> None:
    assert loss_of([], {}).lost == 0


def test_an_echo_request_is_as_the_rfc_has_it() -> None:
    message = echo(0x1234, 7)
    assert struct.unpack_from("!BBxxHH", message) == (8, 0, 0x1234, 7)
    assert checksum(message) == 0  # over the whole, its own included (RFC 1071)
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D  # RFC 1071's example

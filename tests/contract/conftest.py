"""One fake AWS a test, empty at its start."""

from collections.abc import Iterator

import pytest

from lab.aws.server import FakeAws
from tests.contract.fake_aws import Guide, guide


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with FakeAws() as running:
        yield running


@pytest.fixture
def example(aws: FakeAws) -> Guide:
    return guide(aws)

"""Queues: their URLs, as AWS and emulators write them."""

import pytest

from bot.domain.aws.queue import parse_queue_url


@pytest.mark.parametrize(
    ("url", "region"),
    [
        pytest.param("https://sqs.eu-west-1.amazonaws.com/123456789012/oom", "eu-west-1", id="AWS"),
        pytest.param("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/oom", "cn-north-1", id="China"),
        pytest.param(
            "https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/oom", "us-gov-west-1", id="FIPS"
        ),
        pytest.param(
            "https://eu-west-1.queue.amazonaws.com/123456789012/oom", "eu-west-1", id="the old host"
        ),
        pytest.param("http://127.0.0.1:8765/aws/123456789012/oom", "", id="an emulator"),
    ],
)
def test_read(url: str, region: str) -> None:
    queue = parse_queue_url(url)
    assert (queue.url, queue.region, queue.account, queue.name) == (url, region, "123456789012", "oom")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("arn:aws:sqs:eu-west-1:123456789012:oom", "not the URL", id="the ARN"),
        pytest.param("https://sqs.eu-west-1.amazonaws.com/123456789012/oom.fifo", "FIFO", id="FIFO"),
        pytest.param("https://sqs.eu-west-1.amazonaws.com/oom", "not the URL", id="no account"),
        pytest.param(
            "https://u:p@sqs.eu-west-1.amazonaws.com/123456789012/oom", "not the URL", id="a password"
        ),
        pytest.param("", "not the URL", id="nothing"),
    ],
)
def test_refused(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_queue_url(url)

"""Queues: the SQS queues that we poll, told apart by their URLs."""

import re
from dataclasses import dataclass

_REGION = r"[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}"
_HOST = re.compile(rf"(?:sqs(?:-fips)?\.(?P<region>{_REGION})|(?P<old>{_REGION})\.queue)\.")
_URL = re.compile(r"https?://(?P<host>[^/\s?#@]+)/(?:[\w-]+/)*(?P<account>[0-9]{12})/(?P<name>[\w-]{1,80})")


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. The URL is the whole of its identity; `region` is "" where the URL names none (an emulator's)."""

    url: str
    region: str
    account: str
    name: str


def parse_queue_url(url: str) -> Queue:
    """Read `https://sqs.eu-west-1.amazonaws.com/123456789012/oom-guard`.

    Raises ValueError with a sentence for the person who wrote the setting.
    """
    match = _URL.fullmatch(url)
    if match is None:
        hint = (
            "a FIFO queue cannot be used"
            if url.endswith(".fifo")
            else "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"
        )
        raise ValueError(f"{url!r} is not the URL of a standard SQS queue ({hint})")
    host = _HOST.match(match["host"])
    region = "" if host is None else host["region"] or host["old"]
    return Queue(url, region, match["account"], match["name"])

"""Models: botocore's descriptions of AWS's services, read once a process and without what only people read of them."""

import gzip
import json
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any

from botocore.loaders import Loader
from botocore.session import Session, get_session

# As endpoints.json names the services that we ask. What it says of all others is 7 MiB of dicts; a service that is not
# named here is still found where botocore's rules of its own say, or at service.region.amazonaws.com.
ENDPOINTS = frozenset(
    {
        "api.ecr",
        "api.pricing",
        "application-autoscaling",
        "batch",
        "cloudformation",
        "ecs",
        "events",
        "iam",
        "logs",
        "monitoring",
        "scheduler",
        "sns",
        "sqs",
        "sts",
    }
)


class SpareFiles:
    """Reads botocore's files as its own reader does, but into plain dicts, equal texts once, documentation left out."""

    def exists(self, file_path: str) -> bool:
        """Whether there is such a file; the path is without its ending."""
        return any(Path(file_path + ending).is_file() for ending in (".json", ".json.gz"))

    def load_file(self, file_path: str) -> Any:
        """What the file says; None where there is none."""
        for ending, opened in ((".json", open), (".json.gz", gzip.open)):
            path = Path(file_path + ending)
            if path.is_file():
                with opened(path, "rb") as file:
                    said = json.loads(file.read(), object_pairs_hook=_spare)
                return _ours(said) if path.stem == "endpoints" else said
        return None


@cache
def loader() -> Loader:
    """The reader of models; it remembers what it has read."""
    return Loader(file_loader=SpareFiles())


def session() -> Session:
    """A session whose clients do as all others; all sessions have their models in common, in a third of the memory."""
    made = get_session()
    made.register_component("data_loader", loader())
    return made


def _spare(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that is called documentation is no text but a dict, and stays."""
    return {
        key: intern(value) if type(value) is str else value
        for key, value in pairs
        if key != "documentation" or type(value) is not str
    }


def _ours(endpoints: dict[str, Any]) -> dict[str, Any]:
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services.keys() & ENDPOINTS}
    return endpoints

"""Models: botocore's own description of each AWS API, the judge of every request and answer."""

import re
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from sandbox.aws.errors import AwsError

_BY_SIGNING_NAME = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}


class Api:
    """One AWS API as its model describes it."""

    def __init__(self, name: str, description: dict[str, Any]) -> None:
        """`description` is the raw service-2 model."""
        self.name = name
        self._raw = description
        self.model = ServiceModel(description, name)

    @cached_property
    def namespace(self) -> str:
        """The XML namespace of query answers."""
        return str(self._raw["metadata"].get("xmlNamespace", ""))

    def operation(self, name: str) -> OperationModel:
        """The operation; AwsError when the API has none of that name."""
        if name not in self._raw["operations"]:
            raise AwsError("UnknownOperationException", f"The operation {name!r} is not one of {self.name}.")
        return self.model.operation_model(name)

    def answer(self, name: str) -> OperationModel:
        """The operation turned round, so that botocore's request serializers print its answer."""
        raw = self._raw["operations"][name]
        turned = {"name": name, "http": {"method": "POST", "requestUri": "/"}}
        if "output" in raw:
            turned["input"] = raw["output"] | {"locationName": raw["output"].get("resultWrapper", name)}
        return OperationModel(turned, self.model, name)

    def at(self, method: str, path: str) -> tuple[OperationModel, dict[str, str]]:
        """The REST operation at a path, with the values in the path; AwsError when there is none."""
        for name, raw in self._raw["operations"].items():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(raw["http"]["requestUri"]))
            match = re.fullmatch(pattern, path)
            if match and raw["http"]["method"] == method:
                values = {key: unquote(value) for key, value in match.groupdict().items()}
                return self.operation(name), values
        raise AwsError("UnknownOperationException", f"{self.name} has nothing at {method} {path}.", 404)


@cache
def _loader() -> Loader:
    """One for all worlds of a process: it remembers what it has read."""
    return Loader()


@cache
def api(signing_name: str) -> Api:
    """The API behind the name that requests are signed for; AwsError when botocore knows none."""
    name = _BY_SIGNING_NAME.get(signing_name, signing_name)
    if name not in _loader().list_available_services("service-2"):
        raise AwsError("UnknownServiceException", f"There is no service {signing_name!r}.", 404)
    return Api(name, _loader().load_service_model(name, "service-2"))


def check(parameters: dict[str, Any], shape: Shape | None) -> None:
    """Raise ValidationException unless the parameters have the shape's fields, types, ranges and enums."""
    if shape is None:
        return
    faults = _constraint_faults(parameters, shape, "")
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        faults.append(report.generate_report())
    if faults:
        raise AwsError("ValidationException", "; ".join(faults))


def misfits(value: Any, shape: Shape, path: str = "") -> list[str]:
    """What JSON has that the shape has not: unknown fields, texts where lists belong."""
    if shape.type_name == "structure" and not shape.is_document_type:
        if not isinstance(value, dict):
            return [f"{path} is not a structure"]
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        strange = [f"unknown parameter {path}.{key}" for key in value if key not in known]
        inner = [misfits(value[key], known[key], f"{path}.{key}") for key in value if key in known]
        return strange + [fault for faults in inner for fault in faults]
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{path} is not a list"]
        return [fault for n, one in enumerate(value) for fault in misfits(one, shape.member, f"{path}[{n}]")]
    return []


def _constraint_faults(value: Any, shape: Shape, path: str) -> list[str]:
    """What botocore leaves to AWS: enums, and most characters, items and amounts."""
    faults = _too_much(value, shape, path)
    if shape.type_name == "structure" and isinstance(value, dict):
        for key in value.keys() & shape.members.keys():
            faults += _constraint_faults(value[key], shape.members[key], f"{path}.{key}")
    if shape.type_name == "list" and isinstance(value, list):
        for one in value:
            faults += _constraint_faults(one, shape.member, path)
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        faults.append(_unsatisfied(value, path, f"satisfy enum value set: {allowed}"))
    return faults


def _too_much(value: Any, shape: Shape, path: str) -> list[str]:
    """A value above the model's `max`."""
    most = shape.metadata.get("max")
    if most is None:
        return []
    if isinstance(value, (str, list)) and len(value) > most:
        return [_unsatisfied(value, path, f"have length less than or equal to {most}")]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return [_unsatisfied(value, path, f"have value less than or equal to {most}")] * (
        is_number and value > most
    )


def _unsatisfied(value: Any, path: str, must: str) -> str:
    return f"Value {str(value)[:80]!r} at {path!r} failed to satisfy constraint: Member must {must}"

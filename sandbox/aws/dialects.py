"""Dialects: the protocols that AWS APIs are spoken in, read and answered by their models."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from sandbox.aws.errors import AwsError
from sandbox.aws.models import Api, misfits


@dataclass(frozen=True)
class Call:
    """A request as it came: path below the endpoint, query string, headers, body."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """Parameters of the query protocol, from the query string and the form body."""
        return dict(parse_qsl(self.query, keep_blank_values=True)) | dict(
            parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True)
            if "form-urlencoded" in self.headers.get("Content-Type", "")
            else []
        )


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """One protocol."""

    def read(self, call: Call, api: Api) -> tuple[OperationModel, dict[str, Any]]:
        """Operation and parameters; AwsError when the call cannot be read."""

    def write(self, api: Api, operation: str, result: dict[str, Any]) -> Reply:
        """The answer."""

    def refuse(self, api: Api, error: AwsError) -> Reply:
        """The refusal."""


class Json:
    """The json protocol: the operation in X-Amz-Target (ecs, logs, events, …)."""

    def read(self, call: Call, api: Api) -> tuple[OperationModel, dict[str, Any]]:
        """Operation and parameters; AwsError when the call cannot be read."""
        prefix, _, name = call.headers["X-Amz-Target"].rpartition(".")
        if prefix != api.model.metadata.get("targetPrefix"):
            raise AwsError("UnknownOperationException", f"{prefix!r} is not the prefix of {api.name}.")
        operation = api.operation(name)
        return operation, _json_parameters(call.body, operation.input_shape)

    def write(self, api: Api, operation: str, result: dict[str, Any]) -> Reply:
        """The answer."""
        return Reply(
            200, _printed("json", api, operation, result), {"Content-Type": "application/x-amz-json-1.1"}
        )

    def refuse(self, api: Api, error: AwsError) -> Reply:
        """The refusal."""
        body = json.dumps({"__type": f"com.amazonaws.{api.name}#{error.code}", "message": error.message})
        return Reply(error.status, body.encode(), {"Content-Type": "application/x-amz-json-1.1"})


class RestJson:
    """The rest-json protocol: the operation in method and path (batch, scheduler)."""

    def read(self, call: Call, api: Api) -> tuple[OperationModel, dict[str, Any]]:
        """Operation and parameters; AwsError when the call cannot be read."""
        operation, in_path = api.at(call.method, call.path)
        if operation.input_shape is None:
            return operation, {}
        members = operation.input_shape.members
        query = dict(parse_qsl(call.query))
        outside = {
            name: (in_path | query)[member.serialization.get("name", name)]
            for name, member in members.items()
            if member.serialization.get("location") in ("uri", "querystring")
            and member.serialization.get("name", name) in in_path | query
        }
        numbers = {name: int(text) for name, text in outside.items() if members[name].type_name == "integer"}
        return operation, _json_parameters(call.body, operation.input_shape) | outside | numbers

    def write(self, api: Api, operation: str, result: dict[str, Any]) -> Reply:
        """The answer."""
        return Reply(200, _printed("rest-json", api, operation, result), {"Content-Type": "application/json"})

    def refuse(self, api: Api, error: AwsError) -> Reply:  # noqa: ARG002 every dialect has this signature
        """The refusal."""
        body = json.dumps({"message": error.message, "Message": error.message})
        return Reply(
            error.status, body.encode(), {"x-amzn-ErrorType": error.code, "Content-Type": "application/json"}
        )


class Cbor:
    """The smithy-rpc-v2-cbor protocol, which newer botocore prefers for CloudWatch."""

    _HEADERS = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}  # noqa: RUF012 read only

    def read(self, call: Call, api: Api) -> tuple[OperationModel, dict[str, Any]]:
        """Operation and parameters; AwsError when the call cannot be read."""
        operation = api.operation(call.path.rpartition("/")[2])
        return operation, _parsed("smithy-rpc-v2-cbor", call.body, operation.input_shape)

    def write(self, api: Api, operation: str, result: dict[str, Any]) -> Reply:
        """The answer."""
        return Reply(200, _printed("smithy-rpc-v2-cbor", api, operation, result), dict(self._HEADERS))

    def refuse(self, api: Api, error: AwsError) -> Reply:
        """The refusal: a map of two short texts, printed by hand since no model has it."""
        body = b"\xbf" + b"".join(
            map(_cbor_text, ("__type", f"{api.name}#{error.code}", "message", error.message))
        )
        return Reply(error.status, body + b"\xff", dict(self._HEADERS))


class Query:
    """The query protocol: a form in, XML out (sns, sts, cloudformation)."""

    def read(self, call: Call, api: Api) -> tuple[OperationModel, dict[str, Any]]:
        """Operation and parameters; AwsError when the call cannot be read."""
        form = call.form
        action = form.pop("Action", "")
        form.pop("Version", None)
        try:
            operation = api.operation(action)
        except AwsError as error:
            raise AwsError("InvalidAction", f"The action {action} is not valid for this endpoint.") from error
        shape = operation.input_shape
        return operation, _from_form(form, shape) if shape else {}

    def write(self, api: Api, operation: str, result: dict[str, Any]) -> Reply:
        """The answer."""
        inner = _printed("rest-xml", api, operation, result).decode() if result else ""
        return _xml(200, f"{operation}Response", api, inner)

    def refuse(self, api: Api, error: AwsError) -> Reply:
        """The refusal; what breaks the model is a ValidationError in this protocol."""
        kind = "Sender" if error.status < 500 else "Receiver"
        code = "ValidationError" if error.code == "ValidationException" else error.code
        inner = f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(error.message)}</Message>"
        return _xml(error.status, "ErrorResponse", api, f"<Error>{inner}</Error>")


def dialect(call: Call) -> Dialect:
    """The dialect that a call is in."""
    if "X-Amz-Target" in call.headers:
        return Json()
    if call.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return Cbor()
    return Query() if "Action" in call.form else RestJson()


def _xml(status: int, root: str, api: Api, inner: str) -> Reply:
    metadata = f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata>"
    body = f'<{root} xmlns="{api.namespace}">{inner}{metadata}</{root}>'
    return Reply(status, body.encode(), {"Content-Type": "text/xml"})


def _printed(protocol: str, api: Api, operation: str, result: dict[str, Any]) -> bytes:
    turned = api.answer(operation)
    if turned.input_shape is None:
        return b""
    body = create_serializer(protocol, include_validation=False).serialize_to_request(result, turned)["body"]
    return body.encode() if isinstance(body, str) else bytes(body)


def _parsed(protocol: str, body: bytes, shape: Shape | None) -> dict[str, Any]:
    if shape is None or not body:
        return {}
    response = {"status_code": 200, "headers": {}, "body": body}
    parameters: dict[str, Any] = create_parser(protocol).parse(response, shape)
    parameters.pop("ResponseMetadata", None)
    return parameters


def _json_parameters(body: bytes, shape: Shape | None) -> dict[str, Any]:
    """Strict: a field that the model lacks is refused, where AWS might be silent about it."""
    if shape is None:
        return {}
    try:
        plain = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError("SerializationException", "The request body is not JSON.") from error
    if strange := misfits(plain, shape):
        raise AwsError("ValidationException", f"Invalid input: {', '.join(strange)}")
    return _parsed("json", body, shape)


def _from_form(form: dict[str, str], shape: Shape) -> dict[str, Any]:
    """The structure in `Name`, `List.member.1.Field`, `Map.entry.1.key` parameters."""
    parameters = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        inside = {key[len(wire) + 1 :]: text for key, text in form.items() if key.startswith(f"{wire}.")}
        if wire in form or inside:
            parameters[name] = _form_value(form.get(wire, ""), inside, member)
    known = {member.serialization.get("name", name) for name, member in shape.members.items()}
    if strange := sorted({key.split(".")[0] for key in form} - known):
        raise AwsError("ValidationError", f"Unknown parameter in input: {', '.join(strange)}")
    return parameters


def _form_value(text: str, inside: dict[str, str], shape: Shape) -> Any:
    if shape.type_name == "structure":
        return _from_form(inside, shape)
    if shape.type_name == "list":
        return [_form_value(g.get("", ""), g, shape.member) for g in _numbered(inside, "member")]
    if shape.type_name == "map":
        return {group["key"]: group.get("value", "") for group in _numbered(inside, "entry")}
    if shape.type_name == "boolean":
        return text.lower() == "true"
    return int(text) if shape.type_name in ("integer", "long") else text


def _numbered(inside: dict[str, str], word: str) -> list[dict[str, str]]:
    """Parameters below `member.1.`, `member.2.`, …, in order."""
    groups: dict[int, dict[str, str]] = {}
    for key, text in inside.items():
        kind, _, rest = key.partition(".")
        number, _, field_name = rest.partition(".")
        if kind == word and number.isdigit():
            groups.setdefault(int(number), {})[field_name] = text
    return [groups[number] for number in sorted(groups)]


def _cbor_text(text: str) -> bytes:
    raw = text.encode()[:65535]
    return b"\x79" + len(raw).to_bytes(2, "big") + raw

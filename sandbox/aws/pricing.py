"""The price list: Fargate's hours by region, each product a JSON text, as AWS's Price List API has them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
ENDPOINTS = {"us-east-1", "eu-central-1", "ap-south-1"}
# region → prefix of its usage types, USD an hour for a vCPU and a GB on x86, the same on ARM (of 2026)
_RATES: Mapping[str, tuple[str, float, float, float, float]] = {
    "us-east-1": ("USE1", 0.04048, 0.004445, 0.03238, 0.00356),
    "eu-west-1": ("EU", 0.04048, 0.004445, 0.03238, 0.00356),
    "eu-central-1": ("EUC1", 0.04656, 0.00511, 0.03725, 0.00409),
}
_MOST = 100


class Pricing:
    """GetProducts for AmazonECS."""

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"GetProducts": self._get}

    def _get(self, asked: Parameters) -> Parameters:
        """The products whose attributes equal what every filter says; a field that none has matches none."""
        if asked["ServiceCode"] != "AmazonECS":
            raise AwsError("InvalidParameterException", f"Invalid service code {asked['ServiceCode']}")
        if asked.get("FormatVersion", "aws_v1") != "aws_v1":
            raise AwsError("InvalidParameterException", "Invalid FormatVersion: aws_v1 is the only one.")
        if any(one["Type"] != "TERM_MATCH" for one in asked.get("Filters", [])):
            raise AwsError("InvalidParameterException", "The sandbox plays TERM_MATCH filters only.")
        token, size = asked.get("NextToken", "0"), asked.get("MaxResults", _MOST)
        if not token.isdigit():
            raise AwsError("InvalidNextTokenException", "The NextToken is invalid.")
        found = [one for one in _products() if _matches(one["product"], asked.get("Filters", []))]
        first, end = int(token), int(token) + size
        more = {"NextToken": str(end)} if end < len(found) else {}
        return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(p) for p in found[first:end]]} | more


def _matches(product: Parameters, filters: list[Parameters]) -> bool:
    known = product["attributes"] | {"productFamily": product["productFamily"]}
    return all(known.get(one["Field"]) == one["Value"] for one in filters)


def _products() -> Iterator[Parameters]:
    for region, (prefix, vcpu, gigabyte, arm_vcpu, arm_gigabyte) in _RATES.items():
        for kind, per_vcpu, per_gigabyte in (("", vcpu, gigabyte), ("ARM-", arm_vcpu, arm_gigabyte)):
            yield _product(region, f"{prefix}-Fargate-{kind}vCPU-Hours:perCPU", per_vcpu)
            yield _product(region, f"{prefix}-Fargate-{kind}GB-Hours", per_gigabyte)
        yield _product(region, f"{prefix}-Fargate-EphemeralStorage-GB-Hours", 0.000111)


def _product(region: str, usage: str, usd: float) -> Parameters:
    """One product with its on-demand term; ids are as long as AWS's."""
    sku = hashlib.sha256(usage.encode()).hexdigest()[:16].upper()
    attributes = {"servicecode": "AmazonECS", "regionCode": region, "usagetype": usage, "operation": ""}
    return {
        "product": {"productFamily": "Compute", "attributes": attributes, "sku": sku},
        "serviceCode": "AmazonECS",
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": _term(sku, usage, usd)}},
        "version": "20260101000000",
        "publicationDate": "2026-01-01T00:00:00Z",
    }


def _term(sku: str, usage: str, usd: float) -> Parameters:
    """What it costs on demand: one price, however much is used."""
    dimension = {
        "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
        "unit": "hours",
        "beginRange": "0",
        "endRange": "Inf",
        "description": f"AWS Fargate - {usage}",
        "appliesTo": [],
        "pricePerUnit": {"USD": f"{usd:.10f}"},
    }
    return {
        "sku": sku,
        "offerTermCode": "JRTCKXETXF",
        "effectiveDate": "2026-01-01T00:00:00Z",
        "termAttributes": {},
        "priceDimensions": {dimension["rateCode"]: dimension},
    }

"""Flask with aws-sns-message-validator: runs in a venv of its own and knows nothing of ours.

The certificate is at hand, without the package's own requests-cache, which would make it some ten times slower.
"""

# mypy: disable-error-code="import-not-found, untyped-decorator"

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, request
from sns_message_validator import SNSMessageValidator


def endpoint(pem: str) -> Any:
    """The application; gunicorn calls this."""
    validator = SNSMessageValidator()
    answer = SimpleNamespace(content=Path(pem).read_bytes())
    validator._cert_session = SimpleNamespace(get=lambda _url: answer)  # noqa: SLF001 -- see above
    app = Flask(__name__)

    @app.post("/sns")
    def take() -> str:
        validator.validate_message(json.loads(request.get_data()))
        return "verified"

    @app.get("/readyz")
    def ready() -> str:
        return ""

    return app


if __name__ == "__main__":
    sys.exit("run me with gunicorn: 'flask_endpoint:endpoint(\"certificate.pem\")'")

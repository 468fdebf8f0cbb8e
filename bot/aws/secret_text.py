"""Secret texts: what a secret of AWS Secrets Manager holds, read with the process's own credentials."""

import re

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bot.aws.models import session

ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:(?P<region>[a-z0-9-]+):\d{12}:secret:\S+", re.ASCII)
_PATIENT = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})


def secret_text(arn: str) -> str:
    """The current version of the secret. Raises ValueError, which says why it cannot be had and nothing of it."""
    found = ARN.fullmatch(arn)
    if found is None:
        raise ValueError("this is not the ARN of a secret in AWS Secrets Manager")
    try:
        client = session().create_client("secretsmanager", region_name=found["region"], config=_PATIENT)
        answer = client.get_secret_value(SecretId=arn)
    except ClientError as error:
        told = error.response.get("Error", {})
        raise ValueError(f"{told.get('Code', 'error')}: {told.get('Message', '')}"[:400]) from None
    except BotoCoreError as error:
        raise ValueError(f"{type(error).__name__}: {error}"[:400]) from None
    if "SecretString" not in answer:
        raise ValueError("it holds bytes and no text: give it with --secret-string file://oomguard.toml")
    return str(answer["SecretString"])

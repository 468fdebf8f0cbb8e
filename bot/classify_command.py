"""The command `classify`: the verdict on events in files, without network or settings."""

import json
import sys
from pathlib import Path

import click

from bot.aws.classify import classify_file, was_read


@click.command(short_help="Print the verdict on events in files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
def classify(files: tuple[Path, ...]) -> None:
    """Print the verdict on events in FILEs, one JSON object a file; needs no network and no settings.

    A file holds an EventBridge event, an SNS message, a Lambda or SQS record of one, or the text of a notification.
    Exits with 1 if a file could not be read.
    """
    answers = [classify_file(path) for path in files]
    for answer in answers:
        click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(0 if all(was_read(answer) for answer in answers) else 1)

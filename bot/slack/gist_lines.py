"""Gist lines: a diagnosis in two lines of mrkdwn, wherever it is shown."""

from bot.domain.investigation.gist import Gist
from bot.domain.telling.language import say
from bot.slack.mrkdwn import bold, code, escape


def cause_line(gist: Gist) -> str:
    """`*Leak*: +42 MiB/h, again in about 9 h`."""
    cause = bold(escape(gist.cause, 60))
    return say("{label}: {words}", label=cause, words=escape(gist.told, 160)) if gist.told else cause


def fix_line(gist: Gist) -> str:
    """`*Fix*: 2,048 → 3,072 MiB: enough in 9 of 10 · +$14/month`; "" where there is nothing to advise."""
    paste = f" {code(gist.paste, 160)}" if gist.paste and gist.paste not in gist.fix else ""
    return f"{bold(gist.label)}  {escape(gist.fix, 160)}{paste}" if gist.fix or gist.paste else ""

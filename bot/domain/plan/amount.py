"""Amounts: how much memory a person asked for, as typed: `+512M`, `1.5x`, `2G`, `auto`."""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from bot.domain.telling.language import mark, say

UNITS_MIB = {"": 1, "m": 1, "mb": 1, "mi": 1, "mib": 1, "g": 1024, "gb": 1024, "gi": 1024, "gib": 1024}
LARGEST_MIB = 4 * 1024 * 1024  # 4 TiB: more than any container instance has
LARGEST_FACTOR = 100
EXAMPLES = mark("+512M, -256M, 1.5x, 2G, 1536M or auto")

_FORM = re.compile(r"([+-]?)(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]{0,3})", re.ASCII)


class AmountKind(StrEnum):
    """How an amount is meant."""

    AUTO = "auto"  # what the diagnosis recommends
    SIZE = "size"  # this much, MiB
    MORE = "more"  # this much more (or less), MiB
    FACTOR = "factor"  # so many times as much


class BadAmount(ValueError):
    """What was typed is no amount; the message is a sentence for the person, without its full stop."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount; `value` is MiB or a factor, 0 for AUTO."""

    kind: AmountKind
    value: float = 0

    def of(self, current_mib: int, recommended_mib: int | None) -> int:
        """The size in MiB, rounded up. Raises BadAmount where nothing is recommended, or nothing would be left."""
        wanted: float
        match self.kind:
            case AmountKind.AUTO:
                if recommended_mib is None:
                    raise BadAmount(
                        say(
                            "There is no recommendation for it: name a size, like {examples}",
                            examples=say(EXAMPLES),
                        )
                    )
                wanted = recommended_mib
            case AmountKind.SIZE:
                wanted = self.value
            case AmountKind.MORE:
                wanted = current_mib + self.value
            case AmountKind.FACTOR:
                wanted = current_mib * self.value
        if not 1 <= wanted <= LARGEST_MIB:
            raise BadAmount(say("That would be {mib:,.0f} MiB", mib=wanted))
        return ceil(wanted)


AUTO = Amount(AmountKind.AUTO)


def parse(text: str) -> Amount:
    """The amount that was typed; "" is `auto`. Raises BadAmount."""
    typed = text.strip().lower()
    if typed in ("", "auto"):
        return AUTO
    found = _FORM.fullmatch(typed)
    if found is None:
        raise BadAmount(
            say(
                "I don't understand “{word}” as an amount of memory: try {examples}",
                word=text.strip()[:30],
                examples=say(EXAMPLES),
            )
        )
    sign, number, unit = found[1], float(found[2]), found[3]
    if unit == "x" and not sign:
        if not 0 < number <= LARGEST_FACTOR:
            raise BadAmount(say("A factor is more than 0x and at most {most}x", most=LARGEST_FACTOR))
        return Amount(AmountKind.FACTOR, number)
    if unit not in UNITS_MIB:
        raise BadAmount(
            say("I don't know the unit “{unit}”: try {examples}", unit=unit, examples=say(EXAMPLES))
        )
    size = number * UNITS_MIB[unit]
    if sign:
        return Amount(AmountKind.MORE, -size if sign == "-" else size)
    return Amount(AmountKind.SIZE, size)


def is_amount(text: str) -> bool:
    """Whether a word on the command line is meant as an amount rather than as a name."""
    try:
        parse(text)
    except BadAmount:
        return False
    return bool(text.strip())

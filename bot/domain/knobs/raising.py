"""Raising: a larger limit as the other way out where a setting does not fit the limit."""

from dataclasses import dataclass

from bot.domain.telling.language import mark, say


@dataclass(frozen=True, slots=True)
class Raising:
    """Marked sentences: `alone`, and `beside` after what else is to `{do}`. `mib` is the limit that would do."""

    alone: str
    beside: str
    mib: int = 0

    def told(self, do: str) -> str:
        """What to do, as a sentence; `do` is "" where nothing but the limit can change."""
        return say(self.beside, do=do, mib=self.mib) if do else say(self.alone, mib=self.mib)


def somewhat() -> Raising:
    """By as much as it takes, which nobody knows."""
    return Raising(mark("Raise the limit."), mark("{do}, or raise the limit."))


def to(mib: int) -> Raising:
    """To exactly this."""
    return Raising(
        mark("Raise the limit to {mib:,} MiB."), mark("{do}, or raise the limit to {mib:,} MiB."), mib
    )


def to_about(mib: int) -> Raising:
    """To this, by a rule of thumb."""
    return Raising(
        mark("Raise the limit to about {mib:,} MiB."),
        mark("{do}, or raise the limit to about {mib:,} MiB."),
        mib,
    )


def to_at_least(mib: int) -> Raising:
    """To this or more."""
    return Raising(
        mark("Raise the limit to at least {mib:,} MiB."),
        mark("{do}, or raise the limit to at least {mib:,} MiB."),
        mib,
    )

"""Verbs: the words that `/oom` understands, each with its usage and an example."""

from dataclasses import dataclass

from bot.domain.telling.language import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One word after `/oom`. `aliases` are understood, but never shown."""

    name: str
    usage: str  # what follows the name
    does: str  # one sentence, marked for the catalogs
    example: str  # the words after `/oom`
    aliases: tuple[str, ...] = ()


VERBS = (
    Verb(
        name="stats",
        usage="<task> [24h|7d|30d]",
        does=mark("Kills of a service, task family or job: how often, where, how long tasks lived."),
        example="stats checkout 7d",
        aliases=("stat", "statistics"),
    ),
    Verb(
        name="list",
        usage="[page]",
        does=mark("Incidents that nobody has resolved yet."),
        example="list",
        aliases=("incidents", "ls", "open"),
    ),
    Verb(
        name="top",
        usage="[24h|7d|30d]",
        does=mark("Who was killed most."),
        example="top 7d",
    ),
    Verb(
        name="report",
        usage="[7d|30d] [#channel] [--csv]",
        does=mark(
            "A channel's week: who was killed, what was done and came of it, near misses, waste; or a file of it."
        ),
        example="report 7d",
        aliases=("weekly", "summary"),
    ),
    Verb(
        name="route",
        usage="<task>",
        does=mark("Which channel and owner a task's alerts go to, in which language, and why."),
        example="route checkout",
        aliases=("routing", "routes", "where"),
    ),
    Verb(
        name="ack",
        usage="<n|task>",
        does=mark("Acknowledge an incident: you are looking at it."),
        example="ack #12",
        aliases=("acknowledge",),
    ),
    Verb(
        name="resolve",
        usage="<n|task>",
        does=mark("Resolve an incident: it is over."),
        example="resolve #12",
        aliases=("close", "done"),
    ),
    Verb(
        name="silence",
        usage="<task> [3h] [reason…]",
        does=mark("Mute alerts of a task for a time, 1h to 2w (3h unless you say otherwise)."),
        example="silence checkout 3h load test",
        aliases=("mute", "snooze"),
    ),
    Verb(
        name="silences",
        usage="[page]",
        does=mark("Silences in force: who, why and until when."),
        example="silences",
        aliases=("mutes", "snoozes"),
    ),
    Verb(
        name="unsilence",
        usage="<n>",
        does=mark("End a silence now."),
        example="unsilence 3",
        aliases=("unmute", "unsnooze"),
    ),
    Verb(
        name="resize",
        usage='<task> [container] [+512M|1.5x|2G|auto] [--dry-run] [--reason "…"]',
        does=mark("Change a task's memory: shows the plan first, then does it, watches, and can go back."),
        example="resize checkout +512M",
        aliases=("memory",),
    ),
    Verb(
        name="rollback",
        usage="<task> [reason…]",
        does=mark("Undo the last resize of a task: back to the revision before it."),
        example="rollback checkout",
        aliases=("undo", "revert"),
    ),
    Verb(
        name="history",
        usage="<task> [page]",
        does=mark("What was asked for, approved, refused and done to a task's memory, and by whom."),
        example="history checkout",
    ),
    Verb(
        name="freeze",
        usage="[reason…]",
        does=mark("Let nobody begin a change of memory until it is thawed; rolling back stays possible."),
        example="freeze Black Friday",
    ),
    Verb(
        name="thaw",
        usage="",
        does=mark("End the freeze: changes may begin again."),
        example="thaw",
        aliases=("unfreeze",),
    ),
    Verb(
        name="near",
        usage="[24h|7d]",
        does=mark("Services that came near their memory limit and lived, or are stuck at it."),
        example="near 24h",
        aliases=("nearly", "close-calls"),
    ),
    Verb(
        name="scan",
        usage="<service> [24h]",
        does=mark(
            "Search a service's logs for processes killed inside its containers, which ECS tells nobody."
        ),
        example="scan checkout 24h",
    ),
    Verb(
        name="audit",
        usage="[cluster]",
        does=mark("What is wrong with the task definitions in use, before anything is killed."),
        example="audit prod",
        aliases=("inspect",),
    ),
    Verb(
        name="waste",
        usage="",
        does=mark("Services that would do with less memory: what that saves, and how likely it would kill."),
        example="waste",
        aliases=("savings",),
    ),
    Verb(
        name="doctor",
        usage="",
        does=mark(
            "Whether OOM Guard itself is well: Slack, AWS, the path of events, the store; and how to mend what is not."
        ),
        example="doctor",
        aliases=("status", "health"),
    ),
    Verb(
        name="test",
        usage="[channel]",
        does=mark(
            "Send a synthetic kill through the whole path, from EventBridge to the channel, and time each leg."
        ),
        example="test oom-alerts",
        aliases=("drill", "ping"),
    ),
    Verb(
        name="help",
        usage="[verb]",
        does=mark("What you can type."),
        example="help silence",
        aliases=("?", "-h", "--help", "usage"),
    ),
)

BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}

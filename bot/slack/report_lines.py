"""Report lines: what a report says of offenders, fixes, near misses, waste and silences, a line each."""

from collections.abc import Sequence

from bot.domain.inspection.foresight import Foresight, Near, Spare
from bot.domain.report.report import Done, EndingSilence, Fix, Offender, Report
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import clauses, commas
from bot.slack.answers.place import AccountName
from bot.slack.mrkdwn import bold, date, escape

ROWS = 8  # offenders
_FEW = 4  # of everything else
_NAMES = 5


def offenders(report: Report, account_name: AccountName) -> list[str]:
    """New ones and repeated ones, a text each; those that are many leave the others room."""
    new = [one for one in report.offenders if one.is_new]
    old = [one for one in report.offenders if not one.is_new]
    rows_new = min(len(new), max(ROWS // 2, ROWS - len(old)))
    texts = []
    for title, group, rows, total in (
        (say("New offenders"), new, rows_new, report.new),
        (say("Repeated offenders"), old, ROWS - rows_new, report.repeated),
    ):
        if group:
            lines = [_offender(one, _where(one.subject, report, account_name)) for one in group[:rows]]
            texts.append("\n".join([bold(title), *lines, *_more(total - min(rows, len(group)))]))
    return texts


def fixes(report: Report) -> str:
    """What was resized and how that ended, and what it saves; "" where there is neither."""
    if not report.fixes:
        return ""
    lines = [_fix(one) for one in report.fixes[:_FEW]]
    saved = say("💰 Proven resizes save about {usd} a month.", usd=_usd(report.saved_usd))
    more = _more(len(report.fixes) - _FEW)
    return "\n".join([bold(say("Fixes")), *lines, *more, *([saved] if report.saved_usd >= 0.5 else [])])


def near(found: Foresight) -> str:
    """Who came near the limit; none is told only where somebody looked."""
    percent = f"{found.percent:g}"
    if not found.near:
        if found.looked_at <= len(found.unmeasured):
            return say("🤷 Near misses are not known: no service has data.")
        if found.gaps:
            return say("🤷 No near misses seen, but not everything could be looked at.")
        return say(
            "✅ No near misses: no service with data passed {percent} % of its limit.", percent=percent
        )
    title = count(
        len(found.near),
        "{n} near miss: above {percent} % of its limit",
        "{n} near misses: above {percent} % of their limits",
        percent=percent,
    )
    lines = [_near(one) for one in found.near[:_FEW]]
    return "\n".join([bold(title), *lines, *_more(len(found.near) - _FEW)])


def waste(found: Foresight) -> str:
    """Who would do with less; "" where nobody would."""
    if not found.spare:
        return ""
    usd = sum(one.monthly_usd for one in found.spare)
    if usd >= 0.5:
        title = say("Could be saved: about {usd} a month", usd=_usd(usd))
    else:
        title = say(
            "Could be freed: {gib} GiB", gib=f"{sum(one.frees_mib for one in found.spare) / 1024:,.1f}"
        )
    lines = [_spare(one) for one in found.spare[:_FEW]]
    return "\n".join([bold(title), *lines, *_more(len(found.spare) - _FEW)])


def silences(ending: Sequence[EndingSilence]) -> str:
    """Which silences end soon; "" where none does. Whose they are is not said: it would page them."""
    if not ending:
        return ""
    lines = [
        say(
            "🔔 {name} until {when} (silence {number})",
            name=bold(escape(one.of, 60)),
            when=date(one.ends_at),
            number=one.silence_id,
        )
        for one in ending[:_FEW]
    ]
    return "\n".join([bold(say("Silences about to end")), *lines, *_more(len(ending) - _FEW)])


def small_print(found: Foresight | None) -> list[str]:
    """What nobody knows, and why: that is never the same as nothing wrong."""
    if found is None:
        return [say("Near misses and waste are not known: nobody looked at AWS in the last day and a half.")]
    lines = []
    if unmeasured := found.unmeasured:
        names = commas(escape(one.name, 60) for one in unmeasured[:_NAMES])
        said = names if len(unmeasured) <= _NAMES else say("{names} and others", names=names)
        lines.append(
            count(
                len(unmeasured),
                "No data, which is not “no problem”: {n} service ({names})",
                "No data, which is not “no problem”: {n} services ({names})",
                names=said,
            )
        )
    if found.gaps:
        told = clauses(escape(one, 250) for one in found.gaps[:_FEW])
        lines.append(say("Not looked at: {gaps}", gaps=told))
    return lines


def _offender(one: Offender, where: str) -> str:
    done = {
        Done.NOTHING: say("nothing was done"),
        Done.SILENCED: say("silenced"),
        Done.RESIZED: say("resized"),
    }[one.done]
    kills = count(one.kills, "{n} kill", "{n} kills")
    before = say("{kills} ({before} before)", kills=kills, before=f"{one.before:,}") if one.before else kills
    mark = {Done.NOTHING: "🔴", Done.SILENCED: "🔕", Done.RESIZED: "🛠️"}[one.done]
    return f"{mark} {bold(escape(one.subject.name, 60))}{where} · {before} · {done}"


def _where(subject: Subject, report: Report, account_name: AccountName) -> str:
    """Cluster and account, where that is not the same for all."""
    places = {(one.subject.account, one.subject.cluster) for one in report.offenders}
    if len(places) < 2:
        return ""
    named = [escape(subject.cluster, 40)] if subject.cluster else []
    if len({account for account, _ in places}) > 1:
        named.append(escape(account_name(subject.account), 40))
    return f" ({commas(named)})" if named else ""


def _fix(one: Fix) -> str:
    outcome = {
        ResizePhase.PROVEN: say("✅ proven"),
        ResizePhase.NOT_ENOUGH: say("❌ not enough"),
        ResizePhase.ROLLED_BACK: say("↩️ rolled back"),
        ResizePhase.FAILED: say("💥 failed"),
    }.get(one.phase, escape(one.phase.value, 30))
    sizes = f"{_mib(one.old_mib)} → {_mib(one.new_mib)} MiB"
    cost = ""
    if one.phase is ResizePhase.PROVEN and one.monthly_usd is not None and abs(one.monthly_usd) >= 0.5:
        usd = _usd(abs(one.monthly_usd))
        cost = " · " + (
            say("{usd} a month less", usd=usd) if one.monthly_usd < 0 else say("{usd} a month more", usd=usd)
        )
    return f"{outcome} · {bold(escape(one.subject.name, 60))} {sizes}{cost}"


def _near(one: Near) -> str:
    mark = "🧊" if one.stuck else "🟡"
    name, share = bold(escape(one.subject.name, 60)), f"{one.share * 100:.0f}"
    if one.limit_mib is None:
        told = say("{mark} {name} {percent} % of its reservation", mark=mark, name=name, percent=share)
    else:
        told = say(
            "{mark} {name} {percent} % of {mib} MiB",
            mark=mark,
            name=name,
            percent=share,
            mib=f"{one.limit_mib:,}",
        )
    return say("{what}, stuck there", what=told) if one.stuck else told


def _spare(one: Spare) -> str:
    change = f"💤 {bold(escape(one.subject.name, 60))} {one.now_mib:,} → {one.then_mib:,} MiB"
    if one.monthly_usd >= 0.5:
        return f"{change} · {say('{usd} a month less', usd=_usd(one.monthly_usd))}"
    return change


def _more(number: int) -> list[str]:
    return [count(number, "and {n} more", "and {n} more")] if number > 0 else []


def _mib(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _usd(value: float) -> str:
    return f"${value:,.2f}" if value < 10 else f"${value:,.0f}"

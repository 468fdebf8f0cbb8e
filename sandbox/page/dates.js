/** Dates: moments written as Slack writes them, in the viewer's time zone. */

const parts = (ms, zone, options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(ms);

/** Is the zone one that this browser knows? Falls back to UTC, so that a wrong name never breaks the page. */
export function knownZone(zone) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone || "UTC";
  } catch {
    return "UTC";
  }
}

/** The calendar day "2026-11-21" of a moment in ms since 1970. */
export function dayOf(ms, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(ms);
}

export const timeOf = (ms, zone) => parts(ms, zone, { hour: "2-digit", minute: "2-digit" });

function ordinal(day) {
  const n = Number(day);
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${suffix}`;
}

/** "yesterday", "today" or "tomorrow", or undefined when the moment is further away. */
function near(ms, zone, now) {
  const distance = (Date.parse(dayOf(ms, zone)) - Date.parse(dayOf(now, zone))) / 86_400_000;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[distance];
}

/** "3 minutes ago", "in 2 hours"; "3分钟前". */
export function ago(ms, now, locale = "en") {
  const seconds = Math.round((ms - now) / 1000);
  const [unit, size] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]].find(
    ([, length]) => Math.abs(seconds) >= length || length === 1,
  );
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

const TOKENS = {
  date_num: (ms, zone) => dayOf(ms, zone),
  date_slash: (ms, zone) => parts(ms, zone, { day: "2-digit", month: "2-digit", year: "numeric" }),
  date: (ms, zone) => long(ms, zone),
  date_long: (ms, zone) => `${parts(ms, zone, { weekday: "long" })}, ${long(ms, zone)}`,
  date_short: (ms, zone) =>
    `${parts(ms, zone, { month: "short" }).slice(0, 3)} ${parts(ms, zone, { day: "numeric" })}, ` +
    parts(ms, zone, { year: "numeric" }),
  time: timeOf,
  time_secs: (ms, zone) => parts(ms, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago: (ms, _zone, now) => ago(ms, now),
};

function long(ms, zone) {
  const month = parts(ms, zone, { month: "long" });
  return `${month} ${ordinal(parts(ms, zone, { day: "numeric" }))}, ${parts(ms, zone, { year: "numeric" })}`;
}

/** As Slack writes a date to who reads Chinese: 2026年11月21日. */
const chinese = (options) => (ms, zone) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, ...options }).format(ms);
const CHINESE_TOKENS = {
  ...TOKENS,
  date_slash: chinese({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: chinese({ dateStyle: "long" }),
  date_long: chinese({ dateStyle: "full" }),
  date_short: chinese({ dateStyle: "long" }),
  ago: (ms, _zone, now) => ago(ms, now, "zh-CN"),
};
const CHINESE_DAYS = { yesterday: "昨天", today: "今天", tomorrow: "明天" };

/** Fill Slack's tokens ("{date_short_pretty} at {time}") for a moment in seconds; the fallback when it cannot.
 * @returns {string} */
export function formatDate(seconds, format, fallback, { zone, now, locale }) {
  const isChinese = locale?.startsWith("zh");
  const tokens = isChinese ? CHINESE_TOKENS : TOKENS;
  const ms = Number(seconds) * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8e15) return fallback;
  const text = format.replace(/\{(\w+)\}/gu, (token, name) => {
    const plain = name.replace(/_pretty$|^day_divider_pretty$/u, "") || "date_long";
    const day = plain !== name && near(ms, zone, now);
    return (isChinese ? CHINESE_DAYS[day] : day) || tokens[plain]?.(ms, zone, now) || token;
  });
  return text.replace(/^(today|yesterday|tomorrow)/u, (word) => word[0].toUpperCase() + word.slice(1));
}

/** What a day divider says: "Today", "Yesterday" or "Saturday, November 21st". */
export function dayName(ms, zone, now) {
  const name = near(ms, zone, now);
  if (name) return name[0].toUpperCase() + name.slice(1);
  return TOKENS.date_long(ms, zone).replace(/, \d{4}$/u, "");
}

/** The reading of a clock on the wall in that zone, as a datetime-local input wants it. */
export function wallTime(seconds, zone) {
  return `${dayOf(seconds * 1000, zone)}T${timeOf(seconds * 1000, zone)}`;
}

/** The moment (s since 1970) at which a clock on the wall in that zone shows "2026-11-21T08:25". */
export function fromWallTime(text, zone) {
  const naive = Date.parse(`${text}Z`) / 1000;
  const shift = (moment) => Date.parse(`${wallTime(moment, zone)}Z`) / 1000 - moment;
  return naive - shift(naive - shift(naive));
}

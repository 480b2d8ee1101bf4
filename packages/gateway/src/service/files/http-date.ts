// HTTP dates (RFC 9110 §5.6.7): one form to write, three to read. Anything else is no date; `Date.parse` takes far more.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(${MONTHS.join("|")})`;
const TIME = "(\\d{2}):(\\d{2}):(\\d{2})";
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";

const IMF_FIXDATE = new RegExp(`^${DAY}, (\\d{2}) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(`^${LONG_DAY}, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^${DAY} ${MONTH} ((?:\\d| )\\d) ${TIME} (\\d{4})$`);

/** Milliseconds since 1970; `undefined` when it is no HTTP date. `nowMs` decides the century of two-digit years. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf !== null) {
    const [, day, month, year, hour, minute, second] = imf;
    return toMs([year, month, day, hour, minute, second]);
  }
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime;
    return toMs([year, month, day, hour, minute, second]);
  }
  const rfc850 = RFC_850.exec(text);
  if (rfc850 === null) return undefined;
  const [, day, month, year, hour, minute, second] = rfc850;
  return toMs([fullYear(Number(year), nowMs), month, day, hour, minute, second]);
}

/** RFC 9110 §5.6.7: a date that seems to be more than 50 years ahead lies in the past. */
function fullYear(twoDigits: number, nowMs: number): string {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return String(year > thisYear + 50 ? year - 100 : year);
}

function toMs(parts: readonly (string | undefined)[]): number | undefined {
  const [year, month, day, hour, minute, second] = parts;
  const monthIndex = MONTHS.indexOf(month ?? "");
  // A leap second is written as 60 (RFC 5322 §3.3, by RFC 9110 §5.6.7); it counts as the one before.
  const seconds = Math.min(59, Number(second));
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  if (date.getUTCMonth() !== monthIndex || date.getUTCDate() !== Number(day)) return undefined;
  return date.setUTCHours(Number(hour), Number(minute), seconds);
}

/** IMF-fixdate, in whole seconds, rounded down. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** Numbers as people read them. JSON never goes through here: it has the exact ones. */

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** "512 B", "1.5 KiB", "12.3 MiB", "104 MiB": three digits, binary units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** "1,234,567". */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** "12.3 %" of the whole; "0 %" and "100 %" only when it is exactly that; "122 %" of what is compared with the whole, and larger. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  if (part === whole) return "100 %";
  const percent = (100 * part) / whole;
  if (percent < 0.1) return "< 0.1 %";
  if (percent > 100) return percent < 100.5 ? "> 100 %" : `${formatCount(percent)} %`;
  if (percent > 99.9) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

/** "0.42 s", "12.3 s", "4 min 05 s". */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Units of time, and from how many seconds on they are used. */
const SPANS = [
  { unit: "days", seconds: 86_400, from: 2 * 86_400 },
  { unit: "h", seconds: 3600, from: 3590 },
  { unit: "min", seconds: 60, from: 59.5 },
] as const;

/** "20 s", "12 min", "3.5 h", "12 days": two digits or three, of a time that nobody measured to the second. */
export function formatSpan(seconds: number): string {
  const { unit, seconds: length } = SPANS.find(({ from }) => seconds >= from) ?? { unit: "s", seconds: 1 };
  const value = seconds / length;
  return `${value >= 9.95 ? formatCount(value) : value.toFixed(1).replace(".0", "")} ${unit}`;
}

/** "1 object", "2 objects", "1 bucket"; the plural is the singular with an s. */
export function formatNumber(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A report without contents of the process's memory: to be sent to somebody. */
import type { Report } from "./report.ts";

/** The same report with all keys of maps left out; nothing else in it is of contents. */
export function withoutContents(report: Report): Report {
  return {
    ...report,
    holders: report.holders.map((holder) => ({
      ...holder,
      path: holder.pathWithoutKeys,
      parts: holder.parts.map((part) => {
        const { inner } = part;
        return inner === null ? part : { ...part, inner: { ...inner, path: inner.pathWithoutKeys } };
      }),
      largest: holder.largest.map((entry) => ({ ...entry, path: entry.pathWithoutKeys })),
    })),
  };
}

/** Sentences about the dump as a whole: what is live, where the process's memory is, and how well the types are known. */
import { formatBytes, formatNumber, formatShare } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import type { Report } from "./report.ts";
import { LONGEST_NAME } from "./said-names.ts";
import { sayGarbage } from "./unreachable-sentences.ts";

/** "app.dump: 40.6 MiB live in 1,234 objects; go1.24.4, amd64". */
export function describeDump(report: Report): string {
  const { dump, totals } = report;
  const live = `${formatBytes(totals.live.bytes)} live in ${formatNumber(totals.live.count, "object")}`;
  const garbage = sayGarbage(report).map((said) => `, ${said}`);
  return `${showName(dump.name, LONGEST_NAME)}: ${live}${garbage.join("")}; ${showName(dump.goVersion)}, ${showName(dump.arch)}`;
}

/** Where the memory is that the runtime counts, which is not all of the process's; nothing if the dump does not tell. */
export function describeProcess({ memory, totals }: Report): string[] {
  if (memory === null) return [];
  const resident = memory.sys - memory.heapReleased;
  const free = Math.max(0, memory.heapInuse - totals.live.bytes - totals.garbage.bytes);
  const parts = [
    `${formatBytes(free)} free slots in used spans`,
    `${formatBytes(memory.heapIdle - memory.heapReleased)} idle spans`,
    `${formatBytes(memory.stackInuse)} stacks`,
    `${formatBytes(memory.runtime)} of the runtime`,
  ];
  return [
    `The Go runtime takes ${formatBytes(resident)} of memory, C and mmap not counted. Beside the objects: ${parts.join(", ")}.`,
  ];
}

/** How well the types are known. */
export function describeCertainty({ totals, dump }: Report): string {
  const { exact, propagated, inferred, none } = totals.typed;
  if (!dump.isTyped) return "No types: give the program's executable with --exe to see names instead of shapes.";
  const all = exact + propagated + inferred + none;
  if (all === 0) return "No live objects.";
  const { segments, variables } = totals.owned;
  const nameless =
    segments > 0 && variables === 0
      ? " Package variables have no names: an unstripped build of the same program gives them, with --symbols."
      : "";
  return `Types: ${formatShare(exact + propagated, all)} of the live bytes known, ${formatShare(inferred, all)} guessed, ${formatShare(none, all)} unknown.${nameless}`;
}

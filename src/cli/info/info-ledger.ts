/** The ledger of `gohd info`: where the memory of the process is, and the largest package variables. */
import type { Ledger } from "../../findings/process/ledger.ts";
import { formatBytes, formatShare } from "../../quantities.ts";

/** Package variables in the text; JSON has some more. */
const MOST_GLOBALS = 5;

/** Rows of what it is, bytes, and share of what the runtime obtained. */
export function ledgerRows(ledger: Ledger): string[][] {
  const { sys } = ledger;
  const row = (name: string, bytes: number): string[] => [name, formatBytes(bytes), formatShare(bytes, sys)];
  const rows = [
    row("live objects", ledger.live),
    row("unreachable objects", ledger.garbage),
    row("free slots in spans that are in use", ledger.freeSlots),
    row("idle spans that were not given back", ledger.idle),
    row("stacks", ledger.stacks),
    row("the runtime's own", ledger.runtime),
    row("given back to the system: only addresses", ledger.returned),
  ];
  if (ledger.unexplained > 0) rows.push(row("not explained by these", ledger.unexplained));
  rows.push(row("all that the runtime obtained", sys));
  return rows;
}

/** Rows of the sizes of global variables; they are not part of what the runtime obtained. */
export function globalRows({ globals, largestGlobals }: Ledger): string[][] {
  return [
    ["data and bss", formatBytes(globals)],
    ...largestGlobals.slice(0, MOST_GLOBALS).map(({ name, bytes }) => [name, formatBytes(bytes)]),
  ];
}

/** FindingTable: which table of `gohd top` has more about what a finding is about. */
import type { Finding } from "../finding.ts";
import type { TopKind } from "../top/top-kinds.ts";

/** Where more is to be seen of a finding without an object to look at. */
export function tableOf(cause: Finding | undefined): TopKind | null {
  if (cause?.holderKind === "goroutines") return "goroutine";
  return cause?.holderKind === "type" ? "type" : null;
}

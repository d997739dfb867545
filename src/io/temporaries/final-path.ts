/** What a path in a temporary will be called in the end: for messages of native writers, which know only the former. */
import { basename, dirname, join } from "node:path";
import { parseTemporaryName } from "./temporary.ts";

/**
 * The output that a path which a sink gave is of: "/x/.out.gohd-output-…/a.parquet" is "/x/out/a.parquet", and what is in a
 * scratch folder is the output itself. Undefined for paths that are not in a temporary, or of which no output is known.
 */
export function toFinalPath(path: string): string | undefined {
  const inside: string[] = [];
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const name = parseTemporaryName(basename(at));
    if (name?.kind === "scratch" && name.target !== undefined) return join(dirname(at), name.target);
    if (name?.target !== undefined) return join(dirname(at), name.target, ...shown(inside));
    inside.unshift(basename(at));
  }
  return undefined;
}

/** Hidden folders in an output are not there to stay. */
function shown(parts: readonly string[]): readonly string[] {
  const hidden = parts.findIndex((part) => part.startsWith("."));
  return hidden < 0 ? parts : parts.slice(0, hidden);
}

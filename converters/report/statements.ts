/** Statements: the sentences of the report. */
import { formatBytes, formatShare, type Report, showName } from "../../src/index.ts";
import type { Statement } from "./page-data.ts";
import type { NodeFinder } from "./page-tables.ts";

export function listStatements({ holders }: Report, find: NodeFinder, why: string): Statement[] {
  return holders.map(({ path, bytes, share, type, object, address }) => ({
    sentence: `${showName(path, 120)} keeps ${formatBytes(bytes)} (${formatShare(share, 1)}): ${showName(type, 120)}`,
    lines: [],
    command: address === null ? "" : `${why} ${address}`,
    node: object === null ? -1 : find.ofObject(object),
  }));
}

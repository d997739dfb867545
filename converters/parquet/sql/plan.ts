/** Reads DuckDB's plans (`EXPLAIN (FORMAT json)`, DuckDB 1.5) for the functions that a statement scans. */

export interface FunctionScan {
  /** In lower case. */
  readonly name: string;
  /** Names of the columns that are read. */
  readonly columns: ReadonlySet<string>;
}

interface PlanNode {
  readonly children?: readonly PlanNode[];
  readonly extra_info?: { readonly Function?: unknown; readonly Projections?: unknown };
}

/** Lists the scans in a plan; what is not as expected is passed over. */
export function findFunctionScans(plan: string): readonly FunctionScan[] {
  const scans: FunctionScan[] = [];
  const nodes = [...(JSON.parse(plan) as readonly PlanNode[])];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    nodes.push(...(node.children ?? []));
    const { Function: name, Projections: projections = [] } = node.extra_info ?? {};
    if (typeof name !== "string") continue;
    scans.push({ name: name.toLowerCase(), columns: new Set([projections].flat().map(String)) });
  }
  return scans;
}

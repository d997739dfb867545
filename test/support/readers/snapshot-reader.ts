/**
 * A strict reader of .heapsnapshot files: refuses whatever one of the clients stumbles over, silently or not, and gives
 * back the graph as objects that tests can look at.
 */

export interface SnapshotNode {
  readonly ordinal: number;
  readonly type: string;
  readonly name: string;
  readonly id: number;
  readonly selfSize: number;
  readonly trace: number;
  readonly edges: SnapshotEdge[];
}

export interface SnapshotEdge {
  readonly type: string;
  /** A string, or a number for element and hidden edges. */
  readonly name: string | number;
  readonly to: SnapshotNode;
}

export interface Snapshot {
  readonly header: Record<string, unknown> & { readonly gohd: Record<string, unknown> };
  readonly nodes: readonly SnapshotNode[];
  readonly edgeCount: number;
  readonly strings: readonly string[];
  readonly traceFunctions: readonly { readonly name: string; readonly script: string; readonly line: number }[];
  /** trace_tree as it is in the file. */
  readonly traceTree: readonly unknown[];
}

const SECTIONS = [
  "snapshot",
  "nodes",
  "edges",
  "trace_function_infos",
  "trace_tree",
  "samples",
  "locations",
  "strings",
] as const;

/** Class names that DevTools makes of node types; an object of such a name hides one of two rows. */
const IMPLIED =
  /^(\((array|string|concatenated string|sliced string|system|compiled code|native|synthetic|number)\)|Function|RegExp)$/;

/** Parses a snapshot and checks it. Throws an Error that names the first rule that is broken. */
export function readSnapshot(bytes: Uint8Array): Snapshot {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  check(text.startsWith('{"snapshot":{'), "does not begin with the header");
  check(!/[^\n\x20-\x7e]/.test(text), "has characters that are not ASCII");
  check(text.endsWith('"]}'), "does not end after the strings");
  const file = JSON.parse(text) as Record<(typeof SECTIONS)[number], never>;
  check(Object.keys(file).join() === SECTIONS.join(), `sections are ${Object.keys(file).join()}`);
  for (const section of ["nodes", "edges", "trace_function_infos", "trace_tree"]) checkDigits(text, section);
  const header = file.snapshot as Snapshot["header"] & {
    meta: {
      node_fields: string[];
      node_types: string[][];
      edge_types: string[][];
      trace_function_info_fields: string[];
    };
    node_count: number;
    edge_count: number;
    trace_function_count: number;
  };
  const fields = header.meta.node_fields;
  check(
    fields.join() === "type,name,id,self_size,edge_count,trace_node_id,detachedness",
    `node fields are ${fields.join()}`,
  );
  const rows = file.nodes as number[];
  const edgeRows = file.edges as number[];
  const strings = file.strings as string[];
  check(rows.length === header.node_count * 7, `${rows.length} node numbers for ${header.node_count} nodes`);
  check(edgeRows.length === header.edge_count * 3, `${edgeRows.length} edge numbers for ${header.edge_count} edges`);
  check(new Set(strings).size === strings.length, "a string is in the table twice");
  for (const s of strings) check(!/\p{Surrogate}/u.test(s), `lone surrogate in ${JSON.stringify(s)}`);
  for (const value of [...rows, ...edgeRows]) {
    check(Number.isInteger(value) && value >= 0 && value < 2 ** 32, `${value} does not fit 32 bits`);
  }

  const nodes: SnapshotNode[] = [];
  for (let i = 0; i < header.node_count; i++) {
    const [type, name, id, selfSize, , trace, detachedness] = rows.slice(i * 7, i * 7 + 7) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    check(name < strings.length && type < header.meta.node_types[0]!.length, `node ${i} has no name or type`);
    check(detachedness === 0, `node ${i} is detached`);
    const node = {
      ordinal: i,
      type: header.meta.node_types[0]![type]!,
      name: strings[name]!,
      id,
      selfSize,
      trace,
      edges: [],
    };
    if (node.type === "object") {
      check(!IMPLIED.test(node.name) && node.name !== "" && node.name !== "Object", `object named ${node.name}`);
    }
    check(
      i === 0 || node.type === "string" || !/^(<|Detached |Window|Object\()/.test(node.name),
      `node named ${node.name}`,
    );
    nodes.push(node);
  }
  let edge = 0;
  for (const node of nodes) {
    for (const end = edge + rows[node.ordinal * 7 + 4]!; edge < end; edge++) {
      const [type, name, to] = edgeRows.slice(edge * 3, edge * 3 + 3) as [number, number, number];
      check(to % 7 === 0 && to / 7 < nodes.length, `edge ${edge} leads to ${to}`);
      const typeName = header.meta.edge_types[0]![type]!;
      const numbered = typeName === "element" || typeName === "hidden";
      check(numbered || name < strings.length, `edge ${edge} has no name`);
      check(typeName !== "shortcut" && typeName !== undefined, `edge ${edge} has type ${type}`);
      node.edges.push({ type: typeName, name: numbered ? name : strings[name]!, to: nodes[to / 7]! });
    }
  }
  check(edge === header.edge_count, `the nodes have ${edge} edges, the header says ${header.edge_count}`);
  checkGraph(nodes);

  const infos = file.trace_function_infos as number[];
  check(infos.length === header.trace_function_count * 6, "trace_function_count is wrong");
  const traceFunctions = [];
  for (let i = 0; i < infos.length; i += 6) {
    check(infos[i + 1]! < strings.length && infos[i + 2]! < strings.length, "a trace function has no name");
    traceFunctions.push({ name: strings[infos[i + 1]!]!, script: strings[infos[i + 2]!]!, line: infos[i + 4]! });
  }
  const traceTree = file.trace_tree as unknown[];
  const traceIds = new Set<number>();
  checkTraceTree(traceTree, traceFunctions.length, traceIds);
  for (const node of nodes) check(node.trace === 0 || traceIds.has(node.trace), `node ${node.ordinal}: trace unknown`);
  return { header, nodes, edgeCount: header.edge_count, strings, traceFunctions, traceTree };
}

/** The graph's own rules: unique ids, a synthetic first level, everything reachable, a leaf at the end. */
function checkGraph(nodes: readonly SnapshotNode[]): void {
  const root = nodes[0]!;
  check(root.type === "synthetic" && root.id === 1, "the root is not first");
  check(new Set(nodes.map((n) => n.id)).size === nodes.length, "an id is there twice");
  for (const { to } of root.edges) check(to.type === "synthetic", `the root refers to ${to.type} ${to.name}`);
  check(root.edges[0]?.to.name === "(GC roots)", "the root's first child is not (GC roots)");
  check(nodes.at(-1)!.edges.length === 0, "the last node is no leaf");
  const reached = new Set([root]);
  for (const node of reached) for (const e of node.edges) if (e.type !== "weak") reached.add(e.to);
  check(reached.size === nodes.length, `${nodes.length - reached.size} nodes cannot be reached`);
}

function checkTraceTree(nodes: readonly unknown[], functionCount: number, ids: Set<number>): void {
  check(nodes.length % 5 === 0, "trace_tree is no sequence of nodes");
  for (let i = 0; i < nodes.length; i += 5) {
    const [id, info, , , children] = nodes.slice(i, i + 5) as [number, number, number, number, unknown[]];
    check(id > 0 && !ids.has(id), `trace node ${id} is there twice`);
    check(info < functionCount, `trace node ${id} has no function`);
    ids.add(id);
    checkTraceTree(children, functionCount, ids);
  }
}

/** DevTools' reader skips what is no digit: signs, points and exponents would be read as other numbers. */
function checkDigits(text: string, section: string): void {
  const start = text.indexOf(`"${section}":[`) + section.length + 3;
  const body = text.slice(start, text.indexOf('"', start));
  check(!/[^\d,[\]\s]/.test(body), `${section} has more than digits`);
}

function check(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(`snapshot: ${rule}`);
}

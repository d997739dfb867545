/**
 * The nodes of the root vertices: synthetic for root and groups, native for segments, variables, goroutines and frames;
 * size 0. Variables are called as they are declared: "main.sessions map[string]*main.Session".
 */
import { isRootGroup, RootVertexKind, rootVertexName } from "../../src/index.ts";
import { groupId, nativeId } from "./identity.ts";
import { type JsonWriter, putRecord, type Section } from "./json-writer.ts";
import { NodeType } from "./layout.ts";
import { toNodeName } from "./names.ts";
import { NO_NODE, type SnapshotPlan } from "./plan.ts";
import { rootEdgeCount } from "./root-edges.ts";
import type { StringTable } from "./strings.ts";

export class RootNodes implements Section {
  done = 0;
  #vertex = 0;
  readonly #plan: SnapshotPlan;
  readonly #strings: StringTable;

  constructor(plan: SnapshotPlan, strings: StringTable) {
    this.#plan = plan;
    this.#strings = strings;
  }

  fill(out: JsonWriter): boolean {
    const { heap, vertexOrdinal } = this.#plan;
    const { vertices } = heap.roots;
    for (; this.#vertex < vertices.count; this.#vertex++) {
      if (out.at > out.limit) return false;
      if (vertexOrdinal[this.#vertex] !== NO_NODE) this.#put(out, this.#vertex);
    }
    return true;
  }

  #put(out: JsonWriter, vertex: number): void {
    const { heap } = this.#plan;
    const kind = heap.roots.vertices.kind[vertex]!;
    const group = isRootGroup(kind);
    const variable = kind === RootVertexKind.VARIABLE ? heap.variables![heap.roots.vertices.item[vertex]!]! : undefined;
    const name =
      variable?.type === undefined ? rootVertexName(heap, vertex) : `${rootVertexName(heap, vertex)} ${variable.type}`;
    putRecord(out, this.done === 0, [
      group ? NodeType.SYNTHETIC : NodeType.NATIVE,
      this.#strings.intern(group ? name : toNodeName(name)),
      group ? groupId(kind) : nativeId(vertex),
      0,
      rootEdgeCount(this.#plan, vertex),
      0,
      0,
    ]);
    this.done++;
  }
}

/** The nodes of the root vertices: synthetic for root and groups, native for segments, goroutines and frames; size 0. */
import { groupId, nativeId } from "./identity.ts";
import { type JsonWriter, putUint, type Section } from "./json-writer.ts";
import { NodeType } from "./layout.ts";
import { NO_NODE, type SnapshotPlan } from "./plan.ts";
import { rootEdgeCount } from "./root-edges.ts";
import { isGroup, rootVertexName } from "./root-names.ts";
import type { StringTable } from "./strings.ts";

const COMMA = 44;

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
    const { buffer, limit } = out;
    let at = out.at;
    while (this.#vertex < vertices.count && at <= limit) {
      const vertex = this.#vertex++;
      if (vertexOrdinal[vertex] === NO_NODE) continue;
      const kind = vertices.kind[vertex]!;
      const group = isGroup(kind);
      if (this.done > 0) buffer[at++] = COMMA;
      at = putUint(buffer, at, group ? NodeType.SYNTHETIC : NodeType.NATIVE);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, this.#strings.intern(rootVertexName(heap, vertex)));
      buffer[at++] = COMMA;
      at = putUint(buffer, at, group ? groupId(kind) : nativeId(vertex));
      buffer[at++] = COMMA;
      at = putUint(buffer, at, 0);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, rootEdgeCount(this.#plan, vertex));
      buffer[at++] = COMMA;
      at = putUint(buffer, at, 0);
      buffer[at++] = COMMA;
      at = putUint(buffer, at, 0);
      this.done++;
    }
    out.at = at;
    return this.#vertex === vertices.count;
  }
}

/** memlab and the parser of VS Code's editor for heap snapshots: what they read out of our files is what the heap has. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import heapsnapshot from "../../converters/heapsnapshot/index.ts";
import { computeHistogram, computeRetainedSizes, type Heap, REACHABLE } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { convertToPath, temporaryFolder } from "../support/directory-conversion.ts";
import { typedSample } from "../support/typed-samples.ts";
import { clientFolder, loadClient, NODE_CLIENTS } from "./node-clients.ts";

vi.setConfig({ testTimeout: 120_000 });

/** What this test needs of @memlab/heap-analysis. */
interface MemlabNode {
  readonly name: string;
  readonly self_size: number;
  readonly retainedSize: number;
}
interface Memlab {
  getFullHeapFromFile(path: string): Promise<{ readonly nodes: { forEach(visit: (node: MemlabNode) => void): void } }>;
}

/** … and of @vscode/v8-heap-parser. */
interface VsCodeRow {
  name(): string;
  readonly children_len: number;
  readonly retained_size: bigint;
  readonly self_size: bigint;
}
interface VsCodeParser {
  decode_bytes(bytes: Uint8Array): {
    get_class_groups(start: number, end: number, noRetained: boolean): VsCodeRow[];
    class_children(index: number, start: number, end: number, order: number): VsCodeRow[];
  };
}
const BY_RETAINED_SIZE = 1;
const MOST = 1_000_000;

describe.skipIf(NODE_CLIENTS === undefined)("a typed sample", () => {
  let heap: Heap;
  let live: { readonly objects: number; readonly bytes: number };
  /** Of the live objects of a type, the largest first. */
  const retainedOf = new Map<string, number[]>();

  beforeAll(async () => {
    if (NODE_CLIENTS === undefined) return;
    heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const { objects, types } = heap;
    const retained = await computeRetainedSizes(heap);
    for (let i = 0; i < objects.count; i++) {
      if ((objects.flags[i]! & REACHABLE) === 0) continue;
      const name = types.names[objects.type[i]!]!;
      retainedOf.set(name, [...(retainedOf.get(name) ?? []), retained[i]!]);
    }
    for (const sizes of retainedOf.values()) sizes.sort((a, b) => b - a);
    const { reachableObjects, reachableBytes } = await computeHistogram(heap);
    const sum = (column: Float64Array): number => column.reduce((a, b) => a + b, 0);
    live = { objects: sum(reachableObjects), bytes: sum(reachableBytes) };
  });

  const OPTIONS = { unreachable: false, internals: true };
  const TYPES = ["main.Session", "main.PageView", "main.SessionStore"];

  test("memlab has all bytes and its own retained sizes", async () => {
    const path = await convertToPath(heapsnapshot, heap, OPTIONS);
    const snapshot = await loadClient<Memlab>("@memlab/heap-analysis").getFullHeapFromFile(path);
    let bytes = 0;
    const seen = new Map<string, number[]>();
    snapshot.nodes.forEach(({ name, self_size: size, retainedSize }) => {
      bytes += size;
      if (TYPES.includes(name)) seen.set(name, [...(seen.get(name) ?? []), retainedSize]);
    });
    expect(bytes).toBe(live.bytes);
    for (const name of TYPES) {
      expect(
        seen.get(name)?.sort((a, b) => b - a),
        name,
      ).toEqual(retainedOf.get(name));
    }
  });

  test("memlab's command lists the largest objects", async () => {
    const path = await convertToPath(heapsnapshot, heap, OPTIONS);
    const printed = execFileSync(
      process.execPath,
      [join(clientFolder("memlab"), "bin/memlab"), "analyze", "object-size", "--snapshot", path],
      { encoding: "utf8", cwd: temporaryFolder(), env: { ...process.env, HOME: temporaryFolder() } },
    );
    expect(printed).toMatch(/ main\.Session: \d+ edges, 1\.5KB, refs: /);
  });

  test("VS Code's parser has all bytes, and its own retained sizes where no other root leads in", async () => {
    const { bytes: file } = await convertToBytes(heapsnapshot, heap, OPTIONS);
    const graph = loadClient<VsCodeParser>("@vscode/v8-heap-parser").decode_bytes(file);
    const groups = graph.get_class_groups(0, MOST, false);
    expect(groups.reduce((sum, { self_size: size }) => sum + Number(size), 0)).toBe(live.bytes);
    const retainedIn = (name: string): number[] => {
      const index = groups.findIndex((group) => group.name() === name);
      return graph.class_children(index, 0, MOST, BY_RETAINED_SIZE).map(({ retained_size: size }) => Number(size));
    };
    for (const name of ["main.Session", "main.PageView"]) expect(retainedIn(name), name).toEqual(retainedOf.get(name));
    // It leaves out some ways from roots, by which what hangs on them is the store's alone.
    const [own] = retainedOf.get("main.SessionStore")!;
    const [shown] = retainedIn("main.SessionStore");
    expect(shown).toBeGreaterThanOrEqual(own!);
    expect(shown).toBeLessThan(own! * 1.01);
  });
});

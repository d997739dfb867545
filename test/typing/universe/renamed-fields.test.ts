/**
 * A later Go that calls a field of its structures otherwise: what needs the field is left out with a warning, and nothing
 * else changes. Renames every field that typing asks for in turn, in real executables.
 */
import { describe, expect, test, vi } from "vitest";
import { openExecutable, openProgram } from "../../../src/binary/index.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource, valueOffset } from "../../../src/heap/objects.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typeHeap } from "../../../src/typing/type-heap.ts";
import { RuntimeFields } from "../../../src/typing/universe/runtime-fields.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";

interface Outcome {
  readonly heap: Heap;
  readonly warnings: readonly string[];
}

async function unpack(path: string): Promise<Uint8Array> {
  const source = await openSource(path);
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, bytes.length, 0);
  source.close();
  return bytes;
}

/** Types the dump as an executable without debug information does, which would still have the field's old name. */
async function typeBy(heap: Heap, file: Uint8Array): Promise<Outcome> {
  const warnings: string[] = [];
  const executable = { ...openExecutable(memorySource(file)), debugSection: () => undefined };
  const warn = (code: string, message: string): void => void (code === "unknown-runtime" && warnings.push(message));
  const typed = await typeHeap(heap, executable, { progress: { ...NO_PROGRESS, warn } });
  return { heap: typed.heap, warnings };
}

/** The executable with another name of the same length wherever a field has this one: in the names of its types. */
function rename(file: Uint8Array, name: string): Uint8Array {
  const { executable, module } = openProgram(openExecutable(memorySource(file)));
  const segment = executable.segments.find(
    ({ address, fileSize }) => address <= module.types && module.types < address + fileSize,
  )!;
  const start = segment.position + module.types - segment.address;
  const bytes = file.slice();
  const range = Buffer.from(bytes.buffer).subarray(start, start + module.etypes - module.types);
  const encoded = String.fromCharCode(name.length) + name;
  for (let at = range.indexOf(encoded, 1); at > 0; at = range.indexOf(encoded, at + 1)) {
    // Flags, length, text: the flags of a field say whether it is exported, and has a tag.
    if (range[at - 1]! <= 0x0f) range.write("Z", at + 1);
  }
  return bytes;
}

const SAMPLES = [
  ["dominators.1.19.amd64", "dominators.1.19.amd64"],
  ["queue.1.22.amd64", "queue.1.22.amd64"],
  ["workers.1.24.amd64", "workers.1.24.amd64"],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
] as const;

describe.each(SAMPLES)("%s", (dump, executable) => {
  test("typing does without any field that it asks for", { timeout: 120_000 }, async () => {
    const heap = await readHeap(memorySource(await sampleBytes(dump)), { keepShapes: true });
    const file = await unpack(executablePath(executable));
    const find = vi.spyOn(RuntimeFields.prototype, "find");
    const whole = await typeBy(heap, file);
    const asked = new Set<string>();
    for (const [type, widths] of find.mock.calls)
      if (type !== undefined)
        for (const field of Object.keys(widths)) asked.add(`${type.name} has no field "${field}"`);
    find.mockRestore();
    expect(whole.warnings).toEqual([]);
    expect(asked.size).toBeGreaterThan(8);
    for (const missing of asked) {
      const field = /"(.*)"/.exec(missing)![1]!;
      const renamed = await typeBy(heap, rename(file, field));
      expect(renamed.warnings.join("\n")).toContain(missing);
      expect(falseTypes(whole.heap, renamed.heap), missing).toEqual([]);
    }
  });
});

test.each([
  ["queue.1.22.amd64", "queue.1.22.amd64", ["topbits", "keys", "elems"]],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64", ["ctrl", "slots", "key", "elem"]],
] as const)(
  "%s: entries of maps have no names without the fields of their groups",
  async (dump, executable, fields) => {
    const heap = await readHeap(memorySource(await sampleBytes(dump)), { keepShapes: true });
    const file = await unpack(executablePath(executable));
    expect(countNamed((await typeBy(heap, file)).heap)).toBeGreaterThan(0);
    for (const field of fields) {
      const { heap: typed, warnings } = await typeBy(heap, rename(file, field));
      expect(warnings.join(), field).toContain("names of map entries by their keys");
      expect(countNamed(typed), field).toBe(0);
    }
  },
);

/** Objects that are said to be known as something else than before. Blocks that several values share are either. */
function falseTypes(before: Heap, after: Heap): string[] {
  const wrong: string[] = [];
  for (let i = 0; i < before.objects.count; i++) {
    const was = before.types.names[before.objects.type[i]!]!;
    const is = after.types.names[after.objects.type[i]!]!;
    const source = after.objects.typeSource![i]!;
    const isSure = source === TypeSource.EXACT || source === TypeSource.PROPAGATED;
    if (isSure && is !== was && was !== "(tiny block)") wrong.push(`${is}, not ${was}`);
  }
  return wrong;
}

/** Pointers of objects that are named by a key. */
function countNamed({ objects, edges, types }: Heap): number {
  let count = 0;
  for (let object = 0; object < objects.count; object++) {
    if (!/^map\.(group|bucket)\[/.test(types.names[objects.type[object]!]!)) continue;
    const header = valueOffset(objects, object);
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++)
      if (types.fields!.entries?.name(object, edges.offset[edge]! - header) !== undefined) count++;
  }
  return count;
}

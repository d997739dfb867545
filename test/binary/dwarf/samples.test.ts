/** Debug information of real executables, against their symbols, function tables, runtime types and sources. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type DebugInfo,
  type GoProgram,
  Kind,
  NO_FUNCTION,
  openDebugInfo,
  openExecutable,
  openProgram,
  SymbolKind,
  type Type,
} from "../../../src/binary/index.ts";
import { openSource } from "../../../src/io/sources/open.ts";

const FOLDER = join(import.meta.dirname, "../../../samples/executables");

interface Sample {
  readonly program: GoProgram;
  readonly info: DebugInfo;
  /** The same without runtime descriptors: all types are made from debug information. */
  readonly alone: DebugInfo;
}

async function open(name: string): Promise<Sample> {
  const executable = openExecutable(await openSource(join(FOLDER, `${name}.amd64.exe.zst`)));
  const program = openProgram(executable);
  const typeAt = (offset: number): Type | undefined => program.types.typeAt(program.module.types + offset);
  const info = openDebugInfo(executable, { typeAt })!;
  return { program, info, alone: openDebugInfo(executable, { typeAt: () => undefined })! };
}

function entryOf({ info }: Sample, name: string): number {
  const entry = info.entryOf(name);
  if (entry === undefined) throw new Error(`there is no function ${name}`);
  return entry;
}

/** PCs of a function, from its entry to the next function's. */
function pcsOf({ program: { functions } }: Sample, entry: number): number[] {
  const end = functions.entry[functions.indexOfEntry(entry) + 1]!;
  return Array.from({ length: end - entry }, (_, i) => entry + i);
}

describe.each([
  ["dominators.1.19", 4],
  ["queue.1.22", 4],
  ["workers.1.24", 4],
  ["sessions.1.27", 5],
])("%s", (name, version) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await open(name);
  });

  test("is read without warnings", () => {
    expect([sample.info.version, sample.info.warnings]).toEqual([version, []]);
  });

  test("functions are those of the function table", () => {
    const { info, program } = sample;
    const { functions } = program;
    expect(info.functionCount).toBeGreaterThan(1000);
    // The function table has markers, too.
    expect(Math.abs(info.functionCount - functions.count)).toBeLessThanOrEqual(2);
    let found = 0;
    for (let i = 0; i < functions.count; i++) {
      const entry = info.entryOf(functions.name(i));
      if (entry === undefined) continue;
      found++;
      // Wrappers between calling conventions have the name of what they wrap.
      const index = functions.indexOfEntry(entry);
      expect(index).not.toBe(NO_FUNCTION);
      expect(functions.name(index)).toBe(functions.name(i));
    }
    // Only the names of generic functions differ: "[...]".
    expect(found).toBeGreaterThan(0.9 * functions.count);
  });

  test("package variables are symbols of the same size", () => {
    const { info, program } = sample;
    const symbols = program.executable.symbols();
    const sizes = new Map<string, number>();
    for (let i = 0; i < symbols.count; i++) {
      if (symbols.kind[i] === SymbolKind.Data) sizes.set(`${symbols.address[i]} ${symbols.name(i)}`, symbols.size[i]!);
    }
    const differences = info.variables.filter(
      (each) => each.type.size !== 0 && sizes.get(`${each.address} ${each.name}`) !== each.type.size,
    );
    expect(differences.map((each) => each.name)).toEqual([]);
    expect(info.variables.length).toBeGreaterThan(300);
  });

  test("types made from it are what the runtime's descriptors say", () => {
    const { info, alone } = sample;
    const seen = new Set<Type>();
    const differences: string[] = [];
    let compared = 0;
    const queue = info.variables.map((each, i) => [each.type, alone.variables[i]!.type] as const);
    const spell = (type: Type): string => {
      const { words, stride, repeat } = type.pointers;
      const fields = type.fields.map((field) => `${field.offset} ${field.name} ${field.type.size} ${field.embedded}`);
      const own = [type.kind, type.size, type.length, type.chanDir, type.isNamed, type.isVariadic];
      return [own, words, stride, repeat, fields, type.kind === Kind.Interface && type.methodCount === 0].join(" | ");
    };
    for (let pair = queue.pop(); pair; pair = queue.pop()) {
      const [known, made] = pair;
      // Buckets are described by Go ≤ 1.23 with other names and another type of the overflow pointer.
      if (seen.has(made) || /^(?:bucket<|hash<)/.test(made.string)) continue;
      seen.add(made);
      expect(made.address).toBe(0);
      if (known.address !== 0) {
        compared++;
        const [expected, found] = [spell(known), spell(made)];
        // Which types are outside of the heap only the descriptors say before Go 1.20.
        if (expected !== found && !(version === 4 && /runtime\./.test(known.string))) {
          differences.push(`${known.name}: ${expected}, not ${found}`);
        }
        if (!/^map\.|\bgo\.shape\./.test(known.string)) expect(made.name).toBe(known.name);
      }
      for (const part of ["elem", "key"] as const) {
        if (known[part] && made[part]) queue.push([known[part], made[part]]);
        else if (known[part] || made[part]) differences.push(`${known.name} has no ${part}`);
      }
      if (known.group && made.group) queue.push([known.group, made.group]);
      known.fields.forEach((field, i) => {
        if (made.fields[i]) queue.push([field.type, made.fields[i].type]);
      });
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });
});

describe("sessions.1.27", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await open("sessions.1.27");
  });

  test("what closures captured, by reference and by value", () => {
    const captured = (name: string): string[] =>
      sample.info.capturedBy(entryOf(sample, name)).map((each) => `${each.offset} ${each.name} ${each.type.name}`);
    expect(captured("main.newSessionStore.func1")).toEqual(["8 &total *int"]);
    expect(captured("main.(*SessionStore).logIn.func2")).toEqual([
      "8 store *main.SessionStore",
      "16 session *main.Session",
    ]);
    expect(captured("main.main")).toEqual([]);
  });

  test("variables of a function and of what is inlined into it", () => {
    const entry = entryOf(sample, "main.(*SessionStore).serve");
    const found = new Set<string>();
    const inMemory = new Set<string>();
    for (const pc of pcsOf(sample, entry)) {
      for (const local of sample.info.localsAt(entry, pc)) {
        found.add(`${local.function} ${local.name} ${local.type.name}${local.isParameter ? " parameter" : ""}`);
        for (const { offset, size, frameOffset } of local.pieces) {
          inMemory.add(local.name);
          expect(offset + size).toBeLessThanOrEqual(local.type.size);
          expect(Math.abs(frameOffset)).toBeLessThan(1000);
        }
      }
    }
    for (const expected of [
      "main.(*SessionStore).serve store *main.SessionStore parameter",
      "main.(*SessionStore).serve first int parameter",
      "main.(*SessionStore).serve count int parameter",
      "main.(*SessionStore).serve number int",
      "main.(*SessionStore).serve session *main.Session",
      "main.isMember number int parameter",
    ]) {
      expect(found).toContain(expected);
    }
    // What lives across calls is spilled: arguments to the caller's frame, the rest to its own.
    expect([...inMemory]).toEqual(["store", "number"]);
  });

  test("types are the descriptors' own where there are any", () => {
    const store = sample.info.variables.find((each) => each.name === "main.store")!;
    expect(store.type.name).toBe("*main.SessionStore");
    expect(store.type).toBe(sample.program.types.typeAt(store.type.address));
    expect(store.type.elem!.fields.map((field) => field.name)).toContain("byToken");
  });
});

test("a stripped executable has none", async () => {
  const source = await openSource(join(FOLDER, "sessions.1.27.amd64.exe.zst"));
  const executable = openExecutable(source);
  const stripped = { ...executable, debugSection: () => undefined };
  expect(openDebugInfo(stripped, { typeAt: () => undefined })).toBeUndefined();
  executable.close();
});

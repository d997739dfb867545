/** Damaged executables: an ExecutableError or some result, in bounded time and memory; never another error. */
import { describe, expect, test } from "vitest";
import {
  findAnchoredModules,
  findDirectCalls,
  openExecutable,
  openProgram,
  readGoVersion,
} from "../../src/binary/index.ts";
import { ExecutableError } from "../../src/errors.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { seededRandom } from "../support/seeded-random.ts";
import type { FunctionSpec } from "./functions/function-writer.ts";
import { writeProgram } from "./program-writer.ts";
import { sampleTypes } from "./types/sample-types.ts";

/** Does everything that can be done with an executable. Gives how much it found. */
function exhaust(bytes: Uint8Array, minor: number): number {
  let found = 0;
  const executable = openExecutable(memorySource(bytes));
  readGoVersion(executable);
  const symbols = executable.symbols();
  for (let i = 0; i < symbols.count; i++) found += symbols.name(i).length;
  findAnchoredModules(executable, { dataAddress: 0, dataSize: 0x120, bssAddress: 0x400, bssSize: 0x2340 });
  const { types, functions, itabs } = openProgram(executable, { goMinor: minor });
  const count = types.enumerate();
  for (let i = 0; i < count; i++) {
    const type = types.at(i);
    found += type.name.length + type.pointers.words.length + type.fields.length + type.methodNames.length;
    found += type.packagePath.length + type.in.length + type.out.length + type.methodCount;
    found += Number(type.isDirect) + Number(type.isVariadic) + (type.pointerTo?.address ?? 0) + type.pointerBytes;
  }
  for (let i = 0; i < functions.count && i < 100; i++) {
    found += functions.name(i).length + (functions.lineAt(functions.entry[i]!)?.line ?? 0);
    for (const calls of functions.callRuns(i)) found += calls.length;
    found += findDirectCalls(executable, functions, i).length;
  }
  return found + itabs.count;
}

function outcome(bytes: Uint8Array, minor: number): string {
  try {
    exhaust(bytes, minor);
    return "result";
  } catch (error) {
    if (error instanceof ExecutableError) return error.code;
    throw error;
  }
}

/** With what was inlined into them. */
const FUNCTIONS: readonly FunctionSpec[] = ["main.first", "main.second"].map((name) => ({
  name,
  size: 96,
  lines: [
    { offset: 0, file: "/src/main.go", line: 10 },
    { offset: 32, file: "/src/inlined.go", line: 4000 },
    { offset: 64, file: "/src/main.go", line: 11 },
  ],
  inlined: {
    calls: [
      { name: "main.inlined", parent: -1, parentPc: 64, file: "/src/main.go", line: 11 },
      { name: "main.deeper", parent: 0, parentPc: 32, file: "/src/inlined.go", line: 4000 },
    ],
    rows: [
      { offset: 0, row: -1 },
      { offset: 32, row: 0 },
      { offset: 48, row: 1 },
      { offset: 64, row: -1 },
    ],
  },
}));

const MACHINES = [
  { container: "elf", pointerSize: 8, bigEndian: false, machine: 62 },
  { container: "elf", pointerSize: 4, bigEndian: true, machine: 8 },
  { container: "mach-o", pointerSize: 8, bigEndian: false },
  { container: "pe", pointerSize: 8, bigEndian: false },
  { container: "pe", pointerSize: 4, bigEndian: false },
] as const;

describe.each([6, 8, 15, 19, 24, 27])("Go 1.%i", (minor) => {
  describe.each(MACHINES)("$container, $pointerSize bytes", (machine) => {
    const samples = sampleTypes(machine.pointerSize, minor);
    const { file } = writeProgram({
      minor,
      types: samples.all,
      itabs: [[samples.named.stringer!, samples.named.node!]],
      functions: FUNCTIONS,
      ...machine,
    });

    test("undamaged", () => {
      expect(exhaust(file, minor)).toBeGreaterThan(500);
    });

    test("cut", { timeout: 60_000 }, () => {
      const outcomes = new Set<string>();
      for (let length = 0; length < file.length; length += 61) outcomes.add(outcome(file.subarray(0, length), minor));
      expect(outcomes).toContain("truncated");
    });

    test("bytes flipped, words replaced", { timeout: 60_000 }, () => {
      const random = seededRandom(minor * 10 + machine.pointerSize);
      const { pointerSize } = machine;
      // Pages of zeros pad the file; damage there is none.
      const used = Array.from(file.keys()).filter((position) => file[position] !== 0);
      let results = 0;
      for (let round = 0; round < 400; round++) {
        const damaged = file.slice();
        for (let k = random(4); k >= 0; k--) {
          const at = used[random(used.length)]!;
          if (random(2) === 0) damaged[at] = random(256);
          else {
            const word = at - (at % pointerSize);
            const values = [0xff, 0x7f, 0, random(256)];
            for (let i = 0; i < pointerSize && word + i < damaged.length; i++) damaged[word + i] = values[random(4)]!;
          }
        }
        try {
          if (outcome(damaged, minor) === "result") results++;
        } catch (error) {
          throw new Error(`round ${round}`, { cause: error });
        }
      }
      expect(results).toBeGreaterThan(50);
    });
  });
});

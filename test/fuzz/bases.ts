/**
 * What damage is done to: small dumps of every header, small dumps with the small programs that wrote them, and the
 * samples, which are of every architecture that there is a real dump of. Each is made when it is asked for first.
 */
import { openSource } from "../../src/io/sources/open.ts";
import type { FunctionSpec } from "../binary/functions/function-writer.ts";
import { type ProgramSpec, type WrittenProgram, writeProgram } from "../binary/program-writer.ts";
import { sampleTypes } from "../binary/types/sample-types.ts";
import { buildDump, type DumpBuilder } from "../support/dump-builder.ts";
import { sampleBytes, sampleNames } from "../support/sample-dumps.ts";
import { SMALL_DUMPS, smallDump } from "../support/small-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";
import { decodeRecords, type Records } from "./record-damage.ts";

export interface Base {
  readonly name: string;
  readonly dump: Records;
  /** The program that wrote it. */
  readonly executable: Uint8Array | undefined;
}

/** A base by its name, before it is made. */
export interface BaseMaker {
  readonly name: string;
  make(): Promise<Base>;
}

export const SMALL_BASES: readonly BaseMaker[] = Object.keys(SMALL_DUMPS).map((name) =>
  maker(name, async () => ({ dump: smallDump(name) })),
);

const ELF = { container: "elf", pointerSize: 8, bigEndian: false, machine: 62 } as const;

/** Machines and versions of Go, and what dumps call them. */
const PROGRAMS: readonly (readonly [arch: string, minor: number, machine: Omit<ProgramSpec, "minor">])[] = [
  ...[15, 19, 22, 24, 27].map((minor) => ["amd64", minor, ELF] as const),
  ["s390x", 27, { ...ELF, bigEndian: true, machine: 22 }],
  ["mips", 27, { container: "elf", pointerSize: 4, bigEndian: true, machine: 8 }],
  ["386", 22, { container: "pe", pointerSize: 4, bigEndian: false }],
  ["amd64", 24, { container: "pe", pointerSize: 8, bigEndian: false }],
  ["amd64", 21, { container: "mach-o", pointerSize: 8, bigEndian: false }],
];

export const TYPED_BASES: readonly BaseMaker[] = PROGRAMS.map(([arch, minor, machine]) =>
  maker(`${machine.container} of go1.${minor} for ${arch}`, async () => {
    const types = sampleTypes(machine.pointerSize, minor);
    const { stringer, node } = types.named;
    const version = `go1.${minor}.1`;
    const spec = {
      ...machine,
      minor,
      version,
      types: types.all,
      itabs: [[stringer!, node!]] as const,
      functions: FUNCTIONS,
    };
    const program = writeProgram(spec);
    const options = { ...machine, arch, version: minor < 17 ? "" : version };
    const typeOf = (name: string): number => program.types.get(types.named[name]!)!;
    return { dump: buildDump((d) => drawTyped(d, program, typeOf), options), executable: program.file };
  }),
);

const FUNCTIONS: readonly FunctionSpec[] = ["main.main", "main.work"].map((name) => ({
  name,
  size: 96,
  lines: [
    { offset: 0, file: "/src/main.go", line: 10 },
    { offset: 32, file: "/src/inlined.go", line: 4000 },
    { offset: 64, file: "/src/main.go", line: 11 },
  ],
  inlined: {
    calls: [{ name: "main.inlined", parent: -1, parentPc: 64, file: "/src/main.go", line: 11 }],
    rows: [
      { offset: 0, row: -1 },
      { offset: 32, row: 0 },
      { offset: 64, row: -1 },
    ],
  },
}));

//   data ─► interfaces that hold list.Node, a map, a channel, a text ─► nodes in a ring, one behind a malloc header
function drawTyped(d: DumpBuilder, program: WrittenProgram, typeOf: (name: string) => number): void {
  const w = d.pointerSize;
  d.data.at = BigInt(program.data);
  d.bss.at = BigInt(program.bss);
  const nodes = Array.from({ length: 6 }, () => d.object(11 * w + (w === 8 ? 8 : 4)));
  const [text, rows, map, group, channel, closure] = [
    d.object(32),
    d.object(4 * w),
    d.object(48),
    d.object(4 * w),
    d.object(96),
    d.object(16),
  ];
  const large = d.object(1024);
  nodes.forEach((node, i) => {
    node.point(0, nodes[(i + 1) % nodes.length]!);
    node.store(w, program.itabs[0]!).point(2 * w, nodes[0]!);
    node.store(3 * w, typeOf(i % 2 === 0 ? "string" : "*node")).point(4 * w, i % 2 === 0 ? text : nodes[i]!);
    node
      .point(5 * w, rows)
      .store(6 * w, 3)
      .store(7 * w, 4);
    node.store(8 * w, 17).point(9 * w, nodes[(i + 2) % nodes.length]!);
  });
  for (let i = 0; i < 4; i++) rows.point(i * w, nodes[i]!);
  text.store(0, 0x6f6c_6c65_68);
  large.store(0, typeOf("node"));
  for (let i = 1; i < 60; i++) large.point(8 + i * w, nodes[i % nodes.length]!);
  map.point(2 * w, group).store(0, 3);
  group.point(w, nodes[5]!);
  channel
    .store(0, 2)
    .store(w, 4)
    .point(2 * w, rows)
    .store(4 * w, typeOf("*node"));
  closure.store(0, program.entries[0]!).point(w, nodes[1]!);
  const eface = (type: string, target: Parameters<DumpBuilder["root"]>[0]): void => {
    const at = d.data.size;
    d.data.size += 2 * w;
    d.data
      .store(at, typeOf(type))
      .list(at)
      .point(at + w, target);
  };
  eface("*node", nodes[0]!);
  eface("map", map);
  eface("index", map);
  eface("chan", channel);
  eface("handler", closure);
  eface("node", large);
  d.data.size = program.dataSize;
  d.bss.point(0, nodes[2]!).point(w, large).size = program.bssSize;
  d.finalizer(nodes[3]!, closure, { pc: program.entries[0]!, type: typeOf("*node") });
  const goroutine = d.goroutine({ g: large, context: closure, waitReason: "chan receive" });
  goroutine
    .frame("main.work", 8 * w, program.entries[1]!, program.entries[1]! + 40)
    .point(w, nodes[4]!)
    .point(3 * w, channel);
  goroutine.frame("main.main", 4 * w, program.entries[0]!, program.entries[0]! + 40).point(0, map);
  d.sample(nodes[0]!, d.bucket(11 * w, ["main.work", "/src/main.go", 71], ["main.main", "/src/main.go", 125]));
}

/** The executables of the samples, and the programs' dumps that they wrote. */
const WRITTEN: Readonly<Record<string, string>> = {
  "sessions-before.1.27.amd64": "sessions.1.27.amd64",
  "sessions-after.1.27.amd64": "sessions.1.27.amd64",
  "workers.1.24.amd64": "workers.1.24.amd64",
  "queue.1.22.amd64": "queue.1.22.amd64",
  "dominators.1.19.amd64": "dominators.1.19.amd64",
};

export const SAMPLE_BASES: readonly BaseMaker[] = sampleNames().map((name) =>
  maker(name, async () => ({ dump: await sampleBytes(name) })),
);

export const TYPED_SAMPLE_BASES: readonly BaseMaker[] = Object.entries(WRITTEN).map(([dump, executable]) =>
  maker(`${dump} typed`, async () => ({
    dump: await sampleBytes(dump),
    executable: await unpackExecutable(executable),
  })),
);

const executables = new Map<string, Promise<Uint8Array>>();

function unpackExecutable(name: string): Promise<Uint8Array> {
  let bytes = executables.get(name);
  if (bytes === undefined) {
    bytes = openSource(executablePath(name)).then((source) => {
      const all = new Uint8Array(source.size);
      source.read(all, 0, all.length, 0);
      source.close();
      return all;
    });
    executables.set(name, bytes);
  }
  return bytes;
}

function maker(
  name: string,
  make: () => Promise<{ readonly dump: Uint8Array; readonly executable?: Uint8Array }>,
): BaseMaker {
  let made: Promise<Base> | undefined;
  return {
    name,
    make: () => {
      made ??= make().then(({ dump, executable }) => ({ name, dump: decodeRecords(dump), executable }));
      return made;
    },
  };
}

/**
 * What is done with an input: read it, type it, tell about it, convert it into everything. Each step ends well or with an
 * error that gohd means people to see; whatever else is thrown is a fault, and so is an output that its reader refuses.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUILT_IN_CONVERTERS, loadSql } from "../../converters/index.ts";
import { listArchitectures, openDebugFile, openExecutable } from "../../src/binary/index.ts";
import { buildReport } from "../../src/cli/info/info-report.ts";
import { renderReport } from "../../src/cli/info/info-text.ts";
import { type ExecutableReport, typeFromExecutable } from "../../src/cli/input/executable-input.ts";
import { resolveOptions } from "../../src/converter/options.ts";
import {
  type ByteSource,
  type CommittableSink,
  ConverterError,
  createDirectorySink,
  createFileSink,
  createMemorySink,
  ExecutableError,
  type Heap,
  HeapDumpError,
  memorySource,
  NO_PROGRESS,
  openSource,
  type Progress,
  readHeap,
  UsageError,
} from "../../src/index.ts";
import { checkHeap } from "./heap-invariants.ts";
import type { FuzzInput } from "./inputs.ts";
import { chooseOptions } from "./option-values.ts";
import { OUTPUT_CHECKS } from "./output-checks.ts";
import { askWhy, checkBudgets, checkFigures, checkTold, compareHeaps, listTop, reportOn } from "./told-checks.ts";

/** A step, and how it ended: "converted", or an error's class and code. */
export type Ending = readonly [step: string, ending: string];

/** Something that must not happen. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly step: string;

  constructor(step: string, message: string, cause?: unknown) {
    super(`${step}: ${message}`, { cause });
    this.step = step;
  }
}

/** Formats that take so much longer than the others that only one input in so many is written in each. */
const RARE: Readonly<Record<string, number>> = { svg: 50, parquet: 50, duckdb: 50, sql: 50 };

/** Tries everything with an input; `folder` is for outputs, which are removed. @throws Fault */
export async function tryInput(input: FuzzInput, folder: string): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  const step = async <T>(name: string, done: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      endings.push([name, done]);
      return result;
    } catch (error) {
      endings.push([name, classify(name, error)]);
      return undefined;
    }
  };
  const heap = await step("read", "heap", () => read(input, folder));
  if (heap === undefined) return endings;
  try {
    await step("check", "kept", async () => checkHeap(heap));
    const typed =
      input.executable === undefined ? undefined : await step("type", "typed", () => typeInput(heap, input));
    const final = typed?.heap ?? heap;
    await step("info", "told", () => tellAbout(final, typed?.report, input.random(2) === 0 ? 80 : undefined));
    await step("report", "told", () => reportOn(final, input));
    await step("top", "told", () => listTop(final, input));
    await step("check", "told", () => checkBudgets(final, input));
    await step("diff", "told", () => compareHeaps(heap, final, input));
    await step("why", "told", () => askWhy(final, input));
    for (const name of [...Object.keys(BUILT_IN_CONVERTERS), "sql"]) {
      if (input.random(RARE[name] ?? 1) > 0) continue;
      if (name === "sql") await step("sql", "answered", () => ask(final, input, folder));
      else await step(name, "converted", () => convert(final, name as keyof typeof BUILT_IN_CONVERTERS, input, folder));
    }
  } finally {
    heap.close();
  }
  return endings;
}

/** How a step ended that threw. @throws Fault for what it may not throw */
function classify(step: string, error: unknown): string {
  if (error instanceof HeapDumpError && (step === "read" || error.code !== "not-a-heap-dump")) {
    return `HeapDumpError ${error.code}`;
  }
  if (error instanceof ExecutableError && step === "type") return `ExecutableError ${error.code}`;
  // What DuckDB complains of in statements that gohd made is gohd's fault.
  if (error instanceof ConverterError && !error.message.startsWith("DuckDB: "))
    return `ConverterError: ${toKind(error)}`;
  if (error instanceof UsageError) return `UsageError: ${toKind(error)}`;
  throw new Fault(step, error instanceof Error ? `${error.name}: ${error.message}` : String(error), error);
}

/** Errors that differ in names and numbers only are of a kind. */
function toKind({ message }: Error): string {
  return message
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+/g, "N")
    .split("\n")[0]!
    .slice(0, 60);
}

async function read(input: FuzzInput, folder: string): Promise<Heap> {
  const { dump, isPacked, salvage, executable } = input;
  const source = isPacked ? await openPacked(dump, folder, salvage) : memorySource(dump);
  try {
    return await readHeap(source, { salvage, keepShapes: executable !== undefined });
  } catch (error) {
    source.close();
    if (error instanceof HeapDumpError) {
      const { position = 0 } = error;
      if (!(position >= 0 && position <= source.size))
        throw new Error(`a position outside of the dump: ${position}`, { cause: error });
    }
    throw error;
  }
}

function openPacked(dump: Uint8Array, folder: string, salvage: boolean): Promise<ByteSource> {
  const path = join(folder, "packed");
  writeFileSync(path, dump);
  return openSource(path, { salvage, beginnings: ["go1."] });
}

async function typeInput(
  heap: Heap,
  input: FuzzInput,
): Promise<{ readonly heap: Heap; readonly report: ExecutableReport }> {
  const source = memorySource(input.executable!, "./app");
  const options = listArchitectures(source).length > 1 ? { arch: heap.dump.arch } : {};
  const executable = openExecutable(source, options);
  const symbols = input.hasSymbols ? openDebugFile(source, options) : undefined;
  const { typed, report } = await typeFromExecutable(heap, executable, symbols, input.force, NO_PROGRESS);
  return { heap: typed.heap, report };
}

async function tellAbout(
  heap: Heap,
  executable: ExecutableReport | undefined,
  width: number | undefined,
): Promise<void> {
  const report = await buildReport(heap, { executable });
  // What the statistics do not explain is below 0 where they are damaged.
  checkFigures("info --json", { ...report, ledger: { ...report.ledger, unexplained: 0 } });
  checkTold("info", await renderReport(report, { width }));
}

async function convert(
  heap: Heap,
  name: keyof typeof BUILT_IN_CONVERTERS,
  { random }: FuzzInput,
  folder: string,
): Promise<void> {
  const { default: loaded } = await BUILT_IN_CONVERTERS[name]();
  // biome-ignore lint/suspicious/noExplicitAny: options of all converters, chosen by their own schema.
  const converter = loaded as any as import("../../src/index.ts").Converter;
  const values = { ...resolveOptions(converter, []), ...chooseOptions(converter.options, heap.types.names, random) };
  const files = converter.listFiles?.(values as never) ?? [];
  const path = join(folder, "output");
  const { kind, addedWith } = converter.output;
  const isAdded = addedWith !== undefined && (values[addedWith] as readonly string[]).length > 0;
  const memory = createMemorySink();
  const sink: CommittableSink =
    kind === "directory"
      ? createDirectorySink(path, { add: isAdded, files })
      : name === "duckdb"
        ? createFileSink(path)
        : memory;
  try {
    await converter.convert(heap, sink, values as never, watchWarnings());
    await sink.commit();
    await OUTPUT_CHECKS[name]?.(memory.files.get("")!);
  } finally {
    await sink.discard();
    if (sink !== memory) rmSync(path, { recursive: true, force: true });
  }
}

/** Warnings are for people, and made of what is in the dump. */
function watchWarnings(): Progress {
  return {
    ...NO_PROGRESS,
    warn(code, message) {
      if (!/^[a-z][a-z-]+$/.test(code) || message === "") throw new Error(`bug: warning ${code}: ${message}`);
    },
  };
}

/** Questions as people ask them, one of them about any object. */
const QUESTIONS: readonly ((random: FuzzInput["random"], objects: number) => string)[] = [
  () => "FROM top_types()",
  (random, objects) => `FROM path_to_root(${random(objects + 2)})`,
  (random, objects) => `FROM dominated_by(${random(objects + 9)}) LIMIT 9`,
  () => "SELECT count(*), max(address), min(retained), max(depth) FROM objects",
  () => "FROM retained_by_goroutine()",
  () => "FROM duplicate_strings() LIMIT 9",
  () => "SELECT name, count(*) FROM named_edges GROUP BY ALL ORDER BY ALL LIMIT 9",
  () => "SELECT * FROM roots LIMIT 9; SELECT * FROM frames LIMIT 9",
];

async function ask(heap: Heap, { random }: FuzzInput, folder: string): Promise<void> {
  const { SqlSession, splitStatements } = await loadSql();
  const limits = { memoryLimit: "", threads: 1, stringLimit: 100, contentsLimit: 100, temporaryDirectory: folder };
  const session = await SqlSession.open(heap, limits, NO_PROGRESS);
  try {
    for (let n = 0; n < 3; n++) {
      const text = QUESTIONS[random(QUESTIONS.length)]!(random, heap.objects.count);
      const { complete, rest } = splitStatements(text);
      for (const statement of [...complete, rest]) {
        await session.run(statement, NO_PROGRESS, async (result) => {
          for await (const _ of result.rows());
        });
      }
    }
  } finally {
    session.close();
  }
}

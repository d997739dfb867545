/**
 * Debug information that a real toolchain writes, against what its own debug/dwarf reads of it, and for location lists
 * readelf. Runs with GOHD_TEST_GO=<path of a go command>, of any version since 1.15; otherwise says that it is skipped.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type DebugInfo,
  type Executable,
  openDebugInfo,
  openExecutable,
  openProgram,
} from "../../../src/binary/index.ts";
import { openFile } from "../../../src/io/sources/file-source.ts";
import { evaluateSpelled, hasReadelf, type ListEntryRow, readLists, spellOperations } from "./location-lists.ts";

const GO = process.env.GOHD_TEST_GO;
if (GO === undefined)
  console.warn("tests of a toolchain's debug information skipped: set GOHD_TEST_GO to a go command");
else if (!hasReadelf) console.warn("location lists are not compared: there is no readelf");

interface Variable {
  readonly Name: string;
  readonly Function: string;
  readonly Size: number;
  readonly IsParameter: boolean;
  readonly Scopes: readonly (readonly (readonly [number, number])[] | null)[] | null;
  readonly Location: string;
  readonly ClosureOffset: number;
}
interface FunctionRow {
  readonly Name: string;
  readonly Entry: number;
  readonly AddressBase: number;
  readonly LowPc: number;
  readonly Variables: readonly Variable[] | null;
}
interface Row {
  readonly global?: { readonly Name: string; readonly Address: number; readonly Size: number };
  readonly function?: FunctionRow;
}

/** PCs of a function at which its variables are compared. */
const MAX_PCS = 8;

describe.skipIf(GO === undefined).each(["linux/amd64", "linux/mips"])("%s", { timeout: 300_000 }, (platform) => {
  let folder = "";
  let executable: Executable;
  let info: DebugInfo;
  let rows: readonly Row[];
  let lists: ReadonlyMap<number, readonly ListEntryRow[]>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gohd-debug-"));
    const [os, arch] = platform.split("/");
    const flags = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "" };
    copyFileSync(join(import.meta.dirname, "oracle/main.go"), join(folder, "main.go"));
    writeFileSync(join(folder, "go.mod"), "module example.com/oracle\n\ngo 1.15\n");
    const [oracle, subject] = [join(folder, "oracle"), join(folder, "subject")];
    // The oracle reads itself, built for another machine.
    execFileSync(GO!, ["build", "-o", oracle, "."], { cwd: folder, env: flags });
    execFileSync(GO!, ["build", "-o", subject, "."], { cwd: folder, env: { ...flags, GOOS: os, GOARCH: arch } });
    const output = execFileSync(oracle, [subject], { encoding: "utf8", maxBuffer: 1 << 30 });
    rows = output
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    executable = openExecutable(openFile(subject));
    const program = openProgram(executable);
    info = openDebugInfo(executable, { typeAt: (offset) => program.types.typeAt(program.module.types + offset) })!;
    lists = hasReadelf ? readLists(subject) : new Map();
  }, 300_000);

  afterAll(() => {
    executable.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const functions = (): FunctionRow[] => rows.flatMap((row) => (row.function ? [row.function] : []));

  test("package variables", () => {
    const expected = rows.flatMap(({ global }) => (global ? [`${global.Name} ${global.Address} ${global.Size}`] : []));
    expect(expected.length).toBeGreaterThan(200);
    const found = info.variables.map((each) => `${each.name} ${each.address} ${each.type.size}`);
    expect(found.sort()).toEqual(expected.sort());
  });

  test("functions, and what closures capture", () => {
    expect(info.functionCount).toBe(functions().length);
    expect(info.functionCount).toBeGreaterThan(1000);
    const differences: string[] = [];
    const entries = new Map<string, Set<number>>();
    for (const { Name, Entry } of functions()) entries.set(Name, (entries.get(Name) ?? new Set()).add(Entry));
    for (const { Name, Entry, Variables } of functions()) {
      if (!entries.get(Name)!.has(info.entryOf(Name)!)) differences.push(`${Name} at ${info.entryOf(Name)}`);
      const captured = (Variables ?? []).filter((each) => each.ClosureOffset > 0 && each.Function === Name);
      captured.sort((a, b) => a.ClosureOffset - b.ClosureOffset);
      const expected = captured.map((each) => `${each.ClosureOffset} ${each.Name}`).join();
      const found = info
        .capturedBy(Entry)
        .map((each) => `${each.offset} ${each.name}`)
        .join();
      if (found !== expected) differences.push(`${Name}: ${found}, not ${expected}`);
    }
    expect(differences).toEqual([]);
  });

  test("local variables, and where they are", () => {
    const addresses = executable.debugSection("addr") ?? new Uint8Array(0);
    const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.length);
    const { bigEndian, pointerSize } = executable;
    const indexed = (row: FunctionRow, index: number): number => {
      const at = row.AddressBase + index * pointerSize;
      return pointerSize === 4 ? view.getUint32(at, !bigEndian) : Number(view.getBigUint64(at, !bigEndian));
    };
    /** Entries of a variable's list with addresses instead of bases. */
    const entriesOf = (row: FunctionRow, { Location }: Variable) => {
      let base = info.version >= 5 ? row.LowPc : 0;
      return (lists.get(Number(Location.slice(1))) ?? []).flatMap((entry) => {
        if ("baseIndex" in entry) {
          base = indexed(row, entry.baseIndex);
          return [];
        }
        return [{ ...entry, low: base + entry.low, high: base + entry.high }];
      });
    };
    const differences: string[] = [];
    let compared = 0;
    let inMemory = 0;
    for (const row of functions()) {
      const variables = row.Variables ?? [];
      const lows = variables.flatMap((variable) => [
        ...(variable.Scopes ?? []).flatMap((scope) => scope ?? []).flatMap(([low, high]) => [low, high - 1, high]),
        ...(variable.Location.startsWith("l") ? entriesOf(row, variable).flatMap((each) => [each.low, each.high]) : []),
      ]);
      const distinct = [...new Set([row.Entry, ...lows])];
      const step = Math.max(1, Math.floor(distinct.length / MAX_PCS));
      for (const pc of distinct.filter((_, i) => i % step === 0)) {
        const inScope = variables.filter((each) =>
          (each.Scopes ?? []).every((scope) => (scope ?? []).some(([low, high]) => pc >= low && pc < high)),
        );
        const locals = info.localsAt(row.Entry, pc);
        const where = `${row.Name} at 0x${pc.toString(16)}`;
        expect(
          locals.map((each) => [each.name, each.type.size, each.isParameter, each.function]),
          where,
        ).toEqual(inScope.map((each) => [each.Name, each.Size, each.IsParameter, each.Function]));
        locals.forEach((local, i) => {
          const variable = inScope[i]!;
          const isList = variable.Location.startsWith("l");
          if (isList && !hasReadelf) return;
          const operations = isList
            ? (entriesOf(row, variable).find((each) => pc >= each.low && pc < each.high)?.operations ?? "")
            : spellOperations(Buffer.from(variable.Location.slice(1), "hex"), pointerSize);
          const found = local.pieces.map((each) => `${each.offset}+${each.size}@${each.frameOffset}`).join(" ");
          const expected = evaluateSpelled(operations, variable.Size);
          if (found !== expected) differences.push(`${local.name} of ${where}: ${found}, not ${expected}`);
          compared++;
          if (found !== "") inMemory++;
        });
      }
    }
    expect(differences).toEqual([]);
    expect(info.warnings).toEqual([]);
    expect(compared).toBeGreaterThan(10_000);
    expect(inMemory).toBeGreaterThan(1000);
  });
});

/** Goroutines' logical frames, by a function table made by hand and on samples. Against Go's own text: test/clients. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FunctionTable, NO_FUNCTION, type SourceCall } from "../../../src/binary/index.ts";
import { goroutineOrigin } from "../../../src/heap/roots/root-names.ts";
import { type Goroutines, goroutineState, type Heap, RootVertexKind, rootVertexName } from "../../../src/index.ts";
import { findCalls } from "../../../src/typing/names/goroutine-calls.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

/** Functions of 16 bytes each from 0x1000 on; an instruction's line is its offset, wrappers are called "…-fm". */
function tableOf(...names: string[]): FunctionTable {
  const entry = Float64Array.from({ length: names.length + 1 }, (_, i) => 0x1000 + 16 * i);
  const indexAt = (pc: number) =>
    pc >= 0x1000 && pc < entry[names.length]! ? Math.floor((pc - 0x1000) / 16) : NO_FUNCTION;
  const indexOfEntry = (pc: number) => (pc % 16 === 0 ? indexAt(pc) : NO_FUNCTION);
  const callsAt = (pc: number): SourceCall[] => {
    const index = indexAt(pc);
    const call = (name: string) => ({
      function: name,
      file: "main.go",
      line: pc - entry[index]!,
      isWrapper: name.endsWith("-fm"),
    });
    return index === NO_FUNCTION ? [] : names[index]!.split(" in ").map(call);
  };
  return {
    count: names.length,
    entry,
    indexAt,
    indexOfEntry,
    isFunctionEntry: (pc) => indexOfEntry(pc) !== NO_FUNCTION,
    name: (index) => names[index]!.split(" in ").at(-1)!,
    lineAt: () => undefined,
    callsAt,
    callPcsAt: (pc) => [pc],
    callRuns: () => [],
    stackObjects: () => [],
  };
}

/** One goroutine: name, entry and PC of each frame, innermost first. */
function goroutineOf(...frames: (readonly [string, number, number])[]): Goroutines {
  const { goroutines } = drawHeap((s) => {
    s.goroutines.push({ frames: frames.map(([name]) => ({ name })) });
  });
  const columns = {
    entry: Float64Array.from(frames, ([, entry]) => entry),
    pc: Float64Array.from(frames, ([, , pc]) => pc),
  };
  return { ...goroutines, frames: { ...goroutines.frames, ...columns } };
}

/** "name:line" of each call, those of one frame together; hidden ones in parentheses. */
function describeCalls(goroutines: Goroutines, table: FunctionTable, goMinor = 27, bias = 0): string[] {
  const calls = findCalls(goroutines, table, bias, goMinor);
  expect(calls.start).toHaveLength(goroutines.frames.count + 1);
  expect(calls.start.at(-1)).toBe(calls.line.length);
  return Array.from(goroutines.frames.pc, (_, frame) => {
    const texts: string[] = [];
    for (let call = calls.start[frame]!; call < calls.start[frame + 1]!; call++) {
      const text = `${calls.names[calls.function[call]!]}:${calls.line[call]}`;
      texts.push(calls.isHidden[call] === 1 ? `(${text})` : text);
    }
    return texts.join(" ");
  });
}

describe("logical frames", () => {
  test("a return address is behind the call", () => {
    const table = tableOf("runtime.gopark", "main.inner in main.outer", "main.main");
    const goroutine = goroutineOf(
      ["runtime.gopark", 0x1000, 0x1005],
      ["main.outer", 0x1010, 0x1018],
      ["main.main", 0x1020, 0x102f],
    );
    expect(describeCalls(goroutine, table)).toEqual(["runtime.gopark:4", "main.inner:7 main.outer:7", "main.main:14"]);
  });

  test("a function that has not begun is at its entry", () => {
    const table = tableOf("main.first", "main.second");
    const goroutine = goroutineOf(["main.second", 0x1010, 0x1010]);
    expect(describeCalls(goroutine, table)).toEqual(["main.second:0"]);
  });

  test("what a signal interrupted called nothing", () => {
    const table = tableOf("runtime.sigpanic", "runtime.asyncPreempt", "main.main");
    const at = (name: string, entry: number) => goroutineOf([name, entry, entry + 4], ["main.main", 0x1020, 0x1028]);
    expect(describeCalls(at("runtime.sigpanic", 0x1000), table, 15)[1]).toBe("main.main:8");
    expect(describeCalls(at("runtime.asyncPreempt", 0x1010), table, 21)[1]).toBe("main.main:8");
    // As the stacks of those versions say.
    expect(describeCalls(at("runtime.asyncPreempt", 0x1010), table, 19)[1]).toBe("main.main:7");
  });

  test("wrappers are hidden unless they panicked", () => {
    const table = tableOf("main.wait in main.wait-fm", "runtime.panicwrap", "main.call-fm", "main.main");
    const calling = goroutineOf(["main.wait-fm", 0x1000, 0x1008], ["main.main", 0x1030, 0x1038]);
    expect(describeCalls(calling, table)).toEqual(["main.wait:7 (main.wait-fm:7)", "main.main:7"]);
    const panicking = goroutineOf(["runtime.panicwrap", 0x1010, 0x1018], ["main.call-fm", 0x1020, 0x1028]);
    expect(describeCalls(panicking, table)).toEqual(["runtime.panicwrap:7", "main.call-fm:7"]);
  });

  test("addresses are the process's", () => {
    const goroutine = goroutineOf(["main.main", 0x5555_0000_1000, 0x5555_0000_1004]);
    expect(describeCalls(goroutine, tableOf("main.main"), 27, 0x5555_0000_0000)).toEqual(["main.main:3"]);
  });

  test("what the executable has not, or has elsewhere, keeps its name", () => {
    const table = tableOf("main.main", "main.other");
    const goroutine = goroutineOf(
      ["plugin.f", 0x9000, 0x9004],
      ["main.main", 0x1008, 0x100c],
      ["main.main", 0x1000, 0x1014],
    );
    expect(describeCalls(goroutine, table)).toEqual(["plugin.f:0", "main.main:0", "main.main:0"]);
  });

  test("no goroutines", () => {
    expect(describeCalls(goroutineOf(), tableOf("main.main"))).toEqual([]);
  });
});

/** Different stacks of a sample's own goroutines, without the runtime's frames: "function file:line", innermost first. */
function stacksOf({ goroutines }: Heap): Set<string> {
  const { frameStart, calls } = goroutines;
  const stacks = new Set<string>();
  for (let i = 0; i < goroutines.count; i++) {
    if (goroutines.system[i] === 1) continue;
    const lines = [goroutineState(goroutines, i)];
    for (let call = calls!.start[frameStart[i]!]!; call < calls!.start[frameStart[i + 1]!]!; call++) {
      const name = calls!.names[calls!.function[call]!]!;
      if (calls!.isHidden[call] === 1 || name.startsWith("runtime.")) continue;
      const file = calls!.names[calls!.file[call]!]!.replace("example.org/gohd/samples/", "");
      lines.push(`${name} ${file}:${calls!.line[call]}`);
    }
    stacks.add(lines.join("\n"));
  }
  return stacks;
}

/** Lines of a sample program, by "file:line". */
function sourceLine(place: string): string {
  const [file, line] = place.split(":");
  const text = readFileSync(join(import.meta.dirname, "../../../samples/programs", file!), "utf8");
  return text.split("\n")[Number(line) - 1]!.trim();
}

describe("stacks of samples", { timeout: 60_000 }, () => {
  test("workers, Go 1.24", async () => {
    const stacks = stacksOf(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"));
    expect([...stacks].sort()).toEqual(
      [
        "dumping heap\nruntime/debug.WriteHeapDump runtime/heapdump.go:31\nmain.writeHeapDump workers/main.go:185\n" +
          "main.(*Service).handleRequest.func1 workers/main.go:197\nmain.(*Service).handleRequest workers/main.go:200\n" +
          "main.main workers/main.go:226",
        // Inlined into the wrapper main.(*Service).removeTemporaryFile-fm.
        "chan receive\nmain.(*Service).removeTemporaryFile workers/main.go:170",
        "syscall\nos/signal.signal_recv runtime/sigqueue.go:152\nos/signal.loop os/signal/signal_unix.go:23",
        "chan receive\nmain.(*Service).work workers/main.go:153",
        "chan receive\nmain.(*Service).refreshCatalogue workers/main.go:166",
        "chan send\nmain.(*Service).download workers/main.go:138",
      ].sort(),
    );
    expect(sourceLine("workers/main.go:185")).toBe("debug.WriteHeapDump(output.Fd())");
    expect(sourceLine("workers/main.go:170")).toBe("<-service.disk");
    expect(sourceLine("workers/main.go:153")).toBe("for job := range service.jobs {");
    expect(sourceLine("workers/main.go:166")).toContain("<-service.catalogue.updates");
    expect(sourceLine("workers/main.go:138")).toBe("answers <- buffer");
  });

  test.each([
    ["dominators.1.19.amd64", "dominators.1.19.amd64", "dominators/main.go"],
    ["queue.1.22.amd64", "queue.1.22.amd64", "queue/main.go"],
    ["sessions-after.1.27.amd64", "sessions.1.27.amd64", "sessions/main.go"],
  ])("%s: every frame of the program's is at a call or a channel", async (dump, executable, file) => {
    const stacks = [...stacksOf(await typedSample(dump, executable))].join("\n");
    const places = [...stacks.matchAll(/^main\.\S+ (\S+:\d+)$/gm)].map((match) => match[1]!);
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) {
      expect(place.startsWith(`${file}:`)).toBe(true);
      expect(sourceLine(place), place).toMatch(/\w\(|<-|select|range/);
    }
    expect(places.map(sourceLine)).toContain("debug.WriteHeapDump(output.Fd())");
  });

  test("frames are called by function, file and line", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const { kind, count } = heap.roots.vertices;
    const names = Array.from({ length: count }, (_, vertex) => vertex)
      .filter((vertex) => kind[vertex] === RootVertexKind.FRAME)
      .map((vertex) => rootVertexName(heap, vertex));
    expect(names).toContain("main.(*Service).download main.go:138");
    // Not after the wrapper …-fm, into which it was inlined.
    expect(names).toContain("main.(*Service).removeTemporaryFile main.go:170");
    const goroutines = Array.from({ length: count }, (_, vertex) => vertex)
      .filter((vertex) => kind[vertex] === RootVertexKind.GOROUTINE)
      .map((vertex) => rootVertexName(heap, vertex));
    // Not …-fm, of which the function is a part.
    expect(goroutines).toContain("goroutine main.(*Service).removeTemporaryFile [chan receive]");
  });

  test("nobody is said to have started the first goroutine, which no go statement did", async () => {
    const { goroutines } = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const origins = Array.from({ length: goroutines.count }, (_, i) => goroutineOrigin(goroutines, i));
    expect(origins.some((origin) => origin.startsWith("main."))).toBe(true);
    expect(origins.filter((origin) => origin.includes("<autogenerated>"))).toEqual([]);
  });
});

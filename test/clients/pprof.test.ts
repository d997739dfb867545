/**
 * What go tool pprof makes of our profiles, and what a process's own profiles say of the same heap. Needs a go command, of
 * any version since 1.15.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import pprof from "../../converters/pprof/index.ts";
import { openExecutable } from "../../src/binary/index.ts";
import { type Heap, openSource, readHeap, typeHeap } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { type ReadProfile, readProfile } from "../support/readers/profile-reader.ts";
import { typedSample } from "../support/typed-samples.ts";
import { GO, runGo } from "./go.ts";
import { servePprof } from "./pprof-server.ts";

if (GO === undefined) console.warn("go tool pprof tests skipped: no go command; install it or set GOHD_TEST_GO");

/** Allocates in inlined and recursive functions, maps and closures; writes its dump, then its own profiles. */
const PROGRAM = `package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
)

type node struct {
	next *node
	text string
	data map[string][]byte
}

var rate = func() int { runtime.MemProfileRate = 512; return 0 }()

var kept []interface{}

// Known at run time only, so that buffers are on the heap.
var size = 4096

func leaf(n int) *node { return &node{text: strings.Repeat("x", n)} }

func middle(n int) *node {
	l := leaf(n)
	l.data = map[string][]byte{"a": make([]byte, n), "b": nil}
	return l
}

func deep(depth int) *node {
	if depth == 0 {
		return middle(100)
	}
	return &node{next: deep(depth - 1)}
}

type visitor interface{ visit(n int) interface{} }

type plain struct{ sum []int }

func (p plain) visit(n int) interface{} { return append(p.sum, make([]int, n)...) }

func wait(ready, never chan bool) {
	buffer := make([]byte, size)
	ready <- true
	<-never
	buffer[0] = 1
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func create(name string) *os.File {
	file, err := os.Create(name)
	check(err)
	return file
}

func main() {
	// The rate counts from the first sample on, which Go's default put up to some MB away, on every processor.
	runtime.GOMAXPROCS(1)
	for i := 0; i < 32; i++ {
		kept = []interface{}{make([]byte, 1<<20)}
	}
	kept = nil
	var v visitor = &plain{}
	for i := 0; i < 200; i++ {
		kept = append(kept, middle(i), deep(i%20), v.visit(i), func() int { return i })
		for j := 0; j < 5; j++ {
			leaf(200)
		}
	}
	ready, never := make(chan bool), make(chan bool)
	for i := 0; i < 7; i++ {
		go wait(ready, never)
		<-ready
	}
	dump, heap, goroutines := create("p.dump"), create("heap.pb.gz"), create("goroutine.pb.gz")
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(dump.Fd())
	check(pprof.Lookup("heap").WriteTo(heap, 0))
	check(pprof.Lookup("goroutine").WriteTo(goroutines, 0))
	runtime.KeepAlive(kept)
}
`;

/** Sizes in bytes, and nothing left out. */
const PLAIN = ["-unit=B", "-nodefraction=0", "-edgefraction=0", "-nodecount=100000"];

describe.skipIf(GO === undefined)("go tool pprof", { timeout: 300_000 }, () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "gohd-pprof-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function write(name: string, heap: Heap, options: object): Promise<string> {
    const path = join(directory, name);
    writeFileSync(path, (await convertToBytes(pprof, heap, options)).bytes);
    return path;
  }

  describe("on a sample with its executable", () => {
    let heap: Heap;
    beforeAll(async () => {
      heap = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    });

    test.each([
      ["retained", "inuse_space"],
      ["heap", "inuse_space"],
      ["goroutine", "goroutine"],
      ["types", "inuse_space"],
      ["sites", "inuse_space"],
    ])("reads %s, shows %s first, and counts the same total", async (profile, shown) => {
      const file = await write(`${profile}.pb.gz`, heap, { profile, "mem-profile-rate": 512 });
      const { totals } = readProfile(readFileSync(file));
      const top = runGo(directory, ["tool", "pprof", "-top", ...PLAIN, file]);
      expect(top).toContain(`Type: ${shown}`);
      expect(top).toMatch(
        new RegExp(`Showing nodes accounting for ${totals.at(-1)}B?, 100% of ${totals.at(-1)}B? total`),
      );
      for (const report of ["-tree", "-raw", "-traces", "-dot", "-comments"]) {
        expect(runGo(directory, ["tool", "pprof", report, ...PLAIN, file]).length).toBeGreaterThan(100);
      }
      expect(runGo(directory, ["tool", "pprof", "-top", ...PLAIN, "-diff_base", file, file])).toContain(
        "Showing nodes accounting for 0",
      );
    });

    test("leaves brackets in names alone", async () => {
      const file = await write("names.pb.gz", heap, {});
      expect(runGo(directory, ["tool", "pprof", "-top", ...PLAIN, file])).toContain("map[string]*main·Session");
    });

    test("selects by label", async () => {
      const file = await write("labels.pb.gz", heap, { profile: "goroutine" });
      const top = runGo(directory, ["tool", "pprof", "-top", ...PLAIN, "-tagfocus=state=select", file]);
      const waiting = readProfile(readFileSync(file)).samples.filter(({ labels }) => labels.state === "select");
      expect(top).toMatch(new RegExp(`accounting for ${waiting.length}B?, .*% of ${heap.goroutines.count}B? total`));
    });

    test("draws the dominator tree as a flame graph in the browser, and leaves no name's beginning out", async () => {
      const file = await write("flame.pb.gz", heap, {});
      const server = await servePprof([file]);
      const page = await fetch(`${server.address}/ui/flamegraph`).then((response) => response.text());
      server.stop();
      for (const name of ["main.SessionStore", "byToken map[string]*main·Session"]) expect(page).toContain(name);
      // Since Go 1.22 the page has all names that a box may be called by, the shortest last.
      const json = /^ *stackViewer\((\{.*?\}),? *(?:\[|\)|$)/m.exec(page)?.[1];
      expect(json === undefined).toBe(!page.includes("stackViewer({"));
      if (json === undefined) return;
      const { Sources } = JSON.parse(json) as { Sources: { FullName: string; Display: string[] }[] };
      const cut = Sources.filter(({ FullName, Display }) => Display.at(-1) !== FullName).map(
        ({ FullName }) => FullName,
      );
      expect(Sources.length - cut.length).toBeGreaterThan(30);
      // Functions and types of one name may be called by what is behind their dots.
      for (const name of cut) expect(name).toMatch(/^[\w/]+\.(\w+|[\w.()*]+)( ×n)?$/);
    });

    test("tells two dumps apart by what has grown, in frames that are called alike", async () => {
      const old = await write("old.pb.gz", heap, {});
      const grown = await write(
        "grown.pb.gz",
        await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"),
        {},
      );
      const top = runGo(directory, ["tool", "pprof", "-top", "-cum", ...PLAIN, "-diff_base", old, grown]);
      expect(top).toMatch(/ 3\d{5}B? .*% {2}held by main·\(\*SessionStore\)·expireSessions store, main·store$/m);
      expect(top).toMatch(/ 2\d{5}B? .*% {2}byToken map\[string\]\*main·Session$/m);
      // What only one of them has is hardly anything.
      expect(top.match(/ -\d{4,}B? +[\d.]+% .*$/gm)).toBeNull();
    });
  });

  describe("on a process that wrote its own profiles, too", () => {
    let heap: Heap;
    let typed: Heap;
    let own: ReadProfile;
    beforeAll(async () => {
      writeFileSync(join(directory, "main.go"), PROGRAM);
      runGo(directory, ["build", "-o", "program", "main.go"]);
      execFileSync(join(directory, "program"), { cwd: directory });
      const dump = join(directory, "p.dump");
      heap = await readHeap(await openSource(dump));
      const executable = openExecutable(await openSource(join(directory, "program")));
      typed = (await typeHeap(await readHeap(await openSource(dump), { keepShapes: true }), executable)).heap;
      own = readProfile(readFileSync(join(directory, "heap.pb.gz")), false);
      // Go may have to build its library first.
    }, 300_000);
    afterAll(() => {
      heap?.close();
      typed?.close();
    });

    test("heap has the same values, bit for bit", async () => {
      const file = await write("ours.pb.gz", heap, { profile: "heap", "mem-profile-rate": 512 });
      const profile = readProfile(readFileSync(file));
      expect(profile.period).toBe(own.period);
      expect(profile.sampleTypes).toEqual(own.sampleTypes);
      expect(values(profile)).toEqual(values(own));
      expect(values(profile).length).toBeGreaterThan(30);
      for (const base of ["-base", "-diff_base"]) {
        const top = runGo(directory, ["tool", "pprof", "-top", ...PLAIN, base, join(directory, "heap.pb.gz"), file]);
        expect(top).toMatch(/Showing nodes accounting for 0, 0% of \d+B total/);
      }
    });

    test("heap has the same stacks, with the executable", async () => {
      const file = await write("typed.pb.gz", typed, { profile: "heap", "mem-profile-rate": 512 });
      expect(stacks(readProfile(readFileSync(file)))).toEqual(stacks(own));
    });

    test("goroutine has the stacks of the program's own goroutines", async () => {
      const file = await write("goroutine.ours.pb.gz", typed, { profile: "goroutine" });
      const { samples } = readProfile(readFileSync(file));
      const waiting = samples.filter(({ stack }) => stack.some(({ name }) => name === "main.wait"));
      expect(waiting).toHaveLength(7);
      expect(waiting.every(({ values: [retained] }) => retained! >= 4096)).toBe(true);
      const theirs = readProfile(readFileSync(join(directory, "goroutine.pb.gz")), false).samples.find(({ stack }) =>
        stack.some(({ name }) => name === "main.wait"),
      )!;
      const names = (sample: (typeof samples)[number]): string[] => sample.stack.map(({ name }) => name);
      expect(names(waiting[0]!)).toEqual(names(theirs));
    });
  });
});

/** Values and size of every sample that says something, in order: what the profile's writer allocates itself is zero. */
function values({ samples }: ReadProfile): string[] {
  return samples
    .filter((sample) => sample.values.some((value) => value !== 0))
    .map((sample) => `${sample.values.join(" ")} of ${sample.labels.bytes}`)
    .sort();
}

function stacks({ samples }: ReadProfile): string[] {
  return samples
    .filter((sample) => sample.values.some((value) => value !== 0))
    .map(({ stack, values: figures }) => {
      // Until Go 1.24 a dump has the line after the innermost call.
      const frames = stack.map(({ name, file, line }, i) => `${name} ${file}${i < stack.length - 1 ? `:${line}` : ""}`);
      return `${figures.join(" ")} ${frames.join("; ")}`;
    })
    .sort();
}

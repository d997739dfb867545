/**
 * One program, built by a real toolchain for Linux, macOS and Windows: what is decoded from Mach-O and PE has to be what is
 * decoded from ELF, but for what the platforms' own packages declare differently. Runs with GOHD_TEST_GO=<path of a go
 * command>, of any version since 1.15; otherwise says that it is skipped. Builds Go's library for each platform: minutes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Executable,
  findAnchoredModules,
  findModules,
  type GoProgram,
  listArchitectures,
  minorOf,
  openDebugInfo,
  openExecutable,
  openProgram,
  SymbolKind,
  type Type,
} from "../../src/binary/index.ts";
import { openFile } from "../../src/io/sources/file-source.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { CPU_AMD64, CPU_ARM64, writeFatMachO } from "./containers/mach-o/mach-o-writer.ts";

const GO = process.env.GOHD_TEST_GO;
if (GO === undefined) console.warn("cross-build tests skipped: set GOHD_TEST_GO to a go command");

const PROGRAM = `package main

import (
	"container/list"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"sync"
	"time"
)

type id uint32

type session struct {
	ID      id
	Name    string
	Started time.Time
	Tags    []string
	attrs   map[string]*attribute
	next    *session
	done    chan struct{}
	onClose func(id, ...error) error
}

type attribute struct {
	key   [4]byte
	value interface{}
	ratio float32
	flag  bool
}

type store interface {
	put(*session) error
	Get(id) (*session, bool)
}

type memoryStore struct {
	sync.Mutex
	byID  map[id]*session
	order *list.List
}

func (m *memoryStore) put(s *session) error {
	m.Lock()
	defer m.Unlock()
	if _, ok := m.byID[s.ID]; ok {
		return errExists
	}
	m.byID[s.ID] = s
	m.order.PushBack(s)
	return nil
}

func (m *memoryStore) Get(i id) (*session, bool) {
	m.Lock()
	defer m.Unlock()
	s, ok := m.byID[i]
	return s, ok
}

var (
	errExists       = errors.New("exists")
	sessions  store = &memoryStore{byID: map[id]*session{}, order: list.New()}
	counter   int64 = 7
	pattern         = regexp.MustCompile("^[a-z]+([0-9]+)$")
	table     [64]*attribute
	cache     map[[2]int16]complex128
	queue     chan<- *session
	greeting  = "hello"
	scratch   [100]uint16
)

//go:noinline
func work(s store, n int) int {
	total := 0
	for i := 0; i < n; i++ {
		x := &session{ID: id(i), Name: fmt.Sprint("s", i), Started: time.Now(), attrs: map[string]*attribute{}}
		x.onClose = func(j id, errs ...error) error { total += int(j); return nil }
		if err := s.put(x); err != nil {
			panic(err)
		}
		table[i%len(table)] = &attribute{value: x, ratio: float32(i)}
	}
	return total
}

func main() {
	n := work(sessions, 100)
	queue = make(chan *session, 3)
	cache = map[[2]int16]complex128{{1, 2}: 3}
	text, _ := json.Marshal(map[string]int{greeting: n, "counter": int(counter)})
	names := []string{string(text), pattern.String()}
	sort.Slice(names, func(i, j int) bool { return names[i] < names[j] })
	fmt.Println(names, scratch[3])
}
`;

/** Packages in which types of one name may differ from one operating system to another. */
const PLATFORM = /\b(?:runtime|syscall|os|internal\/[\w/]+)\.\w+$/;

const MODES = { normal: "", stripped: "-s -w" } as const;
type Mode = keyof typeof MODES;

const goMinor = GO === undefined ? 0 : minorOf(execFileSync(GO, ["version"], { encoding: "utf8" }))!;
/** Since when Go builds for it. */
const TARGETS = (
  [
    ["darwin", "amd64", 5],
    ["darwin", "arm64", 16],
    ["windows", "amd64", 5],
    ["windows", "arm64", 17],
    ["windows", "386", 5],
  ] as const
).filter(([, , since]) => goMinor >= since);

/** What a type is, in one line; types that it refers to by their names. */
function describeType(type: Type): string {
  const name = (each: Type | undefined): string => each?.name ?? "";
  const fields = type.fields.map((field) => `${field.name} ${name(field.type)} ${field.offset} ${field.embedded}`);
  const parts = [name(type.elem), name(type.key), ...type.in.map(name), "->", ...type.out.map(name)];
  const sizes = [type.kind, type.size, type.align, type.pointerBytes, type.length, type.chanDir];
  return [type.name, ...sizes, ...parts, ...type.methodNames, ...fields].join("|");
}

/** All types by name; several have the same one if functions declare them. */
function describeTypes({ types }: GoProgram): Map<string, string> {
  const lines = new Map<string, Set<string>>();
  const count = types.enumerate();
  for (let i = 0; i < count; i++) {
    const type = types.at(i);
    const same = lines.get(type.name) ?? new Set();
    lines.set(type.name, same.add(describeType(type)));
  }
  return new Map(Array.from(lines, ([name, same]) => [name, [...same].sort().join("\n")]));
}

/** Where each function begins in its source, by name. */
function describeFunctions({ functions }: GoProgram): Map<string, string> {
  return new Map(
    Array.from({ length: functions.count }, (_, i) => {
      const line = functions.lineAt(functions.entry[i]!);
      return [functions.name(i), `${line?.file}:${line?.line}`];
    }),
  );
}

function describeSymbols(
  executable: Executable,
): Map<string, { readonly address: number; readonly size: number; readonly kind: number }> {
  const { count, address, size, kind, name } = executable.symbols();
  return new Map(
    Array.from({ length: count }, (_, i) => [name(i), { address: address[i]!, size: size[i]!, kind: kind[i]! }]),
  );
}

const isOfMain = (name: string): boolean => name.startsWith("main.");

describe.skipIf(GO === undefined)("a program built for other systems", { timeout: 300_000 }, () => {
  let folder = "";
  const programs = new Map<string, GoProgram>();
  const fileOf = (system: string, arch: string, mode: Mode): string => join(folder, `${system}-${arch}-${mode}`);
  const programOf = (system: string, arch: string, mode: Mode): GoProgram => programs.get(fileOf(system, arch, mode))!;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gohd-cross-build-"));
    writeFileSync(join(folder, "main.go"), PROGRAM);
    writeFileSync(join(folder, "go.mod"), "module example.com/store\n\ngo 1.15\n");
    const all = [...["amd64", "arm64", "386"].map((arch) => ["linux", arch] as const), ...TARGETS];
    for (const [system, arch] of all) {
      for (const mode of Object.keys(MODES) as Mode[]) {
        const file = fileOf(system, arch, mode);
        execFileSync(GO!, ["build", `-ldflags=${MODES[mode]}`, "-o", file, "."], {
          cwd: folder,
          env: { ...process.env, GOOS: system, GOARCH: arch, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "" },
        });
        programs.set(file, openProgram(openExecutable(openFile(file))));
      }
    }
  }, 1_200_000);

  afterAll(() => {
    for (const { executable } of programs.values()) executable.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(TARGETS)("%s/%s", (system, arch) => {
    describe.each(Object.keys(MODES) as Mode[])("%s", (mode) => {
      test("its header", () => {
        const { executable, goMinor: minor } = programOf(system, arch, mode);
        expect(executable).toMatchObject({ format: system === "darwin" ? "mach-o" : "pe", arch });
        expect(minor).toBe(goMinor);
      });

      test("types are those of the Linux build, platform types aside", () => {
        const expected = describeTypes(programOf("linux", arch, mode));
        const found = describeTypes(programOf(system, arch, mode));
        const both = [...expected.keys()].filter((name) => found.has(name));
        const different = both.filter((name) => found.get(name) !== expected.get(name));
        console.info(`${system}/${arch} ${mode}: ${both.length} types compared, ${different.length} differ`);
        expect(both.length).toBeGreaterThan(0.95 * expected.size);
        expect(different.filter((name) => !PLATFORM.test(name))).toEqual([]);
        expect([...expected.keys()].filter((name) => name.includes("main.") && !found.has(name))).toEqual([]);
      });

      test("pointers end where the descriptors say", () => {
        const { executable, types } = programOf(system, arch, mode);
        const count = types.enumerate();
        for (let i = 0; i < count; i++) {
          const type = types.at(i);
          expect(type.pointerBytes, type.string).toBe(executable.image.word(type.address + executable.pointerSize));
        }
      });

      test("functions are those of the Linux build", () => {
        const expected = describeFunctions(programOf("linux", arch, mode));
        const found = describeFunctions(programOf(system, arch, mode));
        const both = [...expected.keys()].filter((name) => found.has(name));
        console.info(`${system}/${arch} ${mode}: ${both.length} of ${expected.size} functions by name`);
        expect(both.length).toBeGreaterThan(0.85 * expected.size);
        const ofMain = [...expected].filter(([name]) => isOfMain(name));
        expect(ofMain.length).toBeGreaterThan(4);
        expect([...found].filter(([name]) => isOfMain(name)).sort()).toEqual(ofMain.sort());
      });

      test("a dump's segments find the module, and where it was loaded", () => {
        const { executable } = programOf(system, arch, mode);
        const [module, ...others] = findModules(executable);
        expect(others).toEqual([]);
        const { data, edata, bss, ebss } = module!;
        const bias = 0x6660_0000;
        const anchor = {
          dataAddress: data + bias,
          dataSize: edata - data,
          bssAddress: bss + bias,
          bssSize: ebss - bss,
        };
        expect(findAnchoredModules(executable, anchor)).toEqual([{ module, bias }]);
        expect(findAnchoredModules(executable, { ...anchor, bssSize: anchor.bssSize + 8 })).toEqual([]);
      });
    });

    test("symbols of main are those of the Linux build", () => {
      const expected = describeSymbols(programOf("linux", arch, "normal").executable);
      const found = describeSymbols(programOf(system, arch, "normal").executable);
      const names = [...expected.keys()].filter(isOfMain);
      expect(names.length).toBeGreaterThan(10);
      for (const name of names) {
        const symbol = found.get(name);
        expect(symbol?.kind, name).toBe(expected.get(name)!.kind);
        // Functions differ in length; variables may be followed by what has no symbol.
        if (symbol!.kind === SymbolKind.Data) {
          expect(symbol!.size, name).toBeGreaterThanOrEqual(expected.get(name)!.size);
        }
      }
      const { functions } = programOf(system, arch, "normal");
      expect(functions.name(functions.indexOfEntry(found.get("main.work")!.address))).toBe("main.work");
    });

    test("debug information is that of the Linux build", () => {
      const open = (of: string) => {
        const { executable, module, types } = programOf(of, arch, "normal");
        return openDebugInfo(executable, { typeAt: (offset) => types.typeAt(module.types + offset) })!;
      };
      const expected = open("linux");
      const found = open(system);
      expect(found.warnings).toEqual([]);
      const symbols = describeSymbols(programOf(system, arch, "normal").executable);
      const variables = new Map(found.variables.map((variable) => [variable.name, variable]));
      let ofMain = 0;
      let both = 0;
      let equal = 0;
      for (const { name, type } of expected.variables) {
        const other = variables.get(name);
        const isEqual = other !== undefined && describeType(other.type) === describeType(type);
        if (other !== undefined) both++;
        if (isEqual) equal++;
        if (!isOfMain(name)) continue;
        ofMain++;
        expect(isEqual, name).toBe(true);
        expect(other!.address, name).toBe(symbols.get(name)!.address);
      }
      console.info(`${system}/${arch}: ${equal} of ${both} variables have equal types, ${ofMain} of them of main`);
      expect(ofMain).toBe(9);
      expect(equal).toBeGreaterThan(0.95 * both);
      const parameters = (debug: typeof found): string[] => {
        const entry = debug.entryOf("main.work")!;
        return debug.localsAt(entry, entry).map(({ name, type, isParameter }) => `${name} ${type.name} ${isParameter}`);
      };
      expect(parameters(found)).toEqual(parameters(expected));
    });

    test("a stripped one has no debug information", () => {
      const { executable } = programOf(system, arch, "stripped");
      expect(openDebugInfo(executable, { typeAt: () => undefined })).toBeUndefined();
    });
  });

  test.skipIf(goMinor < 16)("each part of a fat file is what it was alone", () => {
    const slices = [
      { cpuType: CPU_AMD64, cpuSubtype: 3, bytes: readFileSync(fileOf("darwin", "amd64", "normal")) },
      { cpuType: CPU_ARM64, bytes: readFileSync(fileOf("darwin", "arm64", "normal")) },
    ];
    const source = memorySource(writeFatMachO(slices), "store");
    const arches = listArchitectures(source);
    expect(arches).toEqual(["amd64", "arm64"]);
    for (const arch of arches) {
      const program = openProgram(openExecutable(source, { arch }));
      const alone = programOf("darwin", arch, "normal");
      expect(program.goVersion).toBe(alone.goVersion);
      expect(describeTypes(program)).toEqual(describeTypes(alone));
      expect(describeFunctions(program)).toEqual(describeFunctions(alone));
      expect(describeSymbols(program.executable)).toEqual(describeSymbols(alone.executable));
      expect(program.executable.debugSection("info")).toEqual(alone.executable.debugSection("info"));
    }
  });
});

/**
 * Executables that a real toolchain makes, against what the program says of itself by reflection and what `go tool nm`
 * and `go version` say of it. Runs with GOHD_TEST_GO=<path of a go command>, of any version since 1.15; otherwise says
 * that it is skipped.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GoProgram, openExecutable, openProgram, type Type } from "../../src/binary/index.ts";
import { openFile } from "../../src/io/sources/file-source.ts";

const GO = process.env.GOHD_TEST_GO;
if (GO === undefined) console.warn("toolchain tests skipped: set GOHD_TEST_GO to a go command");

/** Writes one line per type it can reach: address, kind, size, align, name, then elements, fields, parameters. */
const PROGRAM = `package main

import (
	"container/list"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"sync"
	"text/template"
	"time"
	"unsafe"
)

type face struct{ typ, data unsafe.Pointer }
type every struct {
	*regexp.Regexp
	sync.Mutex
	_      int
	a, b   bool
	any    interface{}
	err    error
	big    [1000000]*int
	pair   [3][2]struct{ x int32; p *string }
	fn     func(a int, b ...*list.List) (chan<- int, <-chan error)
	ch     chan (<-chan *every)
	m      map[time.Duration][]map[string]*every
	large  map[[200]byte][300]byte
	u      unsafe.Pointer
	c      complex128
	z      [0]func()
}
type namedMap map[string]int
func (namedMap) M() {}
type namedFunc func(int, ...string) error
func (namedFunc) M() {}

var seen = map[reflect.Type]bool{}

func address(t reflect.Type) uintptr { return uintptr((*face)(unsafe.Pointer(&t)).data) }

func walk(t reflect.Type) {
	if seen[t] { return }
	seen[t] = true
	var parts []reflect.Type
	text := ""
	switch t.Kind() {
	case reflect.Ptr, reflect.Slice, reflect.Array, reflect.Chan:
		parts = append(parts, t.Elem())
	case reflect.Map:
		parts = append(parts, t.Key(), t.Elem())
	case reflect.Func:
		for i := 0; i < t.NumIn(); i++ { parts = append(parts, t.In(i)) }
		for i := 0; i < t.NumOut(); i++ { parts = append(parts, t.Out(i)) }
		text = fmt.Sprint(t.NumIn(), t.IsVariadic())
	case reflect.Interface:
		for i := 0; i < t.NumMethod(); i++ { text += t.Method(i).Name + " " }
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			parts = append(parts, f.Type)
			text += fmt.Sprint(f.Name, " ", f.Offset, " ", f.Anonymous, ";")
		}
	}
	fmt.Printf("%d\\t%d\\t%d\\t%d\\t%s\\t%s\\t%s\\t", address(t), t.Kind(), t.Size(), t.Align(), t.String(), t.PkgPath(), text)
	for _, p := range parts { fmt.Print(address(p), " ") }
	fmt.Println()
	for _, p := range parts { walk(p) }
}

func main() {
	fmt.Println(reflect.ValueOf(main).Pointer())
	for _, v := range []interface{}{new(every), namedMap{}, namedFunc(nil), new(template.Template), os.Stdout, new(time.Timer), new(sync.Map)} {
		walk(reflect.TypeOf(v))
	}
}
`;

/** The same line as the program's, from the descriptor. */
function describeType(type: Type, bias: number): string {
  const parts =
    type.fields.length > 0
      ? type.fields.map((field) => field.type)
      : [type.key, type.elem, ...type.in, ...type.out].filter((part) => part !== undefined);
  const text =
    type.kind === 19
      ? `${type.in.length} ${type.isVariadic}`
      : type.kind === 20
        ? type.methodNames.map((name) => `${name} `).join("")
        : type.fields.map((field) => `${field.name} ${field.offset} ${field.embedded};`).join("");
  const path = type.isNamed ? type.packagePath : "";
  const addresses = parts.map((part) => `${part.address + bias} `).join("");
  return [type.address + bias, type.kind, type.size, type.align, type.string, path, text, addresses].join("\t");
}

describe.skipIf(GO === undefined)("executables of a real toolchain", { timeout: 300_000 }, () => {
  let folder = "";
  const programs = new Map<string, { readonly program: GoProgram; readonly output: string }>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gohd-toolchain-"));
    writeFileSync(join(folder, "main.go"), PROGRAM);
    writeFileSync(join(folder, "go.mod"), "module example.com/every\n\ngo 1.15\n");
    const flags = { normal: [], stripped: ["-ldflags=-s -w"], pie: ["-buildmode=pie"] };
    for (const [mode, options] of Object.entries(flags)) {
      const file = join(folder, mode);
      execFileSync(GO!, ["build", ...options, "-o", file, "."], {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "" },
      });
      programs.set(mode, {
        program: openProgram(openExecutable(openFile(file))),
        output: execFileSync(file, { encoding: "utf8", maxBuffer: 1 << 28 }),
      });
    }
  }, 300_000);

  afterAll(() => {
    for (const { program } of programs.values()) program.executable.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(["normal", "stripped", "pie"])("%s", (mode) => {
    test("types are what reflection says", () => {
      const { program, output } = programs.get(mode)!;
      const { functions, types } = program;
      const [main, ...lines] = output.replace(/\n$/, "").split("\n");
      const names = Array.from({ length: functions.count }, (_, i) => functions.name(i));
      const bias = Number(main) - functions.entry[names.indexOf("main.main")]!;
      expect(lines.length).toBeGreaterThan(100);
      for (const line of lines) {
        const type = types.typeAt(Number.parseInt(line, 10) - bias);
        expect(type && describeType(type, bias)).toBe(line);
      }
    });

    test("pointers end where the descriptors say", () => {
      const { executable, types } = programs.get(mode)!.program;
      const count = types.enumerate();
      expect(count).toBeGreaterThan(1000);
      for (let i = 0; i < count; i++) {
        const type = types.at(i);
        expect(type.pointerBytes, type.string).toBe(executable.image.word(type.address + executable.pointerSize));
      }
    });

    test("the version is what `go version` says", () => {
      const { program } = programs.get(mode)!;
      const said = execFileSync(GO!, ["version", join(folder, mode)], { encoding: "utf8" });
      expect(said).toContain(`: ${program.goVersion}`);
    });
  });

  test("functions and symbols are what `go tool nm` says", () => {
    const { program } = programs.get("normal")!;
    const nm = execFileSync(GO!, ["tool", "nm", "-size", join(folder, "normal")], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const symbols = program.executable.symbols();
    const named = new Set(
      Array.from({ length: symbols.count }, (_, i) => `${symbols.address[i]} ${symbols.size[i]} ${symbols.name(i)}`),
    );
    let functionCount = 0;
    for (const line of nm.trimEnd().split("\n")) {
      const match = /^\s*([0-9a-f]+)\s+(\d+) ([A-Za-z]) (.*)$/.exec(line);
      if (!match || /[Uu]/.test(match[3]!)) continue;
      const address = Number.parseInt(match[1]!, 16);
      expect(named).toContain(`${address} ${match[2]} ${match[4]}`);
      if (!/[tT]/.test(match[3]!) || !match[4]!.startsWith("main.")) continue;
      functionCount++;
      expect(program.functions.name(program.functions.indexOfEntry(address))).toBe(match[4]);
    }
    expect(functionCount).toBeGreaterThan(3);
  });
});

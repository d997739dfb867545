/** Toolchain: builds and runs adversarial programs with a Go runtime whose allocator writes down all it does. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateProgram } from "./adversary/program.ts";

const GO_FILES = join(
  import.meta.dirname,
  `${import.meta.dirname.includes("/dist/") ? "../../../" : "../../"}test/truth/runtime`,
);

/** Go 1.22 and later: values with pointers of more bytes get a malloc header. */
const HEADER_MIN = 512;
const MALLOC = "func mallocgc(size uintptr, typ *_type, needzero bool) unsafe.Pointer {";

/** The root of a toolchain: `version` is one, or is looked up in GOHD_GO_ROOTS, a folder with go-1.24 and so on. */
export function findGoRoot(version: string): string {
  const roots = process.env.GOHD_GO_ROOTS ?? "";
  const candidates = [version, join(roots, `go-${version}`), join(roots, version), `/usr/lib/go-${version}`];
  const root = candidates.find((path) => existsSync(join(path, "src/runtime/malloc.go")));
  if (root === undefined) {
    throw new Error(
      `no Go toolchain ${version}: give the path of its root, or set GOHD_GO_ROOTS to the folder with go-${version}`,
    );
  }
  return realpathSync(root);
}

/** The minor version of a toolchain: 24 for go1.24.3. */
export function minorOf(root: string): number {
  return Number(/go1\.(\d+)/.exec(readFileSync(join(root, "VERSION"), "utf8"))?.[1]);
}

/** Whether a toolchain's runtime has malloc headers. */
export function hasHeaders(root: string): boolean {
  return minorOf(root) >= 22;
}

/**
 * Builds and runs the program of a seed in a folder of its own, unless that has just this program already.
 * @returns path of the executable; the dump beside it has ".dump" behind its name, the log of allocations ".dump.truth"
 */
export function buildProgram(root: string, seed: number, folder: string): string {
  const minor = minorOf(root);
  const source = join(folder, `seed-${seed}`);
  mkdirSync(source, { recursive: true });
  const executable = join(source, "program");
  const files = {
    "go.mod": "module adversary\n\ngo 1.19\n",
    "frame.go": readFileSync(join(GO_FILES, "frame.go.txt"), "utf8"),
    "program.go": generateProgram(seed, hasHeaders(root) ? HEADER_MIN : Number.POSITIVE_INFINITY),
    // Programs of another version are others.
    "toolchain.txt": `go1.${minor}\n`,
    // Where there is assembly, functions may be declared without a body.
    "empty.s": "",
  };
  const isBuilt = existsSync(`${executable}.dump.truth`);
  if (isBuilt && Object.entries(files).every(([name, text]) => isText(join(source, name), text))) return executable;
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  const { GOFLAGS: _, ...env } = process.env;
  execFileSync(join(root, "bin/go"), ["build", "-overlay", writeOverlay(root, minor, folder), "-o", executable, "."], {
    cwd: source,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...env,
      ...{
        GOROOT: root,
        GO111MODULE: "on",
        GOFLAGS: "-mod=mod",
        GOTOOLCHAIN: "local",
        CGO_ENABLED: "0",
        GOWORK: "off",
      },
      // The compiler calls other functions for small sizes, which are not logged.
      ...(minor >= 26 ? { GOEXPERIMENT: "nosizespecializedmalloc" } : {}),
    },
  });
  execFileSync(executable, [`${executable}.dump`, `${executable}.dump.truth`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return executable;
}

function isText(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8") === text;
}

/** Writes the files that stand in for the runtime's; tells the list of them. */
function writeOverlay(root: string, minor: number, folder: string): string {
  const runtime = realpathSync(join(root, "src/runtime"));
  const malloc = readFileSync(join(runtime, "malloc.go"), "utf8");
  if (!malloc.includes(MALLOC)) throw new Error(`${runtime}/malloc.go has no mallocgc that is known`);
  const logging = `${MALLOC}
	p := mallocgcUnlogged(size, typ, needzero)
	truthRecord(uintptr(p), size, uintptr(unsafe.Pointer(typ)))
	return p
}

${MALLOC.replace("mallocgc", "mallocgcUnlogged")}`;
  const truth = readFileSync(join(GO_FILES, "truth.go.txt"), "utf8")
    .replace("ATOMIC_PACKAGE", minor >= 23 ? "internal/runtime/atomic" : "runtime/internal/atomic")
    .replace("TYPE_STRING", minor >= 21 ? "toRType(t).string()" : "t.string()")
    .replace("TYPE_SIZE", minor >= 21 ? "Size_" : "size")
    .replace("TYPE_POINTERS", minor >= 21 ? "PtrBytes" : "ptrdata");
  const files = { "malloc.go": malloc.replace(MALLOC, logging), "truth.go": truth };
  const replace: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, `go1.${minor}-${name}`);
    writeFileSync(path, text);
    for (const base of new Set([runtime, join(root, "src/runtime")])) replace[join(base, name)] = path;
  }
  const list = join(folder, `go1.${minor}-overlay.json`);
  writeFileSync(list, JSON.stringify({ Replace: replace }));
  return list;
}

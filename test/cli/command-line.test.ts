/** The command line in this process, on the sample dumps: what it writes, says, and refuses. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import type { InfoReport } from "../../src/cli/info/info-report.ts";
import { toDefaultName } from "../../src/cli/output/output.ts";
import { createProgram, runCommandLine } from "../../src/cli/program.ts";
import { Interruption } from "../../src/cli/terminal/terminal.ts";
import { openSource } from "../../src/io/sources/open.ts";
import { type TestTerminalOptions, testTerminal } from "./test-terminal.ts";

const SAMPLES = join(import.meta.dirname, "../../samples/dumps");
const SAMPLE = join(SAMPLES, "dominators.1.24.amd64.dump.zst");

/** The user's directory, with a converter installed in it. */
let folder: string;
const previous = process.cwd();

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-cli-")));
  const modules = join(folder, "node_modules");
  cpSync(join(import.meta.dirname, "../converter/fixtures"), modules, { recursive: true });
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function gohd(args: string, options: TestTerminalOptions = {}) {
  const terminal = testTerminal({ directory: folder, ...options });
  const code = await runCommandLine(args.split(" ").filter(Boolean), terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

/** What lies in the user's directory, the installed converter and hidden files included or not. */
const files = (): string[] => readdirSync(folder).filter((name) => name !== "node_modules");

async function plainSample(): Promise<Uint8Array> {
  const source = await openSource(SAMPLE);
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, source.size, 0);
  source.close();
  return bytes;
}

describe("gohd convert", () => {
  test("writes the default name into the current directory, and says what it wrote", async () => {
    const { code, output, errors } = await gohd(`convert ${SAMPLE} --to heapsnapshot`);
    expect(errors).toMatch(/^wrote dominators\.1\.24\.amd64\.heapsnapshot: [\d.]+ KiB, [\d,]+ objects, in [\d.]+ s\n$/);
    expect(code).toBe(0);
    expect(output).toBe("");
    expect(files()).toEqual(["dominators.1.24.amd64.heapsnapshot"]);
    expect(statSync(files()[0]!).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(files()[0]!, "utf8")).snapshot.node_count).toBeGreaterThan(100);
  });

  test("to a file, whose name may tell the format; into a directory; to standard output", async () => {
    expect((await gohd(`convert ${SAMPLE} -o a.heapsnapshot -q`)).code).toBe(0);
    mkdirSync("sub");
    expect((await gohd(`convert --to=heapsnapshot ${SAMPLE} --output=sub --quiet`)).errors).toBe("");
    const { code, output } = await gohd(`convert ${SAMPLE} --to heapsnapshot -o -`);
    expect(code).toBe(0);
    const written = readFileSync("a.heapsnapshot", "utf8");
    expect(readFileSync("sub/dominators.1.24.amd64.heapsnapshot", "utf8")).toBe(written);
    expect(output).toBe(written);
    expect(files().sort()).toEqual(["a.heapsnapshot", "sub"]);
  });

  test("outputs of several kinds have several names", async () => {
    expect((await gohd(`convert ${SAMPLE} --to pprof --profile types -q`)).errors).toBe("");
    expect((await gohd(`convert ${SAMPLE} --to pprof -q`)).errors).toBe("");
    expect(files().sort()).toEqual(["dominators.1.24.amd64.retained.pb.gz", "dominators.1.24.amd64.types.pb.gz"]);
    expect((await gohd("convert --to pprof --help")).output).toContain("writes app.retained.pb.gz");
  });

  test("the same from plain, gzip, zstd and standard input", async () => {
    const plain = await plainSample();
    writeFileSync("x.dump", plain);
    writeFileSync("y", gzipSync(plain));
    await gohd(`convert ${SAMPLE} -o zstd.heapsnapshot`);
    await gohd("convert x.dump --to heapsnapshot");
    await gohd("convert y --to heapsnapshot");
    await gohd("convert - --to heapsnapshot", { input: gzipSync(plain) });
    const expected = readFileSync("zstd.heapsnapshot", "utf8");
    for (const name of ["x", "y", "heap"]) expect(readFileSync(`${name}.heapsnapshot`, "utf8") === expected).toBe(true);
  });

  test("does not replace a file unless told to, and never the dump itself", async () => {
    writeFileSync("a.heapsnapshot", "mine");
    const refused = await gohd(`convert ${SAMPLE} -o a.heapsnapshot`);
    expect(refused).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^gohd: a\.heapsnapshot exists already\n {2}use --force/),
    });
    expect(readFileSync("a.heapsnapshot", "utf8")).toBe("mine");
    expect((await gohd(`convert ${SAMPLE} -o a.heapsnapshot --force`)).code).toBe(0);
    expect(readFileSync("a.heapsnapshot", "utf8")).toMatch(/^\{"snapshot"/);
    writeFileSync("x.heapsnapshot", await plainSample());
    expect(await gohd("convert x.heapsnapshot -o x.heapsnapshot --force")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("x.heapsnapshot is the dump itself"),
    });
  });

  test("a partition that is there, or is none, is refused before the dump is read", async () => {
    const args = "--to parquet -o fleet --partition host=a";
    expect((await gohd(`convert ${SAMPLE} ${args} -q`)).code).toBe(0);
    expect(await gohd(`convert missing.dump ${args}`)).toMatchObject({
      code: 1,
      errors: `gohd: ${join("fleet/objects/host=a/objects.parquet")} exists already\n  use --force to replace it, or -o to choose another name\n`,
    });
    expect((await gohd(`convert missing.dump ${args} --partition host=b`)).errors).toContain('"host" is given twice');
    expect((await gohd(`convert missing.dump ${args} --partition day=1`)).errors).toContain(
      "has the partitions host=…, and this would have the partitions host=…/day=…",
    );
    const other = await gohd("convert missing.dump --to parquet -o fleet --partition host=b");
    expect(other.errors).toContain("cannot open missing.dump");
    expect((await gohd(`convert ${SAMPLE} ${args} --force -q`)).code).toBe(0);
  });

  test("a converter from somewhere else, with its options as flags and as --option", async () => {
    const { code, errors } = await gohd(
      `convert ${SAMPLE} --to sizes --min 64 --unit words --header --no-count --option title=words`,
    );
    expect(errors).toMatch(/^wrote dominators\.1\.24\.amd64\.sizes\.txt/);
    expect(code).toBe(0);
    const lines = readFileSync("dominators.1.24.amd64.sizes.txt", "utf8").trim().split("\n");
    expect(lines[0]).toBe("words");
    expect(lines.slice(1).every((line) => Number(line) >= 8)).toBe(true);
    expect(lines.length).toBeGreaterThan(10);
  });

  test("an ending that is another converter's is worth a warning; others are not", async () => {
    const { code, errors } = await gohd(`convert ${SAMPLE} --to svg -o zz.dot`);
    expect(errors).toMatch(
      /^gohd: warning: zz\.dot has the ending of --to dot, but what is in it is of --to svg\nwrote zz\.dot/,
    );
    expect(code).toBe(0);
    for (const output of ["zz.xml", "zz.svg", "-"]) {
      expect((await gohd(`convert ${SAMPLE} --to svg -o ${output} -q`)).errors).toBe("");
    }
  });

  test("help shows the options of the converter that is named", async () => {
    const { code, output } = await gohd("convert --to sizes --help");
    expect(code).toBe(0);
    expect(output).toContain("Options of sizes:");
    expect(output).toMatch(/--min <integer> +leave out smaller objects: an integer of at least 0 \(default: 0\)/);
    expect(output).toMatch(/--unit <choice> +unit of the sizes: one of bytes, words/);
    expect(output).toMatch(/--header +write a first line/);
    expect(output).toMatch(/--no-count +switch off: end with the number/);
    expect(output).not.toMatch(/--no-header|--count /);
    expect((await gohd("help convert")).output).toContain("gohd convert --to <converter> --help");
    // Its --focus is nothing unless it is given.
    const { output: dot } = await gohd("convert --to dot --help");
    expect(dot).toMatch(/--focus <string> +draw only this/);
    expect(dot).not.toMatch(/default:\s*\)/);
  });

  const refusals: [what: string, args: string, message: string | RegExp][] = [
    [
      "no converter",
      `convert ${SAMPLE}`,
      /say what to convert to:\n {2}--to heapsnapshot: .*\n.*\n {2}--to heapprofile: /,
    ],
    ["an unknown converter", `convert ${SAMPLE} --to heapsnapshoot`, "did you mean --to heapsnapshot?"],
    ["an unknown option of a converter", `convert ${SAMPLE} --to sizes --option mim=3`, "did you mean min?"],
    [
      "an option of another converter",
      `convert ${SAMPLE} --to dot --profile heap`,
      /^gohd: dot has no --profile; it has --graph, .*; pprof has one\n$/,
    ],
    [
      "an option of other converters",
      `convert ${SAMPLE} --to pprof --graph=types`,
      /pprof has no --graph; it has --profile, .*; dot and svg have one\n$/,
    ],
    [
      "an option that can be switched off, of another converter",
      `convert ${SAMPLE} --to dot --no-run-lengths`,
      "; pprof has one\n",
    ],
    [
      "an option of a converter without one",
      `convert ${SAMPLE} --profile heap`,
      /say what to convert to:\n[\s\S]*\n {2}--profile is an option of pprof: add --to pprof\n$/,
    ],
    [
      "the same with an ending that tells nothing",
      `convert ${SAMPLE} -o x.pb --profile heap`,
      /^gohd: the ending of x\.pb names no format; known are \.heapsnapshot, .*\n {2}--profile is an option of pprof: add --to/,
    ],
    ["half an ending", `convert ${SAMPLE} -o x.pb`, "did you mean .pb.gz? --to says the format"],
    ["an unknown ending", `convert ${SAMPLE} -o x.bogus`, /the ending of x\.bogus names no format.*\n {2}--to says/],
    ["a picture that Graphviz makes", `convert ${SAMPLE} -o x.png`, "--to dot -o - | dot -Tpng -o x.png"],
    ["a wrong value", `convert ${SAMPLE} --to sizes --min many`, 'option "min" cannot be "many"'],
    ["an option twice", `convert ${SAMPLE} --to sizes --min 1 --option min=2`, 'option "min" is given twice'],
    [
      "an unknown flag",
      `convert ${SAMPLE} --to heapsnapshot --fource`,
      /'--fource'\n.*--force.*\n {2}gohd convert --to heapsnapshot --help/,
    ],
    ["the same without a format", `convert ${SAMPLE} --fource`, "gohd convert --to <converter> --help"],
    [
      "an option of reports where --to asks for a conversion",
      `report ${SAMPLE} --to sizes --all`,
      "unknown option '--all'\n  --to makes this gohd convert, which has no --all; gohd convert --to sizes --help tells what it has\n",
    ],
    [
      "the same without a command",
      `${SAMPLE} --to=sizes --json`,
      "which has no --json; gohd convert --to sizes --help",
    ],
    ["a format of another command", `top ${SAMPLE} --to json`, "it is gohd convert that writes other formats"],
    ["an unknown flag of another command", `top ${SAMPLE} --size`, "gohd top --help tells what options it has"],
    ["no dump", "convert --to heapsnapshot", "missing required argument 'dump'\n  gohd convert --help has examples"],
    [
      "a directory that is not there",
      `convert ${SAMPLE} --to heapsnapshot -o absent/`,
      "there is no directory absent/",
    ],
    ["a terminal as input", "convert - --to heapsnapshot", "standard input is a terminal"],
  ];
  test.each(refusals)("refuses %s with exit code 2", async (_what, args, message) => {
    const { code, errors } = await gohd(args, { inputIsTerminal: true });
    expect(errors).toMatch(message);
    expect(errors).toMatch(/^gohd: /);
    expect(code).toBe(2);
    expect(files()).toEqual([]);
  });

  const failures: [what: string, content: (plain: Uint8Array) => Uint8Array, message: string | RegExp][] = [
    ["something else", () => Buffer.from("%PDF-1.4 and so on, and on"), "heap dump"],
    ["nothing", () => new Uint8Array(0), "heap dump"],
    [
      "a truncated dump",
      (plain) => plain.subarray(0, plain.length - 5000),
      /heap dump: byte 0x[\da-f]+ .*\n.*--salvage/,
    ],
    [
      "a truncated gzip file",
      (plain) => gzipSync(plain).subarray(0, 9000),
      /the gzip data of x ends too early.*\n.*--salvage/,
    ],
  ];
  test.each(failures)("fails on %s with exit code 1, and leaves nothing", async (_what, content, message) => {
    writeFileSync("x", content(await plainSample()));
    const { code, errors } = await gohd("convert x --to heapsnapshot");
    expect(errors).toMatch(message);
    expect(errors).toMatch(/^gohd: /);
    expect(errors).not.toContain("    at ");
    expect(code).toBe(1);
    expect(files()).toEqual(["x"]);
  });

  test("salvages what there is of a truncated dump, with a warning", async () => {
    const plain = await plainSample();
    writeFileSync("x", plain.subarray(0, plain.length - 5000));
    const { code, errors } = await gohd("convert x --to heapsnapshot --salvage");
    expect(errors).toMatch(/^gohd: warning: /);
    expect(code).toBe(0);
    expect(files().sort()).toEqual(["x", "x.heapsnapshot"]);
  });

  test("a converter that fails or is interrupted leaves nothing", async () => {
    const converter = (work: string) => `export default { apiVersion: 1, name: "bad", description: "", options: {},
      output: { kind: "file", extension: "bad", binary: true },
      async convert(heap, sink, options, progress) { const w = await sink.open(); await w.write(Buffer.alloc(10)); ${work} } }`;
    writeFileSync("bad.mjs", converter("throw new TypeError('oops')"));
    const failed = await gohd(`convert ${SAMPLE} --to ./bad.mjs`);
    expect(failed).toMatchObject({ code: 1, errors: expect.stringMatching(/oops\n {2}this is a fault of .*bad\.mjs/) });
    expect((await gohd(`convert ${SAMPLE} --to ./bad.mjs`, { debug: true })).errors).toMatch(/TypeError: oops\n +at /);

    const controller = new AbortController();
    writeFileSync(
      "slow.mjs",
      converter("for (;;) { progress.signal.throwIfAborted(); await new Promise(setImmediate); }"),
    );
    setTimeout(() => controller.abort(new Interruption(2)), 300);
    const interrupted = await gohd(`convert ${SAMPLE} --to ./slow.mjs`, { signal: controller.signal });
    expect(interrupted).toMatchObject({ code: 130, errors: "gohd: interrupted\n" });
    expect((await gohd(`convert ${SAMPLE} --to ./bad.mjs -o -`, { outputIsTerminal: true })).errors).toContain(
      "binary data, which would spoil the terminal",
    );
    expect(files().sort()).toEqual(["bad.mjs", "slow.mjs"]);
  });
});

test("default names", () => {
  const name = (dump: string) => toDefaultName(dump, "heapsnapshot");
  expect(name("/tmp/app.dump.zst")).toBe("app.heapsnapshot");
  expect(name("app.bin.gz")).toBe("app.heapsnapshot");
  expect(name("app.2026.dump")).toBe("app.2026.heapsnapshot");
  expect(name("app")).toBe("app.heapsnapshot");
  expect(name(".dump")).toBe(".dump.heapsnapshot");
  expect(name("-")).toBe("heap.heapsnapshot");
});

describe("gohd info", () => {
  test("ends with the commands that say more, for this dump", async () => {
    const { output } = await gohd(`info ${SAMPLE}`);
    expect(output).toMatch(new RegExp(`\\n  gohd report ${SAMPLE}\\n\\n.*\\n  gohd top ${SAMPLE}\\n$`));
  });

  const samples = readdirSync(SAMPLES).filter((name) => name.includes(".dump."));

  test.each(samples)("%s: the figures fit together", async (sample) => {
    const { code, output, errors } = await gohd(`info --json ${join(SAMPLES, sample)}`);
    expect(errors).toBe("");
    expect(code).toBe(0);
    const report: InfoReport = JSON.parse(output);
    const [, version, arch] = /\.(1\.\d+)\.(\w+)\.dump/.exec(sample)!;
    if (version !== "1.15") expect(report.dump.goVersion).toMatch(new RegExp(`^go${version}\\.`));
    expect(report.dump).toMatchObject({
      arch,
      complete: true,
      trailingBytes: 0,
      byteOrder: /s390x|mips/.test(arch!) ? "big" : "little",
    });
    const { total, live, unreachable } = report.objects;
    expect(live.count + unreachable.count).toBe(total.count);
    // Programs collect garbage before the dump; what came since weighs something in small heaps only.
    expect(unreachable.bytes).toBeLessThan(Math.max(0.03 * total.bytes, 16 << 10));
    const { pointers } = report;
    expect(
      pointers.nil +
        pointers.toObjects +
        pointers.toGlobals +
        pointers.toStacks +
        pointers.elsewhere +
        pointers.missing,
    ).toBe(pointers.slots);
    expect(report.types.bySource.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total.bytes);
    expect(report.goroutines.byState.reduce((sum, { count }) => sum + count, 0)).toBe(report.goroutines.count);
    expect(report.memStats!.numGC).toBeGreaterThanOrEqual(2);
    expect(report.memStats!.lastGC).toMatch(/^20\d\d-/);
    // The phantoms of Go 1.22 and later are no objects for the runtime either.
    expect(Math.abs(total.bytes - report.memStats!.heapAlloc) / total.bytes).toBeLessThan(0.1);
  });

  test("as text", async () => {
    const { code, output } = await gohd(`info ${join(SAMPLES, "workers.1.27.amd64.dump.zst")}`);
    expect(code).toBe(0);
    expect(output).toMatch(/Go version +go1\.27\.\d+ \(from the dump\)/);
    expect(output).toMatch(/39 +waiting: chan send +main\.\(\*Service\)\.download/);
    expect(output).toContain("This dump cannot show");
  });
});

describe("gohd", () => {
  test("lists the converters with their options", async () => {
    const { code, output } = await gohd("converters");
    expect(code).toBe(0);
    expect(output).toMatch(/^heapsnapshot\n {2}.*DevTools/);
    const list = JSON.parse((await gohd("converters --json")).output);
    expect(list.map(({ name }: { name: string }) => name)).toEqual(Object.keys(BUILT_IN_CONVERTERS));
    for (const { options } of list) {
      for (const name of Object.keys(options)) expect(output).toContain(`--option ${name}=`);
    }
  });

  test("help says what defaults mean, and never shows an empty one", async () => {
    const texts = await Promise.all(
      ["sql --help", "convert --to parquet --help", "convert --to duckdb --help", "converters"].map((args) =>
        gohd(args),
      ),
    );
    for (const { output } of texts) {
      expect(output.replaceAll(/\s+/g, " ")).toMatch(/memory that DuckDB may take .{0,40} 80 % of the machine's/);
      expect(output).not.toContain('""');
    }
  });

  test("colours help, lists and messages where it may, and nowhere else", async () => {
    for (const args of ["--help", "info --help", "converters", "info absent"]) {
      const plain = await gohd(args);
      const coloured = await gohd(args, { isColored: true });
      const uncolour = (text: string): string => text.replaceAll(/\x1b\[\d+m/g, "");
      expect(plain.output + plain.errors).not.toContain("\x1b");
      expect(coloured.output + coloured.errors).toContain("\x1b[");
      expect([uncolour(coloured.output), uncolour(coloured.errors)]).toEqual([plain.output, plain.errors]);
    }
  });

  test("tells its version, and helps", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    for (const flag of ["--version", "-v"]) {
      expect(await gohd(flag)).toEqual({ code: 0, output: `${version}\n`, errors: "" });
    }
    for (const args of ["--help", "help"]) {
      const { code, output, errors } = await gohd(args);
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      expect(output).toContain("gohd convert app.dump --to heapsnapshot");
      expect(output).toContain("debug.WriteHeapDump");
    }
    const nothing = await gohd("");
    expect(nothing).toMatchObject({ code: 2, output: "", errors: expect.stringContaining("Usage: gohd") });
  });

  test("what looks like a dump and is not there is told as a file", async () => {
    expect(await gohd("no-such.dump --exe ./app")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("there is no file no-such.dump, and no command of that name"),
    });
  });

  test("knows what a slip was meant to be", async () => {
    const asFile = await gohd(SAMPLE);
    expect(asFile).toMatchObject({ code: 0, output: (await gohd(`report ${SAMPLE}`)).output });
    expect(asFile.output).toContain(" live in ");
    expect(await gohd("covert x")).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/there is no command "covert"; .*\n {2}did you mean convert\? gohd --help/),
    });
    expect(await gohd("help bogus")).toMatchObject({
      code: 2,
      output: "",
      errors:
        'gohd: there is no command "bogus"; there are report, diff, why, top, check, info, index, convert, sql, converters, completion, help\n  gohd --help tells what they do\n',
    });
    expect((await gohd("help info")).output).toContain("Usage: gohd info");
    expect((await gohd("info absent.dump")).errors).toContain("cannot open absent.dump: no such file or directory");
    expect(existsSync("absent.dump")).toBe(false);
  });
});

test("an option that is on or off may have its value behind it: secrets are left out by --contents false as well", async () => {
  const exe = join(SAMPLES, "../executables/sessions.1.27.amd64.exe.zst");
  const dump = join(SAMPLES, "sessions-after.1.27.amd64.dump.zst");
  const convert = async (flags: string): Promise<string> =>
    (await gohd(`convert ${dump} --exe ${exe} --to heapsnapshot ${flags} -o -`)).output;
  const without = await convert("--no-contents");
  const withThem = await convert("--contents");
  expect(withThem).toContain("visitor 0001");
  expect(without).not.toContain("visitor 0001");
  for (const flags of ["--contents false", "--contents=false", "--no-contents true", "--heapsnapshot.contents false"])
    expect(await convert(flags), flags).toBe(without);
  for (const flags of [
    "--contents true",
    "--no-contents=false",
    "--heapsnapshot.no-contents false",
    "--contents --cache false",
  ])
    expect(await convert(flags), flags).toBe(withThem);
  expect((await gohd(`convert ${dump} --to heapsnapshot --contents=perhaps -o -`)).code).toBe(2);
  // The value of another option is no switch.
  expect((await gohd(`convert ${dump} --to dot --focus true -o -`)).errors).toContain('has "true" in its name');
});

test("the reference tells of every command that reads a dump what it prints of it", async () => {
  const { commands } = await createProgram([], testTerminal());
  const readers = commands.filter(({ registeredArguments: [first] }) => /^(?:dump|before)$/.test(first?.name() ?? ""));
  expect(readers.length).toBeGreaterThan(8);
  const reference = readFileSync(join(import.meta.dirname, "../../src/cli/README.md"), "utf8");
  const [, section] = reference.split(/^## What outputs hold$/m);
  // What convert writes is in rows of the formats.
  for (const command of readers) {
    if (command.name() !== "convert") expect(section).toMatch(new RegExp(`^\\|.*\`gohd ${command.name()}\``, "m"));
  }
});

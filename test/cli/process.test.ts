/** gohd as a process: what only a real one has, exit codes, signals, pipes. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { GohdProcesses, type Outcome, type Run, SAMPLE, type StartOptions, until } from "./gohd-process.ts";

// Processes take as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

let processes: GohdProcesses;
let folder: string;

/** Converters that the tests need, by file; each begins to write before it does what it is there for. */
const PLUGINS = {
  // Writes for ever, until it is interrupted.
  "endless.mjs": `
    for (;;) {
      progress.signal.throwIfAborted();
      await writer.write(Buffer.alloc(1 << 16, "x"));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }`,
  // Lets nothing else run, for ever.
  "stuck.mjs": "await writer.write(Buffer.from(NAME)); for (;;);",
  // The same behind native code.
  "native.mjs": `await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
    await writer.write(Buffer.from(NAME)); for (;;);`,
  // Waits behind native code where nothing of JavaScript runs, for ever: for a writer of a pipe.
  "blocked.mjs": `await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
    const { execFileSync } = await import("node:child_process");
    const { readFileSync } = await import("node:fs");
    const pipe = new URL("blocked.pipe", import.meta.url);
    execFileSync("mkfifo", [pipe.pathname]);
    await writer.write(Buffer.from(NAME));
    readFileSync(pipe);`,
  // Wants more memory than there is.
  "greedy.mjs": "for (const all = []; ; ) all.push({ count: all.length, text: String(all.length) });",
  "leaving.mjs": "process.exit(0);",
  // Fails where nobody waits for it.
  "late.mjs": `setTimeout(() => { throw new TypeError("late timer"); }, 5);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  "unawaited.mjs": `Promise.reject("not awaited"); await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  // Leaves something running behind.
  "untidy.mjs": "await writer.write(Buffer.from(NAME)); await writer.close(); setInterval(() => {}, 1000);",
};
const FILES = Object.keys(PLUGINS).sort();

beforeAll(() => {
  processes = new GohdProcesses();
  folder = processes.folder;
  for (const [file, body] of Object.entries(PLUGINS)) {
    const name = file.replace(".mjs", "");
    writeFileSync(
      join(folder, file),
      `const NAME = "${name}";
      export default { apiVersion: 1, name: NAME, description: "", options: {},
        output: { kind: "file", extension: NAME, binary: false },
        async convert(heap, sink, options, progress) { const writer = await sink.open(); ${body} } }`,
    );
  }
}, 120_000);
afterAll(() => processes.remove());

const start = (args: readonly string[], options: StartOptions = {}): Run => processes.start(args, options);
const run = (...args: string[]): Promise<Outcome> => processes.run(...args);

/** Runs with a module that every thread imports first. */
const runWith = (hook: string, ...args: string[]): Promise<Outcome> => start(args, { hook }).outcome;

/** Opens a named pipe for writing; undefined as long as nobody reads it. */
function openWriter(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** Whether a pipe that is read without waiting has something. */
function hasBytes(pipe: number): boolean {
  try {
    return readSync(pipe, new Uint8Array(1)) > 0;
  } catch {
    return false;
  }
}

describe("exit codes", () => {
  test("0, 1, 2", async () => {
    expect(await run("info", SAMPLE)).toMatchObject({ code: 0, errors: "" });
    expect(await run("info", "absent.dump")).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^gohd: [^\n]*\n$/),
    });
    expect((await run("--nonsense")).code).toBe(2);
    expect((await run()).code).toBe(2);
  });

  test("a stack only if asked for", async () => {
    const { errors } = await start(["info", "absent.dump"], { env: { GOHD_DEBUG: "1" } }).outcome;
    expect(errors).toMatch(/\n +at .*\n +caused by: /s);
  });
});

describe("many dumps", () => {
  test("are one data set; one that is broken stops none, and is told in the end", async () => {
    mkdirSync(join(folder, "dumps/web2"), { recursive: true });
    copyFileSync(SAMPLE, join(folder, "dumps/web2/10.dump.zst"));
    copyFileSync(SAMPLE, join(folder, "dumps/web2/11.dump.zst"));
    writeFileSync(join(folder, "dumps/web2/12.dump"), "go1.7 heap dump\nbroken");
    const fleet = ["--to", "parquet", "-o", "fleet", "--partition-from", "{host}/{time}", "--jobs", "2"];
    const { code, errors } = await run("convert", "dumps", ...fleet);
    expect(code).toBe(1);
    expect(errors).toMatch(/^dumps\/web2\/11\.dump\.zst: wrote fleet: /m);
    expect(errors).toMatch(
      /^converted 2 dumps in .*, 2 at a time\ngohd: 1 of 3 dumps failed:\n {2}dumps\/web2\/12\.dump: heap dump: .*\n$/m,
    );
    expect(readdirSync(join(folder, "fleet/dump/host=web2")).sort()).toEqual(["time=10", "time=11"]);
    // The rest can be had later, and what is there is not written again.
    const again = await run("convert", "dumps", ...fleet);
    expect(again.errors).toContain("gohd: 3 of 3 dumps failed:");
    expect(again.errors).toContain("objects.parquet exists already");
    for (const name of ["fleet", "dumps"]) rmSync(join(folder, name), { recursive: true });
  });
});

describe.runIf(process.platform !== "win32")("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s while writing: exit code %d, nothing left", async (signal, code) => {
    const { child, outcome } = start(["convert", SAMPLE, "--to", "./endless.mjs"]);
    const temporary = () => readdirSync(folder).filter((name) => name.includes(".gohd-"));
    await until(() => temporary().length > 0);
    child.kill(signal);
    expect(await outcome).toMatchObject({ code, signal: null, errors: "gohd: interrupted\n" });
    expect(temporary()).toEqual([]);
    expect(readdirSync(folder)).toEqual(FILES);
  });

  test("SIGTERM ends the gohds of many dumps, which clean up", async () => {
    mkdirSync(join(folder, "dumps"));
    for (const name of ["a", "b", "c"]) copyFileSync(SAMPLE, join(folder, `dumps/${name}.dump.zst`));
    const { child, outcome } = start(["convert", "dumps", "--to", "./endless.mjs", "--jobs", "2"]);
    const temporary = () => readdirSync(folder).filter((name) => name.includes(".gohd-"));
    await until(() => temporary().length === 2);
    child.kill("SIGTERM");
    expect(await outcome).toMatchObject({ code: 143, signal: null, errors: "gohd: interrupted\n" });
    rmSync(join(folder, "dumps"), { recursive: true });
    expect(readdirSync(folder)).toEqual(FILES);
  });

  test.each([
    ["SIGTERM", [], 143],
    ["SIGHUP", ["SIGINT"], 129],
  ] as const)(
    "%s and %j to work that lets nothing else run: exit code %d, nothing left",
    async (signal, more, code) => {
      const { child, outcome } = start(["convert", SAMPLE, "--to", "./stuck.mjs"]);
      const temporary = () => readdirSync(folder).find((name) => name.includes(".gohd-"));
      // Once that is written, nothing but the loop comes.
      await until(() => temporary() !== undefined && statSync(join(folder, temporary()!)).size > 0);
      child.kill(signal);
      for (const another of more) {
        // Two that come at once would be one.
        await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill(another);
      }
      expect(await outcome).toMatchObject({ code, signal: null, errors: "gohd: interrupted\n" });
      expect(readdirSync(folder)).toEqual(FILES);
    },
  );

  test.each(["native", "blocked"])(
    "SIGTERM to work that lets nothing else run, behind native code (%s): ended by it without the end of a thread",
    async (name) => {
      const { child, outcome } = start(["convert", SAMPLE, "--to", `./${name}.mjs`]);
      const temporary = () => readdirSync(folder).find((file) => file.includes(".gohd-"));
      await until(() => temporary() !== undefined && statSync(join(folder, temporary()!)).size > 0);
      child.kill("SIGTERM");
      expect(await outcome).toMatchObject({ code: null, signal: "SIGTERM", errors: "gohd: interrupted\n" });
      rmSync(join(folder, "blocked.pipe"), { force: true });
      expect(readdirSync(folder)).toEqual(FILES);
    },
  );

  test("SIGINT while nobody reads the output", async () => {
    const { child, outcome } = start(["convert", SAMPLE, "--to", "./endless.mjs", "-o", "-"]);
    await once(child.stdout!, "readable");
    child.stdout!.pause();
    child.kill("SIGINT");
    await once(child, "exit");
    child.stdout!.resume();
    expect(await outcome).toMatchObject({ code: 130, errors: "gohd: interrupted\n" });
  });

  test("SIGTERM while nobody reads the named pipe that is the output, or reads on", async () => {
    mkdirSync(join(folder, "pipes"));
    const pipe = join(folder, "pipes/p");
    execFileSync("mkfifo", [pipe]);
    const opening = join(folder, "pipes/opening.mjs");
    writeFileSync(
      opening,
      `import { writeFileSync } from "node:fs";
      export default { apiVersion: 1, name: "opening", description: "", options: {},
        output: { kind: "file", extension: "opening", binary: false },
        async convert(heap, sink) { writeFileSync("pipes/opens", ""); await sink.open(); } }`,
    );
    const waiting = start(["convert", SAMPLE, "--to", opening, "-o", pipe]);
    await until(() => existsSync(join(folder, "pipes/opens")));
    waiting.child.kill("SIGTERM");
    expect(await waiting.outcome).toMatchObject({ code: 143, errors: "gohd: interrupted\n" });

    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const stalled = start(["convert", SAMPLE, "--to", "./endless.mjs", "-o", pipe]);
    await until(() => hasBytes(reader));
    stalled.child.kill("SIGTERM");
    expect(await stalled.outcome).toMatchObject({ code: 143, errors: "gohd: interrupted\n" });
    closeSync(reader);
    expect(statSync(pipe).isFIFO()).toBe(true);
    rmSync(join(folder, "pipes"), { recursive: true });
  });

  test("a named pipe takes the output when somebody reads it", async () => {
    const pipe = join(folder, "p");
    execFileSync("mkfifo", [pipe]);
    const expected = (await run("convert", SAMPLE, "--to", "heapsnapshot", "-o", "-")).output;
    const { outcome } = start(["convert", SAMPLE, "--to", "heapsnapshot", "-o", pipe]);
    expect((await readFile(pipe)).equals(expected)).toBe(true);
    expect(await outcome).toMatchObject({ code: 0, errors: expect.stringMatching(/^wrote .*p: /) });
    rmSync(pipe);
  });

  test("an executable that comes through a named pipe is read without a warning of Node's", async () => {
    const pipe = join(folder, "exe");
    execFileSync("mkfifo", [pipe]);
    const sample = (name: string): string => new URL(`../../samples/${name}`, import.meta.url).pathname;
    const dump = sample("dumps/waits.1.27.amd64.dump.zst");
    const { outcome } = start(["report", dump, "--no-cache", "--exe", pipe]);
    await writeFile(pipe, await readFile(sample("executables/waits.1.27.amd64.exe.zst")));
    const { code, errors, output } = await outcome;
    expect([code, errors]).toEqual([0, ""]);
    expect(output.toString()).toContain("main.serve");
    rmSync(pipe);
  });

  test("SIGINT while waiting for standard input, and for a named pipe into which nobody writes", async () => {
    const waiting = start(["info", "-"], { input: "pipe" });
    // More than fits into the pipe: once it is written, gohd reads.
    await new Promise((resolve) => waiting.child.stdin!.write(Buffer.alloc(4 << 20, "go1.7 heap"), resolve));
    waiting.child.kill("SIGINT");
    expect(await waiting.outcome).toMatchObject({ code: 130, errors: "gohd: interrupted\n" });

    mkdirSync(join(folder, "pipes"));
    const pipe = join(folder, "pipes/p");
    execFileSync("mkfifo", [pipe]);
    const opening = start(["info", pipe]);
    let writer: number | undefined;
    await until(() => {
      writer = openWriter(pipe);
      return writer !== undefined;
    });
    opening.child.kill("SIGINT");
    expect((await opening.outcome).code).toBe(130);
    closeSync(writer!);
    rmSync(join(folder, "pipes"), { recursive: true });
  });
});

describe("the worker", () => {
  /** Says of each thread but the first that it has begun. */
  const TELLING = `import { isMainThread } from "node:worker_threads"; if (!isMainThread) process._rawDebug("worker");`;

  test("is there for commands that read a dump, and for no others", async () => {
    const told = async (...args: string[]) => (await runWith(TELLING, ...args)).errors;
    expect(await told("info", SAMPLE)).toBe("worker\n");
    for (const args of [["--version"], ["--help"], ["converters"], ["info", "--help"], ["convert", "-h"]]) {
      expect(await told(...args)).toBe("");
    }
  });

  test("that runs out of memory is told in two lines, and leaves nothing", async () => {
    const { code, errors } = await start(["convert", SAMPLE, "--to", "./greedy.mjs"], {
      env: { NODE_OPTIONS: "--max-old-space-size=100" },
    }).outcome;
    expect(errors).toMatch(/^gohd: [^\n]*memory[^\n]*\n {2}NODE_OPTIONS=--max-old-space-size[^\n]*\n$/);
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual(FILES);
  });

  test("that ends without a result is told, and leaves nothing", async () => {
    const { code, errors } = await run("convert", SAMPLE, "--to", "./leaving.mjs");
    expect(errors).toContain("ended by exit(0)");
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual(FILES);
  });

  test("blames a plug-in for what it throws where nobody waits", { timeout: 60_000 }, async () => {
    for (const [file, message] of [
      ["late.mjs", "late timer"],
      ["unawaited.mjs", "not awaited"],
    ] as const) {
      const { code, errors } = await run("convert", SAMPLE, "--to", `./${file}`);
      expect(errors).toContain(`converter "./${file}" failed: `);
      expect(errors).toContain(message);
      expect(errors).toContain("please report it to its authors");
      expect(errors).not.toContain("internal error");
      expect(code).toBe(1);
      expect(readdirSync(folder)).toEqual(FILES);
    }
  });

  test("ends with its work, whatever that left running", async () => {
    const { code, output } = await run("convert", SAMPLE, "--to", "./untidy.mjs", "-o", "-", "-q");
    expect([code, output.toString()]).toEqual([0, "untidy"]);
  });

  test("has as much memory as the main thread", async () => {
    const hook = `import v8 from "node:v8"; process._rawDebug(v8.getHeapStatistics().heap_size_limit);`;
    const { errors } = await runWith(hook, "info", SAMPLE);
    const [main, worker] = errors.trim().split("\n").map(Number);
    expect(main).toBeGreaterThan(0);
    expect(worker).toBeGreaterThanOrEqual(main!);
  });
});

describe("standard streams", () => {
  test("in through a pipe and by redirection, out through a pipe", async () => {
    const expected = (await run("convert", SAMPLE, "--to", "heapsnapshot", "-o", "-")).output;
    expect(expected.subarray(0, 12).toString()).toBe('{"snapshot":');

    const piped = start(["convert", "-", "--to", "heapsnapshot", "-o", "-", "-q"], { input: "pipe" });
    piped.child.stdin!.end(readFileSync(SAMPLE));
    expect((await piped.outcome).output.equals(expected)).toBe(true);

    const redirected = start(["convert", "-", "--to", "heapsnapshot", "-o", "-"], { input: openSync(SAMPLE, "r") });
    const { output, errors } = await redirected.outcome;
    expect(output.equals(expected)).toBe(true);
    expect(errors).toMatch(/^wrote <stdout>: /);
  });

  test("a reader that goes away ends gohd without a word", async () => {
    const { child, outcome } = start(["convert", SAMPLE, "--to", "./endless.mjs", "-o", "-"]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    expect(await outcome).toMatchObject({ code: 0, signal: null, errors: "" });
  });

  test.runIf(existsSync("/dev/full"))("a full disk is told in plain words", async () => {
    const { code, errors } = await run("convert", SAMPLE, "--to", "heapsnapshot", "-o", "/dev/full");
    expect(errors).toBe("gohd: cannot write /dev/full: no space left on the device\n");
    expect(code).toBe(1);
  });

  test.runIf(existsSync("/dev/full")).each([["--help"], ["-v"], ["help", "why"]])(
    "and so is one that has no room for help: %s",
    async (...args) => {
      const { code, errors } = await start(args, { through: ["sh", "-c", 'exec "$@" >/dev/full', "sh"] }).outcome;
      expect(errors).toBe("gohd: cannot write <stdout>: no space left on the device\n");
      expect(code).toBe(1);
    },
  );
});

test("the version is told without the parser", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  const hook = `import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(\`export async function resolve(specifier, context, next) {
      if (specifier === "commander") throw new Error("the parser was loaded");
      return next(specifier, context);
    }\`));`;
  for (const flag of ["--version", "-v"]) {
    expect(await runWith(hook, flag)).toMatchObject({ code: 0, output: Buffer.from(`${version}\n`), errors: "" });
  }
  expect((await runWith(hook, "--help")).errors).toContain("the parser was loaded");
});

describe("DuckDB", () => {
  test("is loaded by who needs it, and nobody else", async () => {
    const hook = `process.on("exit", () => {
      const isLoaded = process.report.getReport().sharedObjects.some((path) => path.includes("duckdb"));
      process._rawDebug(isLoaded ? "loaded" : "not loaded");
    });`;
    const told = async (...args: string[]) => {
      const { errors } = await runWith(hook, ...args);
      expect(errors).toContain("loaded");
      return errors.split("\n").includes("loaded");
    };
    expect(await told("info", SAMPLE)).toBe(false);
    expect(await told("converters")).toBe(false);
    expect(await told("convert", SAMPLE, "--to", "heapsnapshot", "-o", "-")).toBe(false);
    expect(await told("sql", "--help")).toBe(false);
    expect(await told("sql", SAMPLE, "SELECT 1")).toBe(true);
  });

  test("takes what several threads read into memory that they share", async () => {
    const one = await run("convert", SAMPLE, "--to", "parquet", "-o", "one", "--workers", "1");
    const two = await run("convert", SAMPLE, "--to", "parquet", "-o", "two", "--workers", "2");
    expect([one.code, two.code], two.errors).toEqual([0, 0]);
    for (const name of readdirSync(join(folder, "one"))) {
      expect(readFileSync(join(folder, "two", name)).equals(readFileSync(join(folder, "one", name))), name).toBe(true);
    }
    for (const name of ["one", "two"]) rmSync(join(folder, name), { recursive: true });
  });

  test("that cannot be loaded is told, with what to do; the rest works without", async () => {
    const hook = `import Module from "node:module";
      const resolve = Module._resolveFilename;
      Module._resolveFilename = (request, ...more) => {
        if (request.startsWith("@duckdb/node-bindings-")) throw new Error("Cannot find module '" + request + "'");
        return resolve(request, ...more);
      };`;
    for (const args of [
      ["sql", SAMPLE, "SELECT 1"],
      ["convert", SAMPLE, "--to", "parquet", "-o", "tables"],
    ]) {
      const { code, errors } = await runWith(hook, ...args);
      expect(code).toBe(1);
      expect(errors).toMatch(
        /^gohd: DuckDB's native library cannot be loaded: .*\n {2}there are libraries for [^\n]*\n$/,
      );
    }
    expect(await runWith(hook, "info", SAMPLE)).toMatchObject({ code: 0, errors: "" });
    expect((await runWith(hook, "converters")).output.toString()).toContain("parquet");
    expect(readdirSync(folder)).toEqual(FILES);
  });

  test.runIf(process.platform !== "win32")("ended in the middle: no directory of the final name", async () => {
    const temporary = () => readdirSync(folder).filter((name) => name.startsWith(".tables."));
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const { child, outcome } = start(["convert", SAMPLE, "--to", "parquet", "-o", "tables"]);
      await until(() => temporary().length > 0);
      child.kill(signal);
      expect(await outcome).toMatchObject(signal === "SIGKILL" ? { code: null, signal } : { code: 143, signal: null });
      expect(existsSync(join(folder, "tables"))).toBe(false);
      if (signal === "SIGTERM") expect(temporary()).toEqual([]);
    }
    for (const name of temporary()) rmSync(join(folder, name), { recursive: true });
  });
});

/** gohd as processes of a test: compiled into a folder of its own, so that tests do not depend on when `dist` was built. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export const SAMPLE = join(ROOT, "samples/dumps/dominators.1.24.amd64.dump.zst");

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: Buffer;
  readonly errors: string;
}

export interface Run {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

export interface StartOptions {
  readonly input?: "pipe" | number;
  readonly env?: object;
  /** A module that every thread imports first. */
  readonly hook?: string;
  /** A command that runs the command that follows it. */
  readonly through?: readonly string[];
}

export class GohdProcesses {
  /** Where they run; it is theirs alone. */
  readonly folder: string;
  /** Their temporary directory. */
  readonly temporary: string;
  readonly #build: string;
  #hooks = 0;

  constructor() {
    // Beside the packages, which it imports; of its own, because other runs may have theirs.
    this.#build = mkdtempSync(join(ROOT, "node_modules", ".gohd-test-build-"));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", ROOT, "--outDir", this.#build, "--declaration", "false"]);
    cpSync(join(ROOT, "package.json"), join(this.#build, "package.json"));
    this.folder = mkdtempSync(join(tmpdir(), "gohd-test-process-"));
    this.temporary = mkdtempSync(join(tmpdir(), "gohd-test-temporary-"));
  }

  /** URL of a compiled module, for hooks. */
  module(path: string): string {
    return new URL(path, `file://${this.#build}/`).href;
  }

  start(args: readonly string[], { input, env = {}, hook, through = [] }: StartOptions = {}): Run {
    const [command, ...rest] = [...through, process.execPath, join(this.#build, "src/cli/main.js"), ...args];
    const child = spawn(command!, rest, {
      cwd: this.folder,
      stdio: [input ?? "ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        TMPDIR: this.temporary,
        ...(hook === undefined ? {} : { NODE_OPTIONS: `--import ${this.#writeHook(hook)}` }),
        ...env,
      },
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout!.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr!.on("data", (chunk: Buffer) => errors.push(chunk));
    const outcome = once(child, "close").then(([code, signal]) => ({
      code,
      signal,
      output: Buffer.concat(output),
      errors: Buffer.concat(errors).toString(),
    }));
    return { child, outcome };
  }

  run(...args: string[]): Promise<Outcome> {
    return this.start(args).outcome;
  }

  /** Takes away what they ran from and in. */
  remove(): void {
    for (const path of [this.#build, this.folder, this.temporary]) rmSync(path, { recursive: true, force: true });
  }

  #writeHook(text: string): string {
    const path = join(this.#build, `hook-${this.#hooks++}.mjs`);
    writeFileSync(path, text);
    return path;
  }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/**
 * Golden files: what `gohd info --json` tells of some samples, one whole snapshot, pictures, and profiles as text. A change of these is a change that
 * users see. `UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts` rewrites them; review the difference.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import dot from "../converters/dot/index.ts";
import heapsnapshot from "../converters/heapsnapshot/index.ts";
import pprof from "../converters/pprof/index.ts";
import { runCommandLine } from "../src/cli/program.ts";
import { testTerminal } from "./cli/test-terminal.ts";
import { convertToBytes } from "./support/conversion.ts";
import { readProfile } from "./support/readers/profile-reader.ts";
import { sampleHeap, samplePath } from "./support/sample-dumps.ts";

/** Kept small enough to be reviewed. */
const MAX_SIZE = 50_000;

function compare(name: string, text: string): void {
  const path = join(import.meta.dirname, "golden", name);
  expect(text.length).toBeLessThan(MAX_SIZE);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe("gohd info --json", () => {
  test.each([
    "dominators.1.15.amd64",
    "dominators.1.27.mips",
    "queue.1.22.amd64",
    "sessions-after.1.24.amd64",
    "workers.1.27.amd64",
  ])("of %s", async (sample) => {
    const terminal = testTerminal();
    expect(await runCommandLine(["info", "--json", samplePath(sample)], terminal)).toBe(0);
    const report = JSON.parse(terminal.outputText()) as { dump: { name: string } };
    // The only thing in it that depends on where the dump is.
    report.dump.name = sample;
    compare(`${sample}/info.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  });
});

test("the heapsnapshot of dominators.1.21.amd64", async () => {
  const { bytes } = await convertToBytes(heapsnapshot, await sampleHeap("dominators.1.21.amd64"));
  const text = Buffer.from(bytes).toString("ascii");
  compare("dominators.1.21.amd64/heapsnapshot.heapsnapshot", text);
});

test.each(["dominators", "references", "types"] as const)("the picture of dominators.1.21.amd64: %s", async (graph) => {
  const heap = await sampleHeap("dominators.1.21.amd64");
  const { bytes } = await convertToBytes(dot, heap, { graph, "max-nodes": 30 });
  compare(`dominators.1.21.amd64/${graph}.dot`, Buffer.from(bytes).toString());
});

test.each(["retained", "heap", "goroutine", "types", "sites"] as const)(
  "the profile of dominators.1.21.amd64: %s",
  async (profile) => {
    const { bytes } = await convertToBytes(pprof, await sampleHeap("dominators.1.21.amd64"), { profile });
    const { sampleTypes, periodType, period, comments, samples } = readProfile(bytes);
    const lines = samples.map(({ stack, values, labels }) => {
      const frames = stack.map(({ name, line }) => (line === 0 ? name : `${name}:${line}`));
      return `${values.join(" ")} ${JSON.stringify(labels)} ${frames.join(" › ")}`;
    });
    const head = [...comments, `${sampleTypes.join(" ")}, period ${period} of ${periodType}`];
    compare(`dominators.1.21.amd64/${profile}.pprof.txt`, `${[...head, ...lines].join("\n")}\n`);
  },
);

/** Several `--exe`: the one that agrees best is used, and where several do alike a warning says so. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { testTerminal } from "../test-terminal.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples/executables");
const DUMP = samplePath("workers.1.24.amd64");

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-chosen-"));
  const packed = await openSource(join(SAMPLES, "workers.1.24.amd64.exe.zst"));
  const bytes = Buffer.alloc(packed.size);
  packed.read(bytes, 0, packed.size, 0);
  packed.close();
  for (const name of ["app", "copy"]) writeFileSync(join(folder, name), bytes);
  // Another build, in which a type of which the dump has a record is called otherwise, and all lies where it lay.
  for (let at = bytes.indexOf("LocalMirror"); at >= 0; at = bytes.indexOf("LocalMirror", at + 1))
    bytes.write("Other", at);
  writeFileSync(join(folder, "other"), bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Converts the dump; returns what gohd says, and whence it has types. */
async function convert(...names: readonly string[]): Promise<{ readonly errors: string; readonly from: string }> {
  const terminal = testTerminal();
  const exes = names.flatMap((name) => ["--exe", join(folder, name)]);
  await runCommandLine(["convert", DUMP, ...exes, "-o", join(folder, "out.json"), "--force"], terminal);
  const errors = terminal.errorText();
  return { errors, from: basename(/^types of .* from (.*)$/m.exec(errors)?.[1] ?? "") };
}

test.each([[["other", "app"]], [["app", "other"]]])("%s: the one that disagrees least", async (names) => {
  const { errors, from } = await convert(...names);
  expect(from).toBe("app");
  expect(errors).not.toContain("warning");
});

test("of two that agree alike the first, with a warning that names both", async () => {
  const { errors, from } = await convert("other", "copy", "app");
  expect(from).toBe("copy");
  expect(errors).toMatch(
    /warning: the dump does not tell which of these wrote it, all fit alike: .*copy, .*app; the first is used/,
  );
});

test("another build alone is used with a warning", async () => {
  const { errors, from } = await convert("other");
  expect(from).toBe("other");
  expect(errors).toMatch(/warning: .*other is probably another build of the program: .* type records agree/);
});

/** Several `--exe` for a dump: the one that fits is used. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { temporaryFolder } from "../../support/directory-conversion.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const dump = join(folder, "trie.dump");
/** Of another program, another build, and the right one. */
const [other, older, right] = ["cache.1.27", "trie.1.24", "trie.1.27"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

beforeAll(async () => {
  writeFileSync(dump, await sampleBytes("trie.1.27.amd64"));
  for (const path of [other, older, right]) {
    const source = await openSource(executablePath(`${path.slice(folder.length + 1)}.amd64`));
    const bytes = new Uint8Array(source.size);
    source.read(bytes, 0, source.size, 0);
    writeFileSync(path, bytes);
    source.close();
  }
});

async function gohd(...args: string[]) {
  const phases: string[] = [];
  const terminal = testTerminal({ directory: folder });
  const bar = { ...terminal.bar, phase: (name: string) => void phases.push(name) };
  const code = await runCommandLine(args, { ...terminal, bar });
  return { code, errors: terminal.errorText(), isRead: phases.includes("reading") };
}

const convert = (...executables: string[]) =>
  gohd(
    "convert",
    dump,
    "--to",
    "dot",
    "--force",
    "-o",
    join(folder, "a.dot"),
    ...executables.flatMap((exe) => ["--exe", exe]),
  );

test.each([[[other, older, right]], [[right, other, older]]])("in any order", async (executables) => {
  const { code, errors } = await convert(...executables);
  expect(code).toBe(0);
  expect(errors).toMatch(/^wrote .*\ntypes of .* of the objects, .* of the bytes, from .*trie\.1\.27\n$/);
});

test("if none fits, it is said why, of each", async () => {
  const { code, errors } = await convert(other, older);
  expect(code).toBe(1);
  expect(errors).toMatch(
    /^gohd: executable: none of the 2 wrote this dump: .*cache\.1\.27.*; .*trie\.1\.24.*\n {2}give --exe once more/,
  );
});

test("one that is no executable is told before the dump is read", async () => {
  const { code, errors, isRead } = await convert(right, dump);
  expect({ code, isRead }).toEqual({ code: 1, isRead: false });
  expect(errors).toContain("trie.dump");
});

test("the index of one of them is used, and that it is not of the others is no fault", async () => {
  expect(await gohd("index", dump, "--exe", right)).toMatchObject({ code: 0 });
  expect(await convert(other, right)).toMatchObject({
    code: 0,
    isRead: false,
    errors: expect.not.stringContaining("warning"),
  });
  expect(await convert(right, other)).toMatchObject({ code: 0, isRead: false });
  expect(await convert(other, older)).toMatchObject({
    code: 1,
    isRead: true,
    errors: expect.stringContaining("is not used"),
  });
  rmSync(`${dump}.gohd`);
});

/** `gohd why` as a command: where what is asked for comes from. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { buildDump } from "../../support/dump-builder.ts";
import { testTerminal } from "../test-terminal.ts";

let folder: string;
let dump: string;
let list: string;
/** Of two objects, as CSV has them. */
let addresses: string;

async function gohd(args: readonly string[], input = "") {
  const terminal = testTerminal({ input: Buffer.from(input) });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gohd-"));
  dump = join(folder, "x.dump");
  list = join(folder, "list.csv");
  const bytes = buildDump((d) => {
    for (const size of [64, 64, 128]) d.root(d.object(size));
  });
  writeFileSync(dump, bytes);
  const query = "SELECT address FROM objects WHERE size = 64";
  addresses = (await gohd(["sql", dump, "--csv", query])).output;
  writeFileSync(list, addresses);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("addresses come from a file, or from standard input, which is - as well", async () => {
  const fromFile = await gohd(["why", dump, "--file", list, "--json"]);
  expect(JSON.parse(fromFile.output)).toMatchObject({ count: 2, bytes: 128 });
  for (const args of [["-f", "-"], ["-"], ["-", "-f", "-"]]) {
    const { output } = await gohd(["why", dump, ...args, "--json"], addresses);
    expect(output.replace("<stdin>", list)).toBe(fromFile.output);
  }
});

test("blanks and line breaks around a name do not matter, but there has to be one", async () => {
  const [, address] = addresses.split("\r\n");
  const { output } = await gohd(["why", dump, address!]);
  expect((await gohd(["why", dump, ` ${address}\r`])).output).toBe(output);
  for (const text of ["", " \r"]) {
    const refusal = { code: 2, errors: expect.stringContaining("an empty text is no name") };
    expect(await gohd(["why", dump, text])).toMatchObject(refusal);
  }
});

test("what cannot be read, or asked, is told", async () => {
  const none = join(folder, "none");
  expect(await gohd(["why", dump, "-f", none])).toMatchObject({
    code: 1,
    errors: expect.stringContaining(`cannot read addresses from ${none}: no such file or directory`),
  });
  expect(await gohd(["why", "-", "-"])).toMatchObject({
    code: 2,
    errors: expect.stringContaining("standard input is the dump, so addresses cannot come from there"),
  });
  expect(await gohd(["why", dump])).toMatchObject({ code: 2, errors: expect.stringContaining("nothing is asked for") });
});

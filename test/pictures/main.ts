/**
 * Makes the pictures of the READMEs from samples, in the programs that they show:
 *
 *     npm run pictures -- [NAME…]
 *
 * writes samples/pictures/NAME.png and .svg. Needs Chromium ($CHROMIUM, or where it usually is) and, for the flame graph, Go 1.22 or
 * later. Look at every picture before you commit it: texts are those of the programs' versions.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "../clients/devtools.ts";
import { photographFlameGraph } from "./flame-graph.ts";
import { photographOwners } from "./owners.ts";
import { photographReport } from "./report-page.ts";
import { photographRetainers } from "./retainers.ts";

/** Makes a picture of a sample; is handed a folder for what it needs, and the command that converts the sample. */
export type Photographer = (folder: string, convert: (...args: readonly string[]) => void) => Promise<Uint8Array>;

/** Bytes of a picture at the most: pages with several should open at once. */
const MOST_BYTES = 150_000;

const ROOT = join(import.meta.dirname, "../../..");
const SAMPLE = join(ROOT, "samples/dumps/sessions-after.1.27.amd64.dump.zst");
const EXECUTABLE = join(ROOT, "samples/executables/sessions.1.27.amd64.exe.zst");

const PICTURES: Readonly<Record<string, Photographer>> = {
  "report.png": photographReport,
  "retainers.png": photographRetainers,
  "flame-graph.png": photographFlameGraph,
  "owners.svg": photographOwners,
};

const wanted = process.argv.slice(2);
if (CHROMIUM === undefined) throw new Error("there is no Chromium: install it, or set CHROMIUM to its path");
const target = join(ROOT, "samples/pictures");
mkdirSync(target, { recursive: true });
for (const [name, photograph] of Object.entries(PICTURES)) {
  if (wanted.length > 0 && !wanted.some((one) => name.startsWith(one))) continue;
  const folder = mkdtempSync(join(tmpdir(), "gohd-pictures-"));
  try {
    cpSync(SAMPLE, join(folder, "app.dump"));
    cpSync(EXECUTABLE, join(folder, "app"));
    const picture = await photograph(folder, (...args) => {
      const gohd = join(import.meta.dirname, "../../src/cli/main.js");
      execFileSync(process.execPath, [gohd, "convert", "app.dump", "--exe", "./app", "--quiet", ...args], {
        cwd: folder,
      });
    });
    if (picture.length > MOST_BYTES) throw new Error(`${name} has ${picture.length} bytes, more than ${MOST_BYTES}`);
    writeFileSync(join(target, name), picture);
    console.log(`${name}: ${picture.length} bytes`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

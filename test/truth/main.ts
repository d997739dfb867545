/**
 * How right typing is: compares the types that gohd finds with the exact type of every object, as a runtime with a logging
 * allocator wrote it down, and prints a table with a row for each way to name things: the stripped executable, its own debug
 * information, that of a sibling build.
 *
 *     npm run truth -- DIR [N]     every X.dump in DIR with X.exe (or X) and X.truth.tsv (or X.dump.truth) beside it;
 *                                  shows the N most frequent mistakes
 *
 * The sibling of V-stripped is V-normal, or V. A truth file has a line per allocation, separated by tabs: address in
 * hex, size, address of the type in hex (0: the runtime allocated bytes without one), the type's size, its pointer bytes,
 * its name. A line at an address + 1 of size 1 marks a block of several tiny values.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Executable, openExecutable } from "../../src/binary/index.ts";
import { countNamedRoots } from "../../src/cli/info/named-roots.ts";
import { readHeap } from "../../src/heap/read.ts";
import { openFile } from "../../src/io/source.ts";
import { typeHeap } from "../../src/typing/type-heap.ts";
import { compare, countNamedEdges, readTruth } from "./score.ts";

const directory = process.argv[2];
if (directory === undefined) {
  console.error("usage: npm run truth -- DIR [how many mistakes to show]");
  process.exit(2);
}
const show = Number(process.argv[3] ?? 0);
const COLUMNS = [
  ...["dump", "names from", "objects", "typed", "right objects", "right bytes", "wrong objects", "wrong bytes"],
  ...["edges named", "globals named", "live slots named", "CPU s"],
];
printRow(COLUMNS);
printRow(COLUMNS.map((_, column) => (column < 2 ? "---" : "---:")));
for (const file of readdirSync(directory).sort()) {
  if (file.endsWith(".dump")) await score(file.slice(0, -".dump".length), directory);
}

async function score(name: string, folder: string): Promise<void> {
  const base = join(folder, name);
  const truthFile = [`${base}.truth.tsv`, `${base}.dump.truth`].find((path) => existsSync(path));
  const executable = openFirst(`${base}.exe`, base);
  if (truthFile === undefined || executable === undefined) return;
  const [, version] = /^(.*)-stripped$/.exec(base) ?? [];
  const siblings =
    version === undefined ? [] : [`${version}-normal.exe`, `${version}-normal`, `${version}.exe`, version];
  const sibling = openFirst(...siblings);
  const ways: (readonly [names: string, executable: Executable, symbols?: Executable])[] = [
    ["nothing", strip(executable)],
  ];
  if (executable.debugSection("info") !== undefined) ways.push(["its DWARF", executable]);
  if (sibling !== undefined) ways.push(["a sibling's DWARF", strip(executable), sibling]);
  for (const [names, exe, symbols] of ways) {
    const heap = await readHeap(openFile(`${base}.dump`), { keepShapes: true });
    const before = process.cpuUsage();
    const typed = await typeHeap(heap, exe, symbols === undefined ? {} : { symbols });
    const cpu = process.cpuUsage(before);
    const found = compare(typed, readTruth(truthFile, typed));
    const { globals, frames } = countNamedRoots(typed.heap);
    printRow([
      name,
      names,
      String(found.objects),
      share(found.typed, found.objects),
      share(found.right, found.objects),
      share(found.rightBytes, found.bytes),
      share(found.wrong, found.objects),
      share(found.wrongBytes, found.bytes),
      share(countNamedEdges(typed), heap.edges.count),
      share(globals.named, globals.count),
      `${frames.named}/${frames.count}`,
      ((cpu.user + cpu.system) / 1e6).toFixed(2),
    ]);
    if (show > 0) {
      printMost("wrong", found.mistakes);
      printMost("untyped", found.missing);
    }
    heap.close();
  }
}

function openFirst(...paths: readonly string[]): Executable | undefined {
  const path = paths.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : openExecutable(openFile(path));
}

/** The same executable as `-ldflags="-s -w"` leaves it. */
function strip(executable: Executable): Executable {
  const { symbols } = executable;
  const none = { ...symbols(), count: 0, find: () => -1 };
  return { ...executable, symbols: () => none, debugSection: () => undefined };
}

function share(part: number, of: number): string {
  return `${((100 * part) / of).toFixed(2)} %`;
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function printMost(title: string, counts: ReadonlyMap<string, number>): void {
  console.log(`  ${title}:`);
  for (const [what, count] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, show))
    console.log(`    ${count} ${what}`);
}

/**
 * Eclipse MAT: its parser and its dominators alone, as the jar that LeakCanary's HAHA 1.x made of them, and the program
 * itself, which is no package of any registry.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A folder with the jar of com.squareup.haha:haha:1.3. */
export const MAT_JARS = process.env.GOHD_TEST_MAT;
/** ParseHeapDump.sh of an installed Eclipse MAT. */
export const MAT_COMMAND = process.env.GOHD_TEST_MAT_COMMAND;

export interface MatInstance {
  readonly size: number;
  readonly retained: number;
  readonly className: string;
}

/** Whatever MAT counts as an object, classes too, by id. */
export type MatInstances = ReadonlyMap<number, MatInstance>;

const OPTIONS = { encoding: "utf8", maxBuffer: 1 << 28 } as const;

/** What MAT's parser and dominators see. */
export function readWithMatParser(file: Uint8Array): MatInstances {
  return withFile(file, (path) => {
    const jars = readdirSync(MAT_JARS!).map((jar) => join(MAT_JARS!, jar));
    const program = join(import.meta.dirname, "MatFigures.java");
    return parse(execFileSync("java", ["-cp", jars.join(delimiter), program, path], OPTIONS), "\t");
  });
}

/** What the program answers to a query in OQL for all objects. */
export function readWithMat(file: Uint8Array): MatInstances {
  return withFile(file, (path, folder) => {
    const columns = "s.@objectAddress, s.@usedHeapSize, s.@retainedHeapSize, s.@clazz.@name";
    const text = runQuery(path, folder, `oql "SELECT ${columns} FROM INSTANCEOF java.lang.Object s"`);
    return parse(text.slice(text.indexOf("\n") + 1), ",");
  });
}

/** The program's answer to one of its commands, as CSV with a line of titles. */
export function queryMat(file: Uint8Array, command: string): string {
  return withFile(file, (path, folder) => runQuery(path, folder, command));
}

function runQuery(path: string, folder: string, command: string): string {
  const options = [`-command=${command}`, "-format=csv", "-limit=10000000", "-unzip"];
  execFileSync(MAT_COMMAND!, [path, ...options, "org.eclipse.mat.api:query"], OPTIONS);
  const pages = join(folder, "heap_Query/pages");
  const [page] = readdirSync(pages).filter((name) => name.endsWith(".csv"));
  return readFileSync(join(pages, page!), "utf8");
}

function withFile<T>(file: Uint8Array, read: (path: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "gohd-test-mat-"));
  try {
    const path = join(folder, "heap.hprof");
    writeFileSync(path, file);
    return read(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(text: string, separator: string): MatInstances {
  const instances = new Map<number, MatInstance>();
  for (const line of text.split("\n")) {
    const [id, size, retained, className] = line.split(separator) as [string, ...string[]];
    if (id !== "") instances.set(Number(id), { size: Number(size), retained: Number(retained), className: className! });
  }
  return instances;
}

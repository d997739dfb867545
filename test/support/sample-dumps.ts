/** The dumps in samples/dumps, unpacked once a test file. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { packageFolder } from "../../src/converter/running-package.ts";
import { readHeap } from "../../src/heap/read.ts";
import type { Heap } from "../../src/index.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { openSource } from "../../src/io/sources/open.ts";

const FOLDER = join(packageFolder(), "samples/dumps");

const unpacked = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** Names of the samples as "dominators.1.24.amd64", those that `pattern` fits. */
export function sampleNames(pattern = /./): string[] {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.dump\.\w+$/, ""));
  return names.filter((name) => pattern.test(name)).sort();
}

/** Path of a sample's file. */
export function samplePath(name: string): string {
  const file = readdirSync(FOLDER).find((candidate) => basename(candidate).startsWith(`${name}.dump.`));
  if (file === undefined) throw new Error(`no sample ${name}`);
  return join(FOLDER, file);
}

/** A sample's bytes; not to be written to. */
export function sampleBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = unpacked.get(name);
  if (bytes === undefined) {
    bytes = unpack(samplePath(name));
    unpacked.set(name, bytes);
  }
  return bytes;
}

/** A sample's heap. */
export async function sampleHeap(name: string): Promise<Heap> {
  return readHeap(memorySource(await sampleBytes(name), `${name}.dump`));
}

async function unpack(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const source = await openSource(path);
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, bytes.length, 0);
  source.close();
  return bytes;
}

/** Runs converters whose outputs are files on the disk, into directories that go when the tests are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import {
  type Converter,
  createDirectorySink,
  createFileSink,
  type Heap,
  NO_PROGRESS,
  type OptionsSchema,
  type OptionValues,
} from "../../src/index.ts";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new directory that goes after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gohd-test-"));
  folders.push(folder);
  return folder;
}

/** Converts `heap` with the default options, those given excepted; returns the path of what was written. */
export async function convertToPath<S extends OptionsSchema>(
  converter: Converter<S>,
  heap: Heap,
  options: Partial<OptionValues<S>> = {},
  path = join(temporaryFolder(), `out.${converter.output.extension}`),
): Promise<string> {
  const defaults = Object.fromEntries(Object.entries(converter.options).map(([name, spec]) => [name, spec.default]));
  const values = { ...defaults, ...options } as OptionValues<S>;
  const { kind, addedWith } = converter.output;
  const add = addedWith !== undefined && (values[addedWith] as unknown as readonly string[]).length > 0;
  const sink = kind === "directory" ? createDirectorySink(path, { add }) : createFileSink(path);
  try {
    await converter.convert(heap, sink, values, NO_PROGRESS);
    await sink.commit();
  } finally {
    await sink.discard();
  }
  return path;
}

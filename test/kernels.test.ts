import { expect, test } from "vitest";
import { KERNELS } from "../src/kernels.ts";
import { listFiles, readCode } from "./architecture/import-graph.ts";

test("every kernel is in the table by its own name", async () => {
  for (const [name, load] of Object.entries(KERNELS)) expect((await load()).name).toBe(name);
  const names = listFiles("src").flatMap((file) =>
    [...readCode(file).matchAll(/: Kernel<[^=]*> = \{\s*name: "([^"]+)"/g)].map(([, name]) => name!),
  );
  expect(names.sort()).toEqual(Object.keys(KERNELS).sort());
});

import { expect, test } from "vitest";
import { listLargestOwners } from "../../../src/findings/report/totals.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { readDump } from "../../support/dump-builder.ts";

test("owners are those that own something", async () => {
  const { heap } = await readDump((d) => {
    d.root(d.object(1 << 10));
    for (let i = 0; i < 3; i++) d.goroutine({ waitReason: "select" }).frame("main.handle", 64);
  });
  const owners = await listLargestOwners(heap, 10, NO_PROGRESS);
  expect(owners.map(({ bytes }) => bytes)).toEqual([1 << 10]);
});

/** What the compiler lays out beside the heap stays, whatever the variable points to that leads there. */
import { expect, it, test } from "vitest";
import type { Holder } from "../../../src/findings/holders/holder.ts";
import type { HolderRoot } from "../../../src/findings/holders/holder-roots.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { sayStatic } from "../../../src/findings/report/user-sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

function root(kind: HolderRoot["kind"], name: string): HolderRoot {
  return { kind, name, count: 1, isCertain: true, leadsTo: null };
}

test.each([
  ["*main.store", "what main.store points to", "main.store"],
  ["*main.hub.routes[1]", "what main.hub.routes[1] points to", "main.hub.routes[1]"],
  ["main.table[:]", "the array of main.table", "main.table"],
])("it does not help to let go of what leads to %s", (name, what, way) => {
  expect(sayStatic(root("variable", name))).toEqual([
    `${what} is part of the program's data, which stays: let go of what is in it, not of ${way}`,
  ]);
});

test.each([
  ["variable", "main.store"],
  ["variable", "main.table[2]"],
  ["variable", "*runtime.sched"],
  ["goroutine", "*main.store"],
] as const)("nothing is said of %s %s", (kind, name) => {
  expect(sayStatic(root(kind, name))).toEqual([]);
});

it("is said of what such a variable keeps, where it is told what letting go of that would free", async () => {
  const sample = await typedSample("steady-after.1.27.amd64", "steady.1.27.amd64");
  const report = await computeReport(sample, NO_PROGRESS);
  const says = (holder: Holder): string => listStatements({ ...report, holders: [holder] })[0]!.lines.join("\n");
  const [bank] = report.holders;
  expect(bank!.owner.name).toBe("*main.bank");
  const stays = "what main.bank points to is part of the program's data";
  expect(says(bank!)).not.toContain(stays);
  const release = { byOwner: 0, byAll: bank!.bytes };
  expect(says({ ...bank!, alsoUsedBy: [root("goroutine", "goroutine main.main")], release })).toContain(stays);
});

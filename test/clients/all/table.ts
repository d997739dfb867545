/** A reporter for vitest: what became of each client's tests, as a table. */
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { formatNumber } from "../../../src/quantities.ts";
import { CLIENTS, type Client } from "./clients.ts";

export default class ClientTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => {
      const file = relative(process.cwd(), module.moduleId).replaceAll("\\", "/");
      return [...module.children.allTests()].map((test) => ({ name: `${file} > ${test.fullName}`, test }));
    });
    const rows = CLIENTS.map((client) => rowOf(client, tests));
    const titles = ["client", "version", "checked", "result"];
    for (const row of [titles, titles.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
    for (const { name } of modules.flatMap((module) =>
      module.state() === "failed" ? [{ name: module.moduleId }] : [],
    )) {
      console.log(`failed: ${relative(process.cwd(), name)}`);
    }
  }
}

function rowOf(client: Client, all: readonly { readonly name: string; readonly test: TestCase }[]): string[] {
  const { name, checked, tests } = client;
  const its = tests === undefined ? [] : all.filter((each) => tests.test(each.name));
  const count = (state: string): number => its.filter(({ test }) => test.result().state === state).length;
  const [passed, failed] = [count("passed"), count("failed")];
  // What did not run at all has neither passed nor been skipped on purpose.
  const missing = its.length - passed - failed;
  const result =
    failed > 0
      ? `${failed} of ${its.length} tests FAILED`
      : passed > 0
        ? `${formatNumber(passed, "test")} passed${missing > 0 ? `, ${missing} skipped` : ""}`
        : "not run";
  return [name, passed + failed > 0 ? (client.version() ?? "?") : "", checked, result];
}

import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Database } from "../../../../converters/parquet/engine/database.ts";
import { NO_PROGRESS } from "../../../../src/index.ts";

let database: Database;

beforeEach(async () => {
  database = await Database.open({ temporaryDirectory: undefined, memoryLimit: "", threads: 1 });
});

afterEach(() => database.close());

/** Runs for years. */
const ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range + b.range = -1";

// DuckDB forgets an interrupt when it begins with a query.
test.each([0, 120])(
  "a query that begins %i ms after it was to stop is stopped",
  async (delay) => {
    const controller = new AbortController();
    const work = database.attempt(
      async () => {
        controller.abort(new Error("stopped"));
        await sleep(delay);
        return database.connection.run(ENDLESS);
      },
      { ...NO_PROGRESS, signal: controller.signal },
    );
    await expect(work).rejects.toThrow("stopped");
    // And the next one runs, however long it takes.
    const interrupt = vi.spyOn(database.connection, "interrupt");
    await sleep(200);
    expect(interrupt).not.toHaveBeenCalled();
    const answer = await database.run("SELECT 6 * 7", NO_PROGRESS);
    expect(await answer.getRowsJS()).toEqual([[42]]);
  },
  20_000,
);

import { expect, test } from "vitest";
import type { Heap, TypeDetails } from "../../../src/index.ts";
import { typedSample } from "../../support/typed-samples.ts";

/** The details of the type of that name. */
function detailsOf({ types }: Heap, name: string): TypeDetails | undefined {
  const row = types.names.indexOf(name);
  expect(row, name).toBeGreaterThanOrEqual(0);
  return types.details!(row);
}

test("the structs of a program, as samples/programs/sessions declares them", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const session = detailsOf(heap, "main.Session")!;
  expect(session).toMatchObject({ size: 104, kind: "struct", packagePath: "main" });
  expect(session.element).toBeUndefined();
  expect(session.fields.map(({ name, offset, type }) => [name, offset, type.name, type.size])).toEqual([
    ["Token", 0, "string", 16],
    ["User", 16, "*main.User", 8],
    ["Opened", 24, "time.Time", 24],
    ["Attributes", 48, "map[string]interface {}", 8],
    ["History", 56, "[]main.PageView", 24],
    ["Heatmap", 80, "*main.ClickHeatmap", 8],
    ["Connection", 88, "*main.Connection", 8],
    ["Expiry", 96, "*time.Timer", 8],
  ]);
});

test("references lead to rows of the same name; rows of many to their element", async () => {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  const { types } = heap;
  const rows = Array.from({ length: types.count }, (_, row) => types.details!(row));
  const references = rows.flatMap((details) => [
    ...(details?.element === undefined ? [] : [details.element]),
    ...(details?.fields ?? []).map(({ type }) => type),
  ]);
  const known = references.filter(({ row }) => row !== undefined);
  expect(known.length).toBeGreaterThan(10);
  for (const { row, name, size } of known) {
    expect(types.names[row!]).toBe(name);
    expect(rows[row!]!.size).toBe(size);
  }
  const views = detailsOf(heap, "[]main.PageView")!;
  expect(views.kind).toBe("array");
  expect(views.element!.name).toBe("main.PageView");
  expect(views.size).toBe(views.element!.size);
  expect(views.fields.map(({ name }) => name)).toEqual(["At", "Path"]);
});

test("fields begin where pointers of that name are; what is no Go type has no details", async () => {
  const { types } = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  let compared = 0;
  for (let row = 0; row < types.count; row++) {
    const details = types.details!(row);
    if (types.fields!.name(row, 0) === undefined) {
      if (details !== undefined) expect(details.fields).toEqual([]);
      continue;
    }
    for (const { name, offset, type } of details?.fields ?? []) {
      if (type.size === 0) continue;
      expect(types.fields!.name(row, offset)!.split(/[.[]/)[0]).toBe(name);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(20);
  expect(types.details!(0)).toBeUndefined();
});

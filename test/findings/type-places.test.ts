/** Where objects of the largest types hang: against what the sample programs made. */
import { expect, test } from "vitest";
import markdown from "../../converters/report/markdown.ts";
import { listGoroutines, listTypes } from "../../converters/report/page-tables.ts";
import { renderReportText } from "../../src/cli/report/report-text.ts";
import { createStyle } from "../../src/cli/terminal/style.ts";
import { computeReport, type Report } from "../../src/findings/report/report.ts";
import { computeTypePlaces } from "../../src/findings/type-places.ts";
import { TypeSource } from "../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { formatBytes } from "../../src/quantities.ts";
import { convertToBytes } from "../support/conversion.ts";
import { sampleHeap } from "../support/sample-dumps.ts";
import { typedSample } from "../support/typed-samples.ts";

const NOWHERE = { ofHolder: () => -1, ofGroup: () => -1, ofFinding: () => -1, ofAnswer: () => -1 };

function tell(report: Report, height: number): string {
  const commands = { whyCommand: "gohd why app.dump", topCommand: "gohd top app.dump" };
  return renderReportText(report, { width: 1000, height, ...commands, style: createStyle(false) });
}

const queue = () => typedSample("queue.1.22.amd64", "queue.1.22.amd64");

test("the fields and variables that have the objects of a type are counted to the byte", async () => {
  const { types } = await computeReport(await queue(), NO_PROGRESS);
  const placesOf = (type: string) => types.find(({ name }) => name === type)!.places;
  expect(placesOf("[]uint8")).toEqual([
    { name: "main.pipeline.thumbnails.previews[]", count: 16, bytes: 16 * 32768, guessed: 0 },
    { name: "main.Job.Payload", count: 600, bytes: 600 * 208, guessed: 0 },
  ]);
  expect(placesOf("main.Job")).toEqual([{ name: "main.JobQueue.pending[]", count: 600, bytes: 600 * 48, guessed: 0 }]);
  for (const { bytes, count, places } of types) {
    expect(places.reduce((sum, place) => sum + place.bytes, 0)).toBeLessThanOrEqual(bytes);
    expect(places.reduce((sum, place) => sum + place.count, 0)).toBeLessThanOrEqual(count);
  }
  expect(types.filter(({ places }) => places.length > 0).length).toBeLessThanOrEqual(10);
});

test("what is in no place, or has no types, has none", async () => {
  const report = await computeReport(await sampleHeap("queue.1.22.amd64"), NO_PROGRESS);
  expect(report.types.flatMap(({ places }) => places)).toEqual([]);
  expect((await computeTypePlaces(await queue())).size).toBe(10);
});

test("the report tells on a screen where most of a type is, and with --all how much is where", async () => {
  const report = await computeReport(await queue(), NO_PROGRESS);
  expect(tell(report, 60)).toMatch(/ × main\.Job, owns 152 KiB, mostly in main\.JobQueue\.pending\[\]\n/);
  const all = tell(report, Number.POSITIVE_INFINITY);
  expect(all).toMatch(
    / × \[\]uint8, owns .*, 512 KiB in main\.pipeline\.thumbnails\.previews\[\], 122 KiB in main\.Job\.Payload\n/,
  );
  // That things hang on one another says nothing of where they are.
  const [type] = report.types;
  const linked = {
    ...type!,
    name: "a/b.T",
    places: [{ name: "a/b.T.next", count: 1, bytes: type!.bytes, guessed: 0 }],
  };
  expect(tell({ ...report, types: [linked] }, 60)).toMatch(/ × b\.T, owns [^,]*\n/);
});

test("where a type is guessed, so is what is said of its fields and of its objects", async () => {
  const known = await queue();
  const typeSource = new Uint8Array(known.objects.count).fill(TypeSource.INFERRED);
  const heap = { ...known, objects: { ...known.objects, typeSource } };
  const report = await computeReport(heap, NO_PROGRESS);
  const job = report.types.find(({ name }) => name === "main.Job")!;
  expect(job.places).toEqual([{ name: "main.JobQueue.pending[]", count: 600, bytes: 600 * 48, guessed: 600 }]);
  // A variable has its type from the executable.
  const bytes = report.types.find(({ name }) => name === "[]uint8")!;
  expect(bytes.places[0]).toMatchObject({ name: "main.pipeline.thumbnails.previews[]", guessed: 16 });
  expect(tell(report, Number.POSITIVE_INFINITY)).toContain(", 28.1 KiB in main.JobQueue.pending[] (guessed)\n");
});

test("pages and pull requests have a column for it, and pages for locals of goroutines and where these were started", async () => {
  const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
  const report = await computeReport(heap, NO_PROGRESS);
  const [type] = report.types;
  const { columns, rows } = listTypes(report);
  expect(columns.at(-1)!.title).toBe("Most of them in");
  const { name, bytes } = type!.places[0]!;
  expect(rows[0]!.at(-1)).toBe(`${name}, ${formatBytes(bytes)}`);
  const text = Buffer.from((await convertToBytes(markdown, heap, {})).bytes).toString();
  expect(text).toContain("| Owns | Most of them in |\n");
  expect(text).toContain(`\`${name}\`, ${formatBytes(bytes)}`);
  const group = report.goroutines.groups.findIndex(({ locals }) => /^\w+$/.test(locals[0]?.name ?? ""));
  const { origin, locals } = report.goroutines.groups[group]!;
  const local = locals.find((each) => /^\w+$/.test(each.name))!;
  const row = listGoroutines(report, NOWHERE).rows[group]!;
  expect(row.at(-2)).toBe(origin);
  expect(row.at(-1)).toBe(`${local.name} ${local.type}, ${formatBytes(local.bytes)}`);
});

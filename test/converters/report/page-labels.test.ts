/** What the page calls things where there is little room: packages as the source calls them, sizes and pointers as they are. */
import { expect, test } from "vitest";
import html from "../../../converters/report/html.ts";
import { buildTree, label } from "../../../converters/report/page/model.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { readPage } from "../../support/readers/page-reader.ts";

test("boxes have short names, and shapes whole ones", async () => {
  const types = ["net/http.Header", "example.com/redis/v9.Client", "k8s.io/api/core/v1.Pod", "noscan/32768"];
  const heap = drawHeap((s) => {
    for (const [index, type] of [...types, "obj/48{..p...}"].entries())
      s.global(s.object({ type, size: 4096 }), 8 * index);
  });
  const { nodes } = buildTree(readPage((await convertToBytes(html, heap)).bytes));
  const labels = nodes.filter(({ kind }) => kind === "objects").map((node) => label(node).split(" ").at(-1));
  expect(labels).toEqual(
    expect.arrayContaining(["http.Header", "redis.Client", "core/v1.Pod", "noscan/32768", "obj/48{..p...}"]),
  );
});

test("counts in tables are written as in sentences", async () => {
  const heap = drawHeap((s) => {
    const slice = s.object({ type: "[]*main.T", size: 8 * 1200 });
    s.global(slice);
    for (let i = 0; i < 1200; i++) s.pointer(slice, s.object({ type: "main.T", size: 64 }), 8 * i);
  });
  const { tables } = readPage((await convertToBytes(html, heap)).bytes);
  expect(tables.find(({ id }) => id === "holders")!.rows[0]![3]).toBe("1,200 × main.T");
});

/** What a holder has beside the things that it is told to be full of, where it is of the same types. */
import { expect, it } from "vitest";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap, type HeapSketch } from "../../support/heap-fixture.ts";

const COUNT = 300;

function fill(s: HeapSketch, list: number, type: string, size: number): number[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const object = s.object({ type, size });
    s.pointer(list, object, 8 * i);
    return object;
  });
}

async function linesOf(draw: (s: HeapSketch, bus: number) => void): Promise<readonly string[]> {
  const heap = drawHeap((s) => {
    const bus = s.object({ type: "main.Bus", size: 64 });
    s.global(bus);
    draw(s, bus);
  });
  return listStatements(await computeReport(heap, NO_PROGRESS))[0]!.lines;
}

it("is told as more of the things that the most is in", async () => {
  const lines = await linesOf((s, bus) => {
    for (const [i, [type, size]] of [["main.Move", 1024] as const, ["main.Price", 512] as const].entries()) {
      const list = s.object({ type: "[]main.Handler", size: 8 * COUNT });
      s.pointer(bus, list, 8 * i);
      fill(s, list, type, size);
    }
  });
  expect(lines.slice(0, 2)).toEqual([
    "300 × main.Move, 300 KiB, in 1 × []main.Handler",
    "1 × []main.Handler more, 152 KiB",
  ]);
});

it("is told as more of the most, where several things share it", async () => {
  const lines = await linesOf((s, bus) => {
    const rooms = [0, 8].map((offset) => {
      const room = s.object({ type: "main.Room", size: 8 * COUNT });
      s.pointer(bus, room, offset);
      return room;
    });
    for (const room of rooms) fill(s, room, "main.Conn", 512);
    for (const conn of fill(s, rooms[0]!, "main.Conn", 256)) s.pointer(rooms[1]!, conn, 0);
  });
  expect(lines.slice(0, 2)).toEqual(["600 × main.Conn, 300 KiB, in 2 × main.Room", "300 × main.Conn more, 75.0 KiB"]);
});

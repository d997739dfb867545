/** The bars of the page: where the process's memory is, who owns what is live, how well types are known. */
import type { Report } from "../../src/index.ts";
import type { Bar, BarPart } from "./page-data.ts";

/** Makes the bars; parts of nothing are left out. */
export function listBars(report: Report): Bar[] {
  const bars = [...listProcess(report), listOwners(report), listCertainty(report)];
  return bars
    .map(({ title, parts }) => ({ title, parts: parts.filter(({ bytes }) => bytes > 0) }))
    .filter(({ parts }) => parts.length > 0);
}

function listProcess({ memory, totals: { live, garbage } }: Report): Bar[] {
  if (memory === null) return [];
  const { heapInuse, heapIdle, heapReleased, stackInuse, runtime } = memory;
  return [
    {
      title: "Memory of the Go runtime",
      parts: [
        part("live objects", live.bytes, 0),
        part("garbage", garbage.bytes, 3),
        part("free slots in used spans", Math.max(0, heapInuse - live.bytes - garbage.bytes), 2),
        part("idle spans", heapIdle - heapReleased, 5),
        part("stacks", stackInuse, 1),
        part("the runtime's own", runtime, 4),
      ],
    },
  ];
}

function listOwners({ totals: { owned } }: Report): Bar {
  return {
    title: "Live bytes by owner",
    parts: [
      part("package variables", owned.variables, 0),
      part("globals without names", owned.segments, 4),
      part("goroutines", owned.goroutines, 1),
      part("finalizers", owned.finalizers, 2),
      part("other roots", owned.other, 5),
    ],
  };
}

function listCertainty({ totals: { typed } }: Report): Bar {
  return {
    title: "Live bytes by how their types are known",
    parts: [
      part("exact", typed.exact, 0),
      part("from what refers to them", typed.propagated, 1),
      part("guessed from contents", typed.inferred, 2),
      part("not known", typed.none, 5),
    ],
  };
}

function part(label: string, bytes: number, tone: number): BarPart {
  return { label, bytes, tone };
}

/** The tables `goroutines` and `frames`. */
import {
  findEntryFunction,
  GoroutineStatus,
  type Goroutines,
  goroutineState,
  RootVertexKind,
} from "../../../src/index.ts";
import { addressColumn, rowNumberColumn, valuesOf } from "./column.ts";
import { namesOf } from "./enum-names.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

const STATUS_NAMES = namesOf(GoroutineStatus);

export const goroutinesTable: Table = {
  name: "goroutines",
  rowCount: ({ heap }) => heap.goroutines.count,
  columns: [
    rowNumberColumn("id"),
    numberColumn(
      "goid",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          heap.goroutines.id[row],
    ),
    addressColumn(
      "address",
      valuesOf(({ heap }) => heap.goroutines.address),
    ),
    textColumn("status", ({ heap }) => (row) => {
      const status = heap.goroutines.status[row]!;
      return STATUS_NAMES[status] ?? `${status}`;
    }),
    textColumn(
      "state",
      ({ heap }) =>
        (row) =>
          goroutineState(heap.goroutines, row),
    ),
    booleanColumn(
      "system",
      ({ heap }) =>
        (row) =>
          heap.goroutines.system[row] === 1,
    ),
    numberColumn(
      "wait_since",
      "BIGINT",
      ({ heap }) =>
        (row) =>
          heap.goroutines.waitSince[row] || undefined,
    ),
    addressColumn("created_by_pc", ({ heap }) => (from, count, out) => {
      for (let i = 0; i < count; i++) out[i] = heap.goroutines.createdBy[from + i]! || Number.NaN;
    }),
    textColumn(
      "function",
      ({ heap }) =>
        (row) =>
          findEntryFunction(heap.goroutines, row),
    ),
    numberColumn("frame_count", "INTEGER", ({ heap }) => (row) => {
      const { frameStart } = heap.goroutines;
      return frameStart[row + 1]! - frameStart[row]!;
    }),
    numberColumn("vertex_id", "INTEGER", (source) => {
      const { goroutine } = source.once(findVertices);
      return (row) => toId(source, goroutine[row]);
    }),
  ],
};

export const framesTable: Table = {
  name: "frames",
  rowCount: (source) => source.once(listFrames).frame.length,
  columns: [
    rowNumberColumn("id"),
    frameNumber("goroutine_id", ({ goroutine }, row) => goroutine[row]!),
    frameNumber("depth", ({ depth }, row) => depth[row]!),
    frameNumber("frame_number", ({ frame }, row) => frame[row]!),
    textColumn("function", (source) => {
      const { call, frame } = source.once(listFrames);
      const { calls, frames, names } = source.heap.goroutines;
      return (row) =>
        calls === undefined ? names[frames.function[frame[row]!]!] : calls.names[calls.function[call[row]!]!];
    }),
    textColumn("file", (source) => {
      const { call } = source.once(listFrames);
      const { calls } = source.heap.goroutines;
      return (row) => (calls === undefined ? undefined : calls.names[calls.file[call[row]!]!] || undefined);
    }),
    numberColumn("line", "INTEGER", (source) => {
      const { call } = source.once(listFrames);
      const { calls } = source.heap.goroutines;
      return (row) => calls?.line[call[row]!] || undefined;
    }),
    booleanColumn("inlined", (source) => {
      const { inlined } = source.once(listFrames);
      return (row) => inlined[row] === 1;
    }),
    booleanColumn("hidden", (source) => {
      const { call } = source.once(listFrames);
      const { calls } = source.heap.goroutines;
      return (row) => calls?.isHidden[call[row]!] === 1;
    }),
    ...(["address", "pc", "entry"] as const).map((column) =>
      addressColumn(column, (source) => {
        const { frame } = source.once(listFrames);
        const values = source.heap.goroutines.frames[column];
        return (from, count, out) => {
          for (let i = 0; i < count; i++) out[i] = values[frame[from + i]!]!;
        };
      }),
    ),
    numberColumn("size", "BIGINT", (source) => {
      const { frame } = source.once(listFrames);
      const { size } = source.heap.goroutines.frames;
      return (row) => size[frame[row]!];
    }),
    numberColumn("vertex_id", "INTEGER", (source) => {
      const { frame } = source.once(listFrames);
      const vertices = source.once(findVertices);
      return (row) => toId(source, vertices.frame[frame[row]!]);
    }),
  ],
};

function frameNumber(name: string, valueAt: (rows: FrameRows, row: number) => number) {
  return numberColumn(name, "INTEGER", (source) => {
    const rows = source.once(listFrames);
    return (row) => valueAt(rows, row);
  });
}

/** Logical frames, one row each; physical ones where no executable told the calls in them. */
interface FrameRows {
  readonly goroutine: Int32Array;
  /** From 0, the innermost. */
  readonly depth: Int32Array;
  /** Physical frame. */
  readonly frame: Int32Array;
  /** Row of `goroutines.calls`, if there are any. */
  readonly call: Int32Array;
  readonly inlined: Uint8Array;
}

function listFrames({ heap: { goroutines } }: TableSource): FrameRows {
  const { calls, frameStart, frames, count } = goroutines;
  const rowCount = calls === undefined ? frames.count : calls.start[frames.count]!;
  const rows = {
    goroutine: new Int32Array(rowCount),
    depth: new Int32Array(rowCount),
    frame: new Int32Array(rowCount),
    call: new Int32Array(rowCount),
    inlined: new Uint8Array(rowCount),
  };
  let row = 0;
  for (let goroutine = 0; goroutine < count; goroutine++) {
    const first = row;
    for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) {
      const callCount = callsOf(goroutines, frame);
      for (let i = 0; i < callCount; i++) {
        rows.goroutine[row] = goroutine;
        rows.depth[row] = row - first;
        rows.frame[row] = frame;
        rows.call[row] = (calls?.start[frame] ?? 0) + i;
        rows.inlined[row] = i < callCount - 1 ? 1 : 0;
        row++;
      }
    }
  }
  return rows;
}

function callsOf({ calls }: Goroutines, frame: number): number {
  return calls === undefined ? 1 : calls.start[frame + 1]! - calls.start[frame]!;
}

/** Root vertex of every goroutine and physical frame; -1 where there is none. */
function findVertices({ heap }: TableSource): { readonly goroutine: Int32Array; readonly frame: Int32Array } {
  const { kind, item, count } = heap.roots.vertices;
  const goroutine = new Int32Array(heap.goroutines.count).fill(-1);
  const frame = new Int32Array(heap.goroutines.frames.count).fill(-1);
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] === RootVertexKind.GOROUTINE) goroutine[item[vertex]!] = vertex;
    if (kind[vertex] === RootVertexKind.FRAME) frame[item[vertex]!] = vertex;
  }
  return { goroutine, frame };
}

function toId({ heap }: TableSource, vertex: number | undefined): number | undefined {
  return vertex === undefined || vertex < 0 ? undefined : heap.objects.count + vertex;
}

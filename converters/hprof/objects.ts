/** The objects: in the order of the dump if contents are written, so that it is read once; else by address. */
import { orderByPosition, type Progress } from "../../src/index.ts";
import type { HprofWriter } from "./hprof-writer.ts";
import { type ObjectsRequest, ObjectWriter, type WrittenObjects } from "./object-writer.ts";

/** Progress is told after so many objects. */
const UPDATE_EVERY = 1 << 14;

/** Writes all objects. About as fast as the dump can be read. */
export async function writeObjects(
  out: HprofWriter,
  request: ObjectsRequest,
  progress: Progress,
): Promise<WrittenObjects> {
  const writer = new ObjectWriter(out, request);
  const { objects } = request.heap;
  progress.phase("writing objects", objects.count, "objects");
  const runs = request.contents ? orderByPosition(objects) : undefined;
  const runCount = runs?.count ?? 1;
  let done = 0;
  for (let run = 0; run < runCount; run++) {
    const end = runs === undefined ? objects.count : runs.end[run]!;
    let next = runs === undefined ? 0 : runs.first[run]!;
    while (next < end) {
      const from = next;
      next = writer.writeSmall(next, Math.min(end, next + UPDATE_EVERY));
      done += next - from;
      progress.update(done);
      if (out.at > out.limit) await out.flush();
      else if (next < end && writer.isLarge(next)) {
        await writer.writeLarge(next++);
        done++;
      }
    }
  }
  return writer.written;
}

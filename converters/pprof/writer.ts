/**
 * Writes a profile, gzip'd. A protocol buffer's fields may come in any order and in pieces, so that the samples, which may
 * be many, are encoded by `samples.ts` as they are written, and the tables, which are small, by pprof-format.
 */
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Mapping, Profile as ProfileMessage, ValueType as ValueTypeMessage } from "pprof-format";
import type { Heap, Progress, Sink } from "../../src/index.ts";
import { type FrameTable, MAPPING_ID } from "./frames.ts";
import type { Profile, ValueType } from "./profile.ts";
import { encodeSamples } from "./samples.ts";

/** Writes `profile` to the sink's only output. */
export async function writeProfile(profile: Profile, heap: Heap, sink: Sink, progress: Progress): Promise<void> {
  progress.phase("writing the profile", profile.samples.count, "steps");
  const out = await sink.open();
  await pipeline(encodeProfile(profile, heap, progress), createGzip(), async (compressed) => {
    for await (const chunk of compressed) await out.write(chunk as Uint8Array);
  });
  await out.close();
}

async function* encodeProfile(profile: Profile, heap: Heap, progress: Progress): AsyncGenerator<Uint8Array> {
  yield* encodeSamples(profile, progress);
  // Last, because the strings of all the others are in it.
  yield await encodeTables(profile, heap);
}

async function encodeTables(profile: Profile, heap: Heap): Promise<Uint8Array> {
  const { frames, sampleTypes, periodType, period, comments } = profile;
  const message = new ProfileMessage({
    sampleType: sampleTypes.map((type) => valueType(type, frames)),
    // Claims that all is known keep pprof from looking for an executable.
    mapping: [
      new Mapping({
        id: MAPPING_ID,
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
        hasInlineFrames: true,
      }),
    ],
    location: frames.locations,
    function: frames.functions,
    timeNanos: lastCollection(heap),
    periodType: valueType(periodType, frames),
    period,
    comment: comments.map((comment) => frames.text(comment)),
    stringTable: frames.strings,
  });
  return message.encodeAsync();
}

function valueType({ type, unit }: ValueType, frames: FrameTable): ValueTypeMessage {
  return new ValueTypeMessage({ type: frames.text(type), unit: frames.text(unit) });
}

/** When the last garbage collection ended; 0 if that is not known, or a damaged dump says nonsense. */
function lastCollection({ memStats }: Heap): bigint {
  const nanos = memStats?.LastGC ?? 0;
  return nanos < 2 ** 63 ? BigInt(nanos) : 0n;
}

/**
 * Encodes samples: by hand, from columns to bytes, because there may be many and objects for each cost more than all the
 * rest (measured: 10 to 30 times the time of this). The messages are those of proto/profile.proto.
 */
import { breathe, type Progress, putVarint } from "../../src/index.ts";
import type { LabelColumn, Profile } from "./profile.ts";

/** Bytes per chunk, at least. */
const CHUNK = 1 << 16;
/** Samples between two breaths. */
const SLICE = 1 << 15;

/** Longest varint. */
const VARINT = 10;
/** A label: key, number and what tells them apart. */
const LABEL = 2 + 3 * (1 + VARINT);

/** Field numbers and wire types, as they stand before the fields. */
const PROFILE_SAMPLE = 0x12;
const SAMPLE_LOCATION = 0x0a;
const SAMPLE_VALUE = 0x12;
const SAMPLE_LABEL = 0x1a;
const LABEL_KEY = 0x08;
const LABEL_TEXT = 0x10;
const LABEL_NUMBER = 0x18;

/** Encodes all samples as fields of the Profile message. O(frames of all samples). */
export async function* encodeSamples(profile: Profile, progress: Progress): AsyncGenerator<Uint8Array> {
  const { samples } = profile;
  const encoder = new SampleEncoder(profile);
  for (let done = 0; done < samples.count; ) {
    const end = Math.min(done + SLICE, samples.count);
    while (done < end) {
      done = encoder.fill(done, end);
      yield encoder.take();
    }
    progress.update(done);
    await breathe(progress);
  }
}

class SampleEncoder {
  readonly #profile: Profile;
  readonly #labels: readonly (LabelColumn & { readonly keyText: number })[];
  /** A sample at a time: its length comes before it. */
  readonly #body: Uint8Array;
  /** The greatest sample's length, with what comes before it. */
  readonly #room: number;
  #chunk = new Uint8Array(0);
  #length = 0;

  constructor(profile: Profile) {
    const { labels, values } = profile.samples;
    this.#profile = profile;
    this.#labels = labels.map((label) => ({ ...label, keyText: profile.frames.text(label.key) }));
    const size = VARINT * (profile.stacks.maxDepth + values.length + 4) + LABEL * labels.length;
    this.#body = new Uint8Array(size);
    this.#room = size + 1 + VARINT;
  }

  /** Encodes samples `from` … `to`-1, or as many as one chunk holds; returns where it stopped. */
  fill(from: number, to: number): number {
    const { samples, stacks } = this.#profile;
    const { stack, values } = samples;
    const { parent, location } = stacks;
    const body = this.#body;
    const chunk = new Uint8Array(CHUNK + this.#room);
    let length = 0;
    let sample = from;
    for (; sample < to && length < CHUNK; sample++) {
      let at = 0;
      // Packed fields tell their length first; the locations' is at most as long as that of the body.
      const start = 1 + VARINT;
      let end = start;
      for (let s = stack[sample]!; s !== 0; s = parent[s]!) end = putVarint(body, end, location[s]!);
      if (end > start) {
        body[at++] = SAMPLE_LOCATION;
        at = putVarint(body, at, end - start);
        body.copyWithin(at, start, end);
        at += end - start;
      }
      body[at++] = SAMPLE_VALUE;
      // Room for the length of the values, which is below 128 for the few there are.
      const valueStart = at + 1;
      end = valueStart;
      for (let i = 0; i < values.length; i++) end = putVarint(body, end, values[i]![sample]!);
      body[at] = end - valueStart;
      at = this.#putLabels(end, sample);

      chunk[length++] = PROFILE_SAMPLE;
      length = putVarint(chunk, length, at);
      chunk.set(body.subarray(0, at), length);
      length += at;
    }
    this.#chunk = chunk;
    this.#length = length;
    return sample;
  }

  /** What was encoded last; the caller's to keep. */
  take(): Uint8Array {
    return this.#chunk.subarray(0, this.#length);
  }

  #putLabels(from: number, sample: number): number {
    const body = this.#body;
    let at = from;
    for (const { kind, keyText, values } of this.#labels) {
      const value = values[sample]!;
      if (value === 0) continue;
      body[at++] = SAMPLE_LABEL;
      const lengthAt = at++;
      body[at++] = LABEL_KEY;
      at = putVarint(body, at, keyText);
      body[at++] = kind === "text" ? LABEL_TEXT : LABEL_NUMBER;
      at = putVarint(body, at, value);
      body[lengthAt] = at - lengthAt - 1;
    }
    return at;
  }
}

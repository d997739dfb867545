/** The streaming encoder of samples against protobufjs. */
import { join } from "node:path";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { FrameTable } from "../../../converters/pprof/frames.ts";
import { IN_USE, type Profile, SPACE } from "../../../converters/pprof/profile.ts";
import { encodeSamples } from "../../../converters/pprof/samples.ts";
import { NO_STACK, StackTree } from "../../../src/analysis/sites/stack-tree.ts";
import { NO_PROGRESS } from "../../../src/index.ts";
import { putVarint } from "../../../src/io/varint.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const Message = protobuf
  .loadSync(join(import.meta.dirname, "../../../proto/profile.proto"))
  .lookupType("perftools.profiles.Profile");

describe("putVarint", () => {
  test.each([
    0,
    1,
    127,
    128,
    16_383,
    16_384,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 62,
    2 ** 63 - 1024,
    -1,
    -5,
    -(2 ** 40),
  ])("%d is what protobufjs reads", (value) => {
    const bytes = new Uint8Array(10);
    const length = putVarint(bytes, 0, value);
    const reader = protobuf.Reader.create(bytes.subarray(0, length));
    expect(BigInt(reader.int64().toString())).toBe(BigInt(value));
    expect(reader.pos).toBe(length);
  });

  test("what is too much for int64 is its greatest, not negative", () => {
    const bytes = new Uint8Array(10);
    const length = putVarint(bytes, 0, 2 ** 70);
    const value = protobuf.Reader.create(bytes.subarray(0, length)).int64();
    expect(BigInt(value.toString())).toBe(2n ** 63n - 1024n);
  });
});

/** Stacks of any depth, the empty one too, values of any size, labels that are there and that are not. */
function randomProfile(count: number, depth: number, seed: number): Profile {
  const random = seededRandom(seed);
  const frames = new FrameTable(true);
  const stacks = new StackTree();
  for (let i = 0; i < 30; i++) stacks.find(random(i + 1), frames.find(`f${random(200)}`, `file${random(3)}`, i));
  for (let i = 0; i < depth; i++) stacks.add(stacks.parent.length - 1, frames.find("deep"));
  const column = (limit: number): number[] => Array.from({ length: count }, () => random(limit));
  return {
    sampleTypes: IN_USE,
    periodType: SPACE,
    period: 1,
    comments: [],
    frames,
    stacks,
    samples: {
      count,
      stack: Array.from({ length: count }, (_, i) => (i === 0 ? NO_STACK : random(stacks.parent.length))),
      values: [column(3), Array.from({ length: count }, () => Math.floor(2 ** random(50) * 1.3))],
      labels: [
        { key: "bytes", kind: "number", values: column(1_000_000) },
        { key: "kind", kind: "text", values: column(3).map((text) => (text === 0 ? 0 : frames.text(`kind ${text}`))) },
      ],
    },
  };
}

test.each([
  [1, 300],
  [100, 300],
  [5000, 300],
  [35_000, 1],
])("%i samples with %i and more frames come back as they were", async (count, depth) => {
  const profile = randomProfile(count, depth, 7);
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSamples(profile, NO_PROGRESS)) chunks.push(chunk);
  if (count > 1000) expect(chunks.length).toBeGreaterThan(10);
  const { sample } = Message.toObject(Message.decode(Buffer.concat(chunks)), {
    longs: Number,
    defaults: true,
  }) as { sample: { locationId: number[]; value: number[]; label: Record<string, number>[] }[] };
  expect(sample).toHaveLength(count);
  const { samples, stacks, frames } = profile;
  const [numbers, texts] = samples.labels;
  sample.forEach(({ locationId, value, label }, i) => {
    const stack: number[] = [];
    for (let s = samples.stack[i]!; s !== NO_STACK; s = stacks.parent[s]!) stack.push(stacks.location[s]!);
    const expected = {
      locationId: stack,
      value: samples.values.map((column) => column[i]!),
      label: [
        { key: frames.text("bytes"), num: numbers!.values[i]!, str: 0, numUnit: 0 },
        ...(texts!.values[i] === 0 ? [] : [{ key: frames.text("kind"), str: texts!.values[i]!, num: 0, numUnit: 0 }]),
      ],
    };
    // One comparison a sample: vitest's are slow.
    if (JSON.stringify(order({ locationId, value, label })) !== JSON.stringify(order(expected))) {
      expect({ locationId, value, label }, `sample ${i}`).toEqual(expected);
    }
  });
});

function order({ locationId, value, label }: { locationId: number[]; value: number[]; label: object[] }): unknown {
  return [locationId, value, label.map((l) => Object.entries(l).sort())];
}

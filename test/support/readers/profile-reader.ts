/** Reads pprof profiles: decoded by protobufjs from proto/profile.proto, so that it shares nothing with what writes them. */
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { packageFolder } from "../../../src/converter/running-package.ts";

const type = protobuf.loadSync(join(packageFolder(), "proto/profile.proto"));
const Message = type.lookupType("perftools.profiles.Profile");

interface Table {
  readonly id: number;
  readonly [field: string]: number | boolean | string | readonly Table[];
}

interface Decoded {
  readonly sampleType: readonly { readonly type: number; readonly unit: number }[];
  readonly sample: readonly {
    readonly locationId: readonly number[];
    readonly value: readonly number[];
    readonly label: readonly { key: number; str: number; num: number; numUnit: number }[];
  }[];
  readonly mapping: readonly Table[];
  readonly location: readonly (Table & { readonly line: readonly { functionId: number; line: number }[] })[];
  readonly function: readonly { id: number; name: number; systemName: number; filename: number; startLine: number }[];
  readonly stringTable: readonly string[];
  readonly timeNanos: string;
  readonly periodType: { readonly type: number; readonly unit: number } | null;
  readonly period: number;
  readonly comment: readonly number[];
  readonly defaultSampleType: number;
}

export interface ReadFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

export interface ReadSample {
  /** Outermost first. */
  readonly stack: readonly ReadFrame[];
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string | number>>;
}

export interface ReadProfile {
  /** "inuse_space/bytes". */
  readonly sampleTypes: readonly string[];
  readonly periodType: string;
  readonly period: number;
  /** Nanoseconds, whole. */
  readonly time: bigint;
  readonly comments: readonly string[];
  readonly samples: readonly ReadSample[];
  /** The values of all samples, added up. */
  readonly totals: readonly number[];
}

/**
 * Decodes a gzip'd profile.
 * @param isOurs whether it has to be as gohd writes them: one line per location, nothing twice
 * @throws Error if it is not
 */
export function readProfile(bytes: Uint8Array, isOurs = true): ReadProfile {
  const message = Message.decode(gunzipSync(bytes));
  const decoded = Message.toObject(message, { longs: Number, defaults: true }) as Decoded;
  // As a number it would lose digits.
  const { timeNanos } = Message.toObject(message, { longs: String, defaults: true }) as Decoded;
  const { stringTable: strings, sampleType } = decoded;
  const text = (index: number): string => {
    const string = strings[index];
    if (string === undefined) throw new Error(`no string ${index}`);
    return string;
  };
  if (strings[0] !== "") throw new Error("the first string is not empty");
  if (isOurs && new Set(strings).size !== strings.length) throw new Error("a string is there twice");
  for (const table of [decoded.mapping, decoded.location, decoded.function]) {
    table.forEach(({ id }, i) => {
      if (id !== i + 1) throw new Error(`id ${id} in row ${i}`);
    });
  }
  const frames = decoded.location.map(({ line: lines, mappingId }) => {
    if (isOurs && lines.length !== 1) throw new Error("a location of several lines, which speedscope does not read");
    if (isOurs && mappingId !== 1) throw new Error("a location in no mapping");
    return lines.map(({ functionId, line }) => {
      const { name, filename } = decoded.function[functionId - 1]!;
      return { name: text(name), file: text(filename), line };
    });
  });
  const samples = decoded.sample.map(({ locationId, value, label }) => {
    if (value.length !== sampleType.length) throw new Error("a sample with other values than sample types");
    return {
      stack: locationId.flatMap((id) => frames[id - 1]!).reverse(),
      values: value,
      labels: Object.fromEntries(label.map(({ key, str, num }) => [text(key), str === 0 ? num : text(str)])),
    };
  });
  const { periodType } = decoded;
  return {
    sampleTypes: sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    periodType: periodType === null ? "" : `${text(periodType.type)}/${text(periodType.unit)}`,
    period: decoded.period,
    time: BigInt(timeNanos),
    comments: decoded.comment.map(text),
    samples,
    totals: sampleType.map((_, i) => samples.reduce((sum, { values }) => sum + values[i]!, 0)),
  };
}

/** A sample as text: "main.main › main.f 3 128", without files and lines. */
export function showSample({ stack, values }: ReadSample): string {
  return `${stack.map(({ name }) => name).join(" › ")} ${values.join(" ")}`;
}

/** Whether an output can be read by what it is for, by the strict readers of the tests. */
import { findHarm } from "../support/hostile-dump.ts";
import { readHprof } from "../support/readers/hprof-reader.ts";
import { readPage } from "../support/readers/page-reader.ts";
import { readProfile } from "../support/readers/profile-reader.ts";
import { readSnapshot } from "../support/readers/snapshot-reader.ts";
import { namesOf, readTrace } from "../support/readers/trace-reader.ts";

/** By converter; each throws what is wrong. What needs another program to be read is left to other tests. */
export const OUTPUT_CHECKS: Readonly<Record<string, (output: Uint8Array) => void>> = {
  heapsnapshot: (output) => void readSnapshot(output),
  heaptimeline: (output) => void readSnapshot(output),
  heapprofile: (output) => void JSON.parse(Buffer.from(output).toString()),
  pprof: (output) => void readProfile(output),
  hprof: (output) => void readHprof(output),
  perfetto: (output) => refuseHarm(Buffer.from(namesOf(readTrace(output)).join("\n"))),
  dot: refuseHarm,
  svg: refuseHarm,
  html: (output) => refuseHarm(Buffer.from(readPage(output).texts.join("\n"))),
  markdown: refuseHarm,
  json: (output) => void JSON.parse(Buffer.from(output).toString()),
};

function refuseHarm(output: Uint8Array): void {
  const harm = findHarm(new TextDecoder("utf-8", { fatal: true }).decode(output));
  if (harm.length > 0) throw new Error(`an output for people has ${JSON.stringify(harm[0])} in it`);
}

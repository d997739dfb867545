/** Inspections of channels: buffers far larger than what waits in them. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** A buffer is idle if no more of it is in use. */
const IDLE_SHARE = 0.1;

/** Smaller buffers are as good as none; a timer's channel has room for one. */
const LEAST_CAPACITY = 16;

/** Finds what is wrong with channels. O(channels). */
export async function inspectChannels(facts: Facts): Promise<Finding[]> {
  const { count, header, buffered, capacity, elementSize } = facts.values.channels;
  const isIdle = (i: number): boolean => capacity[i]! >= LEAST_CAPACITY && buffered[i]! <= IDLE_SHARE * capacity[i]!;
  const unused = (i: number): number => (capacity[i]! - buffered[i]!) * elementSize[i]!;
  let unusedBytes = 0;
  for (let i = 0; i < count; i++) if (isIdle(i)) unusedBytes += unused(i);
  if (!mayCount(facts, "idle-channel-buffer", unusedBytes)) return [];
  const holders = await facts.holders();
  const idle = new Tally((place) => holders.places.name(place));
  for (let i = 0; i < count; i++) {
    if (!isIdle(i)) continue;
    const sums = { buffered: buffered[i]!, capacity: capacity[i]! };
    idle.addBad(holders.placeOf(header[i]!), header[i]!, unused(i), isGuessed(facts, header[i]!), sums);
  }
  for (let i = 0; i < count; i++) idle.addToKnown(holders.placeOf(header[i]!));
  return makeFindings(facts, "idle-channel-buffer", idle.bad(), wordIdle);
}

function wordIdle({ count, bytes, sums }: TallyRow): Wording {
  const { buffered = 0, capacity = 0 } = sums;
  return {
    problem:
      `${formatNumber(count, "channel")} ${count === 1 ? "has a buffer" : "have buffers"} for ${formatNumber(capacity, "value")}, and ` +
      `${formatCount(buffered)} in ${count === 1 ? "it" : "them"}: ` +
      `${formatBytes(bytes)} that are not used`,
    evidence: { channels: count, buffered, capacity },
  };
}

/** Inspections of channels: buffers far larger than what waits in them. */
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** A buffer is idle if no more of it is in use. */
const IDLE_SHARE = 0.1;

/** Smaller buffers are as good as none; a timer's channel has room for one. */
const LEAST_CAPACITY = 16;

/** Finds what is wrong with channels. O(channels). */
export function inspectChannels(facts: Facts): Finding[] {
  const { holders, values } = facts;
  const { count, header, buffered, capacity, elementSize } = values.channels;
  const idle = new Tally((place) => holders.places.name(place));
  for (let i = 0; i < count; i++) {
    const [held, room] = [buffered[i]!, capacity[i]!];
    if (room < LEAST_CAPACITY || held > IDLE_SHARE * room) continue;
    const place = holders.placeOf(header[i]!);
    const bytes = (room - held) * elementSize[i]!;
    idle.addBad(place, header[i]!, bytes, isGuessed(facts, header[i]!), { buffered: held, capacity: room });
  }
  for (let i = 0; i < count; i++) idle.addToKnown(holders.placeOf(header[i]!));
  return makeFindings(facts, "idle-channel-buffer", idle.bad(), wordIdle);
}

function wordIdle({ count, bytes, sums }: TallyRow): Wording {
  const { buffered = 0, capacity = 0 } = sums;
  return {
    problem:
      `${formatNumber(buffered, "value")} in buffers for ${formatCount(capacity)} of ${formatNumber(count, "channel")}: ` +
      `${formatBytes(bytes)} that are not used`,
    evidence: { channels: count, buffered, capacity },
  };
}

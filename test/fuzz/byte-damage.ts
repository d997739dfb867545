/** Damage to bytes that knows nothing of what they are: flipped, replaced, missing, twice; and numbers that lie. */
import { concat, uvarint } from "../support/dump-builder.ts";

/** Gives integers from 0 to below its argument. */
export type Random = (below: number) => number;

export type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Numbers that lengths, counts, offsets and addresses can lie with. */
export const LIES: readonly bigint[] = [
  0n,
  1n,
  7n,
  127n,
  128n,
  255n,
  4096n,
  65537n,
  2n ** 20n,
  2n ** 24n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n,
  2n ** 52n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Length of a dump's header line, without which nothing is read. */
const HEADER = 16;

/** By name; each makes a copy. They want more bytes than a header has. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  "bytes replaced": (bytes, random) => {
    const damaged = bytes.slice();
    for (let n = 1 + random(3); n > 0; n--) damaged[random(bytes.length)] = random(256);
    return damaged;
  },
  "bits flipped": (bytes, random) => {
    const damaged = bytes.slice();
    for (let n = 1 + random(4); n > 0; n--) damaged[random(bytes.length)]! ^= 1 << random(8);
    return damaged;
  },
  "a number replaced by a lie": (bytes, random) => {
    const at = HEADER + random(bytes.length - HEADER);
    let end = at + 1;
    while (end < bytes.length && end < at + 9 && bytes[end - 1]! >= 0x80) end++;
    return concat(bytes.subarray(0, at), uvarint(LIES[random(LIES.length)]!), bytes.subarray(end));
  },
  "a length that is a little off": (bytes, random) => {
    const damaged = bytes.slice();
    const at = HEADER + random(bytes.length - HEADER);
    damaged[at] = (damaged[at]! + random(9) - 4) & 0xff;
    return damaged;
  },
  "bytes missing": (bytes, random) => {
    const at = random(bytes.length);
    return concat(bytes.subarray(0, at), bytes.subarray(at + 1 + random(20)));
  },
  "bytes twice": (bytes, random) => {
    const at = random(bytes.length);
    return concat(bytes.subarray(0, at + random(200)), bytes.subarray(at));
  },
  "zeros in between": (bytes, random) => {
    const at = HEADER + random(bytes.length - HEADER);
    return concat(bytes.subarray(0, at), new Uint8Array(1 + random(30)), bytes.subarray(at));
  },
  cut: (bytes, random) => bytes.slice(0, HEADER + 1 + random(bytes.length - HEADER)),
};

/** Does one or two of them. */
export function damageBytes(bytes: Uint8Array, random: Random): { readonly bytes: Uint8Array; readonly done: string } {
  const damages = Object.entries(DAMAGES);
  const done: string[] = [];
  let damaged = bytes;
  for (let n = random(4) === 0 ? 2 : 1; n > 0 && damaged.length > 2 * HEADER; n--) {
    const [what, damage] = damages[random(damages.length)]!;
    damaged = damage(damaged, random);
    done.push(what);
  }
  return { bytes: damaged, done: done.join(", ") };
}

/** Wrong bytes where an executable has any: in its headers, at its end, or anywhere. Zeros are mostly padding. */
export function damageExecutable(
  bytes: Uint8Array,
  random: Random,
): { readonly bytes: Uint8Array; readonly done: string } {
  const places: readonly (readonly [what: string, from: number, to: number])[] = [
    ["the header", 0, 0x400],
    ["the end", Math.max(0, bytes.length - 0x1000), bytes.length],
    ["anywhere", 0, bytes.length],
  ];
  const [what, from, to] = places[random(places.length)]!;
  const damaged = bytes.slice();
  const count = random(3) === 0 ? 1 + random(200) : 1 + random(4);
  for (let n = 0; n < count; n++) {
    let at = from + random(Math.min(to, bytes.length) - from);
    for (let step = 0; step < 64 && damaged[at] === 0 && at + 1 < bytes.length; step++) at++;
    damaged[at] = [0, 0xff, 0x7f, random(256), damaged[at]! ^ (1 << random(8))][random(5)]!;
  }
  if (random(12) === 0)
    return { bytes: damaged.subarray(0, 1 + random(bytes.length)), done: `${count} bytes in ${what}, cut` };
  return { bytes: damaged, done: `${count} bytes in ${what}` };
}

/**
 * Ids of 4 bytes. Where the heap spans less than 4 GiB, an object's id is the low half of its address, so that tools show
 * the end of the address that Go prints; else objects are numbered. Ids of objects are multiples of 8, those of classes,
 * threads and whatever else gohd adds are not: Eclipse MAT takes the greatest common divisor of the distances between ids
 * for the alignment of objects, to which it rounds their sizes up, and it has to find no more than 8.
 */
import { ConverterError, type Objects } from "../../src/index.ts";

const TWO_32 = 2 ** 32;
/** Between the ids of objects. */
const STEP = 8;
/** Ids that are no object's: this and every `STEP`th after it. */
const FIRST_ADDED = 4;

export interface Identity {
  /** What an object's id and this make together is its address; undefined where ids are mere numbers. */
  readonly base: number | undefined;
  /** Id of each object, never 0. */
  readonly of: Uint32Array;
  /** A new id, for something that is no object of the heap. */
  add(): number;
}

/**
 * Gives each object an id. 4 bytes an object.
 * @throws ConverterError for more objects than have ids
 */
export function chooseIdentity({ count, address }: Objects): Identity {
  if (count >= TWO_32 / STEP) {
    throw new ConverterError(`${count} objects are more than an HPROF file with ids of 4 bytes can number`, {
      hint: "write the heap as Parquet (--to parquet)",
    });
  }
  const isNear = count > 0 && address[count - 1]! - address[0]! < TWO_32;
  const of = new Uint32Array(count);
  let next = FIRST_ADDED;
  const add = (): number => {
    const id = next;
    if (id >= TWO_32) throw new ConverterError("there are more goroutines and classes than an HPROF file can number");
    next += STEP;
    return id;
  };
  let isAligned = isNear;
  for (let i = 0; i < count && isAligned; i++) {
    const low = address[i]! % TWO_32;
    // An object at a multiple of 4 GiB cannot have 0, which is nil.
    of[i] = low === 0 ? add() : low;
    isAligned = low % STEP === 0;
  }
  if (isAligned) return { base: Math.floor(address[0]! / TWO_32) * TWO_32, of, add };
  next = FIRST_ADDED;
  for (let i = 0; i < count; i++) of[i] = (i + 1) * STEP;
  return { base: undefined, of, add };
}

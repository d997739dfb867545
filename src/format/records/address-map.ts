/** AddressMap: a hash table from addresses to small numbers, on typed arrays, with a range check before the look-up. */

/** Elements of `AddressMap.filter`. */
export const FILTER_LENGTH = 1 << 11;

export class AddressMap {
  #count = 0;
  #keys = new Float64Array(256).fill(Number.NaN);
  #values = new Int32Array(256);
  /** Least and greatest address inside: most look-ups end at a comparison with these. */
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /**
   * Most addresses that are not inside are told by a look at this: bit (low >>> 4) & 31 of element (low >>> 9) %
   * FILTER_LENGTH is set for each that is, low being its low 32 bits.
   */
  readonly filter = new Int32Array(FILTER_LENGTH);

  get count(): number {
    return this.#count;
  }

  /** The value of `address`, or -1. */
  get(address: number): number {
    if (!(address >= this.min && address <= this.max)) return -1;
    const keys = this.#keys;
    const bits = keys.length - 1;
    for (let at = slot(address) & bits; ; at = (at + 1) & bits) {
      const key = keys[at]!;
      if (key === address) return this.#values[at]!;
      if (Number.isNaN(key)) return -1;
    }
  }

  /** Sets the value, not negative, of `address`. */
  set(address: number, value: number): void {
    if ((this.#count + 1) * 2 > this.#keys.length) this.#grow();
    this.min = Math.min(this.min, address);
    this.max = Math.max(this.max, address);
    const low = address | 0;
    this.filter[(low >>> 9) % FILTER_LENGTH]! |= 1 << (low >>> 4);
    this.#put(address, value);
  }

  #put(address: number, value: number): void {
    const bits = this.#keys.length - 1;
    let at = slot(address) & bits;
    while (!Number.isNaN(this.#keys[at]) && this.#keys[at] !== address) at = (at + 1) & bits;
    if (Number.isNaN(this.#keys[at])) this.#count++;
    this.#keys[at] = address;
    this.#values[at] = value;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(keys.length * 2).fill(Number.NaN);
    this.#values = new Int32Array(keys.length * 2);
    this.#count = 0;
    for (let i = 0; i < keys.length; i++) if (!Number.isNaN(keys[i])) this.#put(keys[i]!, values[i]!);
  }
}

/** Multiplicative hashing of the low 32 bits; type and itab addresses differ there. */
function slot(address: number): number {
  const low = address | 0;
  const hash = Math.imul(low, 0x9e37_79b1);
  return (hash ^ (hash >>> 15)) >>> 2;
}

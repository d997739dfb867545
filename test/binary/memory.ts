/** Memory that tests fill with what a linker would put there: addresses, words, text, in any byte order and word size. */

export interface Machine {
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
}

export class Memory implements Machine {
  readonly base: number;
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
  private buffer = new Uint8Array(1 << 12);
  private used = 0;

  constructor(base: number, { pointerSize, bigEndian }: Machine) {
    this.base = base;
    this.pointerSize = pointerSize;
    this.bigEndian = bigEndian;
  }

  get end(): number {
    return this.base + this.used;
  }

  get bytes(): Uint8Array {
    return this.buffer.slice(0, this.used);
  }

  /** Sets aside zeroed bytes; gives their address. */
  allocate(size: number, alignment: number = this.pointerSize): number {
    const start = Math.ceil(this.used / alignment) * alignment;
    this.used = start + size;
    while (this.used > this.buffer.length) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    return this.base + start;
  }

  setUint8(address: number, value: number): void {
    this.view.setUint8(address - this.base, value);
  }

  setUint16(address: number, value: number): void {
    this.view.setUint16(address - this.base, value, !this.bigEndian);
  }

  setUint32(address: number, value: number): void {
    this.view.setUint32(address - this.base, value, !this.bigEndian);
  }

  setWord(address: number, value: number): void {
    if (this.pointerSize === 4) this.setUint32(address, value);
    else this.view.setBigUint64(address - this.base, BigInt(value), !this.bigEndian);
  }

  /** Writes words one behind the other. */
  setWords(address: number, values: readonly number[]): void {
    values.forEach((value, i) => {
      this.setWord(address + i * this.pointerSize, value);
    });
  }

  /** Sets aside bytes and writes them; gives their address. */
  add(bytes: Uint8Array | readonly number[] | string, alignment = 1): number {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes);
    const address = this.allocate(data.length, alignment);
    this.buffer.set(data, address - this.base);
    return address;
  }

  /** Sets aside words and writes them; gives their address. */
  addWords(values: readonly number[]): number {
    const address = this.allocate(values.length * this.pointerSize);
    this.setWords(address, values);
    return address;
  }

  private get view(): DataView {
    return new DataView(this.buffer.buffer);
  }
}

/**
 * DynamicTypes: the Go types that the dump itself tells of, in Type and Itab records. They type what interfaces point to,
 * without any executable.
 */

import { addressFromUint64 } from "../../format/records/address.ts";
import { AddressMap } from "../../format/records/address-map.ts";
import type { FieldList, ItabRecord, TypeRecord } from "../../format/records/records.ts";

export interface DynamicType {
  readonly address: number;
  /** Of a value, bytes; undefined while no Type record was seen. */
  size?: number;
  name?: string;
  /** The data word of an interface holding it is a pointer. */
  pointer?: boolean;
  /** go1.3: pointer layout of one value. */
  fields?: FieldList;
}

/** What is asked of them once the dump has been read. */
export interface KnownTypes {
  readonly types: readonly DynamicType[];
  /** Address of an itab → address of its dynamic type (up to go1.6, of its data word's type). */
  readonly itabs: ReadonlyMap<number, number>;
  /** The type at a descriptor's address, if the dump mentions it. */
  at(address: number): DynamicType | undefined;
}

export class DynamicTypes implements KnownTypes {
  readonly types: DynamicType[] = [];
  /** Itab and type addresses → number of the dynamic type. */
  readonly byWord = new AddressMap();
  readonly itabs = new Map<number, number>();
  typeRecords = 0;
  itabRecords = 0;
  readonly #header: number;
  readonly #addressBaseHigh: number;
  readonly #byAddress = new AddressMap();
  /** go1.3: itab address → 1 if its data word is a pointer, else 0. */
  readonly #itabPointer = new AddressMap();

  constructor(header: number, addressBaseHigh: number) {
    this.#header = header;
    this.#addressBaseHigh = addressBaseHigh;
  }

  addType(record: TypeRecord): void {
    this.typeRecords++;
    const address = addressFromUint64(record.address, this.#addressBaseHigh);
    const type = this.types[this.#number(address)]!;
    type.size = Number(record.size);
    type.name = record.name;
    type.pointer = record.pointer;
    if (record.fields !== undefined) type.fields = record.fields;
    this.byWord.set(address, this.#number(address));
  }

  addItab(record: ItabRecord): void {
    this.itabRecords++;
    const itab = addressFromUint64(record.address, this.#addressBaseHigh);
    if (this.#header === 3) {
      this.#itabPointer.set(itab, record.type === 0 ? 0 : 1);
      return;
    }
    // Up to go1.6 there can be no descriptor of the data word's type.
    if (record.type === 0) return;
    const type = addressFromUint64(record.type, this.#addressBaseHigh);
    this.byWord.set(itab, this.#number(type));
    this.itabs.set(itab, type);
  }

  at(address: number): DynamicType | undefined {
    const number = this.#byAddress.get(address);
    return number < 0 ? undefined : this.types[number];
  }

  /** go1.3: whether the data word of an interface with this itab is a pointer. */
  isItabPointer(itab: number): boolean {
    return this.#itabPointer.get(itab) !== 0;
  }

  #number(address: number): number {
    let number = this.#byAddress.get(address);
    if (number < 0) {
      number = this.types.length;
      this.types.push({ address });
      this.#byAddress.set(address, number);
    }
    return number;
  }
}

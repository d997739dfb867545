/** ProfileBuilder: MemProf and AllocSample records → columns. */

import { addressFromUint64 } from "../../format/records/address.ts";
import type { AllocSampleRecord, MemProfRecord, Uint64 } from "../../format/records/records.ts";
import { unescapeSymbol } from "../../symbol-names.ts";
import type { AddressIndex } from "../addresses/address-index.ts";
import { float64Column, int32Column, Names } from "../columns.ts";
import type { MemoryProfile } from "../facts/memory-profile.ts";

/** As far as a column of Int32 goes. */
const MOST_LINES = 2 ** 31 - 1;

export class ProfileBuilder {
  readonly #names = new Names();
  readonly #size = float64Column();
  readonly #allocations = float64Column();
  readonly #frees = float64Column();
  readonly #siteStart = int32Column();
  readonly #siteFunction = int32Column();
  readonly #siteFile = int32Column();
  readonly #siteLine = int32Column();
  readonly #bucketById = new Map<Uint64, number>();
  readonly #sampleAddress = float64Column();
  readonly #sampleBucket = int32Column();

  addBucket(record: MemProfRecord): void {
    this.#bucketById.set(record.id, this.#size.count);
    this.#siteStart.push(this.#siteFunction.count);
    this.#size.push(Number(record.size));
    this.#allocations.push(Number(record.allocations));
    this.#frees.push(Number(record.frees));
    for (const site of record.stack) {
      this.#siteFunction.push(this.#names.number(unescapeSymbol(site.function)));
      this.#siteFile.push(this.#names.number(site.file));
      // No file has so many lines; what a damaged dump says is no line.
      this.#siteLine.push(site.line <= MOST_LINES ? Number(site.line) : 0);
    }
  }

  /** Adds a sample. Buckets stand before their samples in every dump. */
  addSample(record: AllocSampleRecord, addressBaseHigh: number): void {
    this.#sampleAddress.push(addressFromUint64(record.address, addressBaseHigh));
    this.#sampleBucket.push(this.#bucketById.get(record.bucket) ?? -1);
  }

  finish(index: AddressIndex): MemoryProfile {
    this.#siteStart.push(this.#siteFunction.count);
    const addresses = this.#sampleAddress.finish();
    return {
      buckets: {
        count: this.#size.count,
        size: this.#size.finish(),
        allocations: this.#allocations.finish(),
        frees: this.#frees.finish(),
        siteStart: Uint32Array.from(this.#siteStart.finish()),
        siteFunction: this.#siteFunction.finish(),
        siteFile: this.#siteFile.finish(),
        siteLine: this.#siteLine.finish(),
      },
      samples: {
        count: addresses.length,
        object: Int32Array.from(addresses, (address) => index.find(address)),
        bucket: this.#sampleBucket.finish(),
      },
      names: this.#names.values,
    };
  }
}

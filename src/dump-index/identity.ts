/**
 * Identity: what tells a file from every other, without reading all of it: its size, when it was last written, and a hash of
 * samples from all over it. The samples give a key as well, for what an index holds of contents: only who has the dump can
 * read that.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { ByteSource } from "../io/sources/source.ts";
import { UnusableIndexError } from "./file/unusable-index.ts";

export interface FileIdentity {
  readonly size: number;
  /** Nanoseconds since 1970, in decimals. */
  readonly modified: string;
  readonly samples: string;
}

export interface IdentifiedFile {
  readonly identity: FileIdentity;
  /** 32 bytes that only the file's bytes give. */
  readonly secret: Uint8Array;
}

const SAMPLE_COUNT = 64;
const SAMPLE_SIZE = 1 << 12;

const CIPHER = "aes-256-gcm";
const NONCE_SIZE = 12;
const TAG_SIZE = 16;

/** Identifies a file that is read where it is; undefined for what is compressed or comes through a pipe. */
export function identify(source: ByteSource): IdentifiedFile | undefined {
  const { size, modified } = source;
  if (modified === undefined) return undefined;
  const samples = createHash("sha256");
  const secret = createHash("sha256").update("gohd index contents");
  const sample = new Uint8Array(SAMPLE_SIZE);
  const last = Math.max(0, size - SAMPLE_SIZE);
  for (let i = 0; i < SAMPLE_COUNT; i++) {
    const length = source.read(sample, 0, SAMPLE_SIZE, Math.floor((last * i) / (SAMPLE_COUNT - 1)));
    samples.update(sample.subarray(0, length));
    secret.update(sample.subarray(0, length));
  }
  return {
    identity: { size, modified: String(modified), samples: samples.digest("hex") },
    secret: secret.digest(),
  };
}

/** Locks a text with a key. */
export function seal(text: string, secret: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv(CIPHER, secret, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Unlocks a text. @throws UnusableIndexError if it was not locked with this key */
export function unseal(bytes: Uint8Array, secret: Uint8Array): string {
  try {
    const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, NONCE_SIZE));
    decipher.setAuthTag(bytes.subarray(NONCE_SIZE, NONCE_SIZE + TAG_SIZE));
    const rest = bytes.subarray(NONCE_SIZE + TAG_SIZE);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
  } catch {
    throw new UnusableIndexError("it is damaged");
  }
}

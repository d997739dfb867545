/**
 * RuntimeFields: where the runtime's own structures have the fields that typing reads. Their names are those of Go 1.5 to
 * 1.27. A later Go may call one otherwise, or make it wider: then what needs it is left out, and a warning says so.
 * Whoever reads a word of such a structure asks here where it is.
 */
import type { Field, Type } from "../../binary/index.ts";

/** How wide a field has to be. */
export const Width = {
  /** One byte. */
  BYTE: "byte",
  /** As wide as a pointer. */
  WORD: "word",
  /** At least as wide: a number that has 64 bits everywhere, or a structure whose own fields are asked for next. */
  WIDE: "wide",
} as const;

export type Width = (typeof Width)[keyof typeof Width];

export class RuntimeFields {
  readonly #pointerSize: number;
  /** Features that are left out, by what they would need, in words. */
  readonly #missing = new Map<string, Set<string>>();

  constructor(pointerSize: number) {
    this.#pointerSize = pointerSize;
  }

  /**
   * Finds all fields that a feature needs.
   * @param type the structure; undefined if the executable has no descriptor of it, which happens and is not reported
   * @param widths by name of the field
   * @param feature what is left out without them, in words for a warning
   * @param structure its name in the warning, if not its own
   * @returns undefined unless all of them are there
   */
  find<F extends string>(
    type: Type | undefined,
    widths: Readonly<Record<F, Width>>,
    feature: string,
    structure = type?.name ?? "",
  ): Readonly<Record<F, Field>> | undefined {
    if (type === undefined) return undefined;
    const found: Partial<Record<F, Field>> = {};
    let isComplete = true;
    for (const name of Object.keys(widths) as F[]) {
      const field = type.fields.find((candidate) => candidate.name === name);
      if (field !== undefined && this.#fits(type, field, widths[name])) {
        found[name] = field;
      } else {
        this.report(structure, name, feature);
        isComplete = false;
      }
    }
    return isComplete ? (found as Record<F, Field>) : undefined;
  }

  /** Notes that a structure has not the field that a feature needs, or another of that name. */
  report(structure: string, field: string, feature: string): void {
    const key = `${structure} has no field "${field}"`;
    const features = this.#missing.get(key) ?? new Set();
    this.#missing.set(key, features.add(feature));
  }

  /** What was asked for in vain, in words. */
  warnings(): readonly string[] {
    return Array.from(this.#missing, ([what, features]) => {
      const all = Array.from(features).join(", ");
      return `in this executable, ${what} such as gohd knows; left out: ${all}`;
    });
  }

  #fits(structure: Type, { offset, type }: Field, width: Width): boolean {
    if (offset + type.size > structure.size) return false;
    if (width === Width.BYTE) return type.size === 1;
    return width === Width.WORD ? type.size === this.#pointerSize : type.size >= this.#pointerSize;
  }
}

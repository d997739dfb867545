/**
 * Names as Perfetto takes them. It gives some class names a meaning of their own, and divides a field's name at its first
 * space into the field's type and the name.
 */
import { showName } from "../../src/index.ts";

/** Characters of a name at the most; long ones are cut in their middle. */
const LONGEST = 4096;

/** A no-break space, which divides nothing. */
const NO_BREAK_SPACE = "\u00a0";

const encoder = new TextEncoder();

/**
 * A class name that means nothing to Perfetto but a class: at its end "[]" would make arrays of Java's, and
 * "java.lang.Class<T>" would be the class T itself.
 */
export function toClassName(name: string): string {
  const text = showName(name, LONGEST);
  if (text === "") return "(unnamed)";
  const whole = text.startsWith("java.lang.Class<") ? `go:${text}` : text;
  return whole.endsWith("[]") ? `${whole}…` : whole;
}

/** The text of a field: its type, a space, its name. `type` is "" where none is known. */
export function toFieldText(type: string, name: string): string {
  const shown = showName(type.replaceAll("interface {}", "any"), LONGEST);
  return `${shown.replaceAll(" ", NO_BREAK_SPACE)} ${showName(name, LONGEST)}`;
}

/** A text as it is in a file. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Names that every client shows as they are. DevTools, memlab and VS Code give some names a meaning of their own
 * (class names of other node types, `Window…`, `Object`, …) and cut names that begin with `<`; such a name gets the
 * prefix "go:".
 */

/**
 * Class names that DevTools derives from node types. It groups by string index but keys rows by text, so an object of
 * the same name makes one of the two rows disappear.
 */
const IMPLIED_CLASSES: ReadonlySet<string> = new Set([
  "(array)",
  "(bigint)",
  "(closure)",
  "(code)",
  "(compiled code)",
  "(concatenated string)",
  "(hidden)",
  "(native)",
  "(number)",
  "(object shape)",
  "(regexp)",
  "(sliced string)",
  "(string)",
  "(symbol)",
  "(synthetic)",
  "(system)",
  "(unknown)",
  "Function",
  "RegExp",
]);

/** Names with a meaning of their own: DOM nodes, plain JavaScript objects, contexts, the event loop's roots. */
const MEANINGFUL =
  /^(<|Detached |Window|Object$|Object\(|Array$|V8EventListener$|Blink roots$|Pending activities$|\(GC roots\)$|\(Document DOM trees\)$|system \/ )/;

/** Returns `name` such that no client takes it for something else, well-formed and not empty. */
export function toNodeName(name: string): string {
  const text = toWellFormed(name);
  if (text === "") return "(unnamed)";
  return IMPLIED_CLASSES.has(text) || MEANINGFUL.test(text) ? `go:${text}` : text;
}

/** Replaces lone surrogates, which VS Code refuses, by U+FFFD. */
export function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** The JSON of a value in ASCII: memlab decodes chunk by chunk and would spoil longer characters. */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

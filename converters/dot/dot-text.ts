/** Texts in the DOT language, which are names from the dump and may be anything. */
import { showName } from "../../src/index.ts";

/**
 * One name, because Graphviz without a font library knows the widths of some fonts by name, but of no list. The widest of
 * them, so that text set in another still fits its box.
 */
export const FONT = "Verdana";
/** Size of the small print. */
export const SMALL = 10;

/** Lines of a tooltip as one text. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => showName(line)).join("\n");
}

/** A text as a DOT string that Graphviz shows as it is: no escapes, no entities, no line breaks but \n. */
export function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
  return `"${escaped.replaceAll("\n", "\\n")}"`;
}

/** A text inside an HTML-like label. Graphviz refuses elements without any text, so there always is some. */
export function escapeMarkup(text: string): string {
  return (text === "" ? "\u00a0" : text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

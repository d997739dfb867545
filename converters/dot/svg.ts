/**
 * `--to svg`: the same pictures as `--to dot`, rendered by Graphviz compiled to WebAssembly, so that a browser is all it
 * takes. The package is optional: without it `--to dot` still works.
 *
 * What is lost: as `--to dot`; the figures are text in the SVG, not attributes. Opened in Chromium
 * 156.
 */
import {
  CONVERTER_API_VERSION,
  ConverterError,
  defineConverter,
  isNotInstalled,
  missingPackages,
} from "../../src/index.ts";
import { FONT } from "./dot-text.ts";
import { writeDot } from "./dot-writer.ts";
import { drawHeap, listUses } from "./draw.ts";
import { DOT_OPTIONS, PICTURE_HOLDINGS } from "./options.ts";

/** What is used of the package. */
interface Graphviz {
  layout(dot: string, format: "svg", engine: "dot"): string;
}

/**
 * Least scale at which the picture is shown: its smallest print, 10 points, is 8 pixels high then. What is wider than the
 * window at this scale is scrolled.
 */
const LEAST_SCALE = 0.6;

/** What browsers are to use: the font, and others of nearly the same widths. */
const FONTS = `${FONT},DejaVu Sans,Geneva,sans-serif`;

const PACKAGE = "@hpcc-js/wasm-graphviz";

const INSTEAD = "--to dot and Graphviz make the same: dot -Tsvg app.dot -o app.svg";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "svg",
  description: "picture of who holds what, for browsers; the graphs of --to dot, rendered",
  output: { kind: "file", extension: "svg", binary: false },
  holds: PICTURE_HOLDINGS,
  options: DOT_OPTIONS,
  uses: listUses,
  async check() {
    await loadGraphviz();
  },
  async convert(heap, sink, options, progress) {
    // Before the heap is looked at, which may take a while.
    const graphviz = await loadGraphviz();
    const dot = writeDot(await drawHeap(heap, options, progress));
    progress.phase("rendering");
    const writer = await sink.open();
    await writer.write(Buffer.from(render(graphviz, dot)));
    await writer.close();
  },
});

/**
 * Loads Graphviz.
 * @throws ConverterError that tells what to do if the package is not installed
 */
export async function loadGraphviz(
  load: () => Promise<{ readonly Graphviz: { load(): Promise<Graphviz> } }> = () => import("@hpcc-js/wasm-graphviz"),
): Promise<Graphviz> {
  try {
    return await (await load()).Graphviz.load();
  } catch (cause) {
    if (isNotInstalled(cause, PACKAGE)) throw missingPackages(`--to svg needs it; ${INSTEAD}`, [PACKAGE], cause);
    throw new ConverterError(`--to svg needs ${PACKAGE}, which cannot be loaded: ${(cause as Error).message}`, {
      cause,
      hint: INSTEAD,
    });
  }
}

function render(graphviz: Graphviz, dot: string): string {
  try {
    // Names from the dump cannot look like this: quotes in texts and attributes are escaped.
    const svg = graphviz.layout(dot, "svg", "dot").replaceAll(`font-family="${FONT}"`, `font-family="${FONTS}"`);
    return fitWindow(svg);
  } catch (cause) {
    throw new ConverterError(`Graphviz cannot render the picture: ${(cause as Error).message}`, {
      cause,
      hint: "draw less of it with --max-nodes, or write --to dot and render that with another Graphviz",
    });
  }
}

/**
 * Makes the picture as wide as the window, where it is wider: Graphviz gives it the size that its texts have in points. It
 * is never enlarged by that, and never smaller than can be read. How high it is, the view box tells.
 */
function fitWindow(svg: string): string {
  return svg.replace(/<svg width="([\d.]+)pt" height="([\d.]+)pt"/, (_, width: string) => {
    const least = Math.round(Number(width) * LEAST_SCALE);
    return `<svg width="100%" style="max-width:${width}pt;min-width:${least}pt;height:auto"`;
  });
}

/** Reads what a page of `--to html` shows: the data in it, as a browser would find them. */
import type { PageData } from "../../../converters/report/page-data.ts";

export function readPage(bytes: Uint8Array): PageData {
  const text = Buffer.from(bytes).toString();
  return JSON.parse(/<script type="application\/json" id="data">([^<]*)<\/script>/.exec(text)![1]!) as PageData;
}

/** The page of `--to html` as it opens in a browser. */
import { join } from "node:path";
import { photographPage } from "./page.ts";

export async function photographReport(folder: string, convert: (...args: readonly string[]) => void) {
  convert("--to", "html", "-o", "app.html");
  return photographPage(`file://${join(folder, "app.html")}`, { width: 1000, height: 520 }, async (page) => {
    await page.evaluate("document.querySelector('#picture').scrollIntoView()");
    // From the box of the whole heap down to the sessions, whose details are shown then.
    await page.getByRole("treeitem").first().focus();
    for (let level = 0; level < 5; level++) await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(500);
  });
}

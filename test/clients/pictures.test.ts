/** Pictures in a browser: Chromium opens the SVG, shows the texts, and runs nothing of what names might smuggle in. */
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import svg from "../../converters/dot/svg.ts";
import { convertToBytes } from "../support/conversion.ts";
import { drawHeap } from "../support/heap-fixture.ts";
import { sampleHeap } from "../support/sample-dumps.ts";
import { CHROMIUM } from "./devtools.ts";

if (CHROMIUM === undefined) console.warn("tests of pictures skipped: no Chromium found; install it or set CHROMIUM");

describe.skipIf(CHROMIUM === undefined)("Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(() => browser?.close());

  /** Opens a picture as a document of its own, as a double click does. */
  async function open(bytes: Uint8Array) {
    const page = await browser.newPage();
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => troubles.push(message.text()));
    page.on("dialog", (dialog) => {
      troubles.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`data:image/svg+xml;base64,${Buffer.from(bytes).toString("base64")}`);
    const count = (selector: string) => page.locator(selector).count();
    const read = {
      roots: await count("svg"),
      texts: await page.locator(".node text").allTextContents(),
      active: await count("script, foreignObject, image, use"),
      parseErrors: await count("parsererror"),
    };
    // Whatever would run has had its turn.
    await page.waitForTimeout(100);
    await page.close();
    return { ...read, troubles };
  }

  test("shows a sample", async () => {
    const shown = await open((await convertToBytes(svg, await sampleHeap("sessions-after.1.27.amd64"))).bytes);
    expect(shown).toMatchObject({ roots: 1, active: 0, parseErrors: 0, troubles: [] });
    expect(shown.texts.slice(0, 2)).toEqual(["the heap", expect.stringMatching(/\(100 %\)$/)]);
    expect(shown.texts.length).toBeGreaterThan(40);
  });

  test("shows names as text", async () => {
    const names = ["</text><script>alert(1)</script>", '" onload="alert(2)', "<b>&lt;</b>", "]]><svg onload=alert(3)>"];
    const heap = drawHeap((s) => {
      for (const type of names) s.global(s.object({ type, size: 64 }));
    });
    const shown = await open((await convertToBytes(svg, heap, { "min-retained": "0" })).bytes);
    expect(shown).toMatchObject({ roots: 1, active: 0, parseErrors: 0, troubles: [] });
    expect(shown.texts).toEqual(expect.arrayContaining(names));
  });
});

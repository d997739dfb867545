/** A page in Chromium, photographed. */
import { chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../clients/devtools.ts";

/** Opens a page in a window of that size, does with it what there is to do, and returns what the window shows, as PNG. */
export async function photographPage(
  address: string,
  viewport: { readonly width: number; readonly height: number },
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Uint8Array> {
  const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport });
    await page.goto(address);
    await page.waitForLoadState("networkidle");
    await prepare(page);
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}

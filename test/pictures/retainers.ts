/** Chrome DevTools: the objects of a type, and the pane Retainers of one of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DevTools } from "../clients/devtools.ts";

const TYPE = "main.Session";

export async function photographRetainers(folder: string, convert: (...args: readonly string[]) => void) {
  convert("--to", "heapsnapshot", "-o", "app.heapsnapshot");
  const devTools = await DevTools.open({ width: 1000, height: 560 });
  try {
    await devTools.load("app.heapsnapshot", readFileSync(join(folder, "app.heapsnapshot")));
    await devTools.readRows("app.heapsnapshot");
    const { page } = devTools;
    await page
      .getByRole("textbox", { name: /Filter by class/i })
      .first()
      .fill(TYPE);
    const types = page.locator("td.object-column").filter({ visible: true });
    await types
      .filter({ hasText: /^\s*main\.Session\s*(×|$)/ })
      .first()
      .click();
    for (const key of ["ArrowRight", "ArrowDown"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(1000);
    }
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500);
    return await page.screenshot();
  } finally {
    await devTools.close();
  }
}

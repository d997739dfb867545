/** The page of `--to html` in Chromium, opened from a file: zoom, search, tables, colours, keyboard; and what it must not do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import html from "../../converters/report/html.ts";
import { HeapComparison } from "../../src/findings/growth/comparison.ts";
import { formatBytes, type Growth, type Heap, NO_PROGRESS } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { drawHeap } from "../support/heap-fixture.ts";
import { readPage } from "../support/readers/page-reader.ts";
import { typedSample } from "../support/typed-samples.ts";
import { CHROMIUM } from "./devtools.ts";

if (CHROMIUM === undefined) console.warn("tests of the page skipped: no Chromium found; install it or set CHROMIUM");

const MEGABYTE = 2 ** 20;
const NAMES = [
  "</script><script>alert(1)</script>",
  '<img src=x onerror="alert(2)">',
  "<!--<script>",
  "&lt;b&gt;",
  "javascript:alert(3)",
];

function hostileHeap(): Heap {
  return drawHeap((s) => {
    for (const type of [...NAMES, `${"<i>".repeat(MEGABYTE / 3)}end`]) s.global(s.object({ type, size: 4096 }));
    s.goroutine({ waitReason: NAMES[0]!, frames: [{ name: NAMES[1]! }] });
  });
}

async function compare(...heaps: readonly Heap[]): Promise<Growth> {
  const comparison = new HeapComparison();
  for (const heap of heaps) await comparison.add(heap, heap === heaps.at(-1), NO_PROGRESS);
  return comparison.finish({ most: 200 });
}

test("what grew is escaped and cut like all else", async () => {
  const later = drawHeap((s) => {
    for (const type of [...NAMES, `${"<i>".repeat(MEGABYTE / 3)}end`])
      for (let i = 0; i < 3; i++) s.global(s.object({ type, size: 4096 }));
  });
  const growth = await compare(hostileHeap(), later);
  const { bytes } = await convertToBytes(html, later, {}, growth);
  expect(bytes.length).toBeLessThan(MEGABYTE);
  expect(
    Buffer.from(bytes)
      .toString()
      .match(/<script/g),
  ).toHaveLength(2);
  const page = readPage(bytes).growth!;
  expect(page.tables.flatMap(({ rows }) => rows.flat())).toContain(NAMES[0]);
  for (const text of [...page.statements.flatMap(({ sentence, lines }) => [sentence, ...lines]), ...page.about])
    expect(text.length).toBeLessThanOrEqual(600);
});

test("a page is small, whatever the names are, and nothing in it can end its data", async () => {
  const { bytes } = await convertToBytes(html, hostileHeap());
  expect(bytes.length).toBeLessThan(MEGABYTE);
  expect(
    Buffer.from(bytes)
      .toString()
      .match(/<script/g),
  ).toHaveLength(2);
  const { texts } = readPage(bytes);
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(160);
  for (const name of NAMES) expect(texts).toContain(name);
});

test("a page of very many long names keeps to its limit", async () => {
  const heap = drawHeap((s) => {
    for (let i = 0; i < 12_000; i++) s.global(s.object({ type: `${i}${"長".repeat(500)}`, size: 64 }), 8 * i);
  });
  const { bytes } = await convertToBytes(html, heap, { "max-nodes": 20_000 });
  expect(readPage(bytes).tree.parent.length).toBeGreaterThan(12_000);
  expect(bytes.length).toBeLessThan(6 * MEGABYTE);
}, 60_000);

describe.skipIf(CHROMIUM === undefined)("Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  let folder: string;
  let sessions: string;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
    folder = mkdtempSync(join(tmpdir(), "gohd-test-page-"));
    sessions = await write("sessions.html", await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function write(name: string, heap: Heap, growth?: Growth): Promise<string> {
    const path = join(folder, name);
    writeFileSync(path, (await convertToBytes(html, heap, {}, growth)).bytes);
    return path;
  }

  /** Opens a page; `troubles` fills with whatever it should not do. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })).newPage();
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => troubles.push(message.text()));
    page.on("dialog", (dialog) => {
      troubles.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== `file://${path}`) troubles.push(request.url());
    });
    await page.goto(`file://${path}`);
    await page.locator(".box").first().waitFor();
    return { page, troubles };
  }

  const box = (page: Page, text: string | RegExp) => page.locator(".box", { hasText: text }).first();
  /** Near its top left: what is inside a box of a treemap covers its middle. */
  const CORNER = { position: { x: 8, y: 8 } };

  test("says the sentences first, and shows in the picture what they are about", async () => {
    const { page, troubles } = await open(sessions);
    expect(await page.title()).toBe("sessions-after.1.27.amd64.dump · gohd");
    expect(await page.locator(".statement h2").first().textContent()).toMatch(
      /^main\.store keeps \d+ KiB \(\d\d\.\d %\)/,
    );
    await page.getByRole("button", { name: "Show in the picture" }).first().click();
    expect(await page.locator(".way [aria-current]").textContent()).toBe("main.SessionStore");
    expect(await page.locator(".details h3").textContent()).toBe("main.SessionStore");
    // The details repeat what the answer says of it: who else uses it is nowhere else in the picture.
    const first = page.locator(".statement").first();
    expect(await page.locator(".details .said p").allTextContents()).toEqual([
      await first.locator("h2").textContent(),
      ...(await first.locator("p").allTextContents()),
    ]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("zooms in and out by clicks, in both pictures, and tells details", async () => {
    const { page, troubles } = await open(sessions);
    await box(page, "byToken").click();
    const details = page.locator(".details");
    expect(await details.locator("h3").textContent()).toBe("map[string]*main.Session");
    expect(await details.locator(".expression").textContent()).toBe("main.store.byToken");
    expect(await details.locator("dl").textContent()).toContain("entries450");
    // As wide as the picture.
    const [width, frame] = [(await box(page, "byToken").boundingBox())!.width, page.locator(".boxes")];
    await page.waitForTimeout(300);
    expect((await box(page, "byToken").boundingBox())!.width).toBeGreaterThan(width * 0.9);
    expect((await box(page, "byToken").boundingBox())!.width).toBeGreaterThan((await frame.boundingBox())!.width - 4);
    await page.getByRole("button", { name: "Treemap" }).click();
    await box(page, /^main\.Session ×450/).click(CORNER);
    expect(await page.locator(".way button").allTextContents()).toEqual([
      "live heap",
      "package variables",
      "main.store",
      "main.SessionStore",
      "byToken map[string]*main.Session",
      "main.Session ×450",
    ]);
    expect(await details.locator(".parts code").allTextContents()).toHaveLength(3);
    await page.getByRole("button", { name: "live heap" }).first().click();
    expect(await page.locator(".way button").allTextContents()).toEqual(["live heap"]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("draws boxes that are within one another's bounds and as large as what they own", async () => {
    const { page } = await open(sessions);
    await page.waitForTimeout(300);
    const live = (await box(page, "live heap").boundingBox())!;
    const store = (await box(page, "main.SessionStore").boundingBox())!;
    const share = Number(/\(([\d.]+) %\)/.exec((await page.locator(".statement h2").first().textContent())!)![1]) / 100;
    expect(store.width / live.width).toBeCloseTo(share, 2);
    await page.getByRole("button", { name: "Treemap" }).click();
    await page.waitForTimeout(300);
    const frame = (await page.locator(".boxes").boundingBox())!;
    const leaves = await page.locator(".box:not(.holder)").all();
    const areas = await Promise.all(leaves.map(async (leaf) => (await leaf.boundingBox())!));
    for (const [i, a] of areas.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(frame.x + frame.width + 1);
      for (const b of areas.slice(i + 1)) {
        const isApart =
          a.x + a.width <= b.x + 1 ||
          b.x + b.width <= a.x + 1 ||
          a.y + a.height <= b.y + 1 ||
          b.y + b.height <= a.y + 1;
        expect(isApart, JSON.stringify([a, b])).toBe(true);
      }
    }
    await page.context().close();
  });

  test("finds what is looked for, and sums it up once", async () => {
    const { page } = await open(sessions);
    await page.keyboard.press("/");
    await page.keyboard.type("sessionstore");
    expect(await page.locator(".found").textContent()).toMatch(/^\d+ box(es)?, \d+ KiB$/);
    expect(await page.locator(".box.match").count()).toBeGreaterThan(0);
    await page.keyboard.press("Enter");
    expect(await page.locator(".details h3").textContent()).toContain("SessionStore");
    await page.keyboard.press("Escape");
    expect(await page.locator(".box.match").count()).toBe(0);
    await page.locator("#picture .search").fill("no such thing");
    expect(await page.locator(".found").textContent()).toBe("nothing found");
    await page.context().close();
  });

  test("is walked through by the keyboard", async () => {
    const { page } = await open(sessions);
    const title = () => page.locator(".details h3").textContent();
    await page.locator('.box[aria-selected="true"]').focus();
    await page.keyboard.press("ArrowDown");
    expect(await title()).toBe("package variables");
    await page.keyboard.press("ArrowRight");
    expect(await title()).not.toBe("package variables");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    expect(await title()).toBe("main.store");
    await page.keyboard.press("Enter");
    expect(await page.locator(".way [aria-current]").textContent()).toBe("main.store");
    await page.keyboard.press("Escape");
    expect(await page.locator(".way [aria-current]").textContent()).toBe("package variables");
    await page.keyboard.press("ArrowUp");
    expect(await title()).toBe("live heap");
    await page.context().close();
  });

  test("sorts and filters its tables", async () => {
    const { page } = await open(sessions);
    const types = page.locator("#types");
    const names = () => types.locator("tbody tr td:first-child").allTextContents();
    const before = await names();
    expect(before.length).toBe(12);
    await types.getByRole("button", { name: "Count" }).click();
    expect(await types.locator("th", { hasText: "Count" }).getAttribute("aria-sort")).toBe("descending");
    const counts = (await types.locator("tbody tr td:nth-child(2)").allTextContents()).map((text) =>
      Number(text.replaceAll(",", "")),
    );
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(await names()).not.toEqual(before);
    await types.getByRole("button", { name: /^Type/ }).click();
    await types.getByLabel("Filter Types").fill("main.");
    expect((await names()).length).toBeGreaterThan(3);
    // Also by the fields that have most of them.
    for (const row of await types.locator("tbody tr").allTextContents()) expect(row).toContain("main.");
    await types.getByLabel("Filter Types").fill("");
    await types.getByRole("button", { name: /^Show all/ }).click();
    expect((await names()).length).toBeGreaterThan(30);
    await types.getByRole("button", { name: "main.User", exact: true }).click();
    expect(await page.locator("#picture .search").inputValue()).toBe("main.User");
    await page.context().close();
  });

  test("says what grew before all else, in sentences and tables that sort and filter", async () => {
    const load = (name: string) => typedSample(`sessions-${name}.1.27.amd64`, "sessions.1.27.amd64");
    const [before, after] = [await load("before"), await load("after")];
    const { page, troubles } = await open(await write("grown.html", after, await compare(before, after)));
    expect(await page.locator("h2").first().textContent()).toBe("What grew since sessions-before.1.27.amd64.dump");
    expect(await page.locator(".statement h2").first().textContent()).toMatch(
      /^main\.store\.byToken grew by 263 KiB \([\d,]+ B\): 315 more main\.Session$/,
    );
    const paths = page.locator("#grown-paths");
    expect(await paths.locator("tbody tr td").first().textContent()).toBe("main.store.byToken");
    expect(await paths.locator("tbody tr td").first().getAttribute("title")).toBe("main.store.byToken");
    expect(await paths.locator("tbody tr").first().textContent()).toContain("+ 263 KiB");
    const types = page.locator("#grown-types");
    const column = (n: number) => types.locator(`tbody tr td:nth-child(${n})`).allTextContents();
    await types.getByRole("button", { name: "Objects" }).click();
    const counts = (await column(5)).map((text) => Number(text.replaceAll(/[+ ,]/g, "")));
    expect(counts.length).toBeGreaterThan(8);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    await types.getByLabel("Filter Grown: types").fill("main.Session");
    expect(await column(1)).toContain("main.Session");
    for (const name of await column(1)) expect(name).toContain("main.Session");
    await types.getByRole("button", { name: "main.Session", exact: true }).click();
    expect(await page.locator("#picture .search").inputValue()).toBe("main.Session");
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("shows all columns of its tables: in a wide window and on paper nothing is cut off", async () => {
    const { page } = await open(sessions);
    const columns = await page.locator("#goroutines th").allTextContents();
    expect(columns.slice(-2).map((title) => title.trim())).toEqual(["Started by", "Most in"]);
    const cut = () =>
      page
        .locator(".scroll")
        .evaluateAll((tables) =>
          tables
            .filter((table) => table.firstElementChild!.scrollWidth > table.clientWidth + 1)
            .map((table) => table.innerHTML),
        );
    expect(await cut()).toEqual([]);
    // A4 with margins, in CSS pixels.
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: "print" });
    expect(await cut()).toEqual([]);
    await page.context().close();
  });

  test("is dark where the system is, changes when asked, and prints in light colours", async () => {
    const { page } = await open(sessions, { colorScheme: "dark" });
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const dark = await background();
    await page.getByRole("button", { name: "Switch to light colours" }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.getByRole("button", { name: "Switch to dark colours" }).click();
    expect(await background()).toBe(dark);
    await page.emulateMedia({ media: "print" });
    expect(await background()).toBe("rgb(255, 255, 255)");
    expect(await page.locator("header").isVisible()).toBe(false);
    expect(await page.locator(".statement").first().isVisible()).toBe(true);
    await page.context().close();
  });

  test("fits narrow windows", async () => {
    const { page } = await open(sessions, { viewport: { width: 480, height: 800 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(480);
    await page.context().close();
  });

  test("shows hostile names as text, runs nothing of them, and asks nothing of anybody", async () => {
    const heap = hostileHeap();
    const path = await write("hostile.html", heap);
    const { page, troubles } = await open(path);
    for (const kind of ["Icicle", "Treemap"]) {
      await page.getByRole("button", { name: kind }).click();
      for (const name of NAMES.slice(0, 3)) expect(await box(page, name).count(), name).toBe(1);
    }
    await page.getByLabel("Search the picture").fill("<script>");
    await page.getByLabel("Search the picture").press("Enter");
    expect(await page.locator("#types td:first-child").allTextContents()).toContain(NAMES[0]);
    expect(await page.locator("img, iframe, object, embed, i > i, b > b").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    await page.waitForTimeout(200);
    expect(troubles).toEqual([]);
    // What the policy forbids is refused.
    expect(await page.evaluate("fetch('https://example.com/').then(() => 'sent', () => 'refused')")).toBe("refused");
    expect(await page.evaluate("try { document.body.innerHTML = '<p>'; 'parsed' } catch { 'refused' }")).toBe(
      "refused",
    );
    await page.context().close();
  });

  test("tells the same size as the heap has", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const { page } = await open(sessions);
    const { liveBytes } = readPage((await convertToBytes(html, heap)).bytes);
    expect(await page.locator(".title p").textContent()).toContain(`${formatBytes(liveBytes)} live`);
    expect(await box(page, "live heap").getAttribute("aria-label")).toBe(`live heap, ${formatBytes(liveBytes)}`);
    await page.context().close();
  });
});

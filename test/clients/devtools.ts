/**
 * Chromium's own DevTools, driven with playwright-core: the front end that is built into the browser, loaded into a tab
 * from the browser's debugging port (devtools:// addresses are refused there). Files go in through the Memory panel's
 * own input; figures come from the panel's own model of the heap.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";

const USUAL_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of Chromium or Chrome: $CHROMIUM if that is set (empty for "none"), else where it usually is; or undefined. */
export const CHROMIUM = [process.env.CHROMIUM ?? USUAL_PATHS].flat().find((path) => existsSync(path));

const LOAD_TIMEOUT = 30_000;

/** What the Statistics view shows, by DevTools' own names; `native.total` includes the typed arrays. */
export interface Statistics {
  readonly total: number;
  readonly native: { readonly total: number; readonly typedArrays: number };
  readonly v8heap: {
    readonly total: number;
    readonly code: number;
    readonly jsArrays: number;
    readonly strings: number;
    readonly system: number;
  };
}

/** A node as DevTools shows it. */
export interface ShownNode {
  readonly ordinal: number;
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly distance: number;
  readonly selfSize: number;
  readonly retainedSize: number;
}

export interface ShownSnapshot {
  readonly nodeCount: number;
  readonly totalSize: number;
  /** The slices of the Statistics view's pie. */
  readonly statistics: Statistics;
  /** Every node but the root, found by walking all edges from the root. */
  readonly nodes: readonly ShownNode[];
  /** The rows of the Summary view. */
  readonly classes: readonly { name: string; count: number; self: number; retained: number; distance: number }[];
}

/** Row of the Comparison view. */
export interface ShownDifference {
  readonly name: string;
  readonly addedCount: number;
  readonly removedCount: number;
  readonly addedSize: number;
  readonly removedSize: number;
}

export interface ShownFrame {
  readonly functionName: string;
  readonly scriptName: string;
  readonly line: number;
}

export interface ShownCall {
  readonly functionName: string;
  readonly self: number;
  readonly total: number;
  readonly children: readonly ShownCall[];
}

/** DevTools with the Memory panel open. */
export class DevTools {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #errors: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
    page.on("pageerror", (error) => this.#errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("404")) this.#errors.push(message.text());
    });
  }

  /** Starts the browser and opens the panel. About 3 s. */
  static async open(viewport = { width: 1400, height: 900 }): Promise<DevTools> {
    const port = await findFreePort();
    const origin = `http://127.0.0.1:${port}`;
    const browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${port}`, `--remote-allow-origins=${origin}`],
    });
    const context = await browser.newContext({ viewport });
    const inspected = await context.newPage();
    await inspected.goto("data:text/html,<title>inspected</title>");
    const targets = (await (await fetch(`${origin}/json/list`)).json()) as { id: string; title: string }[];
    const target = targets.find(({ title }) => title === "inspected")!;
    const page = await context.newPage();
    const devTools = new DevTools(browser, page);
    await page.goto(`${origin}/devtools/devtools_app.html?ws=127.0.0.1:${port}/devtools/page/${target.id}`);
    await page.getByRole("tab", { name: "Memory", exact: true }).click();
    await page.locator(".panel.heap-profiler").waitFor();
    // As text, because the test runner rewrites import() in functions.
    await page.evaluate(
      "import('/devtools/panels/profiler/profiler.js').then((module) => { globalThis.profiler = module; })",
    );
    return devTools;
  }

  /** Loads a file; its extension decides what DevTools takes it for. Throws what DevTools reports. */
  async load(fileName: string, bytes: Uint8Array): Promise<void> {
    const file = { name: fileName, mimeType: "application/json", buffer: Buffer.from(bytes) };
    const before = this.#errors.length;
    await this.#page.locator(".panel.heap-profiler input[type=file]").setInputFiles(file);
    const deadline = Date.now() + LOAD_TIMEOUT;
    while (!(await this.#page.evaluate(isLoaded, titleOf(fileName)))) {
      if (this.#errors.length > before) throw new Error(`DevTools: ${this.#errors.slice(before).join("; ")}`);
      if (Date.now() > deadline) throw new Error(`DevTools did not load ${fileName} within ${LOAD_TIMEOUT} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Reads what DevTools has made of a loaded snapshot or timeline. One call of its worker per node. */
  readSnapshot(fileName: string): Promise<ShownSnapshot> {
    return this.#page.evaluate(readSnapshot, titleOf(fileName));
  }

  /** Compares two loaded snapshots as the Comparison view does. */
  compare(fileName: string, baseName: string): Promise<readonly ShownDifference[]> {
    return this.#page.evaluate(compareSnapshots, [titleOf(fileName), titleOf(baseName)] as const);
  }

  /** The Allocation stack pane of a node, innermost first; null where DevTools has none. */
  readAllocationStack(fileName: string, ordinal: number): Promise<readonly ShownFrame[] | null> {
    return this.#page.evaluate(readAllocationStack, [titleOf(fileName), ordinal] as const);
  }

  /** The tree of a loaded .heapprofile. */
  readProfile(fileName: string): Promise<ShownCall> {
    return this.#page.evaluate(readProfile, titleOf(fileName));
  }

  /** The text of the main table's rows once the file's view is open. */
  async readRows(fileName: string): Promise<readonly string[]> {
    await this.#page
      .getByRole("treeitem")
      .filter({ hasText: titleOf(fileName) })
      .last()
      .click();
    const rows = this.#page.locator("tr.data-grid-data-grid-node:visible, tr[data-uid]:visible");
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** The tab with the front end, for who wants to look at it. */
  get page(): Page {
    return this.#page;
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** What this file uses of the front end; the names are those of its sources (panels/profiler, models/heap_snapshot). */
interface Profiler {
  readonly HeapProfilerPanel: {
    readonly HeapProfilerPanel: { instance(): { profileTypes: { getProfiles(): ProfileHeader[] }[] } };
  };
  readonly HeapProfileView: { readonly SamplingHeapProfileModel: new (profile: unknown) => { root: CallNode } };
}
interface ProfileHeader {
  readonly title: string;
  readonly uid: number;
  /** Of snapshots and timelines. */
  readonly snapshotProxy?: SnapshotProxy | null;
  /** Of sampling profiles. */
  readonly profile?: unknown;
}
interface SnapshotProxy {
  readonly uid: number;
  readonly nodeCount: number;
  readonly rootNodeIndex: number;
  readonly totalSize: number;
  readonly staticData: object | null;
  createEdgesProvider(nodeIndex: number): {
    serializeItemsRange(from: number, to: number): Promise<{ items: { node: ProxyNode }[] }>;
    dispose(): void;
  };
  aggregatesWithFilter(
    filter: object,
  ): Promise<Record<string, { name: string; count: number; self: number; maxRet: number; distance: number }>>;
  interfaceDefinitions(): Promise<string>;
  aggregatesForDiff(definitions: string): Promise<object>;
  calculateSnapshotDiff(uid: number, base: object): Promise<Record<string, ShownDifference>>;
  allocationStack(nodeIndex: number): Promise<ShownFrame[] | null>;
  getStatistics(): Promise<Statistics>;
}
interface ProxyNode {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly distance: number;
  readonly nodeIndex: number;
  readonly selfSize: number;
  readonly retainedSize: number;
}
interface CallNode {
  readonly functionName: string;
  readonly self: number;
  readonly total: number;
  readonly children: CallNode[];
}

// The functions below run inside the page; each must stand alone.

function isLoaded(title: string): boolean {
  const { profiler } = globalThis as unknown as { profiler: Profiler };
  const profile = profiler.HeapProfilerPanel.HeapProfilerPanel.instance()
    .profileTypes.flatMap((type) => type.getProfiles())
    .find((p) => p.title === title);
  return Boolean(profile && (profile.snapshotProxy?.staticData || profile.profile));
}

async function readSnapshot(title: string): Promise<ShownSnapshot> {
  const { profiler } = globalThis as unknown as { profiler: Profiler };
  const proxy = profiler.HeapProfilerPanel.HeapProfilerPanel.instance()
    .profileTypes.flatMap((type) => type.getProfiles())
    .find((p) => p.title === title)!.snapshotProxy!;
  const nodes = new Map<number, ShownNode>();
  const queue = [proxy.rootNodeIndex];
  const seen = new Set(queue);
  for (const index of queue) {
    const provider = proxy.createEdgesProvider(index);
    const { items } = await provider.serializeItemsRange(0, 1e7);
    provider.dispose();
    for (const { node } of items) {
      if (seen.has(node.nodeIndex)) continue;
      seen.add(node.nodeIndex);
      queue.push(node.nodeIndex);
      const { id, name, type, distance, selfSize, retainedSize } = node;
      nodes.set(node.nodeIndex, { ordinal: node.nodeIndex / 7, id, name, type, distance, selfSize, retainedSize });
    }
  }
  const aggregates = Object.values(await proxy.aggregatesWithFilter({}));
  return {
    nodeCount: proxy.nodeCount,
    totalSize: proxy.totalSize,
    statistics: await proxy.getStatistics(),
    nodes: [...nodes.values()],
    classes: aggregates.map((a) => ({
      name: a.name,
      count: a.count,
      self: a.self,
      retained: a.maxRet,
      distance: a.distance,
    })),
  };
}

async function compareSnapshots([title, baseTitle]: readonly [string, string]): Promise<ShownDifference[]> {
  const { profiler } = globalThis as unknown as { profiler: Profiler };
  const profiles = profiler.HeapProfilerPanel.HeapProfilerPanel.instance().profileTypes.flatMap((type) =>
    type.getProfiles(),
  );
  const proxy = profiles.find((p) => p.title === title)!.snapshotProxy!;
  const base = profiles.find((p) => p.title === baseTitle)!.snapshotProxy!;
  const aggregates = await base.aggregatesForDiff(await proxy.interfaceDefinitions());
  const differences = Object.values(await proxy.calculateSnapshotDiff(base.uid, aggregates));
  return differences.map(({ name, addedCount, removedCount, addedSize, removedSize }) => ({
    name,
    addedCount,
    removedCount,
    addedSize,
    removedSize,
  }));
}

async function readAllocationStack([title, ordinal]: readonly [string, number]): Promise<ShownFrame[] | null> {
  const { profiler } = globalThis as unknown as { profiler: Profiler };
  const proxy = profiler.HeapProfilerPanel.HeapProfilerPanel.instance()
    .profileTypes.flatMap((type) => type.getProfiles())
    .find((p) => p.title === title)!.snapshotProxy!;
  const frames = await proxy.allocationStack(ordinal * 7);
  return frames === null
    ? null
    : frames.map(({ functionName, scriptName, line }) => ({ functionName, scriptName, line }));
}

function readProfile(title: string): ShownCall {
  const { profiler } = globalThis as unknown as { profiler: Profiler };
  const { profile } = profiler.HeapProfilerPanel.HeapProfilerPanel.instance()
    .profileTypes.flatMap((type) => type.getProfiles())
    .find((p) => p.title === title)!;
  const copy = ({ functionName, self, total, children }: CallNode): ShownCall => ({
    functionName,
    self,
    total,
    children: children.map(copy),
  });
  return copy(new profiler.HeapProfileView.SamplingHeapProfileModel(profile).root);
}

/** DevTools names a profile after its file, without the extension. */
function titleOf(fileName: string): string {
  return fileName.replace(/\.[^.]*$/, "");
}

/** A port of this machine that nothing listens at. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

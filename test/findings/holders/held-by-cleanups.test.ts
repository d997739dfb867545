/** What is said of a holder of which cleanups have a part as well: a dump has no roots of these. */
import { describe, expect, test } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { findHolders, type Holder } from "../../../src/findings/holders/holder.ts";
import { sayCleanups } from "../../../src/findings/report/user-sentences.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { listCleanupEntries } from "../../../src/heap/held-by-cleanups.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const CLEANUP = "func runtime.AddCleanup[go.shape.struct { main.px []uint8 },go.shape.*uint8].func1";
const OF_HANDLE = "func runtime.AddCleanup[go.shape.string,go.shape.struct {}].func1";

interface Options {
  readonly minor: number;
  /** Images in the cache, of 4 KiB each, … */
  readonly images?: number;
  /** … to so many of which the argument of a cleanup leads back. */
  readonly held?: number;
  /** The type of what the arguments lead back through; left out, they lead to the images. */
  readonly through?: string;
  /** Pointers that are garbage, as arguments look. */
  readonly garbage?: number;
}

function drawCache({ minor, images = 4, held = images, through, garbage = 0 }: Options): Heap {
  const heap = drawHeap((s) => {
    const cache = s.object({ type: "[]*main.Image", size: 8 * images });
    s.global(cache);
    for (let i = 0; i < images; i++) {
      const image = s.object({ type: "main.Image", size: 4096 });
      s.pointer(cache, image, 8 * i);
      if (i >= held) continue;
      const closure = s.object({ type: CLEANUP });
      const argument = s.object({ type: "*main.Image", size: 8 });
      if (minor < 26) s.pointer(closure, argument, 8);
      const between = through === undefined ? argument : s.object({ type: through });
      if (between !== argument) s.pointer(argument, between);
      s.pointer(between, image);
    }
    for (let i = 0; i < garbage; i++) s.pointer(s.object({ size: 8 }), cache);
    // A handle of package unique, whose cleanup knows the table that the handle is in.
    const closure = s.object({ type: OF_HANDLE });
    const remove = s.object({ type: "func unique.(*canonMap[go.shape.string]).LoadOrStore.func1" });
    s.pointer(closure, remove, 8);
    s.pointer(remove, cache, 8);
  });
  const go = { ...heap.dump.go, minorMin: minor, minorMax: minor };
  return { ...heap, dump: { ...heap.dump, go } };
}

const holderOf = async (options: Options): Promise<Holder> => (await findHolders(drawCache(options))).holders[0]!;

describe.each([25, 27])("of Go 1.%i", (minor) => {
  const lead = minor < 26 ? "lead" : "may lead";

  test("what cleanups lead to as well is told, and nothing of what letting go would free", async () => {
    const holder = await holderOf({ minor, held: 3 });
    expect(holder).toMatchObject({
      bytes: 4 * 4096 + 32,
      heldByCleanups: { bytes: 3 * 4096, isKnown: minor < 26 },
      release: null,
    });
    expect(sayCleanups(holder)).toEqual([
      `cleanups (runtime.AddCleanup) ${lead} to 12.0 KiB of it, too, and hold that until they have run`,
    ]);
  });

  test("less than a tenth is not worth a word, nor what cleanups of handles lead to", async () => {
    for (const held of [0, 1]) {
      const holder = await holderOf({ minor, images: 11, held });
      expect(holder.heldByCleanups).toBeNull();
      expect(sayCleanups(holder)).toEqual([]);
    }
  });

  test("why tells of them", async () => {
    const tell = async (options: Omit<Options, "minor">): Promise<string> =>
      renderWhy(await explainWhy(drawCache({ minor, ...options }), ["main.Image"]));
    expect(await tell({ held: 3 })).toContain(
      `\n\nCleanups (runtime.AddCleanup) ${lead} to 3 of them, too, and hold these until they have run.\n`,
    );
    expect(await tell({ images: 1 })).toMatch(
      new RegExp(`\\nCleanups \\(runtime\\.AddCleanup\\) ${lead} there, too, and hold it until they have run\\.\\n$`),
    );
    expect(await tell({ held: 0 })).not.toContain("leanups");
  });
});

test("cleanups lead on through what they have, but not through waiters, which lead to all goroutines", async () => {
  expect((await holderOf({ minor: 25, through: "main.Box" })).heldByCleanups).toEqual({ bytes: 16384, isKnown: true });
  expect((await holderOf({ minor: 25, through: "runtime.sudog" })).heldByCleanups).toBeNull();
});

test("nothing is said where garbage looks as arguments do", async () => {
  expect((await holderOf({ minor: 27, garbage: 1 })).heldByCleanups).toBeNull();
  expect((await holderOf({ minor: 25, garbage: 1 })).heldByCleanups).not.toBeNull();
});

test("names of cleanups' types, which may be long, are not read for each cleanup", async () => {
  const heap = drawHeap((s) => {
    s.global(s.object());
    for (let i = 0; i < 1_000; i++) s.object({ type: CLEANUP });
  });
  let reads = 0;
  const names = new Proxy(heap.types.names, {
    get: (target, key, receiver) => {
      reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  const go = { ...heap.dump.go, minorMin: 27, minorMax: 27 };
  const found = await listCleanupEntries(
    { ...heap, types: { ...heap.types, names }, dump: { ...heap.dump, go } },
    NO_PROGRESS,
  );
  expect(found).toEqual({ objects: [], isKnown: false });
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThan(100);
});

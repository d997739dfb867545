/** Heaps without sense: random objects, pointers, roots of every kind, and garbage that refers to live objects. */
import type { HeapSketch } from "./heap-fixture.ts";
import { seededRandom } from "./seeded-random.ts";

/** Draws `count` objects with 0 to 3 pointers each and about 30 roots; the same for the same seed. */
export function drawRandomly(sketch: HeapSketch, seed: number, count: number): void {
  const random = seededRandom(seed);
  for (let i = 0; i < count; i++) {
    sketch.object({ type: `main.T${random(20)}`, size: 16 + 8 * random(100), header: random(4) === 0 });
  }
  for (let i = 0; i < count; i++) {
    for (let k = random(4); k > 0; k--) sketch.pointer(i, random(count), 8 + 8 * random(20));
  }
  for (let k = 0; k < 4; k++) sketch.global(random(count), 8 * k, k & 1 ? "bss" : "data");
  for (let g = 0; g < 3; g++) {
    const frames = [0, 1].map((f) => ({ name: `main.f${f}`, slots: [[random(count), 8 * f] as const] }));
    sketch.goroutine({ waitReason: "select", g: random(count), frames: [...frames, { name: "runtime.goexit" }] });
  }
  for (let k = 0; k < 2; k++) sketch.finalizer(random(count), random(count));
  sketch.otherRoot(random(count));
}

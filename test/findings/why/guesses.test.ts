/** What `why` infers it labels so: types that are guessed, and names of fields that come from these. */
import { beforeAll, expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { typedSample } from "../../support/typed-samples.ts";

let heap: Heap;

beforeAll(async () => {
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
});

const objectsOf = (type: string, of = heap): number[] =>
  [...of.objects.type.keys()].filter((object) => of.types.names[of.objects.type[object]!] === type);

/** The heap with the types of some objects guessed. */
function guess(objects: readonly number[], of = heap): Heap {
  const typeSource = of.objects.typeSource.slice();
  for (const object of objects) typeSource[object] = TypeSource.INFERRED;
  return { ...of, objects: { ...of.objects, typeSource } };
}

it("marks nothing where nothing is guessed", async () => {
  const why = await explainWhy(heap, ["main.Session"]);
  expect(why).toMatchObject({ guessed: 0, isNamedByType: true });
  expect(JSON.stringify(why.tree)).not.toContain("guesses");
  expect(renderWhy(why)).not.toContain("guessed");
});

it("marks types of merged ways, of some of the things with their number, and fields of what is guessed", async () => {
  const why = await explainWhy(guess([...objectsOf("main.Session").slice(0, 7), ...objectsOf("main.SessionStore")]), [
    "main.Session",
  ]);
  expect(why.guessed).toBe(7);
  expect(why.tree[0]).toMatchObject({ name: "main.store", guesses: { things: 1, types: 1, names: 0 } });
  expect(why.tree[0]!.children[0]).toMatchObject({ name: "byToken", guesses: { things: 1, types: 0, names: 1 } });
  const lines = renderWhy(why).split("\n");
  expect(lines[0]).toBe("500 × main.Session (7 guessed), 54.7 KiB");
  expect(lines).toContain("       500  main.store  (main.SessionStore) (guessed)");
  expect(lines).toContain("       450    byToken (guessed)  (map[string]*main.Session)");
  const some = lines.filter((line) => / \(main\.Session\) \(\d+ of \d+ guessed\) {2}← \d+$/.test(line));
  const numbers = some.map((line) => /\((\d+) of (\d+) guessed\) {2}← (\d+)$/.exec(line)!.slice(1).map(Number));
  expect(numbers.reduce((sum, [guessed]) => sum + guessed!, 0)).toBe(7);
  for (const [, things, own] of numbers) expect(things).toBe(own);
});

it("counts things at a step, and not the objects that they lead to", async () => {
  const all = objectsOf("main.Session");
  const why = await explainWhy(guess(all.slice(0, 100)), ["/^main.Session$/", "string (its bytes)"]);
  const [below] = why.tree[0]!.children.find(({ name }) => name === "byToken")!.children.filter(
    ({ type }) => type === "main.Session",
  );
  expect(below!.count).toBeGreaterThan(450);
  expect(below!.guesses!.things).toBe(450);
  // Fields of which some are of what is guessed are no guesses.
  const fields = below!.children.flatMap(({ guesses }) => (guesses === undefined ? [] : [guesses]));
  expect(fields.some(({ things, names }) => names > 0 && names < things)).toBe(true);
  expect(renderWhy(why)).not.toContain(" (guessed)");
});

it("marks every node of a list", async () => {
  const lru = await typedSample("lru.1.24.amd64", "lru.1.24.amd64");
  const elements = objectsOf("container/list.Element", lru);
  const why = await explainWhy(guess(elements, lru), ["container/list.Element"]);
  expect(renderWhy(why)).toMatch(/^4,00\d × container\/list\.Element \(guessed\)/);
  const linesOf = renderWhy(why)
    .split("\n")
    .filter((line) => line.includes("(list.Element)"));
  expect(linesOf.length).toBeGreaterThan(0);
  for (const line of linesOf) expect(line).toContain("(list.Element) (guessed)");
});

it("marks one object's type and way", async () => {
  const session = objectsOf("main.Session").at(-1)!;
  const address = heap.formatAddress(heap.objects.address[session]!);
  const why = await explainWhy(guess([session, ...objectsOf("main.SessionStore")]), [address]);
  expect(why.thing).toMatchObject({ type: "main.Session", typeSource: "inferred" });
  expect(why.paths[0]).toMatchObject({ isGuessed: true });
  expect(why.paths[0]!.steps[0]).toMatchObject({ type: "main.SessionStore", typeSource: "inferred" });
  const text = renderWhy(why);
  expect(text.startsWith(`main.Session at ${address} (type guessed), 112 B\n`)).toBe(true);
  expect(text).toMatch(/^main\.store\.\S+ \(guessed\)$/m);
  expect(text).toMatch(/ main\.SessionStore \(guessed\)$/m);
  const known = renderWhy(await explainWhy(heap, [address]));
  expect(text.replaceAll(/ \((?:type )?guessed\)/g, "")).toBe(known);
});

it("marks the type of what a path leads to, and not the path, whose every step is known", async () => {
  const map = objectsOf("map[string]*main.Session");
  const text = renderWhy(await explainWhy(guess(map), ["main.store.byToken"]));
  expect(text).toMatch(/^main\.store\.byToken, \d+ B\nmap\[string\]\*main\.Session \(type guessed\), 450 entries/);
  expect(text).toContain("\nmain.store.byToken\n");
});

it("says of objects without a type what the report says of them", async () => {
  const name = [...heap.objects.type]
    .map((type) => heap.types.names[type]!)
    .find((type) => type.startsWith("noscan/"))!;
  const text = renderWhy(await explainWhy(heap, [name, "main.Session"]));
  expect(text).toMatch(/ \(\d+ B without pointers\) /);
});

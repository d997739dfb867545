/** DOT as Graphviz understands it: whatever the names are. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { writeDot } from "../../../converters/dot/dot-writer.ts";
import dot from "../../../converters/dot/index.ts";
import { shortenField, shortenName } from "../../../converters/dot/names.ts";
import type { NodeKind, Picture } from "../../../converters/dot/picture.ts";
import { LONGEST_SHOWN, showName } from "../../../src/shown-text.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { readDot } from "../../support/readers/dot-reader.ts";
import { HOSTILE_NAMES, hostileName } from "./hostile-names.ts";

const KINDS: readonly NodeKind[] = ["heap", "globals", "goroutines", "roots", "objects", "unreachable", "more"];

/** A picture in which every text is one of `names`. */
function pictureOf(names: readonly string[]): Picture {
  return {
    title: names[0]!,
    captions: names.slice(0, 3),
    objects: 10 * names.length,
    bytes: 1000 * names.length,
    measure: "retained",
    nodes: names.map((name, i) => ({
      kind: KINDS[i % KINDS.length]!,
      name,
      members: 1 + (i % 3),
      notes: [names[(i + 1) % names.length]!],
      details: [names[(i + 2) % names.length]!],
      objects: 10,
      shallow: 100,
      retained: i % 5 === 0 ? undefined : 1000,
      isInferred: i % 2 === 0,
      isGarbage: i % 4 === 0,
      isFocus: i === 1,
    })),
    edges: names.map((name, i) => ({
      from: i,
      to: (i * 7) % names.length,
      label: [name, "second line"],
      tooltip: [name],
      weight: i / names.length,
      isAside: i % 6 === 0,
    })),
  };
}

describe("names", () => {
  test("are shown as they are, however hostile", async () => {
    const names = HOSTILE_NAMES;
    const graph = await readDot(writeDot(pictureOf(names)));
    expect(graph.nodes.map(({ index }) => index)).toEqual([...names.keys()]);
    expect(graph.edges).toHaveLength(names.length);
    for (const [i, name] of names.entries()) {
      const node = graph.nodes[i]!;
      expect(node.tooltip.join("\n"), JSON.stringify(name)).toContain(showName(name));
      const label = `${i % 2 === 0 ? "~" : ""}${shortenName(name || "(unnamed)")}`;
      const times = i % 3 > 0 && KINDS[i % KINDS.length] !== "more" ? ` ×${1 + (i % 3)}` : "";
      expect(node.label[0], JSON.stringify(name)).toBe(`${label}${times}`);
      const edge = graph.edges[i]!;
      expect(edge.tooltip).toBe(showName(name));
      if (i % 6 !== 0) {
        const line = shortenField(name) || " ";
        expect(edge.label, JSON.stringify(name)).toBe(`${line}\nsecond line`);
      }
    }
  });

  test("are on no line longer than what Graphviz measures in no time", async () => {
    const graph = await readDot(writeDot(pictureOf([...HOSTILE_NAMES, "\x1b]8;;x\n".repeat(100_000)])));
    const lines = [
      ...graph.title,
      ...graph.nodes.flatMap(({ label, tooltip }) => [...label, ...tooltip]),
      ...graph.edges.flatMap(({ label, tooltip }) => [label, tooltip].flatMap((text) => text.split("\n"))),
    ];
    expect(Math.max(...lines.map((line) => line.length))).toBe(LONGEST_SHOWN);
  });

  test("never change the graph", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const names = Array.from({ length: 40 }, (_, i) => hostileName(100 * seed + i));
      const graph = await readDot(writeDot(pictureOf(names)));
      expect(graph.nodes.map(({ index, objects }) => `${index} ${objects}`)).toEqual(names.map((_, i) => `${i} 10`));
      expect(graph.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(
        names.map((_, i) => `${i} ${(i * 7) % names.length}`),
      );
      expect(graph.objects).toBe(400);
    }
  });
});

const DOT = spawnSync("dot", ["-V"]).error === undefined;
if (!DOT) console.warn("tests with Graphviz's own dot skipped: it is not installed");

describe.skipIf(!DOT)("dot -Tsvg", { timeout: 60_000 }, () => {
  const pictures: [what: string, names: readonly string[]][] = [["the listed names", HOSTILE_NAMES]];
  for (const seed of [1, 2, 3, 4, 5]) {
    pictures.push([`random names (seed ${seed})`, Array.from({ length: 60 }, (_, i) => hostileName(1000 * seed + i))]);
  }

  test.each(pictures)("draws %s without a word of complaint", (_, names) => {
    const input = writeDot(pictureOf(names));
    const { status, stdout, stderr } = spawnSync("dot", ["-Tsvg"], { input, encoding: "utf8" });
    // Fonts and what it does with them differ from machine to machine.
    const complaints = stderr.split("\n").filter((line) => line !== "" && !/font|pango|fontconfig/i.test(line));
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
    expect(stdout.match(/class="node"/g)).toHaveLength(names.length);
    expect(stdout).not.toContain("<script");
  });
});

describe("shortenName", () => {
  test.each([
    ["main.Session", "main.Session"],
    ["net/http.conn", "http.conn"],
    ["(globals)", "(globals)"],
    ["obj/48{..ppp.}", "obj/48{..ppp.}"],
    ["goroutine net/http.(*conn).serve [IO wait]", "goroutine http.(*conn).serve [IO wait]"],
    ["data segment at 0x500000", "data segment at 0x500000"],
    ["map[string]*github.com/aws/aws-sdk-go/service/ec2.Instance", "map[string]*ec2.Instance"],
    ["[]*k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta", "[]*meta/v1.ObjectMeta"],
    ["func github.com/grafana/grafana/pkg/services.(*Service).Run.func1", "func services.(*Service).Run.func1"],
  ])("%s", (name, short) => {
    expect(shortenName(name)).toBe(short);
  });

  test("cuts the middle of what is still too long", () => {
    const short = shortenName(`main.${"a".repeat(50)}.${"b".repeat(50)}`);
    expect([...short].length).toBe(46);
    expect(short).toMatch(/^main\.a+…b+$/);
  });
});

test("an empty picture is one as well", async () => {
  const graph = await readDot(
    writeDot({ title: "t", captions: [], objects: 0, bytes: 0, measure: "owned", nodes: [], edges: [] }),
  );
  expect(graph).toMatchObject({ nodes: [], edges: [], bytes: 0 });
});

test.each(["dominators", "references", "types"] as const)("a heap without objects is drawn: %s", async (graph) => {
  const { bytes } = await convertToBytes(
    dot,
    drawHeap(() => {}),
    { graph },
  );
  expect(await readDot(bytes)).toMatchObject({ objects: 0, bytes: 0, edges: [] });
});

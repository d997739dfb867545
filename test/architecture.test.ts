/**
 * How the house is built: what ARCHITECTURE.md draws, enforced. The floors and their order are in `architecture/floors.ts`,
 * the rooms inside the big floors in `architecture/rooms.ts`.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ANYWHERE, ASKS_FOR_NODE, BUNDLED, FLOOR_DEBT, FLOORS, PACKAGES } from "./architecture/floors.ts";
import {
  findCircles,
  findImports,
  type Import,
  listFiles,
  ROOT,
  readCode,
  readText,
} from "./architecture/import-graph.ts";
import { CIRCLE_DEBT, LARGE_FOLDERS, ROOM_DEBT, ROOMS } from "./architecture/rooms.ts";

const files = ["src", "converters"].flatMap(listFiles);
const imports = files.flatMap((file) => findImports(file, readText(file)));
const isOurs = (file: string): boolean => /^(src|converters)\//.test(file);

/** The row of the floors that a file belongs to. */
function layerOf(file: string): string {
  const name = file.replace(/\.tsx?$/, "");
  if (Object.hasOwn(FLOORS, name)) return name;
  const [top, folder] = name.split("/");
  return top === "converters" ? "converters/*" : `${top}/${folder}`;
}

function isForbidden({ from, to }: Import): boolean {
  const layer = layerOf(from);
  if (!isOurs(to)) {
    if (to.startsWith("node:")) return false;
    return !(PACKAGES[floorOf(from)] ?? BUNDLED[dirname(from)] ?? []).some(
      (name) => to === name || to.startsWith(`${name}/`),
    );
  }
  const target = layerOf(to);
  // A converter never knows another converter.
  if (layer === "converters/*" && target === layer) return floorOf(from) !== floorOf(to);
  return target !== layer && !(FLOORS[layer] ?? []).includes(target);
}

/** The folder of `src/` or `converters/` that a file is in. */
function floorOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}

/** The room that a file of a floor is in: the folder's path there, or the file itself, beside the folders. */
function roomOf(file: string): string {
  const path = file.slice(floorOf(file).length + 1);
  return path.includes("/") ? dirname(path) : path.replace(/\.tsx?$/, "");
}

/** What an import between two rooms of a floor breaks, as `ROOM_DEBT` has it; undefined if it may be. */
function describeBreach({ from, to }: Import): string | undefined {
  const floor = floorOf(from);
  const rooms = ROOMS[floor];
  if (rooms === undefined || floorOf(to) !== floor) return undefined;
  const [room, target] = [roomOf(from), roomOf(to)];
  return room === target || rooms[room]?.includes(target) ? undefined : `${floor}: ${room} -> ${target}`;
}

const describeImport = ({ from, to }: Import): string => `${from} -> ${to}`;
const filled = (list: readonly (string | undefined)[]): string[] => [
  ...new Set(list.filter((each) => each !== undefined)),
];

describe("imports", () => {
  test("are found at all", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ from: "converters/index.ts", to: "converters/heapsnapshot/index.ts" });
    expect(imports).toContainEqual({ from: "src/io/packing/zstd.ts", to: "fzstd" });
    expect(imports).toContainEqual({ from: "src/index.ts", to: "src/errors.ts" });
  });

  test("every file belongs to a layer", () => {
    expect(files.filter((file) => !Object.hasOwn(FLOORS, layerOf(file)))).toEqual([]);
  });

  test("go only where the table allows", () => {
    const broken = imports.filter(isForbidden).map(describeImport);
    expect(broken.filter((text) => !FLOOR_DEBT.includes(text))).toEqual([]);
  });

  test("debt that has been paid is struck off", () => {
    const broken = imports.filter(isForbidden).map(describeImport);
    expect(FLOOR_DEBT.filter((text) => !broken.includes(text))).toEqual([]);
  });

  test("the rule notices what breaks it", () => {
    for (const [from, to] of [
      ["src/format/bad.ts", "src/heap/heap.ts"],
      ["src/analysis/bad.ts", "src/typing/type.ts"],
      ["src/binary/bad.ts", "src/heap/heap.ts"],
      ["src/binary/bad.ts", "src/format/records.ts"],
      ["src/heap/bad.ts", "src/typing/type-heap.ts"],
      ["src/typing/bad.ts", "src/analysis/histogram.ts"],
      ["src/converter/bad.ts", "src/typing/type-heap.ts"],
      ["src/converter/bad.ts", "converters/index.ts"],
      ["converters/dot/index.ts", "converters/pprof/index.ts"],
      ["converters/dot/index.ts", "src/heap/heap.ts"],
      ["converters/dot/index.ts", "@duckdb/node-api"],
      ["converters/heapsnapshot/index.ts", "@hpcc-js/wasm-graphviz"],
      ["src/heap/bad.ts", "commander"],
      ["src/new/bad.ts", "src/errors.ts"],
      ["converters/report/bad.ts", "preact"],
      ["converters/report/page/bad.tsx", "react"],
    ] as const) {
      expect(isForbidden({ from, to }), `${from} -> ${to}`).toBe(true);
    }
  });

  test("the packages are the ones that package.json has", () => {
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, "package.json"), "utf8"),
    );
    const installed = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(Object.values(PACKAGES).flat().sort()).toEqual(installed.sort());
    // What is bundled when gohd is built, its users need not have.
    for (const name of Object.values(BUNDLED).flat()) expect(Object.keys(devDependencies)).toContain(name);
  });
});

describe("rooms", () => {
  const inRooms = files.filter((file) => ROOMS[floorOf(file)] !== undefined);

  test("every floor with folders in it has a table, and every file of it a row", () => {
    expect(
      filled(files.filter((file) => file.split("/").length > 3).map(floorOf)).filter((floor) => !ROOMS[floor]),
    ).toEqual([]);
    expect(inRooms.filter((file) => ROOMS[floorOf(file)]![roomOf(file)] === undefined)).toEqual([]);
  });

  test("every row is of a room that is there", () => {
    const rows = Object.entries(ROOMS).flatMap(([floor, rooms]) =>
      Object.keys(rooms).map((room) => `${floor}/${room}`),
    );
    const there = new Set(inRooms.map((file) => `${floorOf(file)}/${roomOf(file)}`));
    expect(rows.filter((row) => !there.has(row))).toEqual([]);
  });

  test("the tables go one way: a row lists rows above it", () => {
    for (const [floor, rooms] of Object.entries(ROOMS)) {
      const order = Object.keys(rooms);
      for (const [room, allowed] of Object.entries(rooms)) {
        const below = allowed.filter((each) => !order.slice(0, order.indexOf(room)).includes(each));
        expect(below, `${floor}/${room}`).toEqual([]);
      }
    }
  });

  test("import only the rooms that their row lists", () => {
    const broken = filled(imports.map(describeBreach));
    expect(broken.filter((text) => !ROOM_DEBT.includes(text))).toEqual([]);
    // Debt that has been paid is struck off.
    expect(ROOM_DEBT.filter((text) => !broken.includes(text))).toEqual([]);
  });

  test("the rule notices what breaks it", () => {
    for (const [from, to] of [
      ["src/heap/facts/bad.ts", "src/heap/heap.ts"],
      ["src/heap/roots/bad.ts", "src/heap/building/builder.ts"],
      ["src/binary/containers/bad.ts", "src/binary/containers/elf/elf.ts"],
      ["src/binary/containers/elf/bad.ts", "src/binary/containers/pe/pe.ts"],
      ["src/binary/module/bad.ts", "src/binary/types/table.ts"],
      ["src/cli/terminal/bad.ts", "src/cli/command.ts"],
      ["src/cli/new/bad.ts", "src/cli/command.ts"],
      ["converters/parquet/tables/bad.ts", "converters/parquet/engine/feed.ts"],
    ] as const) {
      expect(describeBreach({ from, to }), `${from} -> ${to}`).toBeDefined();
    }
  });

  test("no folder has more than 20 files side by side", () => {
    const counts = new Map<string, number>();
    for (const file of [...files, ...listFiles("test")])
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([folder, count]) => count > (LARGE_FOLDERS[folder] === undefined ? 20 : 30));
    expect(large).toEqual([]);
    expect(Object.keys(LARGE_FOLDERS).filter((folder) => (counts.get(folder) ?? 0) <= 20)).toEqual([]);
  });
});

describe("circles", () => {
  test("of files there are none, imports of types included", () => {
    const circles = findCircles(imports).map((circle) => circle.join(" "));
    expect(circles.filter((circle) => !CIRCLE_DEBT.includes(circle))).toEqual([]);
    expect(CIRCLE_DEBT.filter((circle) => !circles.includes(circle))).toEqual([]);
  });

  test("are found, long ones and two that touch as one", () => {
    const graph = (...pairs: string[]): Import[] => pairs.map((pair) => ({ from: pair[0]!, to: pair[1]! }));
    expect(findCircles(graph("ab", "bc", "ac"))).toEqual([]);
    expect(findCircles(graph("ab", "bc", "cd", "db", "de"))).toEqual([["b", "c", "d"]]);
    expect(findCircles(graph("ab", "ba", "bc", "cb", "xx"))).toEqual([["a", "b", "c"], ["x"]]);
  });
});

describe("the platform", () => {
  /** A use of what only Node has; undefined if there is none. */
  function findNode(code: string): string | undefined {
    return /["'`]node:\w+|\bBuffer\b|\bprocess(?=\??\.\w|\[)|=\s*process\s*;|\b__dirname\b|\bimport\.meta\b|\brequire\(/.exec(
      code,
    )?.[0];
  }

  test("is at the edge: neither the core nor what it imports needs Node", () => {
    const reached = new Set(files.filter((file) => ANYWHERE.includes(layerOf(file))));
    for (const file of reached) {
      for (const { from, to } of imports) if (from === file && isOurs(to)) reached.add(to);
    }
    expect(reached).toContain("src/io/sources/source.ts");
    const uses = [...reached]
      .filter((file) => !ASKS_FOR_NODE.includes(file))
      .map((file) => [file, findNode(readCode(file))]);
    expect(uses.filter(([, use]) => use !== undefined)).toEqual([]);
  });

  test("the rule notices what breaks it", () => {
    for (const code of [
      'import { join } from "node:path";',
      "Buffer.from(bytes)",
      "process.nextTick(f)",
      "const { env } = process;",
      "import.meta.url",
    ]) {
      expect(findNode(code), code).toBeDefined();
    }
    expect(findNode("const processed = bufferOf(nodes);")).toBeUndefined();
  });
});

describe("below the command line", () => {
  const below = files.filter((file) => !file.startsWith("src/cli/"));

  test("nobody prints or touches the process, but the file that tells writers of temporaries apart", () => {
    const uses = below.filter((file) => {
      const code = readCode(file);
      return /\bconsole\.|\bprocess\.(?!nextTick)|"node:process"/.test(code);
    });
    expect(uses).toEqual(["src/io/temporaries/writer.ts"]);
  });

  test("`any` only where converters are loaded", () => {
    const uses = files.filter((file) => {
      const code = readText(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g, "");
      return /[:<,|&=]\s*any\b|\bas any\b/.test(code);
    });
    expect(uses).toEqual(["src/converter/load.ts"]);
  });

  test("only main.ts touches the process in the command line", () => {
    const uses = files
      .filter((file) => file.startsWith("src/cli/"))
      .filter((file) => /\bprocess\.[a-z]/.test(readText(file).replaceAll(/`process`/g, "")));
    expect(uses).toEqual(["src/cli/main.ts"]);
  });
});

/** Files of ours that are loaded with some files, without what they load when it is needed. */
function loadedWith(...roots: string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    // What is imported dynamically is loaded when it is needed, types never.
    const code = readCode(file).replaceAll(/^(import|export) type [^;]*;|\bimport\(.*/gm, "");
    for (const { to } of findImports(file, code)) if (isOurs(to)) load(to);
  };
  for (const file of roots) load(file);
  return loaded;
}

test("the main thread loads next to nothing of what the worker needs", () => {
  const loaded = loadedWith("src/cli/main.ts", "src/cli/worker/host.ts");
  const few = /^src\/(cli\/(main|version|worker|terminal)\b|quantities|shown-text)/;
  expect([...loaded].filter((file) => !few.test(file))).toEqual([]);
  expect(loaded).toContain("src/cli/worker/ending.ts");
});

test("help loads none of what commands work with", () => {
  const loaded = loadedWith("src/cli/worker/alone.ts", ...listFiles("src/cli/commands"));
  const work =
    /^src\/(io\/(?!sinks\/|output-errors|system-errors)|format|heap|binary|typing|values|analysis)|^converters\/./;
  expect([...loaded].filter((file) => work.test(file))).toEqual(["converters/index.ts"]);
  expect(loaded).toContain("src/cli/commands/convert.ts");
});

test("no file is longer than 350 lines", () => {
  const long = files.filter((file) => readText(file).split("\n").length > 351);
  expect(long).toEqual([]);
});

test("ARCHITECTURE.md says what every folder and room is for, and keeps to 150 lines", () => {
  const text = readText("ARCHITECTURE.md");
  expect(text.split("\n").length).toBeLessThanOrEqual(151);
  for (const floor of filled(files.filter((file) => file.split("/").length > 2).map(floorOf))) {
    const row = text.split("\n").find((line) => line.startsWith(`| \`${floor}/\``)) ?? "";
    if (floor.startsWith("src/")) expect(row, floor).not.toBe("");
    const rooms = Object.keys(ROOMS[floor] ?? {}).filter((room) =>
      files.some((file) => dirname(file) === `${floor}/${room}`),
    );
    for (const room of rooms) expect(row, floor).toContain(`\`${room}/\``);
  }
});

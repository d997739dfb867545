import { expect, it } from "vitest";
import { isLibraryMapEntry, libraryMapName, withoutLibraryMap } from "../../../src/analysis/paths/library-maps.ts";

const INDIRECT = "internal/sync.indirect[interface {},interface {}]";
const ENTRY = "internal/sync.entry[interface {},interface {}]";

it("a map of the library's is called by what a program declares", () => {
  expect(libraryMapName(INDIRECT)).toBe("sync.Map");
  expect(libraryMapName("internal/concurrent.indirect[string,*main.T]")).toBe(
    "internal/sync.HashTrieMap[string,*main.T]",
  );
  expect([ENTRY, "main.indirect[int]"].map(libraryMapName)).toEqual([undefined, undefined]);
  expect([ENTRY, INDIRECT].map(isLibraryMapEntry)).toEqual([true, false]);
});

it("its inside is left out of paths", () => {
  expect(withoutLibraryMap("main.store.lastSeen.m.root.v", "", INDIRECT)).toBe("main.store.lastSeen");
  expect(withoutLibraryMap("lastSeen.m.root.v", "main.Store", INDIRECT)).toBe("lastSeen");
  expect(withoutLibraryMap("children[3].v", INDIRECT, ENTRY)).toBe("[…]");
  expect(withoutLibraryMap("value", ENTRY, "main.LastSeen")).toBe("");
  expect(withoutLibraryMap("key", ENTRY, "string")).toBe("key");
  expect(withoutLibraryMap("main.tree.root", "", "main.node")).toBe("main.tree.root");
});

it("up to Go 1.22 it is two maps of the runtime's, of which people see none", () => {
  const map = "map[interface {}]*sync.entry";
  expect(libraryMapName(map)).toBe("sync.Map");
  expect(["sync.entry", "sync.readOnly", map].map(isLibraryMapEntry)).toEqual([true, false, false]);
  expect(withoutLibraryMap("main.reg.live.dirty", "", map)).toBe("main.reg.live");
  expect(withoutLibraryMap("live.dirty", "main.registry", map)).toBe("live");
  expect(withoutLibraryMap("main.reg.live.read.v", "", "sync.readOnly")).toBe("main.reg.live");
  expect(withoutLibraryMap("m", "sync.readOnly", map)).toBe("");
  expect(withoutLibraryMap("p.v", "sync.entry", "interface {}")).toBe("");
  expect(withoutLibraryMap("main.reg.dirty", "", "map[string]*main.T")).toBe("main.reg.dirty");
});

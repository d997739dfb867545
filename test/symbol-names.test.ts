/** Escapes of Go's linker are undone wherever symbols are read, so that functions and types of one package are called alike. */
import { expect, it } from "vitest";
import { unescapeSymbol } from "../src/symbol-names.ts";
import { readDump } from "./support/dump-builder.ts";

it.each([
  ["github.com/nats-io/nats%2ego.(*Conn).readLoop", "github.com/nats-io/nats.go.(*Conn).readLoop"],
  ["main.List[go.shape.struct { gopkg.in/yaml%2ev3.n int }]", "main.List[go.shape.struct { gopkg.in/yaml.v3.n int }]"],
  ["example.com/caf%c3%a9.Run", "example.com/café.Run"],
  ["main.main", "main.main"],
  ["100%", "100%"],
])("%s is %s", (symbol, name) => {
  expect(unescapeSymbol(symbol)).toBe(name);
});

it("names of frames and of functions that allocate come without", async () => {
  const { heap } = await readDump((d) => {
    d.goroutine().frame("a/nats%2ego.Run", 64);
    d.bucket(64, ["a/nats%2ego.Connect", "/src/nats.go", 7], ["main.main", "/src/main%2e.go", 8]);
  });
  expect(heap.goroutines.names).toContain("a/nats.go.Run");
  expect(heap.memoryProfile.names).toEqual(
    expect.arrayContaining(["a/nats.go.Connect", "/src/nats.go", "main.main", "/src/main%2e.go"]),
  );
});

import { expect, test } from "vitest";
import { packageOf } from "../../src/heap/type-package.ts";

test.each([
  ["main.Session", "main"],
  ["*main.Session", "main"],
  ["[]*net/http.conn", "net/http"],
  ["[16]cmd/compile/internal/ssa.Value", "cmd/compile/internal/ssa"],
  ["chan net/http.responseAndError", "net/http"],
  ["<-chan os.Signal", "os"],
  ["chan<- []main.Job", "main"],
  ["gopkg.in/yaml.v3.Node", "gopkg.in/yaml.v3"],
  ["*github.com/nats-io/nats.go.Conn", "github.com/nats-io/nats.go"],
  ["func github.com/nats-io/nats.go.Connect.func1", "github.com/nats-io/nats.go"],
  ["func github.com/nats-io/nats.js.(*Conn).Close-fm", "github.com/nats-io/nats.js"],
  ["func gopkg.in/yaml.v3.Marshal.func1", "gopkg.in/yaml.v3"],
  ["func gopkg.in/src-d/go-git.v4/plumbing.T.Hash-fm", "gopkg.in/src-d/go-git.v4/plumbing"],
  ["github.com/a/b/v2.Tree[int,main.Key]", "github.com/a/b/v2"],
  ["map[string]*main.Session", "main"],
  ["map[main.Key]int", "main"],
  ["map[string]interface {}", "(predeclared)"],
  ["map[[2]int]map[string][]net/url.URL", "net/url"],
  ["map.group[string]main.User", "main"],
  ["[]map.bucket[main.K]string", "main"],
  ["map[int64]main.Event (directory)", "main"],
  ["func main.main.func1", "main"],
  ["func net/http.(*Server).Serve.func2", "net/http"],
  ["func(int) main.T", "(predeclared)"],
  ["struct { a main.T }", "(predeclared)"],
  ["interface {}", "(predeclared)"],
  ["string", "(predeclared)"],
  ["[]uint8", "(predeclared)"],
  ["(tiny block)", "runtime"],
  ["net/http.#3", "net/http"],
  ["map[", "(predeclared)"],
  ["", "(predeclared)"],
])("%s is of %s", (name, expected) => {
  expect(packageOf(name)).toBe(expected);
});

test("names that nest without end take no more than their length", () => {
  const nested = "map[".repeat(1 << 18);
  expect(packageOf(`${nested}main.T`)).toBe("main");
  expect(packageOf(`${nested}string${"]string".repeat(1 << 18)}`)).toBe("(predeclared)");
  expect(packageOf(`${"[]*".repeat(1 << 18)}main.T`)).toBe("main");
});

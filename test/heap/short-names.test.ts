import { describe, expect, test } from "vitest";
import { isWrittenAs, learnPackageNames, shortenByPaths, shortenImports } from "../../src/heap/short-names.ts";

describe("a name without import paths", () => {
  test.each([
    ["", ""],
    ["main.Node", "main.Node"],
    ["net/http.conn", "http.conn"],
    ["vendor/golang.org/x/net/http2/hpack.Encoder", "hpack.Encoder"],
    // Versions: of modules, of gopkg.in in types and in symbols, and packages that are called so.
    ["example.org/redis/v9.Client", "redis.Client"],
    ["example.org/redis/v10.(*Client).Do.func1", "redis.(*Client).Do.func1"],
    ["*example.org/redis/v9/internal/pool.Conn", "*pool.Conn"],
    ["gopkg.in/yaml.v3.Node", "yaml.Node"],
    ["gopkg.in/yaml%2ev3.(*Node).Decode", "yaml.(*Node).Decode"],
    ["gopkg.in/src-d/go-git.v4.Repository", "go-git.Repository"],
    ["gopkg.in/src-d/go-git.v4/plumbing.Hash", "plumbing.Hash"],
    ["example.org/yaml.v3.func1", "yaml.v3.func1"],
    ["[]*k8s.io/api/core/v1.Pod", "[]*core/v1.Pod"],
    ["k8s.io/api/apps/v1beta1.Deployment", "apps/v1beta1.Deployment"],
    ["go.etcd.io/etcd/client/pkg/v3.1.2/types.ID", "types.ID"],
    ["v2.T", "v2.T"],
    // Types made of others.
    ["map[cmd/compile/internal/ssa.LocalSlot][]*cmd/compile/internal/ssa.Value", "map[ssa.LocalSlot][]*ssa.Value"],
    ["map[string]*example.org/redis/v9.Client", "map[string]*redis.Client"],
    ["main.Pair[a/b.K,c/d.V]", "main.Pair[b.K,d.V]"],
    ["x/pkg.T[a/b.C[d/e/v2.F]]", "pkg.T[b.C[e.F]]"],
    ["example.org/x.Map[...]", "x.Map[...]"],
    ["func(a/b.T, ...c/d.U) (e/f.V, error)", "func(b.T, ...d.U) (f.V, error)"],
    ["chan<- a/b.T", "chan<- b.T"],
    ["<-chan a/b.T", "<-chan b.T"],
    ["struct { a/b.D; F *e/f.G }", "struct { b.D; F *f.G }"],
    ["func example.org/a/b.(*T).m.func1", "func b.(*T).m.func1"],
    // Marks of gohd, and a "~" that is part of a path.
    ["~net/http.conn", "~http.conn"],
    ["git.sr.ht/~user/mod.T", "mod.T"],
    ["held by a/b.store, c/d.main app", "held by b.store, d.main app"],
    ["a/b.T ×n", "b.T ×n"],
    // No paths of packages.
    ["obj/32{p.p.}", "obj/32{p.p.}"],
    ["~noscan/64", "~noscan/64"],
    ['main.pages["a/b.html"]', 'main.pages["a/b.html"]'],
    ['struct { X int "json:\\"a/b.c\\"" }', 'struct { X int "json:\\"a/b.c\\"" }'],
    ["main.m[`a/b.c`]", "main.m[`a/b.c`]"],
    ["/home/x/main.go", "/home/x/main.go"],
    ["./a/b.T", "./a/b.T"],
    ["a/b", "a/b"],
    ["a//b.T", "b.T"],
  ])("%s: %s", (name, short) => expect(shortenImports(name)).toBe(short));

  test("of a damaged file's megabytes takes no time", () => {
    for (const part of ["a", "a/", "/", "[", "v9.", "/v9", '"', '\\"', '"\\', "`", "~/", "gopkg.in/", "a.", "%2e"])
      shortenImports(`a/${part.repeat(2 ** 22 / part.length)}`);
  });
});

describe("a name of a package that is called otherwise than its path", () => {
  learnPackageNames([
    ["learned.example/go-sqlite3", "sqlite3"],
    ["learned.example/nats.go", "nats"],
    ["learned.example/golang-lru/v2", "lru"],
    ["learned.example/model/go", "io_client"],
    ["learned.example/bad", "b</script>"],
    [`learned.example/${"long/".repeat(1000)}x`, "y"],
    ["noslash", "other"],
  ]);

  test.each([
    ["learned.example/go-sqlite3.Conn", "sqlite3.Conn", "go-sqlite3.Conn"],
    ["[]*learned.example/nats.go.Conn", "[]*nats.Conn", "[]*nats.go.Conn"],
    ["learned.example/nats%2ego.(*Conn).Close.func1", "nats.(*Conn).Close.func1", "nats%2ego.(*Conn).Close.func1"],
    ["learned.example/golang-lru/v2.Cache[string,*a/b.T]", "lru.Cache[string,*b.T]", "golang-lru.Cache[string,*b.T]"],
    ["map[string]learned.example/model/go.Pair", "map[string]io_client.Pair", "map[string]go.Pair"],
    ["learned.example/bad.T", "bad.T", "bad.T"],
    ["other.example/go-sqlite3.Conn", "go-sqlite3.Conn", "go-sqlite3.Conn"],
    ["learned.example/go-sqlite3/internal.Conn", "internal.Conn", "internal.Conn"],
  ])("%s: %s", (name, short, byPath) => {
    expect(shortenImports(name)).toBe(short);
    expect(shortenByPaths(name)).toBe(byPath);
    for (const text of [name, short, byPath]) expect(isWrittenAs(name, text)).toBe(true);
    expect(isWrittenAs(name, "x.Conn")).toBe(false);
  });

  test("takes no time to look for in a damaged file's megabytes", () => {
    for (const part of [".", "a.", "%2e", "%2e."]) shortenImports(`learned.example/${part.repeat(2 ** 21)}`);
    // A long path is known, too, and many names have as many dots.
    learnPackageNames([[`learned.example/${"x".repeat(480)}`, "y"]]);
    expect(shortenImports(`learned.example/${"x".repeat(480)}.T`)).toBe("y.T");
    shortenImports(`a/x${".x".repeat(745)},`.repeat(2 ** 14));
  });
});

import { expect, it, test } from "vitest";
import { computeGoroutineGroups, type GoroutineGroup } from "../../../src/findings/goroutines/groups.ts";
import { chooseKnown, type KnownWait, listKnownWaits } from "../../../src/findings/goroutines/known-waits.ts";
import { describeGroup } from "../../../src/findings/report/group-sentences.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { listStatements } from "../../../src/findings/report/sentences.ts";
import { summariseReport } from "../../../src/findings/report/summary.ts";
import { GoroutineStatus } from "../../../src/heap/roots/goroutines.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { readDump } from "../../support/dump-builder.ts";
import { typedSample } from "../../support/typed-samples.ts";

/** What a goroutine waits for of which some frames are known. */
function knownWait(
  entry: string,
  state: string,
  site: string,
  callee = "",
  origin = "",
  frames: readonly string[] = [],
): KnownWait | undefined {
  const possible = listKnownWaits(entry, state, site, callee, origin);
  return chooseKnown(possible, (of) => frames.some((frame) => of.test(frame)));
}

test.each([
  ["net/http.(*persistConn).readLoop", "select", /body of a response/],
  ["net/http.(*persistConn).readLoop", "IO wait", /is idle or waits for a response/],
  ["net/http.(*http2ClientConn).readLoop", "IO wait", /is idle or waits for a response/],
  ["net/http/internal/http2.(*ClientConn).readLoop", "IO wait", /is idle or waits for a response/],
  ["golang.org/x/net/http2.(*ClientConn).readLoop", "IO wait", /is idle or waits for a response/],
  ["net/http.(*http2clientStream).doRequest", "select", /neither read to its end nor closed/],
  ["net/http/internal/http2.(*clientStream).doRequest", "select", /neither read to its end nor closed/],
  ["golang.org/x/net/http2.(*clientStream).doRequest", "select", /neither read to its end nor closed/],
  ["database/sql.(*DB).connectionOpener", "select", /sql\.DB that was not closed/],
  ["database/sql.(*Tx).awaitDone", "chan receive", /neither committed nor rolled back/],
  ["database/sql.(*Rows).awaitDone", "select", /rows that were not closed/],
  ["context.(*cancelCtx).propagateCancel.func2", "select", /never cancelled/],
  ["os/exec.(*Cmd).watchCtx", "select", /still runs, or that nobody waited for/],
  ["os/exec.(*Cmd).Start.func2", "IO wait", /does not read its input/],
  ["iter.Pull[...].func1", "coroutine", /neither stopped nor/],
  ["iter.Pull2[...].func1", "coroutine", /neither stopped nor/],
  ["runtime.corostart", "coroutine", /neither stopped nor/],
  ["google.golang.org/grpc/internal/transport.(*http2Client).reader", "IO wait", /connection of a grpc\.ClientConn/],
  ["google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run", "chan receive", /grpc\.ClientConn/],
  ["google.golang.org/grpc.newClientStreamWithParams.func4", "select", /stream that has not ended/],
  ["github.com/redis/go-redis/v9.(*channel).initHealthCheck.func1", "select", /PubSub .* not closed/],
  ["github.com/redis/go-redis/v9.(*channel).initMsgChan.func1", "IO wait", /PubSub .* not closed/],
  ["github.com/go-redis/redis/v8.(*channel).initAllChan.func1", "IO wait", /PubSub .* not closed/],
])("%s [%s]", (entry, state, meaning) => {
  expect(knownWait(entry, state, "")?.meaning).toMatch(meaning);
});

test.each([
  // Between requests, in the handshake, in a handler: reading a body, writing, at another connection.
  [["bufio.(*Reader).Peek", "net/http.(*connReader).Read"], /on which nothing comes/],
  [["crypto/tls.(*Conn).HandshakeContext"], /on which nothing comes/],
  [["net/http.serverHandler.ServeHTTP", "net/http.(*connReader).Read"], undefined],
  [["net/http.serverHandler.ServeHTTP", "net/http.checkConnErrorWriter.Write"], /does not read what comes/],
  [["net/http.checkConnErrorWriter.Write"], /does not read what comes/],
  [["net/http.serverHandler.ServeHTTP", "main.ask", "net.(*conn).Read"], undefined],
  [["net/http.serverHandler.ServeHTTP", "crypto/tls.(*Conn).HandshakeContext"], undefined],
  [[], undefined],
] as const)("a server's connection, by the frames of its goroutine: %s", (frames, meaning) => {
  const [site, callee] = ["net.(*netFD).Read", "internal/poll.(*FD).Read"];
  const known = knownWait("net/http.(*conn).serve", "IO wait", site, callee, "", frames);
  if (meaning === undefined) expect(known).toBeUndefined();
  else expect(known?.meaning).toMatch(meaning);
});

test.each([
  ["golang.org/x/sync/singleflight.(*Group).Do", "sync.WaitGroup.Wait", /singleflight\.Group/],
  ["golang.org/x/sync/errgroup.(*Group).Go", "chan send", /errgroup ends/],
  ["k8s.io/client-go/tools/cache.(*RealFIFO).PopBatch", "sync.Cond.Wait", /informer that was not stopped/],
  ["k8s.io/client-go/tools/cache.(*DeltaFIFO).Pop", "sync.Cond.Wait", /informer that was not stopped/],
])("a program's goroutine in %s [%s]", (site, state, meaning) => {
  expect(knownWait("main.(*server).handle", state, site)?.meaning).toMatch(meaning);
  expect(knownWait("main.(*server).handle", "select", site)).toBeUndefined();
});

test.each([
  ["database/sql.(*DB).conn", /has no free one/],
  ["io.(*pipe).read", /reads from an io\.Pipe/],
  ["io.(*pipe).Write", /writes to an io\.Pipe/],
  ["net/http.(*persistConn).roundTrip", /response to a request/],
  ["net/http.(*http2ClientConn).roundTrip", /response to a request/],
  ["golang.org/x/net/http2.(*ClientConn).roundTrip", /response to a request/],
  ["net/http.(*http2serverConn).writeDataFromHandler", /client takes no more/],
  ["net/http/internal/http2.(*serverConn).writeDataFromHandler", /client takes no more/],
  ["golang.org/x/net/http2.(*serverConn).writeDataFromHandler", /client takes no more/],
  ["golang.org/x/sync/semaphore.(*Weighted).Acquire", /semaphore/],
  ["go.opentelemetry.io/otel/sdk/trace.(*batchSpanProcessor).enqueueBlockOnQueueFull", /queue of a span processor/],
])("a program's goroutine in %s", (site, meaning) => {
  expect(knownWait("main.(*server).handle", "select", site)?.meaning).toMatch(meaning);
  expect(knownWait("main.(*server).handle", "chan receive", site)).toBeUndefined();
  expect(knownWait("main.(*server).handle", "select", `${site}.func1`)).toBeUndefined();
});

test.each([
  [
    ["github.com/jackc/puddle/v2.(*Pool[...]).Acquire", "github.com/jackc/pgx/v5/pgxpool.(*Pool).Acquire"],
    /pgxpool/,
    /Close rows/,
  ],
  [["github.com/jackc/puddle/v2.(*Pool[...]).Acquire"], /resource of a puddle\.Pool/, /Release or Destroy/],
  // Of a hook that the pool calls once it has a connection.
  [["main.mayUse", "github.com/jackc/pgx/v5/pgxpool.(*Pool).Acquire"], /semaphore\.Weighted/, /sem\.Release/],
  [["main.(*Pool[...]).Acquire", "example.com/pgxpool.(*Pool).Acquire"], /semaphore\.Weighted/, /sem\.Release/],
])("a semaphore is a pool's where the pool asked for it: %s", (frames, meaning, advice) => {
  const site = "golang.org/x/sync/semaphore.(*Weighted).Acquire";
  const known = knownWait("main.handle", "select", site, "runtime.selectgo", "main.main main.go:9", frames);
  expect(known?.meaning).toMatch(meaning);
  expect(known?.advice).toMatch(advice);
});

it("who waits for a value of an iterator is no iterator that nobody stopped", () => {
  const [inNext, inYield] = ["iter.Pull[...].func2", "iter.Pull[...].func1.1"];
  for (const entry of ["iter.Pull[...].func1", "main.serve"]) {
    const known = knownWait(entry, "coroutine", "main.pairs.func2", inNext);
    expect(known?.meaning).toMatch(/asked an iterator of iter\.Pull for its next value/);
    expect(known?.advice).not.toMatch(/stop/);
    expect(knownWait(entry, "chan receive", "main.pairs.func2", inNext)).toBeUndefined();
  }
  expect(knownWait("iter.Pull[...].func1", "coroutine", "main.rows", inYield)?.meaning).toMatch(/neither stopped nor/);
});

it("only goroutines of an errgroup may wait for one another", () => {
  const [state, site, callee] = ["chan send", "golang.org/x/sync/errgroup.(*Group).Go", "runtime.chansend1"];
  const ofGroup = knownWait("main.walk", state, site, callee, "golang.org/x/sync/errgroup.(*Group).Go errgroup.go:78");
  expect(ofGroup?.advice).toMatch(/in its own goroutines/);
  for (const origin of ["main.main main.go:72", ""]) {
    const known = knownWait("main.resize", state, site, callee, origin);
    expect(known?.meaning).toBe(ofGroup?.meaning);
    expect(known?.advice).toMatch(/^See what the goroutines of the group wait for/);
  }
});

it("what the library started for is told before where it waits", () => {
  expect(knownWait("net/http.(*persistConn).readLoop", "select", "io.(*pipe).read")?.meaning).toMatch(/body of a/);
});

test.each([
  ["net/http.(*persistConn).readLoop", "chan receive"],
  ["net/http.(*persistConn).readLoop.func4", "select"],
  ["example.com/net/http.(*persistConn).readLoop", "select"],
  ["main.(*conn).serve", "IO wait"],
  ["example.com/iter.Pull[...].func1", "coroutine"],
])("nothing is known of %s [%s]", (entry, state) => {
  expect(knownWait(entry, state, "")).toBeUndefined();
});

it("is said with what to do, and what most of their memory is", async () => {
  const report = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
  const row = report.goroutines.groups.findIndex(({ entry }) => entry === "main.(*Service).download");
  const tell = (change: Partial<GoroutineGroup>) => {
    const groups = report.goroutines.groups.with(row, { ...report.goroutines.groups[row]!, ...change });
    const answers = [
      { ...report.answers[0]!, leads: "goroutines", group: row, holder: null, cause: null, others: [] } as const,
    ];
    const changed = { ...report, answers, goroutines: { ...report.goroutines, groups } };
    return { statement: listStatements(changed)[0]!, summary: summariseReport(changed).answers[0]! };
  };
  const parts = tell({}).statement.lines.filter((line) => line.includes(" × "));
  expect(parts).toEqual([expect.stringMatching(/^39 × main\.DownloadBuffer, /)]);
  expect(tell({}).statement.lines.join()).not.toContain("response");
  const { meaning, advice } = knownWait("net/http.(*persistConn).readLoop", "select", "")!;
  const { statement, summary } = tell({ meaning, advice });
  expect(statement.lines).toContain("each waits until the body of a response is read to its end, or closed");
  expect(statement.lines.at(-1)).toContain("defer resp.Body.Close()");
  expect(summary.problem).toContain("body of a response");
  expect(summary.advice).toContain("resp.Body.Close()");
});

it("nothing is said of a variable or a part that holds next to nothing, and one goroutine is one, without import path", async () => {
  const report = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
  const group = {
    ...report.goroutines.groups[0]!,
    ...{
      count: 1,
      leaked: 1,
      ownedBytes: 1000,
      runtimeBytes: 0,
      stackBytes: 24,
      site: "main.f main.go:1",
      meaning: null,
      advice: null,
      waitsFor: [],
    },
    entry: "example.com/some/where/mail.(*Queue).run",
    parts: [
      { type: "main.T", count: 1, guessed: 0, bytes: 100, queued: null },
      { type: "main.U", count: 1, guessed: 0, bytes: 99, queued: null },
    ],
    locals: [{ name: "t", function: "main.f", type: "main.T", bytes: 99 }],
  };
  const answers = [
    { ...report.answers[0]!, leads: "goroutines", group: 0, holder: null, cause: null, others: [] } as const,
  ];
  const [statement] = listStatements({ ...report, answers, goroutines: { ...report.goroutines, groups: [group] } });
  expect(statement!.sentence).toMatch(
    /^1 goroutine mail\.\(\*Queue\)\.run \[.*\] owns 1000 B \(.*\) and keeps 24 B of stack: leaked$/,
  );
  expect(statement!.lines.slice(0, 3)).toEqual([
    "what it waits for is reachable only from goroutines that wait likewise",
    "1 × main.T, 100 B",
    "at main.f main.go:1",
  ]);
});

it("the variable that holds most is told, unless the holder that is told is that very one", async () => {
  const report = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
  const local = { name: "jobs", function: "main.f", type: "main.T", bytes: 600 };
  const group = { ...report.goroutines.groups[0]!, ownedBytes: 1000, site: "main.f main.go:1", locals: [local] };
  const holder = { ...report.holders[0]!, path: "jobs", bytes: 600 };
  const told = "at main.f main.go:1; jobs holds 600 B";
  expect(describeGroup(group, undefined)).toContain(told);
  expect(describeGroup(group, { ...holder, bytes: 700 })).toContain(told);
  expect(describeGroup(group, { ...holder, path: "store" })).toContain(told);
  expect(describeGroup(group, holder)).toContain("at main.f main.go:1");
});

test("of a group, by what its goroutines called where they wait", async () => {
  const { heap } = await readDump(
    (d) => {
      const goroutine = d.goroutine({ status: GoroutineStatus.WAITING, waitReason: "coroutine" });
      for (const name of ["runtime.coroswitch_m", "iter.Pull[go.shape.int].func2", "main.consume", "runtime.goexit"]) {
        goroutine.frame(name, 64);
      }
    },
    { version: "go1.24.1" },
  );
  const { groups } = await computeGoroutineGroups(heap, NO_PROGRESS);
  expect(groups.map(({ meaning }) => meaning)).toEqual([
    "each has asked an iterator of iter.Pull for its next value, which does not come",
  ]);
});

test("of those that wait at one place, by their other frames and by what started them", async () => {
  const { heap } = await readDump(
    (d) => {
      const draw = (waitReason: string, ...names: readonly string[]): void => {
        const goroutine = d.goroutine({ status: GoroutineStatus.WAITING, waitReason });
        for (const name of ["runtime.gopark", ...names, "runtime.goexit"]) goroutine.frame(name, 64);
      };
      const serve = ["net/http.serverHandler.ServeHTTP", "net/http.(*conn).serve"];
      draw("IO wait", "net.(*conn).Read", "net/http.(*connReader).Read", "net/http.(*conn).serve");
      draw("IO wait", "net.(*conn).Read", "main.ask", ...serve);
      for (let i = 0; i < 2; i++) draw("chan send", "golang.org/x/sync/errgroup.(*Group).Go", "main.walk");
    },
    { version: "go1.24.1" },
  );
  const { frames, names } = heap.goroutines;
  const none = new Int32Array(frames.count);
  const noLine = new Int32Array(4);
  const calls = {
    names: [...names, "", "golang.org/x/sync/errgroup.(*Group).Go", "main.main"],
    origin: { function: Int32Array.of(0, 0, 1, 2).map((one) => names.length + one), file: noLine, line: noLine },
    start: Uint32Array.from({ length: frames.count + 1 }, (_, frame) => frame),
    ...{ function: frames.function, file: none, line: none, isHidden: new Uint8Array(frames.count) },
  };
  const { groups } = await computeGoroutineGroups({ ...heap, goroutines: { ...heap.goroutines, calls } }, NO_PROGRESS);
  const told = groups.map(({ entry, origin, advice }) => [entry, origin, advice?.slice(0, 12)]);
  expect(told).toHaveLength(4);
  expect(told).toContainEqual(["net/http.(*conn).serve", "", "If clients s"]);
  expect(told).toContainEqual(["net/http.(*conn).serve", "", undefined]);
  expect(told).toContainEqual(["main.walk", "golang.org/x/sync/errgroup.(*Group).Go", "Do not call "]);
  expect(told).toContainEqual(["main.walk", "main.main", "See what the"]);
});

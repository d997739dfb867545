import { describe, expect, it } from "vitest";
import { buildReport } from "../../../src/cli/info/info-report.ts";
import type { ExecutableReport } from "../../../src/cli/input/executable-input.ts";
import { type ReportLayout, renderReportText } from "../../../src/cli/report/report-text.ts";
import { columnsOf } from "../../../src/cli/terminal/columns.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import { findHolders, type Holder } from "../../../src/findings/holders/holder.ts";
import { withoutContents } from "../../../src/findings/report/contents.ts";
import { computeReport, type Report } from "../../../src/findings/report/report.ts";
import { sayName } from "../../../src/findings/report/said-names.ts";
import { summariseReport } from "../../../src/findings/report/summary.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { shortenImports } from "../../../src/heap/short-names.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { formatBytes } from "../../../src/quantities.ts";
import { computeContainers } from "../../../src/values/values.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { sampleHeap } from "../../support/sample-dumps.ts";
import { typedSample } from "../../support/typed-samples.ts";

const LAYOUT: ReportLayout = {
  width: 100,
  height: 24,
  whyCommand: "gohd why app.dump",
  topCommand: "gohd top app.dump",
  style: createStyle(false),
};

async function reportLines(layout: Partial<ReportLayout> = {}): Promise<string[]> {
  const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  return renderReportText(await computeReport(heap, NO_PROGRESS), { ...LAYOUT, ...layout }).split("\n");
}

describe("the report as text", () => {
  it("names first the thing that holds the memory, with its share and type", async () => {
    const lines = await reportLines();
    const sentence = lines.find((line) => line.includes(" keeps "))!;
    expect(sentence).toMatch(/^main\.store keeps \d+ KiB \(\d\d\.\d %\): main\.SessionStore$/);
    expect(lines.join(" ").replaceAll(/ +/g, " ")).toMatch(
      / letting go of main\.store alone frees nothing; if all of these let go, 55\d KiB would be freed/,
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}gohd why app\.dump 0x[0-9a-f]+$/));
  });

  it("fits on the screen, and says that there is more", async () => {
    const lines = await reportLines({ height: 16 });
    expect(lines.length).toBeLessThanOrEqual(16);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines.join("\n")).toContain("--all shows everything");
    const all = await reportLines({ height: Number.POSITIVE_INFINITY });
    expect(all.join("\n")).not.toContain("--all");
    expect(all.length).toBeGreaterThan(lines.length);
  });

  it("ends lines where the terminal's do, where characters take two columns", async () => {
    const whole = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const wide = (name: string): string => name.replaceAll("main.", "main.顧客名簿 ");
    const report = JSON.parse(JSON.stringify(whole), (_, value) => (typeof value === "string" ? wide(value) : value));
    const lines = renderReportText(report as Report, { ...LAYOUT, width: 60, height: 24 }).split("\n");
    expect(lines.join()).toContain("顧客名簿");
    const columns = lines.map((line) => line.length + (line.match(/\p{Script=Han}/gu)?.length ?? 0));
    expect(Math.max(...columns)).toBeLessThanOrEqual(60);
    expect(lines.length).toBeLessThanOrEqual(24);
    // A command stays whole, and the terminal breaks it: it takes two rows of 60 columns, though it has fewer characters.
    const commands = { whyCommand: `gohd why ${"顧".repeat(20)}`, topCommand: `gohd top ${"顧".repeat(20)}` };
    for (let height = 20; height <= 40; height++) {
      const text = renderReportText(report as Report, { ...LAYOUT, ...commands, width: 60, height });
      const rows = text.split("\n").map((line) => Math.max(1, Math.ceil(columnsOf(line) / 60)));
      expect(
        rows.reduce((sum, each) => sum + each, 0),
        `${height}`,
      ).toBeLessThanOrEqual(height);
    }
  });

  it("breaks even the longest lines in time that is linear in them", async () => {
    const whole = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const advice = "words ".repeat(500_000).trim();
    const findings = whole.findings.map((finding) => ({ ...finding, advice }));
    const start = performance.now();
    const text = renderReportText({ ...whole, findings }, { ...LAYOUT, width: 60, height: Number.POSITIVE_INFINITY });
    expect(performance.now() - start).toBeLessThan(10_000);
    const lines = text.split("\n").filter((line) => line.includes("words"));
    expect(lines.length).toBeGreaterThan(50_000);
    for (const line of lines) if (line.length > 60 || !/^ {2,6}words(?: words)*$/.test(line)) expect(line).toBe("");
    expect(lines.join(" ").split("words").length - 1).toBe(
      500_000 * Math.round((lines.join(" ").split("words").length - 1) / 500_000),
    );
  });

  it("breaks lines of which most takes no columns", async () => {
    const whole = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const word = `e${"\u0301".repeat(12)}`;
    const findings = whole.findings.map((finding) => ({ ...finding, advice: `${word} `.repeat(200).trim() }));
    const text = renderReportText({ ...whole, findings }, { ...LAYOUT, width: 60, height: Number.POSITIVE_INFINITY });
    const lines = text.split("\n").filter((line) => line.includes(word));
    expect(lines.join(" ").split(word).length - 1).toBeGreaterThanOrEqual(200);
    for (const line of lines) expect(line.replaceAll("\u0301", "").length).toBeLessThanOrEqual(60);
  });

  it("leaves commands in one line, to be pasted", async () => {
    const whyCommand = `gohd why '${"a ".repeat(80)}'`;
    const topCommand = whyCommand.replace("why", "top");
    const lines = await reportLines({ whyCommand, topCommand, height: 60 });
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}gohd why '(a ){80}' 0x[0-9a-f]+$/));
    expect(lines).toContain(`  ${topCommand}`);
  });

  it("keeps what comes first where there is little room, and leaves out what comes last", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const report = await computeReport(heap, NO_PROGRESS);
    const first = "main.pipeline.thumbnails.previews[]: 512 KiB";
    const unbroken = { ...LAYOUT, width: 10_000, height: 1000 };
    const whole = renderReportText(report, unbroken).split("\n");
    for (let height = 24; height <= 40; height++) {
      for (const width of [40, 60, 100]) {
        const text = renderReportText(report, { ...LAYOUT, height, width });
        const lines = text.split("\n");
        expect(lines.length, `${width}x${height}`).toBeLessThanOrEqual(height);
        expect(text, `${width}x${height}`).toContain(first.slice(0, width - 10));
        // No heading stands alone.
        expect(text, `${width}x${height}`).not.toMatch(/^[^\n]*:\n\n/m);
        // Nor does half of a sentence, but of the first.
        const cut = lines.findIndex((line) => line.includes("cut or left out"));
        const before = lines[cut - 2]?.trim() ?? "";
        const isFirst = !lines.slice(0, cut).some((line) => line.startsWith("  gohd why"));
        if (cut > 0 && !isFirst)
          expect(
            whole.some((line) => line.endsWith(before)),
            `${width}x${height}: ${before}`,
          ).toBe(true);
        // What follows is there only if all answers are.
        if (text.includes("Types by size"))
          expect(text.replaceAll(/\s+/g, " ")).toContain("main.pipeline.logs.firstLines");
      }
    }
  });

  it("ends with whole sentences where there is little room", async () => {
    const report = await computeReport(
      await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"),
      NO_PROGRESS,
    );
    const pack = (text: string): string => text.replaceAll(/\s+/g, "");
    const ends = new Set<string>();
    for (const line of renderReportText(report, { ...LAYOUT, height: 1000, width: 1000 }).split("\n"))
      ends.add(([...ends].at(-1) ?? "") + pack(line));
    let cuts = 0;
    for (let height = 14; height <= 40; height++) {
      for (const width of [40, 60, 80]) {
        const [shown, cut] = renderReportText(report, { ...LAYOUT, height, width }).split(/\n\d+ sections? cut/);
        if (cut === undefined) continue;
        cuts++;
        expect([...ends], `${width}x${height}`).toContain(pack(shown!));
      }
    }
    expect(cuts).toBeGreaterThan(20);
  });

  it("tells the cause with what it is the cause of, and what to do", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const text = renderReportText(await computeReport(heap, NO_PROGRESS), { ...LAYOUT, height: 40 });
    expect(text).toContain(
      "main.pipeline.thumbnails.previews[]: 512 KiB (59.6 %), arrays pinned by small views\n" +
        "  16 views of 384 bytes in all pin 512 KiB: 16 arrays of 32,768 bytes\n" +
        "  in main.pipeline.thumbnails.previews, which keeps 513 KiB (59.8 %): map[string][]uint8, 16 entries\n" +
        "  Copy what is kept out of the larger buffer",
    );
    expect(text).toMatch(
      /^main\.pipeline\.queue\.pending keeps 155 KiB \(18\.0 %\): \[\]\*main\.Job, length 53 in an array of 600\n {2}547 popped slots/m,
    );
  });

  it("tells what is in the thing that a cause is in, but not twice what the cause counts", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [holder, ...others] = report.holders;
    const [arrays] = holder!.parts;
    expect(arrays).toMatchObject({ type: "[]uint8", count: 16 });
    const tell = (more: Partial<Report["holders"][number]>): string =>
      renderReportText({ ...report, holders: [{ ...holder!, ...more }, ...others] }, { ...LAYOUT, height: 40 });
    const where = "which keeps 513 KiB (59.8 %): map[string][]uint8, 16 entries\n";
    const advice = "  Copy what is kept out of the larger buffer";
    expect(tell({})).toContain(`${where}${advice}`);
    const page = { ...arrays!, type: "main.Page" };
    expect(tell({ parts: [page] })).toContain(`${where}  16 × main.Page, 512 KiB\n${advice}`);
    const below = { type: "main.Book", count: 5, guessed: 0, bytes: 2 ** 19 };
    const ofPages = {
      field: null,
      mostly: [{ type: "[]main.Line", count: 720, guessed: 0, bytes: 2 ** 18, field: null }],
    };
    const bulk = { type: "main.Page", count: 360, guessed: 2, bytes: 2 ** 19, ...ofPages, below, beside: null };
    expect(tell({ bulk })).toContain(
      `${where}  360 × main.Page (2 guessed), 512 KiB, in 5 × main.Book: mostly 720 × []main.Line, 256 KiB\n${advice}`,
    );
    const beside = { type: "main.Note", count: 90, guessed: 0, bytes: 2 ** 17 };
    expect(tell({ bulk: { ...bulk, beside } })).toContain(
      `${where}  360 × main.Page (2 guessed), 512 KiB, and 90 × main.Note, 128 KiB, in 5 × main.Book\n${advice}`,
    );
    // The field has the lines, and not the notes.
    const field = { name: "main.Page.l", bytes: 2 ** 19, isGuessed: false };
    expect(tell({ bulk: { ...bulk, beside, field } })).toContain(
      "512 KiB, in main.Page.l, and 90 × main.Note, 128 KiB, in 5 ×",
    );
    expect(tell({ bulk: { ...bulk, field, mostly: [] } })).toContain("512 KiB, in main.Page.l (5 × main.Book)\n");
  });

  it("names the largest things in a holder by their keys: those that stand out on any screen, the others with --all", async () => {
    const whole = await computeReport(await typedSample("cache.1.27.amd64", "cache.1.27.amd64"), NO_PROGRESS);
    const at = whole.holders.findIndex(({ largest }) => largest[0]!.path.endsWith('["/search?q=0"]'));
    const holder = whole.holders[at]!;
    const [first, ...rest] = holder.largest;
    const tell = (report: Report, height: number): string =>
      renderReportText(report, { ...LAYOUT, height, width: 1000 });
    const { path, type } = first!;
    const [part] = holder.parts.filter((each) => each.type === type);
    const each = `on average ${formatBytes(part!.bytes / part!.count)} each`;
    expect(tell(whole, Number.POSITIVE_INFINITY)).toContain(`the largest: ${path}, ${formatBytes(first!.bytes)}; `);
    expect(tell(whole, Number.POSITIVE_INFINITY)).toContain(each);
    expect(tell(whole, 40)).not.toContain("the largest: ");
    const large = { ...first!, bytes: holder.bytes / 4 };
    const holders = whole.holders.map((other, i) => (i === at ? { ...holder, largest: [large, ...rest] } : other));
    const told = `  the largest: ${path}, ${formatBytes(large.bytes)}; ${each}\n`;
    expect(tell({ ...whole, holders }, 40)).toContain(told);
    const open = tell(withoutContents({ ...whole, holders }), 40);
    expect(open).not.toContain("/search");
    expect(open).toContain(`the largest: ${first!.pathWithoutKeys}, `);
    const guessed = holders.map((other, i) => (i === at ? { ...other, typeSource: "inferred" as const } : other));
    expect(tell({ ...whole, holders: guessed }, 40)).toContain(`the largest: ${path} (guessed), `);
  });

  it("tells of largest things of two types what each of these has on average", async () => {
    const whole = await computeReport(await typedSample("cache.1.27.amd64", "cache.1.27.amd64"), NO_PROGRESS);
    const [holder, ...others] = whole.holders;
    const entry = { ...holder!.largest[0]!, bytes: holder!.bytes / 4 };
    const part = { ...holder!.parts[0]!, count: 1024, bytes: 1 << 20, inner: null, mostly: [] };
    const two = {
      ...holder!,
      parts: [
        { ...part, type: "main.Page" },
        { ...part, type: "main.Link", bytes: 1 << 19 },
      ],
      largest: [
        { ...entry, path: "main.a[7]", type: "main.Page" },
        { ...entry, path: "main.b[9]", type: "main.Link" },
        { ...entry, path: "main.a[8]", type: "main.Page", bytes: 4096 },
      ],
    };
    const tell = (height: number): string =>
      renderReportText({ ...whole, holders: [two, ...others] }, { ...LAYOUT, height, width: 1000 });
    const bytes = formatBytes(entry.bytes);
    const ofLinks = `  the largest: main.b[9], ${bytes}; on average 512 B each\n`;
    expect(tell(40)).toContain(`  the largest: main.a[7], ${bytes}; on average 1.00 KiB each\n${ofLinks}`);
    const all = tell(Number.POSITIVE_INFINITY);
    expect(all).toContain(`  the largest: main.a[7], ${bytes}; main.a[8], 4.00 KiB; on average 1.00 KiB each\n`);
    // What is told anyway is not told twice.
    expect(all.split(ofLinks)).toHaveLength(2);
  });

  it("tells with --all where goroutines wait and were started, and which local variables hold what they own", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const report = await computeReport(heap, NO_PROGRESS);
    const tell = (height: number): string => renderReportText(report, { ...LAYOUT, height, width: 1000 });
    const group = report.goroutines.groups.find(({ locals, isSystem }) => locals.length > 0 && !isSystem)!;
    const [local] = group.locals;
    const list = tell(Number.POSITIVE_INFINITY).split("\nGoroutines:\n")[1]!;
    expect(list).toContain(` at ${shortenImports(group.site)}, started by ${shortenImports(group.origin)}\n`);
    expect(list).toContain(
      ` in ${shortenImports(local!.function)} holds ${sayName(local!.type, 120)}, ${formatBytes(local!.bytes)}\n`,
    );
    expect(tell(40)).not.toContain("\nGoroutines:\n");
  });

  it("ends each finding with the command that shows more, with --all also those that are about no answer", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [first] = report.answers;
    const only = { ...report, answers: [{ ...first!, others: [] }] };
    const minor = report.findings.filter((_, row) => row !== first!.cause);
    expect(minor.length).toBeGreaterThan(2);
    const whyCommand = `gohd why '${"a ".repeat(80)}'`;
    const layout = { ...LAYOUT, whyCommand, height: Number.POSITIVE_INFINITY };
    const text = renderReportText(only, layout).split("\nAlso:\n")[1]!;
    for (const { address } of minor) expect(text).toContain(`\n    ${whyCommand} ${address}\n`);
    const { address } = minor[0]!;
    const ofType = renderReportText(
      { ...only, answers: [], findings: [{ ...minor[0]!, address: null, holderKind: "type" }] },
      layout,
    );
    expect(ofType).not.toContain(address);
    expect(ofType).toContain(`\n    ${LAYOUT.topCommand} --by type\n`);
  });

  it("tells what else is wasted in a thing on any screen, and how much more there is", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [first, ...rest] = report.answers;
    const tell = (others: readonly number[], height = 60): string =>
      renderReportText(
        { ...report, answers: [{ ...first!, others }, ...rest.map((answer) => ({ ...answer, others: [] }))] },
        { ...LAYOUT, height },
      );
    expect(report.findings.length).toBeGreaterThan(3);
    expect(tell([1, 2, 3]).match(/^ {2}also .*: .*B, .*$/gm)).toHaveLength(3);
    const four = tell([0, 1, 2, 3]);
    expect(four.match(/^ {2}also /gm)).toHaveLength(2);
    expect(four).toContain("\n  and 2 more: --all shows them\n");
    expect(tell([0, 1, 2, 3], Number.POSITIVE_INFINITY).match(/^ {2}also /gm)).toHaveLength(4);
  });

  it.each([
    ["queue.1.22.amd64", "queue.1.22.amd64"],
    ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
    ["lru.1.24.amd64", "lru.1.24.amd64"],
    ["workers.1.24.amd64", "workers.1.24.amd64"],
  ])("says on every line that names a guessed type that it is a guess: %s", async (sample, executable) => {
    const heap = await typedSample(sample, executable);
    const typeSource = heap.objects.typeSource.slice().fill(TypeSource.INFERRED);
    const guessed = { ...heap, objects: { ...heap.objects, typeSource } };
    const told = async (of: Heap) =>
      renderReportText(await computeReport(of, NO_PROGRESS), {
        ...LAYOUT,
        width: 1000,
        height: Number.POSITIVE_INFINITY,
      }).split("\n");
    const lines = await told(guessed);
    // Lines of goroutines name none.
    const naming = lines.filter((line) => / × |keeps|^ {2}main\./.test(line) && !/ \[[^\]]+\]| stacks /.test(line));
    expect(naming.length).toBeGreaterThan(9);
    expect(naming.filter((line) => !/guessed/.test(line))).toEqual([]);
    // What goroutines wait for is told only where it is certain.
    const isWait = (line: string): boolean => /^ +(all|it|they|[\d,]+ of them) (also )?waits? (to|for) /.test(line);
    expect(lines.filter(isWait)).toEqual([]);
    // Types take no more room than that where they are known.
    const known = (await told(heap)).filter((line) => !isWait(line));
    expect(lines.map((line) => line.replace(/ \((type )?guessed\)/g, ""))).toHaveLength(known.length);
  });

  it("says what lets go of the entries of package unique's own map, and of no other", async () => {
    const report = await computeReport(await typedSample("lru.1.27.amd64", "lru.1.27.amd64"), NO_PROGRESS);
    const tell = (type: string): string =>
      renderReportText({ ...report, holders: [{ ...report.holders[0]!, type }] }, { ...LAYOUT, width: 200 });
    const line = "  package unique's own map, of values of unique.Make: an entry goes once a collection finds no";
    expect(tell("internal/sync.HashTrieMap[*internal/abi.Type,interface {}]")).toContain(line);
    expect(tell("internal/concurrent.HashTrieMap[*internal/abi.Type, interface {}]")).toContain(line);
    // Of the values of one type, in Go 1.23, 1.24 and since.
    expect(
      tell("internal/concurrent.HashTrieMap[net/netip.addrDetail,internal/weak.Pointer[net/netip.addrDetail]]"),
    ).toContain(line);
    expect(tell("internal/sync.HashTrieMap[string,weak.Pointer[string]]")).toContain(line);
    expect(tell("unique.indirect[string]")).toContain(line);
    expect(tell("internal/sync.HashTrieMap[string,interface {}]")).not.toContain("unique");
    expect(tell("map[string]weak.Pointer[main.Blob]")).not.toContain("unique");
    expect(tell("sync.Map")).not.toContain("unique");
  });

  it("tells what many things consist of, where they say nothing by themselves", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [holder, ...others] = report.holders;
    const mostly = [
      { type: "[]uint8", count: 480, guessed: 480, bytes: 2 ** 18, field: null },
      { type: "string", count: 6000, guessed: 0, bytes: 2 ** 17, field: null },
    ] as const;
    const tell = (contents: Holder["parts"][number]["mostly"]): string => {
      const parts = [{ ...holder!.parts[0]!, type: "main.Page", count: 27, bytes: 2 ** 19, mostly: contents }];
      return renderReportText({ ...report, holders: [{ ...holder!, parts }, ...others] }, { ...LAYOUT, width: 200 });
    };
    expect(tell(mostly)).toContain(
      "  27 × main.Page, 512 KiB: mostly 480 × []uint8 (guessed), 256 KiB, and 6,000 × string, 128 KiB\n",
    );
    const [buffers, texts] = mostly;
    const all = { name: "example.com/web/page.Page.pixels", bytes: 2 ** 18, isGuessed: true };
    const some = { name: "main.Page.words[]", bytes: 2 ** 16, isGuessed: false };
    expect(
      tell([
        { ...buffers, field: all },
        { ...texts, field: some },
      ]),
    ).toContain(
      ": mostly 480 × []uint8 (guessed), 256 KiB, in page.Page.pixels (guessed), and 6,000 × string, 128 KiB, 64.0 KiB of these in main.Page.words[]\n",
    );
  });

  it("tells slices in interfaces, and the arrays of these, once, and of a field that has all but a little that it does", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [holder, ...others] = report.holders;
    const tell = (type: string, count: number, contained: number, bytes: number): string => {
      const field = { name: "context.valueCtx.val", bytes: 2 ** 19, isGuessed: false };
      const mostly = [{ type: "[]uint8", count: contained, guessed: 0, bytes, field }];
      const parts = [{ ...holder!.parts[0]!, type, count, bytes: 2 ** 20, mostly }];
      return renderReportText({ ...report, holders: [{ ...holder!, parts }, ...others] }, { ...LAYOUT, width: 200 });
    };
    expect(tell("[]uint8", 600, 600, 2 ** 19)).toContain("\n  600 × []uint8, 1.00 MiB, in context.valueCtx.val\n");
    expect(tell("main.Page", 600, 600, 2 ** 19 + 1)).toContain(
      "\n  600 × main.Page, 1.00 MiB: mostly 600 × []uint8, 512 KiB, nearly all of it in context.valueCtx.val\n",
    );
    expect(tell("[]uint8", 6, 600, 2 ** 19)).toContain("\n  6 × []uint8, 1.00 MiB: mostly 600 × []uint8, 512 KiB, in ");
  });

  it("names the field of a single thing of which nothing else tells what it is for", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const report = await computeReport(heap, NO_PROGRESS);
    const tell = (of: Partial<Holder["parts"][number]>, typeSource: Holder["typeSource"] = "exact"): string => {
      const [holder, ...others] = report.holders;
      const parts = holder!.parts.map((part) => (part.type === "sync.Map" ? { ...part, ...of } : part));
      return renderReportText({ ...report, holders: [{ ...holder!, parts, typeSource }, ...others] }, LAYOUT);
    };
    expect(tell({})).toContain("  1 × sync.Map, 90.6 KiB, in lastSeen\n");
    expect(tell({}, "inferred")).toContain("  1 × sync.Map, 90.6 KiB, in lastSeen (guessed)\n");
    for (const by of ["", "[…]", "sp+…"]) expect(tell({ by })).toContain("  1 × sync.Map, 90.6 KiB\n");
    expect(tell({ count: 2 })).toContain("  2 × sync.Map, 90.6 KiB\n");
  });

  it("has parts of one type as one, by whichever pointer they hang", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const [holder, ...others] = report.holders;
    const part = { ...holder!.parts[0]!, type: "main.Page", count: 27, bytes: 2 ** 18, by: "next" };
    const parts = [part, { ...part, count: 10, bytes: 2 ** 17, by: "[…]" }];
    const tell = (parts: Holder["parts"]): string =>
      renderReportText({ ...report, holders: [{ ...holder!, parts }, ...others] }, LAYOUT);
    expect(tell(parts)).toContain("  37 × main.Page, 384 KiB\n");
    const shared = { ...part, sharedBy: ["order", "items"] };
    expect(tell([shared, parts[1]!])).toContain("  37 × main.Page, 384 KiB, in order and items\n");
    expect(tell([{ ...part, sharedBy: ["order"] }])).toContain("  27 × main.Page, 256 KiB, in order\n");
    const byMany = { ...part, sharedBy: ["order", "items", "hooks", "recent"] };
    expect(tell([byMany])).toContain("  27 × main.Page, 256 KiB, in order, items, hooks and 1 more\n");
    // What is so of the smaller part is not so of all.
    expect(tell([part, { ...shared, count: 10, bytes: 2 ** 17 }])).toContain("  37 × main.Page, 384 KiB\n");
  });

  it("has its sentences bold and its commands dim on a terminal, in the same lines", async () => {
    for (const width of [60, 100]) {
      const colored = await reportLines({ width, style: createStyle(true) });
      expect(colored.map((line) => line.replaceAll(/\x1b\[\d+m/g, ""))).toEqual(await reportLines({ width }));
      expect(colored.some((line) => line.startsWith("\x1b[1mmain.store keeps"))).toBe(true);
      expect(colored.some((line) => line.startsWith("\x1b[2m  gohd why app.dump 0x"))).toBe(true);
    }
  });

  it("tells leaked goroutines, and what proves it", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const text = renderReportText(await computeReport(heap, NO_PROGRESS), { ...LAYOUT, width: 200 });
    expect(text).toMatch(/39 goroutines main\.\(\*Service\)\.download \[chan send\] own .*: 36 of them leaked/);
    expect(text).toContain("reachable only from goroutines that wait likewise");
    expect(text).not.toContain("leaked goroutines");
  });

  it("lists all groups of goroutines with --all, also those that own nothing", async () => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const report = await computeReport(heap, NO_PROGRESS);
    const { groups } = report.goroutines;
    const idle = { ...groups[0]!, entry: "main.idle", state: "select", ownedBytes: 0, leaked: 0, longestWait: 65e9 };
    const goroutines = { ...report.goroutines, groups: [...groups, idle], count: report.goroutines.count + 40 };
    const all = { ...LAYOUT, width: 200, height: Number.POSITIVE_INFINITY };
    const lines = renderReportText({ ...report, goroutines }, all).split("\n");
    // Below each it is told where they are.
    const rows = lines.slice(lines.indexOf("Goroutines:") + 1).filter((line) => !line.startsWith(" ".repeat(14)));
    expect(rows.slice(0, groups.length + 1).every((row) => / × .*: owns? .*, stacks? /.test(row))).toBe(true);
    expect(rows[0]).toMatch(
      /^ {9}39 × main\.\(\*Service\)\.download \[chan send\]: own 181 KiB, stacks .* KiB.*, 36 leaked$/,
    );
    expect(rows[groups.length]).toMatch(/^ {9}39 × main\.idle \[select\]: own 0 B, stacks .* KiB, waiting 1 min 05 s$/);
    expect(rows[groups.length + 1]).toBe("  and 1 goroutine more");
    expect(renderReportText(report, LAYOUT)).not.toContain("Goroutines:");
  });

  it("asks for the executable where there are no types", async () => {
    const text = renderReportText(
      await computeReport(await sampleHeap("sessions-after.1.27.amd64"), NO_PROGRESS),
      LAYOUT,
    );
    expect(text).toContain("--exe");
  });
});

/** Keys whose values gohd makes, and no dump. */
const FIXED: ReadonlySet<string> = new Set(["kind", "leads", "fingerprint", "address"]);

it("tells first of garbage, if it is much, and what it hangs on", async () => {
  const heap = drawHeap((s) => {
    s.global(s.object({ type: "main.Live", size: 96 }));
    const lost = s.object({ type: "main.Lost", size: 32 });
    s.pointer(lost, s.object({ type: "[]uint8", size: 992 }));
  });
  const text = renderReportText(await computeReport(heap, NO_PROGRESS), LAYOUT);
  expect(text).toContain(
    "Garbage: 1.00 KiB (91.4 % of the heap) that no GC root leads to\n  1 × main.Lost, 1.00 KiB\n  Unless",
  );
  const report = await computeReport(heap, NO_PROGRESS);
  const cleanups = { closures: 20, ofHandles: 20, objects: 2, bytes: 1024, isKnown: false };
  const ofHandles = renderReportText({ ...report, cleanups }, LAYOUT);
  expect(ofHandles).toContain("\n  All of them are of handles of package unique, and are freed with these.\n");
  expect(ofHandles).not.toContain("A cleanup whose argument");
  const others = renderReportText({ ...report, cleanups: { ...cleanups, ofHandles: 19 } }, LAYOUT);
  expect(others).toContain("\n  1 closure of runtime.AddCleanup is among it;");
  // What is not known to be garbage is not called so.
  expect(text).toContain(", 1.00 KiB garbage; ");
  expect(others).toContain(", 1.00 KiB unreachable; ");
  const cut = renderReportText({ ...report, dump: { ...report.dump, isComplete: false } }, LAYOUT);
  expect(cut).toContain(", 1.00 KiB unreachable; ");
  expect(others).toContain("\n  A cleanup whose argument leads back");
});

it("tells of what hangs on nothing but handles of package unique where its size is", async () => {
  const draw = (least: number): Promise<Report> => {
    const heap = drawHeap((s) => {
      for (const size of [4096, least]) s.global(s.object({ type: `main.Live${size}`, size }));
      s.object({ type: "main.Lost", size: 1024 });
    });
    return computeReport(heap, NO_PROGRESS);
  };
  const order = async (isComplete: boolean, ofHandles: number, least = 512): Promise<readonly string[]> => {
    const report = await draw(least);
    const cleanups = { closures: 20, ofHandles, objects: 1, bytes: 1024, isKnown: false };
    const text = renderReportText({ ...report, cleanups, dump: { ...report.dump, isComplete } }, LAYOUT);
    return text.match(/^(main\.Live\d+|Held by cleanups|The dump is cut)/gm)!;
  };
  expect(await order(true, 20)).toEqual(["main.Live4096", "Held by cleanups", "main.Live512"]);
  expect(await order(true, 20, 2048)).toEqual(["main.Live4096", "main.Live2048", "Held by cleanups"]);
  expect(await order(true, 19)).toEqual(["Held by cleanups", "main.Live4096", "main.Live512"]);
  expect(await order(false, 20)).toEqual(["The dump is cut", "main.Live4096", "main.Live512"]);
});

it.each([
  ["all", 40],
  ["one, by chance,", 1],
])("tells who else leads to what is in a thing, and not to that: to %s of it", async (_, used) => {
  const heap = drawHeap((s) => {
    const topics = s.object({ type: "main.Topics", size: 512 });
    const messages = Array.from({ length: 40 }, () => s.object({ type: "main.Message", size: 1024 }));
    for (const [i, message] of messages.entries()) s.pointer(topics, message, 8 * i);
    s.global(topics);
    for (let i = 0; i < 2; i++) {
      const queue = s.object({ type: "[]*main.Message", size: 512 });
      for (const [at, message] of messages.slice(0, used).entries()) s.pointer(queue, message, 8 * at);
      s.goroutine({ frames: [{ name: "main.consume", slots: [[queue, 8]] }] });
    }
  });
  const report = await computeReport(heap, NO_PROGRESS);
  const line = "what is in it is also used by 2 × goroutine main.consume [";
  expect(report.holders[0]).toMatchObject({ type: "main.Topics", alsoUsedBy: [] });
  expect(renderReportText(report, LAYOUT).includes(line)).toBe(used === 40);
});

it.each([
  [1, 0, "perhaps also used by goroutine main.past [waiting], by a word of its stack that may be stale"],
  [3, 0, "perhaps also used by 3 goroutines, by words of stacks that may be stale"],
  [
    3,
    1,
    "also used by goroutine main.now [waiting]; perhaps also by 3 goroutines more, by words of stacks that may be stale",
  ],
])(
  "says that words of stacks may be stale which nothing tells to be live: %i, beside %i",
  async (stale, live, said) => {
    const heap = drawHeap((s) => {
      const store = s.object({ type: "main.Store", size: 1024 });
      s.goroutine({ frames: [{ name: "main.owner", slots: [[store, 8]] }] });
      for (let i = 0; i < stale; i++)
        s.goroutine({ frames: [{ name: "main.past", slots: [[store, 8]], areWords: true }] });
      for (let i = 0; i < live; i++) s.goroutine({ frames: [{ name: "main.now", slots: [[store, 8]] }] });
    });
    const text = renderReportText(await computeReport(heap, NO_PROGRESS), { ...LAYOUT, width: 300 });
    expect(text).toContain(`at main.owner; ${said}\n`);
    expect(text.includes("letting go of")).toBe(live > 0);
  },
);

it.each([
  [true, "  in goroutine main.owner [waiting] at main.owner, by a word of its stack that may be stale\n"],
  [false, "  in goroutine main.owner [waiting] at main.owner\n"],
])("says of an owner whether it is one by a word that may be stale: %s", async (areWords, said) => {
  const heap = drawHeap((s) => {
    const store = s.object({ type: "main.Store", size: 1024 });
    s.goroutine({ frames: [{ name: "main.owner", slots: [[store, 8]], areWords }] });
  });
  const report = await computeReport(heap, NO_PROGRESS);
  expect(report.holders[0]!.owner.isCertain).toBe(!areWords);
  expect(renderReportText(report, { ...LAYOUT, width: 300 })).toContain(said);
});

it("tells what it takes to free what is in a thing, where only that is used by others", async () => {
  const heap = drawHeap((s) => {
    const first = s.object({ type: "main.Topics", size: 320 });
    const other = s.object({ type: "main.Archive", size: 512 });
    const last = s.object({ type: "main.Rest", size: 320 });
    s.pointer(other, last);
    for (let i = 0; i < 40; i++) {
      const message = s.object({ type: "main.Message", size: 1024 });
      s.pointer(first, message, 8 * i);
      s.pointer(last, message, 8 * i);
    }
    s.goroutine({ frames: [{ name: "main.consume", slots: [[first, 8]] }] });
    s.goroutine({ frames: [{ name: "main.archive", slots: [[other, 8]] }] });
  });
  const report = await computeReport(heap, NO_PROGRESS);
  expect(report.holders[0]).toMatchObject({ alsoUsedBy: [], release: { byOwner: 320, byAll: 42_112 } });
  expect(renderReportText(report, { ...LAYOUT, width: 300 })).toMatch(
    / {2}letting go of goroutine main\.consume \[.*\] alone frees hardly anything \(320 B\); if all of these let go, 41\.1 KiB would be freed, with what else they lead to\n/,
  );
});

it("does not tell what would be freed if all variables without names let go at once", async () => {
  const heap = drawHeap((s) => {
    const store = s.object({ type: "main.Store", size: 64 });
    for (let i = 0; i < 60; i++) s.pointer(store, s.object({ type: "[]uint8", size: 1024 }));
    s.global(store, 0x18, "bss");
    s.global(s.object({ type: "main.Other", size: 4096 }), 0x40, "bss");
    s.goroutine({ frames: [{ name: "main.serve", slots: [[store, 8]] }] });
  });
  const { holders } = await computeReport(heap, NO_PROGRESS);
  expect(holders[0]!.alsoUsedBy).toMatchObject([{ kind: "goroutine" }]);
  expect(holders[0]).toMatchObject({ owner: { kind: "segment" }, release: null });
});

it("tells variables without names apart, and where names come from", async () => {
  const heap = drawHeap((s) => {
    for (const [offset, type] of [
      [0x18, "main.Sessions"],
      [0x40, "main.Orders"],
    ] as const) {
      const holder = s.object({ type, size: 32 });
      s.global(holder, offset, "bss");
      for (let i = 0; i < 40; i++) s.pointer(holder, s.object({ type: "[]uint8", size: 1024 }));
    }
  });
  const report = await computeReport(heap, NO_PROGRESS);
  const text = renderReportText(report, LAYOUT);
  const bss = heap.segments.find(({ kind }) => kind === "bss")!.address;
  for (const offset of [0x18, 0x40])
    expect(text).toContain(`  in bss at ${heap.formatAddress(bss + offset)}, a variable without a name\n`);
  const typed = { ...report, dump: { ...report.dump, isTyped: true } };
  const names = "an unstripped build of the same program gives them, with --symbols";
  expect(renderReportText(typed, { ...LAYOUT, width: 300 })).toContain(names);
  const owned = { ...report.totals.owned, variables: 1 };
  const named = { ...typed, totals: { ...report.totals, owned } };
  expect(renderReportText(named, { ...LAYOUT, width: 300 })).not.toContain(names);
  // Where others have names, it is the compiler's.
  const first = "a variable without a name: perhaps what a package variable pointed to at first, which stays\n";
  expect(renderReportText(typed, { ...LAYOUT, width: 300 })).not.toContain(first);
  expect(renderReportText(named, { ...LAYOUT, width: 300 })).toContain(first);
});

describe("the report as data", () => {
  it("tells bytes once: a finding belongs to the holder or the goroutines that have its objects", async () => {
    const { answers, holders, findings } = await computeReport(
      await typedSample("queue.1.22.amd64", "queue.1.22.amd64"),
      NO_PROGRESS,
    );
    const kindOf = (row: number | null): string => (row === null ? "" : findings[row]!.kind);
    expect(answers.map(({ leads, cause, others }) => [leads, kindOf(cause), others.map(kindOf)])).toEqual([
      ["finding", "pinned-by-view", []],
      ["holder", "popped-slots", ["duplicate-text"]],
      ["finding", "pinned-by-view", []],
    ]);
    expect(answers.map(({ bytes }) => bytes)).toEqual([
      findings[answers[0]!.cause!]!.bytes,
      holders[1]!.bytes,
      findings[answers[2]!.cause!]!.bytes,
    ]);
    expect(holders.map(({ use }) => use)).toEqual([
      { kind: "map", length: 16, capacity: expect.any(Number) },
      { kind: "slice", length: 53, capacity: 600 },
      { kind: "slice", length: 8, capacity: 8 },
    ]);

    const workers = await computeReport(await typedSample("workers.1.24.amd64", "workers.1.24.amd64"), NO_PROGRESS);
    const leaked = workers.answers.find(({ cause }) => cause !== null)!;
    expect(leaked).toMatchObject({ leads: "goroutines", holder: null });
    expect(workers.findings[leaked.cause!]!.kind).toBe("leaked-goroutines");
  });

  it("adds up: owners, and how types are known, are the live bytes", async () => {
    for (const heap of [
      await typedSample("queue.1.22.amd64", "queue.1.22.amd64"),
      await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64"),
      await sampleHeap("workers.1.15.amd64"),
    ]) {
      const { totals, holders, accounted } = await computeReport(heap, NO_PROGRESS);
      const { live, owned, typed } = totals;
      const sum = (parts: object): number => Object.values(parts).reduce((a: number, b: number) => a + b, 0);
      expect(sum(owned)).toBe(live.bytes);
      expect(sum(typed)).toBe(live.bytes);
      expect(sum(accounted)).toBe(live.bytes);
      expect(Math.min(...Object.values(accounted))).toBeGreaterThanOrEqual(0);
      expect(holders.reduce((bytes, holder) => bytes + holder.bytes, 0)).toBeLessThanOrEqual(live.bytes);
    }
  });

  it("can be without keys, which are contents", async () => {
    const heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    const { holders } = await findHolders(heap, {
      container: await computeContainers(heap, NO_PROGRESS),
      rule: { leastShare: 0.1, mostlyShare: 0.5 },
    });
    const report = { ...(await computeReport(heap, NO_PROGRESS)), holders };
    const paths = (of: Report): string[] =>
      of.holders.flatMap(({ path, largest }) => [path, ...largest.map((entry) => entry.path)]);
    expect(paths(report).join()).toMatch(/\["[^"]+"\]/);
    expect(paths(withoutContents(report)).join()).not.toContain('"');
    expect(paths(withoutContents(report))).toContain("main.store.byToken[…]");
  });

  it("has a summary below 5 KB, whatever the names", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    const summary = summariseReport(report);
    expect(summary.answers.map(({ what, rule }) => [what, rule])).toEqual([
      ["main.pipeline.thumbnails.previews[]", "pinned-by-view"],
      ["main.pipeline.queue.pending", "popped-slots"],
      ["main.pipeline.logs.firstLines[]", "pinned-by-view"],
    ]);
    const long = "x".repeat(100_000);
    const lengthen = (value: unknown): unknown => {
      if (typeof value === "string") return value + long;
      if (Array.isArray(value))
        return Array.from({ length: 9 }, () => value)
          .flat()
          .map(lengthen);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, FIXED.has(key) ? one : lengthen(one)]));
    };
    const hostile = lengthen(report) as Report;
    expect(JSON.stringify(summariseReport(hostile)).length).toBeLessThan(5000);
  });

  it("has the holders that gohd info lists", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const { holders } = await computeReport(heap, NO_PROGRESS);
    const names = { source: "none", explanation: "" };
    const executable = { name: "a", names } as ExecutableReport;
    const info = await buildReport(heap, { executable });
    expect(info.holders).toEqual(
      holders.map(({ pathWithoutKeys: path, type, bytes, share }) => ({ path, type, bytes, share })),
    );
    expect((await buildReport(heap)).holders).toBeNull();
  });

  it("is JSON", async () => {
    const report = await computeReport(await typedSample("queue.1.22.amd64", "queue.1.22.amd64"), NO_PROGRESS);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

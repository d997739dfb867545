/** `--to markdown`: names are shown as they are, and nothing in them is taken for markup. */
import { describe, expect, it } from "vitest";
import markdown from "../../../converters/report/markdown.ts";
import { markdownBlock, markdownCode, markdownTable, markdownWords } from "../../../src/markdown.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";

describe("Markdown", () => {
  it("says the report's sentences, and tells findings, goroutines and types in tables", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const text = Buffer.from((await convertToBytes(markdown, heap)).bytes).toString();
    expect(text).toMatch(/^## What holds the memory of `queue\.1\.22\.amd64\.dump`\n\n```text\n/);
    expect(text).toMatch(/^main\.pipeline\.queue\.pending keeps 155 KiB/m);
    expect(text).toMatch(/^\| `main\.JobQueue\.pending` \| popped slots: .* \| 137 KiB \| 15\.9 % \|$/m);
    expect(text).toMatch(/^### 2 goroutines\n(\n\|.*){4}\n\nBeside them 6 goroutines of the runtime\.$/m);
    expect(text).toMatch(/^… \d+ more$/m);
    for (const row of text.split("\n").filter((line) => line.startsWith("| `"))) {
      expect(row.replaceAll(/`[^`]*`/g, "").split("|").length, row).toBeGreaterThan(6);
    }
  });

  it("holds keys of maps only if they are asked for", async () => {
    const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
    const write = async (options: { contents?: boolean }): Promise<string> =>
      Buffer.from((await convertToBytes(markdown, heap, options)).bytes).toString();
    const row =
      "| `main.pipeline.thumbnails.previews` | `map[string][]uint8` | `*main.pipeline.thumbnails` | `main.pipeline.thumbnails.previews";
    const end = "`, 32.0 KiB | 513 KiB | 59.8 % |\n";
    expect(await write({})).toContain(`${row}[…]${end}`);
    expect(await write({})).not.toContain('["');
    expect(await write({ contents: true })).toContain(`${row}["document 00"]${end}`);
  });

  it("takes no name for markup", async () => {
    const names = ["a`b", "a|b", "a\\|b", "</code><img src=x onerror=alert(1)>`", "@everybody #1", "```\n# forged"];
    const heap = drawHeap((s) => {
      for (const type of names) s.global(s.object({ type, size: 4096 }));
    });
    const text = Buffer.from((await convertToBytes(markdown, heap)).bytes).toString();
    const tables = text.split("\n").filter((line) => line.startsWith("|"));
    // Without what is code, nothing of the names is left.
    const rest = tables.map((line) => line.replaceAll(/`[^`]*`|<code>[^<]*<\/code>/g, "")).join("\n");
    expect(rest).not.toMatch(/img|everybody|forged/);
    expect(text).not.toMatch(/^# forged/m);
    for (const line of tables) expect(line.split("|").length).toBeLessThanOrEqual(9);
  });

  it("writes code between more backticks than are in it", () => {
    expect(markdownBlock(["a ``` b"])).toBe("````text\na ``` b\n````");
    expect(markdownCode("main.T")).toBe("`main.T`");
    expect(markdownCode("a`|b")).toBe("<code>a&#96;&#124;b</code>");
    expect(markdownWords("*T, <b>")).toBe("&#42;T, &#60;b&#62;");
    expect(markdownTable([{ title: "A" }, { title: "B", isNumber: true }], [["x", "1"]])).toBe(
      "| A | B |\n| --- | ---: |\n| x | 1 |",
    );
  });
});

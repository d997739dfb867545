import { describe, expect, test } from "vitest";
import { loadTables } from "../../../src/cli/terminal/table.ts";

describe("the last column of a table", () => {
  test("goes on in the next line, in the middle of words that are longer than the line, and loses nothing", async () => {
    const render = await loadTables();
    const words = ["🎉".repeat(41), `${"x".repeat(59)}🎉🎉tail`, "日本語".repeat(20)];
    for (const text of [...words, words.join(" and ")]) {
      const written = render([["name", text]], { width: 60 });
      expect(written.replaceAll(/\s/g, "")).toBe(`name${text.replaceAll(" ", "")}`);
      // Halves of characters would be replaced.
      expect(Buffer.from(written).toString()).toBe(written);
      for (const line of written.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  test("has prose broken between words where there are any", async () => {
    const render = await loadTables();
    const prose = "one two three four five six seven eight nine ten";
    const lines = render([["k", prose]], { width: 30 }).split("\n");
    expect(lines.map((line) => line.trim()).join(" ")).toBe(`k  ${prose}`);
  });

  test("has a name's detail cut before the name", async () => {
    const render = await loadTables();
    const lastOf = (name: string, detail: string, width: number): string => {
      const options = { width, last: "name", details: ["", detail] } as const;
      const written = render(
        [
          ["n", "name"],
          ["1", `${name}${detail}`],
        ],
        options,
      ).split("\n")[1]!;
      expect(written.length).toBeLessThanOrEqual(width);
      return written.slice("  1  ".length);
    };
    const [name, detail] = ["main.server.limiter.buckets", ": map[netip.Addr]*main.bucket"];
    expect(lastOf(name, detail, 80)).toBe(`${name}${detail}`);
    expect(lastOf(name, detail, 50)).toBe(`${name}: map[netip…bucket`);
    expect(lastOf(name, detail, 40)).toBe(name);
    expect(lastOf(name, detail, 25)).toBe("main.server.…buckets");
    expect(lastOf(name, "", 25)).toBe("main.server.…buckets");
    expect(lastOf("\x1b\x1b\x1b", detail, 32)).toMatch(/^\\x1b\\x1b\\x1b.*…/);
  });
});

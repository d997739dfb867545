import { describe, expect, test } from "vitest";
import { columnsOf } from "../../../src/cli/terminal/columns.ts";
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

  test("has names that are wide cut to the columns that they take", async () => {
    const render = await loadTables();
    const type = "main.顧客記録".repeat(8);
    const rows = [
      ["n", "名前", "name"],
      ["1", "顧".repeat(50), type],
      ["2", "b", `main.store: ${type}`],
      ["3", "c", "main.注文"],
    ];
    const text = render(rows, { width: 80, last: "name", details: ["", "", `: ${type}`] });
    const lines = text.split("\n");
    expect(lines).toHaveLength(rows.length);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(80);
    // The last column begins in one place, and has the room that there is.
    const at = lines.map((line, i) =>
      columnsOf(line.slice(0, line.lastIndexOf(["name", "main", "main.s", "main"][i]!))),
    );
    expect(new Set([at[0], at[2], at[3]]).size).toBe(1);
    expect(Math.max(...lines.map(columnsOf))).toBeGreaterThan(76);
    expect(lines[3]).toMatch(/main\.注文$/);
    expect(lines[2]).toContain("main.store");
  });
});

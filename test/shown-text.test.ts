import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeLines, escapeText, LONGEST_SHOWN, quoteWord, showName, showText } from "../src/shown-text.ts";

/** What no text for a person may have, spelled out by number so that it does not depend on tables of Unicode. */
function findUnfit(text: string): string[] {
  return [...text].filter((character) => {
    const code = character.codePointAt(0)!;
    return (
      code < 0x20 ||
      (code >= 0x7f && code <= 0x9f) ||
      code === 0x61c ||
      code === 0x200b ||
      (code >= 0x200e && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0xfeff ||
      (code & 0xfffe) === 0xfffe ||
      (code >= 0xe0000 && code <= 0xe007f)
    );
  });
}

/** Letters, and characters that do harm. */
const hostile = fc
  .array(
    fc.constantFrom("a", "ü", "日", "😀", "\x1b", "\n", "\0", "\x9b", "\u202e", "\ud800", "\udc00", "\u{e0041}", "\\"),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("escaping", () => {
  test.each([
    ["\x1b]0;title\x07", "\\x1b]0;title\\a"],
    ["\x9b31m", "\\u009b31m"],
    ["a\rb\nc\td\0", "a\\rb\\nc\\td\\x00"],
    ["\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"],
    ["\ud800x\udc00", "\\ud800x\\udc00"],
    ["\u{e0041}\ufeff\uffff\u2028", "\\U000e0041\\ufeff\\uffff\\u2028"],
    ["map[string]*main.Größe · 日本 👩‍💻 می‌خواهم", "map[string]*main.Größe · 日本 👩‍💻 می‌خواهم"],
    ["C:\\dumps\\new.dump", "C:\\dumps\\new.dump"],
  ])("%j", (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  test("keeps line breaks only where they are gohd's own", () => {
    expect(escapeLines("say:\n  \x1b[2J")).toBe("say:\n  \\x1b[2J");
  });

  test("leaves nothing unfit, whatever came", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: "binary" })), fc.integer({ min: 1, max: 40 }), (text, most) => {
        expect(findUnfit(escapeText(text))).toEqual([]);
        for (const show of [showText, showName]) {
          const shown = show(text, most);
          expect(findUnfit(shown)).toEqual([]);
          expect(shown.length).toBeLessThanOrEqual(most);
          if (escapeText(text).length <= most) expect(shown).toBe(escapeText(text));
        }
      }),
    );
  });
});

describe("cutting", () => {
  test("the end of a text, the middle of a name", () => {
    expect(showText("abcdefghij", 6)).toBe("abcde…");
    expect(showName("abcdefghij", 6)).toBe("abc…ij");
    expect(showText("abcdef", 6)).toBe("abcdef");
  });

  test("no pair and no escape is cut in two", () => {
    expect(showText("ab😀cd", 4)).toBe("ab…");
    expect(showText("ab\x1bcd", 6)).toBe("ab…");
    expect(showName("abc\x1b😀x", 6)).toBe("abc…x");
  });

  test("a megabyte costs no more than what is shown of it", () => {
    const text = "\x1b😀".repeat(1 << 20);
    let read = 0;
    // A string that counts what is taken of it: slices only.
    const counting = Object.assign(Object.create(null), {
      length: text.length,
      slice(from: number, to?: number) {
        const part = text.slice(from, to);
        read += part.length;
        return part;
      },
    }) as string;
    for (const show of [showText, showName]) {
      const { length } = show(counting);
      expect(length).toBeLessThanOrEqual(LONGEST_SHOWN);
      expect(length).toBeGreaterThan(LONGEST_SHOWN - 8);
    }
    expect(read).toBeLessThan(3 * LONGEST_SHOWN);
  });
});

describe("words of a command line", () => {
  const HOSTILE = [
    "a b",
    "it's",
    "$(touch x).dump",
    "`id`",
    '"',
    "\\",
    "a\nb",
    "\x1b[31m9",
    "\u202e.exe",
    "!x",
    "*",
    "",
    "~",
    "a;b&c|d",
  ];

  test("plain ones stay, others get quotes, and show nothing that is unfit", () => {
    expect(quoteWord("/tmp/app-1.dump.gz")).toBe("/tmp/app-1.dump.gz");
    expect(quoteWord("it's")).toBe("'it'\\''s'");
    expect(quoteWord("\x1b[0m'\\")).toBe("$'\\x1b[0m\\'\\\\'");
    for (const word of HOSTILE) expect(findUnfit(quoteWord(word)), word).toEqual([]);
  });

  const hasBash = spawnSync("bash", ["-c", ":"]).status === 0;
  test.skipIf(!hasBash)(`a shell reads them back${hasBash ? "" : " (skipped: no bash)"}`, () => {
    for (const word of HOSTILE) {
      const env = { ...process.env, LC_ALL: "C.UTF-8" };
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${quoteWord(word)}`], { env });
      expect(stdout.toString(), word).toBe(word);
    }
  });
});

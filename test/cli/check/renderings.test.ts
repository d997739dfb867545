/** How a check is shown: whatever names say, they forge no XML, no Markdown and no command of GitHub's. */
import { describe, expect, test } from "vitest";
import { renderCheckText } from "../../../src/cli/check/check-text.ts";
import {
  renderAnnotations,
  renderCheckMarkdown,
  withoutCommands,
  withoutOldCommands,
} from "../../../src/cli/check/github.ts";
import { isJUnitOfGohd, renderJUnit } from "../../../src/cli/check/junit.ts";
import { createStyle } from "../../../src/cli/terminal/style.ts";
import { findHarm } from "../../support/hostile-dump.ts";
import { brokenCheck, HOSTILE_NAMES, unableCheck } from "./verdicts.ts";

const plain = createStyle(false);

/** A reader of XML that takes nothing but elements, attributes in quotes and text: what JUnit has. */
function readXml(xml: string): { readonly tags: readonly string[]; readonly texts: readonly string[] } {
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const tags: string[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  const piece = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match = piece.exec(body); match !== null; match = piece.exec(body)) {
    at = piece.lastIndex;
    const [, closing, tag, attributes = "", alone, text] = match;
    for (const value of [text ?? "", ...[...attributes.matchAll(/"([^"]*)"/g)].map(([, each]) => each!)]) {
      expect(value.replaceAll(/&(amp|lt|gt|quot|apos);/g, "")).not.toMatch(/[&<]/);
    }
    if (text !== undefined) texts.push(text);
    else if (closing === "/") expect(open.pop()).toBe(tag);
    else {
      tags.push(tag!);
      if (alone === "") open.push(tag!);
    }
  }
  expect([at, open]).toEqual([body.length, []]);
  return { tags, texts };
}

const unescapeXml = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

describe("text", () => {
  test("has what broke, who is to blame, and the sum", () => {
    expect(
      renderCheckText(brokenCheck("main.a[…]", "one a user"), plain),
    ).toBe(`app & <co>.dump: 4.88 KiB live in 5 objects; go1.24.4, amd64

ok      count(main.B) > 3: 0
          nothing is called main.a[…]
BROKEN  owned("main.A") > 1KiB: 4.00 KiB  [gohd.yaml:3]
          one a user
          12 × main.a[…], 4.00 KiB, main.A

1 of 2 budgets is broken.
`);
  });

  test("of a heap that cannot be judged has what to do", () => {
    const text = renderCheckText(unableCheck(), plain);
    expect(text).toContain("unable  4 MiB of <the heap> are garbage\n        Call runtime.GC() twice, 100 %\n");
    expect(text).toContain("?       count(main.B) > 3: not measured\n");
  });

  test.each(HOSTILE_NAMES)("escapes %j", (name) => {
    const text = renderCheckText(brokenCheck(name, name), plain);
    expect(findHarm(text)).toEqual([]);
    expect(text.split("\n")).toHaveLength(10);
  });
});

describe("JUnit", () => {
  test.each(HOSTILE_NAMES)("is XML with %j", (name) => {
    const xml = renderJUnit(brokenCheck(name, name));
    expect(isJUnitOfGohd(xml)).toBe(true);
    expect(findHarm(xml)).toEqual([]);
    const { tags, texts } = readXml(xml);
    expect(tags).toEqual(["testsuites", "testsuite", "testcase", "system-out", "testcase", "failure", "system-out"]);
    if (!name.includes("\n") && name.length < 100)
      expect(unescapeXml(texts.join(""))).toContain(`12 × ${name}, 4.00 KiB`);
  });

  test.each(HOSTILE_NAMES)("is XML of a dump whose file is called %j", (name) => {
    const check = brokenCheck("a");
    const xml = renderJUnit({ ...check, dumps: check.dumps.map((one) => ({ ...one, dump: { ...one.dump, name } })) });
    expect(findHarm(xml)).toEqual([]);
    expect(readXml(xml).tags).toHaveLength(7);
  });

  test("counts failures and errors, and says where a budget stands", () => {
    const xml = renderJUnit(brokenCheck("a"));
    expect(xml).toContain('<testsuites name="gohd check" tests="2" failures="1" errors="0" time="0">');
    expect(xml).toContain('name="owned(&quot;main.A&quot;) &gt; 1KiB" time="0">');
    expect(xml).toContain(': 4.00 KiB">gohd.yaml:3\n12 × a, 4.00 KiB, main.A</failure>');
    const unable = renderJUnit(unableCheck());
    expect(unable).toContain('tests="2" failures="0" errors="2"');
    expect(unable).toContain("4 MiB of &lt;the heap&gt; are garbage\nCall runtime.GC() twice, 100 %</error>");
  });

  test("of others is nobody's", () => {
    expect(isJUnitOfGohd('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="go test">')).toBe(false);
  });
});

describe("GitHub", () => {
  test("annotations are one line each, with file and line", () => {
    expect(renderAnnotations(brokenCheck("a"))).toBe(
      '::error file=gohd.yaml,line=3,title=gohd%3A owned("main.A") > 1KiB%3A 4.00 KiB::12 × a, 4.00 KiB, main.A\n',
    );
    expect(renderAnnotations(unableCheck())).toBe(
      "::error title=gohd%3A 4 MiB of <the heap> are garbage::Call runtime.GC() twice, 100 %25\n",
    );
  });

  test.each(HOSTILE_NAMES)("no command but the one is made of %j", (name) => {
    const text = renderAnnotations(brokenCheck(name, name));
    expect(text.split("\n").filter(Boolean)).toHaveLength(1);
    const [, properties, data] = /^::error ([^:]*)::(.*)\n$/.exec(text)!;
    expect(properties!.split(",").map((one) => one.split("=")[0])).toEqual(["file", "line", "title"]);
    for (const [percent] of `${properties}${data}`.matchAll(/%.?.?/g)) expect(percent).toMatch(/^%(25|0A|3A|2C)$/);
  });

  test("what else is printed is between commands that switch commands off", () => {
    const json = JSON.stringify({ name: "##[error]x" });
    expect(withoutOldCommands(json)).not.toContain("##[");
    expect(JSON.parse(withoutOldCommands(json))).toEqual(JSON.parse(json));
    expect(withoutCommands("::error::x\n", "token")).toBe("::stop-commands::token\n::error::x\n::token::\n");
  });

  test.each(HOSTILE_NAMES)("nothing of %j is Markdown", (name) => {
    const text = renderCheckMarkdown(brokenCheck(name, name));
    expect(text).toMatch(/^### gohd check: 1 of 2 budgets is broken\n/);
    expect(text.split("\n")).toHaveLength(11);
    for (const line of text.split("\n").filter((one) => one.includes("12 × "))) {
      const [, fence, inside] = /^ {2}- (`+)(.*?)\1$/.exec(line)!;
      expect(inside).not.toMatch(new RegExp(`(?<!\`)${fence}(?!\`)`));
    }
  });
});

/**
 * JUnit: a check as XML that continuous integration shows as tests: each budget is a test case, a broken one a failure, one that could
 * not be measured an error. Nobody owns the format: this is what the strictest reader takes, the schema of Jenkins' xUnit plugin
 * (junit-10.xsd), which knows no files and lines of test cases.
 */

import type { Check } from "../../findings/check/check.ts";
import type { CheckLine } from "../../findings/check/check-line.ts";
import { describeCheckedDump, listCheckLines, listProblems } from "../../findings/check/check-sentences.ts";
import { showName } from "../../shown-text.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** What a file of gohd's begins with. */
const BEGINNING = `${DECLARATION}<testsuites name="gohd check"`;

/** Whether a file that begins so is one that gohd wrote. */
export function isJUnitOfGohd(head: string): boolean {
  return head.startsWith(BEGINNING);
}

/** Renders it; ends with a line break. */
export function renderJUnit(check: Check): string {
  const lines = listCheckLines(check);
  const count = (outcome: CheckLine["outcome"]): number => lines.filter((line) => line.outcome === outcome).length;
  const counts = `tests="${lines.length}" failures="${count("broken")}" errors="${count("unable")}"`;
  const suite = check.dumps.map(({ dump }) => showName(dump.name)).join(", ");
  return [
    `${BEGINNING} ${counts} time="0">\n`,
    `  <testsuite name="${escapeXml(suite)}" ${counts} skipped="0" time="0">\n`,
    ...lines.map((line) => renderCase(line, check)),
    `    <system-out>${escapeXml(check.dumps.map(describeCheckedDump).join("\n"))}</system-out>\n`,
    "  </testsuite>\n</testsuites>\n",
  ].join("");
}

function renderCase({ outcome, title, figure, origin, lines }: CheckLine, check: Check): string {
  const told = [...(origin === "" ? [] : [origin]), ...lines];
  const open = `    <testcase classname="gohd.check" name="${escapeXml(title)}" time="0"`;
  if (outcome === "passed") {
    const end =
      lines.length === 0 ? "/>" : `>\n      <system-out>${escapeXml(told.join("\n"))}</system-out>\n    </testcase>`;
    return `${open}${end}\n`;
  }
  const problems = listProblems(check).map(({ message, advice }) => `${message}\n${advice}`);
  const [tag, message, body] =
    outcome === "broken"
      ? (["failure", `${title}: ${figure}`, told.join("\n")] as const)
      : (["error", "the heap cannot be judged", problems.join("\n")] as const);
  const element = `<${tag} type="gohd.${outcome}" message="${escapeXml(message)}">${escapeXml(body)}</${tag}>`;
  return `${open}>\n      ${element}\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Of texts that were escaped for people, which have no character that XML does not take. */
function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

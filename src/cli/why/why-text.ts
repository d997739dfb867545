/** `gohd why` for people: ways from roots as Go expressions, and what is alike as a tree with counts. */

import { splitTimers } from "../../findings/holders/holder-roots.ts";
import { GUESSED, markGuessed, sayMany, sayName } from "../../findings/report/said-names.ts";
import { sayUse } from "../../findings/report/sentences.ts";
import { describeRoots, sayUsers } from "../../findings/report/user-sentences.ts";
import type { UnseenHolder } from "../../findings/why/unseen-holders.ts";
import type { Why, WhyNode, WhyPath } from "../../findings/why/why.ts";
import type { WhyGuesses } from "../../findings/why/why-nodes.ts";
import { shortenImports } from "../../heap/short-names.ts";
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import { columnsOf, padEnd } from "../terminal/columns.ts";

const LONGEST_NAME = 120;
/** How roots lead somewhere that do not for sure. */
const BY_A_WORD = "by a word of the stack that may be stale";
/** What stands behind the type of one object, or behind what it is called by its type. */
const TYPE_GUESSED = " (type guessed)";
/** Lines of a tree; what is left out is counted. */
const MOST_LINES = 60;
/** The same where it is about users. */
const USER_LINES = 12;
/** Steps below the root that a tree shows; behind them there is only the count. */
const MOST_DEPTH = 40;

/** Renders it; ends with a line break. */
export function renderWhy(why: Why): string {
  const head = `${describeAsked(why)}${describeDead(why)}`;
  const { count } = why;
  const isTold = why.paths.map(
    ({ root, rootCount, isCertain }, i) =>
      rootCount > 1 && why.paths.slice(1, i).some((path) => path.root === root && path.isCertain === isCertain),
  );
  const body =
    count === 1
      ? [
          ...why.paths.flatMap((path, i) => describePath(path, isTold[i]!)),
          ...describeMore(why),
          ...describeCleanups(why),
        ]
      : [...describeTree(why.tree), ...describeUsers(why), ...describeCleanups(why)];
  return `${[head, ...describeThing(why), ...describeShared(why), "", ...body].join("\n")}\n`;
}

/** "main.Session at 0xc000012340, 112 B", "500 × main.Session, 54.7 KiB"; of one variable "main.state leads to 3 objects; keeps 872 KiB (93.4 %)". */
function describeAsked({ asked, count, bytes, together, guessed, isNamedByType }: Why): string {
  const name = showName(asked, LONGEST_NAME);
  if (together !== null) {
    const { ownedBytes, share } = together;
    return `${name} leads to ${formatNumber(count, "object")}; keeps ${formatBytes(ownedBytes)} (${formatShare(share, 1)})`;
  }
  const mark = !isNamedByType || guessed === 0 ? "" : count === 1 ? TYPE_GUESSED : markGuessed(guessed, count);
  return `${count === 1 ? name : `${formatCount(count)} × ${name}`}${mark}, ${formatBytes(bytes)}`;
}

/** That there may be more than could be counted. */
function describeShared({ sharedSlots }: Why): string[] {
  if (sharedSlots === 0) return [];
  const slots = formatNumber(sharedSlots, "slot");
  return [`more of them may be among the small values that share ${slots}, called (tiny block)`];
}

/** What is said of those to which no GC root leads: "; no GC root leads there: it is garbage". */
function describeDead({ count, garbage, unseenHolder }: Why): string {
  if (garbage === 0) return "";
  const all = garbage === count;
  if (unseenHolder === null) {
    const are = garbage === 1 ? "is" : "are";
    return all
      ? `; no GC root leads there: ${garbage === 1 ? "it is" : "they are"} garbage`
      : `; ${formatCount(garbage)} of them ${are} garbage`;
  }
  const where = all ? "there" : `to ${formatCount(garbage)} of them`;
  return `; no GC root leads ${where}: ${UNSEEN[unseenHolder]}`;
}

const UNSEEN: Readonly<Record<UnseenHolder, string>> = {
  cleanups: "held by cleanups, or garbage",
  missing: "garbage, or what leads there is in the part of the dump that is missing",
};

/** What the one object is, as far as what was asked for does not say so: "map[string]*main.T, 60 entries; keeps 12.5 MiB (88.7 %)". */
function describeThing({ asked, bytes, thing }: Why): string[] {
  if (thing === null) return [];
  const { type, typeSource, use, shownBytes, nodes, ownedBytes, share } = thing;
  const what = [
    ...(asked.startsWith(type)
      ? []
      : [`${sayName(type, LONGEST_NAME)}${typeSource === "inferred" ? TYPE_GUESSED : ""}`]),
    ...(use === null ? [] : [sayUse(use)]),
    // Less than that of it is what the report calls pinned.
    ...(shownBytes === null || shownBytes >= bytes / 2
      ? []
      : [`strings show ${formatCount(shownBytes)} of its ${formatNumber(bytes, "byte")}`]),
    ...(nodes === null ? [] : [`${sayMany(nodes)} linked`]),
  ].join(", ");
  const keeps = ownedBytes > bytes ? [`keeps ${formatBytes(ownedBytes)} (${formatShare(share, 1)})`] : [];
  const said = [...(what === "" ? [] : [what]), ...keeps];
  return said.length === 0 ? [] : [said.join("; ")];
}

/** Paths that one who knows only the first may ask for. */
const MORE_PATHS = 10;

/** The search does not go through these: a waiter leads to all goroutines. */
const NO_OTHERS = "No other root or pending timer leads there, the runtime's waiters aside.";

function describeMore({ paths, thing, hasMorePaths }: Why): string[] {
  if (thing === null) return [];
  const others = paths.filter(({ isAsked }) => !isAsked).length;
  const more = `--all-paths ${Math.max(MORE_PATHS, 2 * others)}`;
  if (others > 1) return hasMorePaths === true ? [`More roots lead there: ${more} shows more.`] : [];
  // Those that are called as the owner are told with it.
  const [owner] = paths;
  const { timers, users: known } = splitTimers(owner!.root, thing.alsoUsedBy);
  const hangsOn = timers.length === 0 ? [] : [`It hangs on ${describeRoots(timers)}.`];
  const untold = known.filter(
    ({ name, isCertain }) => owner!.rootCount === 1 || name !== owner!.root || isCertain !== owner!.isCertain,
  );
  if (untold.length === 0 && known.length > 0) return hangsOn;
  const [first, ...rest] = sayUsers(untold);
  if (first === undefined) return hangsOn.length > 0 ? hangsOn : [NO_OTHERS];
  const users = [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join("; ");
  return [...hangsOn, hasMorePaths === true ? `${users}: ${more} shows how.` : `${users}.`];
}

/** Who leads there beside all roots: "Cleanups (runtime.AddCleanup) lead to 150 of them, too, and hold these until they have run." */
function describeCleanups({ count, heldByCleanups: held }: Why): string[] {
  if (held === null) return [];
  const lead = held.isKnown ? "lead" : "may lead";
  const where = count === 1 ? "there, too, and hold it" : `to ${formatCount(held.count)} of them, too, and hold these`;
  const line = `Cleanups (runtime.AddCleanup) ${lead} ${where} until they have run.`;
  return count === 1 ? [line] : ["", line];
}

/**
 * "main.store owns it:", "12 × goroutine main.worker [select] use it, too:".
 * @param isTold whether roots of this name were told before, with how many they are and how sure it is
 */
function describeRoot({ by, root, rootCount, isAsked, isCertain }: WhyPath, isTold: boolean): string[] {
  if (by === "garbage") return [];
  const name = showName(shortenImports(root), LONGEST_NAME);
  if (isAsked) return [`${name} leads there by the path that was asked for:`];
  if (isTold) return [`${name} also like this:`];
  const more =
    rootCount > 1
      ? `; ${formatCount(rootCount - 1)} more that ${rootCount === 2 ? "is called so uses" : "are called so use"} it, too`
      : "";
  if (by === "owner" && isCertain) return [`${name} owns it${more}:`];
  if (by === "owner") return [`${name} perhaps owns it, ${BY_A_WORD}${more}:`];
  if (!isCertain) {
    const who = rootCount === 1 ? `${name} perhaps uses` : `Perhaps ${formatCount(rootCount)} × ${name} use`;
    return [`${who} it, too, ${BY_A_WORD}${rootCount === 1 ? "" : ", for example"}:`];
  }
  return [rootCount === 1 ? `${name} uses it, too:` : `${formatCount(rootCount)} × ${name} use it, too, for example:`];
}

function describePath(path: WhyPath, isTold: boolean): string[] {
  const { expression, isGuessed, where, steps, root } = path;
  // What has just been named is not told twice.
  const at = where === "" || where === root ? "" : `    in ${showName(shortenImports(where), LONGEST_NAME)}`;
  const names = steps.map(({ name }) => showName(name === "" ? "*" : shortenImports(name), 60));
  const width = names.reduce((most, name) => Math.max(most, columnsOf(name)), 0);
  return [
    ...describeRoot(path, isTold),
    `${showName(shortenImports(expression), 200)}${isGuessed ? GUESSED : ""}${at}`,
    ...steps.flatMap(({ type, typeSource, address, skipped }, i) => [
      ...(skipped === 0 ? [] : [`  … ${formatNumber(skipped, "step")} between`]),
      `  ${padEnd(names[i]!, width)}  ${address}  ${sayName(type, LONGEST_NAME)}${typeSource === "inferred" ? GUESSED : ""}`,
    ]),
    "",
  ];
}

/** Who uses several objects beside their owners, if that was asked for. */
function describeUsers({ users, hasMorePaths }: Why): string[] {
  if (hasMorePaths === null) return [];
  if (users.length === 0) return ["", NO_OTHERS];
  const lines = users.flatMap(({ root, rootCount, isCertain, count, tree }) => {
    const name = showName(shortenImports(root), LONGEST_NAME);
    const who = rootCount === 1 ? name : `${formatCount(rootCount)} × ${name}`;
    const uses = `${isCertain ? "" : "perhaps "}${rootCount === 1 ? "uses" : "use"}`;
    const how = isCertain ? "" : `, ${BY_A_WORD}`;
    return ["", `${who} ${uses} ${formatCount(count)} of them, too${how}:`, ...describeTree(tree, USER_LINES)];
  });
  const more = `More roots lead there: --all-paths ${Math.max(MORE_PATHS, 2 * (users.length + 1))} shows more.`;
  return hasMorePaths ? [...lines, "", more] : lines;
}

function describeTree(roots: readonly WhyNode[], most = MOST_LINES): string[] {
  const lines: string[] = [];
  let left = 0;
  const add = (node: WhyNode, depth: number): void => {
    if (node.folded > 0 || lines.length >= most || depth > MOST_DEPTH) {
      left += countSteps(node);
      return;
    }
    const named = saysItsName(node) ? { name: node.where, where: "" } : node;
    const where = named.where === "" ? "" : ` in ${showName(shortenImports(named.where), LONGEST_NAME)}`;
    const name = showName(named.name === "" ? "*" : shortenImports(named.name), LONGEST_NAME);
    const linked = node.isLinked === true ? ", linked" : "";
    const here = node.own > 0 ? `  ← ${formatCount(node.own)}` : "";
    const step = `${name}${markField(node)}${linked}${where}  ${sayType(node)}`;
    lines.push(`${formatCount(node.count).padStart(10)}  ${"  ".repeat(depth)}${step}${here}`);
    for (const child of node.children) add(child, depth + 1);
  };
  for (const root of roots) add(root, 0);
  return left === 0 ? lines : [...lines, `${" ".repeat(10)}  and ${formatNumber(left, "more step")}`];
}

/** Whether what a root leads to is called as it is: a "queued finalizer" in "queued finalizer of *main.Conn: main.closeConn". */
function saysItsName({ name, where }: WhyNode): boolean {
  return name !== "" && [" of ", ": "].some((next) => where.startsWith(name + next));
}

/** What stands behind a field if all that have it are of a guessed type; of some it is told with that type. */
function markField({ name, guesses }: WhyNode): string {
  const isGuessed = guesses !== undefined && guesses.names === guesses.things;
  return isGuessed && name.replaceAll(NO_FIELD, "") !== "" ? GUESSED : "";
}

/** Elements and entries, which are called alike whatever has them. */
const NO_FIELD = /\[[^\]]*\]/g;

/** "(main.Session)", "(main.Session) (guessed)", "(main.Session) (3 of 200 guessed)": of the things there, not of what they lead to. */
function sayType({ type, guesses }: WhyNode): string {
  const said = sayName(type, 60);
  return `${said.startsWith("(") ? said : `(${said})`}${guesses === undefined ? "" : markSome(guesses)}`;
}

function markSome({ types, things }: WhyGuesses): string {
  if (types === 0) return "";
  return types === things ? GUESSED : ` (${formatCount(types)} of ${formatCount(things)} guessed)`;
}

/** A step and those behind it. */
function countSteps({ folded, children }: WhyNode): number {
  return folded > 0 ? folded : children.reduce((steps, child) => steps + countSteps(child), 1);
}

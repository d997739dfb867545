/** What a holder has, in words: what it is full of, and the things right below it. */
import { isLibraryMapEntry } from "../../analysis/paths/library-maps.ts";
import { formatBytes, formatCount } from "../../quantities.ts";
import type { Holder } from "../holders/holder.ts";
import type { InnerBulk } from "../holders/inner-bulk.ts";
import type { PartContent } from "../holders/part-contents.ts";
import { addQueued } from "../queued.ts";
import { GUESSED, LONGEST_NAME, sayMany, sayName, sayQueued } from "./said-names.ts";

const MOST_OTHERS = 3;

/** A line for what it is full of, and one for each kind of things that has a good share of it. */
export function describeParts(holder: Holder): string[] {
  const { parts, bytes, bulk } = holder;
  // What the sentence begins with, where it is about the things themselves.
  const told = parts.length === 0 ? "" : `${sayMany(parts[0]!)}, ${formatBytes(bytes)}`;
  const lines = joinAlike(parts)
    .filter((part, i) => i < 2 || (i === 2 && part.bytes >= bytes / 10))
    .filter((part) => part.bytes >= bytes / 20 && (bulk === null || !isLibraryMapEntry(part.type)))
    .flatMap((part) => besideBulk(part, holder))
    .map((part) => {
      const { type, bytes: size, sharedBy, inner, mostly } = part;
      // Things of a type that the line before has already.
      const isMore = bulk !== null && (type === bulk.type || type === bulk.below.type);
      if (isMore) return `${sayMany(part)} more, ${formatBytes(size)}${sayQueued(part)}${sayMostly(mostly)}`;
      const doors = sharedBy.length === 0 ? sayDoor(part, holder) : `, in ${joinNames(sharedBy)}${markFields(holder)}`;
      const within = inner === null ? sayContents(part, mostly) : sayInner(inner, type, size);
      return `${sayMany(part)}${sayBehind(part)}, ${formatBytes(size)}${sayQueued(part)}${doors}${within}`;
    })
    .filter((line) => !isSharedInSegment(holder) || line !== told);
  if (bulk === null) return lines;
  const where = isLibraryMapEntry(bulk.below.type) ? { field: "", below: "" } : sayBelow(holder, bulk);
  const most = `${sayMany(bulk)}, ${formatBytes(bulk.bytes)}`;
  if (bulk.beside === null) return [`${most}${where.field}${where.below}${sayMostly(bulk.mostly)}`, ...lines];
  return [
    `${most}${where.field}, and ${sayMany(bulk.beside)}, ${formatBytes(bulk.beside.bytes)}${where.below}`,
    ...lines,
  ];
}

/**
 * Where the bulk is: ", in 32 × main.shard"; of a single thing the field that has it: ", in heads (1 × []ast.Node)"; and where its type says
 * nothing, before that the field that has it, which need not have what stands beside it: ", in main.Client.buffer".
 */
function sayBelow(
  holder: Holder,
  bulk: NonNullable<Holder["bulk"]>,
): { readonly field: string; readonly below: string } {
  const { below } = bulk;
  const alike = holder.parts.filter(({ type }) => type === below.type);
  const door = alike.length === 1 && alike[0]!.count === 1 ? sayOnlyDoor({ ...alike[0]!, inner: null }, holder) : "";
  const those = `${sayMany(below)}${alike.length === 1 && alike[0]!.count === below.count ? sayBehind(alike[0]!) : ""}`;
  if (door !== "") return { field: "", below: `${door} (${those})` };
  const field = ["", ...sayField(bulk)].join(", ");
  return { field, below: field === "" || bulk.beside !== null ? `, in ${those}` : ` (${those})` };
}

/** A part without the things that the bulk is in; none if that is all of it, or nearly. */
function besideBulk(part: Holder["parts"][number], { bulk, bytes }: Holder): Holder["parts"] {
  if (bulk === null || part.type !== bulk.below.type) return [part];
  const rest = { ...part, count: part.count - bulk.below.count, bytes: part.bytes - bulk.below.bytes, mostly: [] };
  return rest.count > 0 && rest.bytes >= bytes / 10 ? [rest] : [];
}

/** Parts of one type as one, by whichever pointer they hang; where they are is where the most of them are, which come first. */
function joinAlike(parts: Holder["parts"]): Holder["parts"] {
  const joined = new Map<string, Holder["parts"][number]>();
  for (const part of parts) {
    const like = joined.get(part.type);
    joined.set(
      part.type,
      like === undefined
        ? part
        : {
            ...like,
            count: like.count + part.count,
            guessed: like.guessed + part.guessed,
            bytes: like.bytes + part.bytes,
            behind: like.behind + part.behind,
            queued: addQueued(like.queued, part.queued),
            sharedIn: like.sharedIn ?? part.sharedIn,
            inner: null,
          },
    );
  }
  return [...joined.values()].sort((a, b) => b.bytes - a.bytes);
}

/** Fewer than this share of them, behind some things, are not told. */
const FEW_BEHIND = 0.05;

/** " and 4,335 behind them" of heads of chains; "" if they are few, or told as what these things mostly consist of. */
function sayBehind({ type, count, behind, mostly }: Holder["parts"][number]): string {
  if (behind < FEW_BEHIND * count || mostly.some((content) => content.type === type)) return "";
  return behind === 0 ? "" : ` and ${formatCount(behind)} behind them`;
}

/** ", 2.14 MiB of these in main.Monster.threat" of what is shared in there; of a single thing the field of the holder; else "". */
function sayDoor(part: Holder["parts"][number], holder: Holder): string {
  const field = sayField({ bytes: part.bytes, field: part.sharedIn });
  return field.length === 0 ? sayOnlyDoor(part, holder) : `, ${field.join(", ")}`;
}

/** What a field or variable is called. */
const DOOR_NAME = /^[\p{L}_][\p{L}\p{N}_.]*$/u;

/** ", in lastSeen" of a single thing of which nothing else tells what it is for; else "". */
function sayOnlyDoor({ count, by, inner }: Holder["parts"][number], { typeSource }: Holder): string {
  if (count > 1 || inner !== null || !DOOR_NAME.test(by)) return "";
  return `, in ${sayName(by, LONGEST_NAME)}${markFields({ typeSource })}`;
}

/** What stands behind names of a holder's fields if its type is a guess. */
function markFields({ typeSource }: Pick<Holder, "typeSource">): string {
  return typeSource === "inferred" ? GUESSED : "";
}

/** Types that are called alike where their header is and where what it leads to is. */
const OF_HEADERS = /^(\[\]|string$)/;

/** What some things consist of. Slices and texts in interfaces consist of what they show, which are no other things: of these it is told only where they are. */
function sayContents({ type, count }: Holder["parts"][number], contents: readonly PartContent[]): string {
  const [first, ...others] = contents;
  const isShown = first?.type === type && first.count <= count && others.length === 0 && OF_HEADERS.test(type);
  return isShown ? ["", ...sayField(first)].join(", ") : sayMostly(contents);
}

/** ": mostly 480 × []uint8, 7.50 MiB, in main.Client.buffer, and 6,060 × string, 2.95 MiB". */
function sayMostly(contents: readonly PartContent[]): string {
  const said = contents.map((content) => {
    return [sayMany(content), formatBytes(content.bytes), ...sayField(content)].join(", ");
  });
  return said.length === 0 ? "" : `: mostly ${said.join(", and ")}`;
}

/** "in main.Client.buffer", "nearly all of it in main.Client.buffer", "7.25 MiB of these in main.Client.buffer". */
function sayField({ bytes, field }: Pick<PartContent, "bytes" | "field">): string[] {
  if (field === null) return [];
  const isNearlyAll = formatBytes(field.bytes) === formatBytes(bytes);
  const part = field.bytes === bytes ? "" : isNearlyAll ? "nearly all of it " : `${formatBytes(field.bytes)} of these `;
  return [`${part}in ${sayName(field.name, LONGEST_NAME)}${field.isGuessed ? GUESSED : ""}`];
}

/** ": 600 × core/v1.Pod, 2.39 MiB, in main.Controller.deleted". */
function sayInner(inner: InnerBulk, ofType: string, size: number): string {
  const { bytes, path, isPathGuessed } = inner;
  const most = formatBytes(bytes) === formatBytes(size) ? "" : `, ${formatBytes(bytes)}`;
  const where = `, in ${sayName(path, LONGEST_NAME)}${isPathGuessed ? GUESSED : ""}`;
  return `: ${sayMany(inner)}${most}${path === ofType ? "" : where}`;
}

/** "items", "items and order", "items, order and hooks", "items, order, hooks and 2 more". */
function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_OTHERS).map((name) => sayName(name, LONGEST_NAME));
  const left = names.length - shown.length;
  const last = left > 0 ? `${formatCount(left)} more` : shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** Whether it is what several words of a segment without names lead to, and none by itself. */
export function isSharedInSegment({ owner, object }: Holder): boolean {
  return owner.kind === "segment" && object === null;
}

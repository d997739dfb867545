/**
 * KeptTypes: what a typed heap tells of its types, as plain data and columns: what `restoreTypes` makes the same type table
 * of, without the executable's descriptors. Names only; no contents.
 */
import type { ChannelLayout, MapGroupsLayout, MapLayout, MapTableLayout } from "../../heap/value-layouts.ts";
import type { ChannelFields } from "../names/channel-queues.ts";
import type { GroupLayout } from "../universe/map-groups.ts";

/** A row of the type table, and what is known of it. */
export interface OfRow<T> {
  readonly row: number;
  readonly layout: T;
}

/** Texts are indexes into `texts`, types into `types`; -1 where there is none. */
export interface KeptTypes {
  readonly texts: readonly string[];
  /** The type table's rows. */
  readonly names: readonly string[];
  readonly kind: Uint8Array;
  readonly isMany: Uint8Array;
  readonly node: Int32Array;
  readonly nodes: {
    readonly kind: Uint8Array;
    readonly size: Float64Array;
    readonly type: Int32Array;
    readonly subject: Int32Array;
  };
  /** Types of objects with all that is in them; of what they only point to, name and size. */
  readonly types: {
    readonly kind: Uint8Array;
    readonly size: Float64Array;
    readonly name: Int32Array;
    readonly packagePath: Int32Array;
    readonly elem: Int32Array;
    /** Length of types + 1: fields of type t are fieldStart[t] … fieldStart[t+1]-1. */
    readonly fieldStart: Uint32Array;
  };
  readonly fields: {
    readonly name: Int32Array;
    readonly offset: Float64Array;
    readonly isEmbedded: Uint8Array;
    readonly type: Int32Array;
  };
  /** Rows whose entries have names. */
  readonly groups: readonly OfRow<KeptGroup>[];
  readonly channel: ChannelFields | null;
  /** Run-time minus link-time address of read-only data. */
  readonly constantsBias: number;
  readonly layouts: KeptLayouts;
  readonly dependencies: readonly string[];
  readonly packageNames: ReadonlyMap<string, string>;
  readonly mainPackage: string | null;
}

/** A `GroupLayout` whose types are numbers; the group's own is its row's. */
export interface KeptGroup extends Omit<GroupLayout, "type" | "key" | "elem"> {
  readonly key: number;
  readonly elem: number;
}

/** `ValueLayouts`; those of rows without a node are empty. */
export interface KeptLayouts {
  readonly structure: Uint8Array;
  readonly isLink: Uint8Array;
  readonly listField: Int32Array;
  readonly size: Float64Array;
  readonly isMany: Uint8Array;
  /** Length of rows + 1: words of row r are wordStart[r] … wordStart[r+1]-1. */
  readonly wordStart: Uint32Array;
  readonly offset: Int32Array;
  readonly kind: Uint8Array;
  readonly elementSize: Float64Array;
  readonly text: Int32Array;
  readonly isEnding: Uint8Array;
  readonly weakWords: readonly OfRow<readonly number[]>[];
  readonly maps: readonly OfRow<MapLayout>[];
  readonly mapTables: readonly OfRow<MapTableLayout>[];
  readonly mapGroups: readonly OfRow<MapGroupsLayout>[];
  readonly channels: readonly OfRow<ChannelLayout>[];
  /** What the first words of interfaces tell. */
  readonly dynamic: {
    readonly word: Float64Array;
    readonly name: Int32Array;
    readonly size: Float64Array;
    readonly isDirect: Uint8Array;
  };
}

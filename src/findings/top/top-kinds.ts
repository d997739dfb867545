/** By what `top` lists, and in which orders: for those who have to know before anything is computed. */

/** By what there can be rows. */
export const TOP_KINDS = ["type", "package", "site", "goroutine", "root"] as const;
/** What the rows of `gohd top` are. */
export type TopKind = (typeof TOP_KINDS)[number];

/**
 * What comes first: most bytes owned, most bytes taken, most of both (of goroutines what they own and their stacks, which are beside
 * it), most objects, goroutines or roots; or in the order of names.
 */
export const TOP_ORDERS = ["owned", "shallow", "both", "count", "name"] as const;
/** What the rows of `gohd top` are sorted by. */
export type TopOrder = (typeof TOP_ORDERS)[number];

/** The order if nobody asks for one: goroutines are ranked with their stacks, as in the report. */
export function defaultOrder(by: TopKind): TopOrder {
  return by === "goroutine" ? "both" : "owned";
}

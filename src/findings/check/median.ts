/** The median: of several dumps of one test it is the figure that one unlucky moment does not move. */

/**
 * The item whose value is the median; of an even number the larger of the two in the middle, which is a value that was really
 * there. There has to be an item.
 */
export function median<Item>(items: readonly Item[], by: (item: Item) => number): Item {
  const sorted = items.map((item) => ({ item, value: by(item) })).sort((a, b) => a.value - b.value);
  return sorted[Math.floor(sorted.length / 2)]!.item;
}

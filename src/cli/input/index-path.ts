/** Where the index of a dump is: beside it. */

/** "app.dump" → "app.dump.gohd". */
export function indexPath(dump: string): string {
  return `${dump}.gohd`;
}

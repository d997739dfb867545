/**
 * Looking ahead: what is asked for anywhere in memory is loaded in a row, before it is asked for between other work. The
 * processor then waits for many at once, the more the fewer instructions are between two.
 */

/**
 * Loads the rows of a column that are listed at `from` … `to` - 1, or nearly all of them.
 * @returns something that depends on all of them; if nobody keeps it, it may be that nothing is loaded
 */
export function lookAhead(column: Int32Array, rows: Int32Array, from: number, to: number): number {
  let seen = 0;
  // What every access has to find out of the columns is found out once for so many.
  for (let i = from; i + 8 <= to; i += 8) {
    seen ^= column[rows[i]!]!;
    seen ^= column[rows[i + 1]!]!;
    seen ^= column[rows[i + 2]!]!;
    seen ^= column[rows[i + 3]!]!;
    seen ^= column[rows[i + 4]!]!;
    seen ^= column[rows[i + 5]!]!;
    seen ^= column[rows[i + 6]!]!;
    seen ^= column[rows[i + 7]!]!;
  }
  return seen;
}

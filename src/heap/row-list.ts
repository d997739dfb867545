/**
 * A list with an empty place for each row of a table. A list that grows by large gaps becomes a hash table in V8, which is
 * several times slower to read, and hot loops ask for what is known of an object's type.
 */
export function listForRows<T>(count: number): (T | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}

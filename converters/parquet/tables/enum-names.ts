/** Names of enumerations in columns: those of the heap's constants, in lower case and in the order of their numbers. */

/** The names of constants 0, 1, 2, …: `{ NONE: 0, EXACT: 1 }` gives ["none", "exact"]. */
export function namesOf(constants: Readonly<Record<string, number>>): readonly string[] {
  const names: string[] = [];
  for (const [name, number] of Object.entries(constants)) names[number] = name.toLowerCase().replaceAll("_", " ");
  return Array.from(names, (name, number) => name ?? `${number}`);
}

/** The memory of plain data, for who gives it to another thread. */

/** Less is copied: once a thread has given memory away, V8 checks on every access to any array whether it is still there. */
export const LEAST_GIVEN = 1 << 20;

/**
 * The memory of all typed arrays in plain data that is worth giving, each once. What threads share is nobody's to give.
 * @param least bytes
 */
export function memoryOf(value: unknown, least = LEAST_GIVEN): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(value, found);
  return [...found].filter(({ byteLength }) => byteLength >= least);
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collect(part, found);
  }
}

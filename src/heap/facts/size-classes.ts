/**
 * Size classes of Go's allocator: a value of so many bytes gets a slot of what size, and spans of such slots so many pages.
 * runtime/sizeclasses.go; the same since Go 1.16, before which there was no class of 24 bytes.
 */

const CLASSES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
  5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760,
  24576, 27264, 28672, 32768,
];

const LARGEST_CLASS = CLASSES.at(-1)!;

/** The slot of values of so many words of 8 bytes, which all classes are a multiple of. */
const SLOT_OF_WORDS = Uint16Array.from(
  { length: LARGEST_CLASS / 8 + 1 },
  (_, words) => CLASSES.find((slot) => 8 * words <= slot)!,
);

/** Pages of a span of each class that has more than one. */
const SPAN_PAGES: ReadonlyMap<number, number> = new Map([
  [1408, 2],
  [1792, 2],
  [2304, 2],
  [3072, 3],
  [3200, 2],
  [3456, 3],
  [4864, 3],
  [5376, 2],
  [6144, 3],
  [6528, 4],
  [6784, 5],
  [6912, 6],
  [9472, 7],
  [9728, 6],
  [10240, 5],
  [10880, 4],
  [12288, 3],
  [13568, 5],
  [14336, 7],
  [16384, 2],
  [18432, 9],
  [19072, 7],
  [20480, 5],
  [21760, 8],
  [24576, 3],
  [27264, 10],
  [28672, 7],
  [32768, 4],
]);

/** The runtime's page, on every architecture. */
const PAGE_SIZE = 8192;

/** Size of the slots of a class, which count from 1; undefined if there is none. */
export function slotSizeOfClass(number: number): number | undefined {
  return CLASSES[number - 1];
}

/**
 * Size of the slot that holds `size` bytes: the class above, or whole pages.
 * @param hasClass24 false before Go 1.16
 */
export function slotSizeFor(size: number, hasClass24 = true): number {
  if (size > 16 && size <= 24 && !hasClass24) return 32;
  if (size <= LARGEST_CLASS) return SLOT_OF_WORDS[Math.max(0, Math.ceil(size / 8))]!;
  return Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
}

/** The least number of bytes that needs a slot of `slot` bytes; all up to `slot` itself get the same. */
export function leastSizeOf(slot: number, hasClass24 = true): number {
  let before = 0;
  for (const size of CLASSES) {
    if (size === slot) return before + 1;
    if (size !== 24 || hasClass24) before = size;
  }
  return slot > before ? Math.max(before, slot - PAGE_SIZE) + 1 : 1;
}

/** Bytes of a span of slots of this size: of the class, or of the one object that is larger than all classes. */
export function spanSizeOf(slot: number): number {
  const isLarge = slot > LARGEST_CLASS;
  return isLarge ? Math.ceil(slot / PAGE_SIZE) * PAGE_SIZE : (SPAN_PAGES.get(slot) ?? 1) * PAGE_SIZE;
}

/**
 * Size classes of Go's allocator: a value of so many bytes gets a slot of what size. runtime/sizeclasses.go; the same since
 * Go 1.16, before which there was no class of 24 bytes.
 */

const CLASSES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
  5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480,
  21760, 24576, 27264, 28672, 32768,
];

const PAGE_SIZE = 8192;

/**
 * Size of the slot that holds `size` bytes: the class above, or whole pages.
 * @param hasClass24 false before Go 1.16
 */
export function slotSizeFor(size: number, hasClass24 = true): number {
  if (size > 16 && size <= 24 && !hasClass24) return 32;
  for (const slot of CLASSES) if (size <= slot) return slot;
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

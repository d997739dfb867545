/** Options that more than one of the three converters take. */

/** Whether objects that no GC root leads to are written. */
export const UNREACHABLE_OPTION = {
  type: "boolean",
  default: true,
  description: "write objects that no GC root leads to, under (unreachable)",
} as const;

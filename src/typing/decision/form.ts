/** Form: what says that a value is there. */
export const Form = {
  /** A pointer, to the whole or to a part. */
  POINTER: 0,
  /** A slice. */
  SLICE: 1,
  /** What has a value to itself: interfaces their values, the runtime its structures. */
  WHOLE: 2,
  /** What has an array of values to itself. */
  ALL: 3,
} as const;

/** The runtime's memory statistics at the time of the dump; names and meaning as in runtime.MemStats. Bytes, counts, ns. */

export interface MemStats {
  readonly Alloc: number;
  readonly TotalAlloc: number;
  readonly Sys: number;
  readonly Lookups: number;
  readonly Mallocs: number;
  readonly Frees: number;
  readonly HeapAlloc: number;
  readonly HeapSys: number;
  readonly HeapIdle: number;
  readonly HeapInuse: number;
  readonly HeapReleased: number;
  readonly HeapObjects: number;
  readonly StackInuse: number;
  readonly StackSys: number;
  readonly MSpanInuse: number;
  readonly MSpanSys: number;
  readonly MCacheInuse: number;
  readonly MCacheSys: number;
  readonly BuckHashSys: number;
  readonly GCSys: number;
  readonly OtherSys: number;
  readonly NextGC: number;
  /** ns since the Unix epoch; 0 = never. */
  readonly LastGC: number;
  readonly PauseTotalNs: number;
  /** Ring of 256, the newest at (NumGC + 255) % 256. */
  readonly PauseNs: Float64Array;
  readonly NumGC: number;
}

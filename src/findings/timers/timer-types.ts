/** Types by which the runtime's heaps of timers are known, and the timers in them. runtime/time.go, time/sleep.go. */

/** An array of such elements, by its type's name. */
export const TIMER_HEAP = /^\[\](\*runtime\.timer|runtime\.timerWhen)$/;

/** A timer, with what the program has of it. */
export const TIMER = /^(runtime\.(timer|timeTimer)|time\.(Timer|Ticker))$/;

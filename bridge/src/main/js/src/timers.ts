/** Node's `timers`. */
import { fn } from 'socket:internal/args';
import { Immediate, Interval, Timeout, Timer } from 'socket:timers/timer';
import * as promises from 'socket:timers/promises';
import platform from 'socket:timers/platform';

type Callback = (...args: any[]) => void;
export function setTimeout(callback: Callback, delay?: number, ...args: unknown[]): Timeout { fn(callback, 'callback'); return new Timeout(() => callback(...args), delay); }
export function setInterval(callback: Callback, delay?: number, ...args: unknown[]): Interval { fn(callback, 'callback'); return new Interval(() => callback(...args), delay); }
export function setImmediate(callback: Callback, ...args: unknown[]): Immediate { fn(callback, 'callback'); return new Immediate(() => callback(...args)); }
function clear(timer: unknown): void {
  if (timer instanceof Timer) timer.close();
  else if (timer !== undefined && timer !== null) globalThis.clearTimeout(Number(timer));
}
export const clearTimeout: (timer?: Timer | number | string | null) => void = clear;
export const clearInterval: (timer?: Timer | number | string | null) => void = clear;
export const clearImmediate: (timer?: Timer | null) => void = clear;
/** Waits. `sleep.sync` blocks the page, so only in a worker; it needs shared memory. */
export const sleep: ((ms: number) => Promise<void>) & { sync(ms: number): void } = Object.assign((ms: number) => promises.setTimeout(ms) as Promise<void>, {
  sync(ms: number): void { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); },
});
export { platform, promises };
export default { clearImmediate, clearInterval, clearTimeout, platform, promises, setImmediate, setInterval, setTimeout, sleep };

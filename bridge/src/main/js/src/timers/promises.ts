/** Node's `timers/promises`. */
import { aborted, number, object, signal as checkSignal } from 'socket:internal/args';
import { Immediate, Interval, Timeout, type Timer } from 'socket:timers/timer';
export interface TimerOptions { ref?: boolean; signal?: AbortSignal }
async function once<T>(make: (fire: () => void) => Timer, value: T, options: TimerOptions): Promise<T> {
  object(options, 'options');
  const signal = checkSignal(options.signal);
  if (signal?.aborted) throw aborted(signal);
  return new Promise((resolve, reject) => {
    const timer = make(() => { signal?.removeEventListener('abort', stop); resolve(value); });
    const stop = (): void => { timer.close(); reject(aborted(signal!)); };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
export function setTimeout<T = void>(delay?: number, value?: T, options: TimerOptions = {}): Promise<T> {
  try {
    if (delay !== undefined) number(delay, 'delay');
  } catch (error) {
    return Promise.reject(error);
  }
  return once(fire => new Timeout(fire, delay), value as T, options);
}
export function setImmediate<T = void>(value?: T, options: TimerOptions = {}): Promise<T> { return once(fire => new Immediate(fire), value as T, options); }
export async function* setInterval<T = void>(delay?: number, value?: T, options: TimerOptions = {}): AsyncGenerator<T, void, unknown> {
  object(options, 'options');
  const signal = checkSignal(options.signal);
  if (signal?.aborted) throw aborted(signal);
  let due = 0, wake: (() => void) | undefined;
  const timer = new Interval(() => { due++; wake?.(); }, delay), stop = (): void => wake?.();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      if (due === 0 && !signal?.aborted) await new Promise<void>(resolve => { wake = resolve; });
      if (signal?.aborted) throw aborted(signal);
      for (; due > 0; due--) yield value as T;
    }
  } finally {
    timer.close();
    signal?.removeEventListener('abort', stop);
  }
}
export const scheduler = { wait: (delay: number, options?: TimerOptions): Promise<void> => setTimeout(delay, undefined, options), yield: (): Promise<void> => setImmediate() };
export default { scheduler, setImmediate, setInterval, setTimeout };

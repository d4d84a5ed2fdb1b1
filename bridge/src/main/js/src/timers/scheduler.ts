/** Waiting and posting tasks. */
import platform from 'socket:timers/platform';
import { setTimeout, type TimerOptions } from 'socket:timers/promises';
export const wait = (delay: number, options?: TimerOptions): Promise<void> => setTimeout(delay, undefined, options);
export const postTask: typeof platform.postTask = platform.postTask;
export default { postTask, wait };

/** What a page has as globals, as in Node, before its first module runs. The host puts it at the beginning of every page; a worker that wants the same imports it. */
import { Buffer } from 'socket:buffer';
import host from 'socket:internal/host';
import process from 'socket:process';

// Not those of socket:timers, which bring the asynchronous contexts along.
const waiting = new Map<number, () => void>();
let last = 0, port: MessagePort | undefined;
/** Made by the first use: a start should not pay for it. */
function open(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const run = waiting.get(data as number);
    waiting.delete(data as number);
    run?.();
  };
  (port1 as { unref?(): void }).unref?.();
  return port2;
}
function setImmediate(callback: (...args: any[]) => void, ...args: unknown[]): number {
  if (typeof callback !== 'function') throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' });
  waiting.set(++last, () => callback(...args));
  (port ??= open()).postMessage(last);
  return last;
}
function clearImmediate(id: unknown): void { waiting.delete(Number(id)); }

const globals: Readonly<Record<string, unknown>> = { Buffer, clearImmediate, global: globalThis, isSocketRuntime: true, process, setImmediate };
for (const [name, value] of Object.entries(globals)) {
  // What the app has put there before is the app's.
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
// The engine's own pickers know neither the policy nor what the person has granted. The module comes when it is wanted; the person's click outlasts that.
for (const name of ['showOpenFilePicker', 'showSaveFilePicker', 'showDirectoryPicker'] as const) {
  const present = (globalThis as Record<string, unknown>)[name];
  if (typeof document === 'object' && (present === undefined || /\{\s*\[native code\]\s*\}$/.test(String(present)))) {
    Object.defineProperty(globalThis, name, { value: async (options?: object) => (await import('socket:fs/web'))[name](options as never), configurable: true, writable: true });
  }
}
// A window without a title bar is moved by what its page marks with app-region: drag.
if (host.window.frameless === true && typeof document === 'object') void import('socket:window/drag');
globalThis.dispatchEvent(new Event('__runtime_init__'));
export default globals;

/** Signals that the host gets: `ipc://process/signal/<name>`. */
import host from 'socket:internal/host';
import { call, callForPush, commandUrl, onPush } from 'socket:ipc';
import process from 'socket:process';

interface Heard { listeners: number; readonly ready: Promise<string> }
const heard = new Map<string, Heard>();
const decoder = new TextDecoder();

function happened(name: string, id: string, count: number): void {
  const number = host.constants.signals[name]!;
  const event = new CustomEvent('signal', { cancelable: true, detail: { signal: number } });
  try {
    globalThis.dispatchEvent(event);
    process.emit(name, name, number, event);
  } finally {
    if (event.defaultPrevented) call(commandUrl('handle', 'process/goOn', id), { count }).catch((error: unknown) => globalThis.console.error(error));
  }
}

/**
 * Has a signal told to this page: as the event `signal` of the global object, then to the listeners of `process`.
 *
 * @return stops it; the last of those who asked gives the signal back to the host
 */
export async function listen(name: string): Promise<() => void> {
  let one = heard.get(name);
  if (one === undefined) {
    const ready = callForPush(commandUrl('process', 'signal', name)).then(answer => {
      const { id, channel } = answer as { id: string; channel: number };
      onPush(channel, bytes => happened(name, id, Number(decoder.decode(bytes))));
      return id;
    });
    heard.set(name, (one = { listeners: 0, ready }));
  }
  const held = one;
  held.listeners++;
  let over = false;
  const stop = (): void => {
    if (over) return;
    over = true;
    if (--held.listeners > 0) return;
    if (heard.get(name) === held) heard.delete(name);
    held.ready.then(id => call(commandUrl('handle', 'process/stopSignal', id))).catch(() => undefined);
  };
  try {
    await held.ready;
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/** The host's signals. A signal that the host does not have is 0. */
import host from 'socket:internal/host';
import { listen } from 'socket:internal/signals';
export const constants: Readonly<Record<string, number>> = host.constants.signals;
export type signal = number;
const of = (name: string): number => constants[name] ?? 0;
const names = new Map(Object.entries(constants).map(([name, value]) => [value, name]));
const MESSAGES: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup', SIGINT: 'Interrupt', SIGQUIT: 'Quit', SIGILL: 'Illegal instruction', SIGTRAP: 'Trace/BPT trap', SIGABRT: 'Aborted', SIGBUS: 'Bus error', SIGFPE: 'Floating point exception', SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1', SIGSEGV: 'Segmentation fault', SIGUSR2: 'User defined signal 2', SIGPIPE: 'Broken pipe', SIGALRM: 'Alarm clock', SIGTERM: 'Terminated', SIGCHLD: 'Child exited', SIGCONT: 'Continued',
  SIGSTOP: 'Stopped (signal)', SIGTSTP: 'Stopped', SIGTTIN: 'Stopped (tty input)', SIGTTOU: 'Stopped (tty output)', SIGURG: 'Urgent I/O condition', SIGXCPU: 'CPU time limit exceeded', SIGXFSZ: 'File size limit exceeded',
  SIGVTALRM: 'Virtual timer expired', SIGPROF: 'Profiling timer expired', SIGWINCH: 'Window changed', SIGIO: 'I/O possible', SIGSYS: 'Bad system call',
};
export const strings: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(constants).filter(([name]) => name in MESSAGES).map(([name, value]) => [value, MESSAGES[name]!]));
export function getCode(name: string | number): number { return typeof name === 'number' ? name : (constants[name] ?? 0); }
export function getName(code: number | string): string { return typeof code === 'string' && code in constants ? code : (names.get(Number(code)) ?? ''); }
export function getMessage(code: number | string): string { return MESSAGES[getName(code)] ?? ''; }
export function toString(code: number | string): string { return getMessage(code); }
/** Where the runtime tells of signals that the app gets. */
export const channel: BroadcastChannel = new BroadcastChannel('socket.runtime.signal');
(channel as { unref?(): void }).unref?.();
export type SignalListener = (event: CustomEvent<{ signal: number }>) => void;
const wrapped = new WeakMap<SignalListener, Map<string, EventListener>>();
const stops = new WeakMap<EventListener, Promise<() => void>>();
/** Hears of one signal, if the policy has `ipc://process/signal/<name>`. A signal that ends an app does so 5 seconds later, unless `preventDefault()` was called. */
export function addEventListener(name: string, listener: SignalListener, options?: { once?: boolean }): void {
  const only: EventListener = event => {
    if ((event as CustomEvent<{ signal: number }>).detail?.signal !== getCode(name)) return;
    if (options?.once) removeEventListener(name, listener);
    listener(event as CustomEvent<{ signal: number }>);
  };
  const all = wrapped.get(listener) ?? new Map<string, EventListener>();
  removeEventListener(name, listener);
  wrapped.set(listener, all.set(name, only));
  globalThis.addEventListener('signal', only);
  const listening = listen(getName(getCode(name)));
  stops.set(only, listening);
  listening.catch((error: unknown) => globalThis.console.error(error));
}
export function removeEventListener(name: string, listener: SignalListener): void {
  const held = wrapped.get(listener)?.get(name);
  if (held === undefined) return;
  globalThis.removeEventListener('signal', held);
  wrapped.get(listener)!.delete(name);
  stops.get(held)?.then(stop => stop(), () => undefined);
}
export const [
  SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGIOT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,
  SIGALRM, SIGTERM, SIGCHLD, SIGSTKFLT, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
  SIGWINCH, SIGIO, SIGPOLL, SIGPWR, SIGSYS,
]: number[] = [
  'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGIOT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGUSR1', 'SIGSEGV',
  'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCHLD', 'SIGSTKFLT', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG',
  'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM', 'SIGPROF', 'SIGWINCH', 'SIGIO', 'SIGPOLL', 'SIGPWR', 'SIGSYS',
].map(of) as number[];
export default { ...constants, addEventListener, channel, constants, getCode, getMessage, getName, removeEventListener, strings, toString };

/** What happens to a page, each as a function that takes a listener and answers with how to stop listening. */
import { on } from 'socket:ipc';
export const RUNTIME_INIT_EVENT_NAME = '__runtime_init__';
export const GLOBAL_EVENTS: readonly string[] = [RUNTIME_INIT_EVENT_NAME, 'applicationurl', 'applicationpause', 'applicationresume', 'data', 'error', 'init', 'languagechange', 'load', 'message', 'messageerror', 'notificationpresented', 'notificationresponse', 'offline', 'online', 'permissionchange', 'ready', 'unhandledrejection'];
export class InitEvent extends Event { constructor() { super('init'); } }
export class LoadEvent extends Event { constructor() { super('load'); } }
export class ReadyEvent extends Event { constructor() { super('ready'); } }
export class RuntimeInitEvent extends Event { constructor() { super(RUNTIME_INIT_EVENT_NAME); } }
export interface WaitOptions { signal?: AbortSignal; getValue?: () => unknown }
export type HookCallback = (event: any) => unknown;
export type Disposer = () => void;

export class Hooks extends EventTarget {
  #ready = false;
  constructor() {
    super();
    const ready = (): void => {
      if (this.#ready) return;
      this.#ready = true;
      this.dispatchEvent(new InitEvent());
      this.dispatchEvent(new ReadyEvent());
    };
    if (this.isDocumentReady) queueMicrotask(ready);
    else globalThis.document.addEventListener('DOMContentLoaded', ready, { once: true });
  }
  get globalEvents(): readonly string[] { return GLOBAL_EVENTS; }
  get global(): typeof globalThis { return globalThis; }
  get document(): Document | null { return globalThis.document ?? null; }
  get window(): Window | null { return this.document?.defaultView ?? null; }
  /** A worker has no document: it is ready when it runs. */
  get isDocumentReady(): boolean { return this.document === null || this.document.readyState !== 'loading'; }
  get isGlobalReady(): boolean { return this.document === null || this.document.readyState === 'complete'; }
  get isRuntimeReady(): boolean { return true; }
  get isReady(): boolean { return this.#ready; }
  get isOnline(): boolean { return globalThis.navigator.onLine; }
  get isWorkerContext(): boolean { return this.document === null; }
  get isWindowContext(): boolean { return this.document !== null; }
  /** Resolves with the next event of a name, or when one of the functions here calls back. */
  wait(what: string | ((callback: HookCallback) => Disposer), options: WaitOptions = {}): Promise<any> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => { stop(); reject(options.signal!.reason as Error); };
      const done: HookCallback = event => { queueMicrotask(() => stop()); options.signal?.removeEventListener('abort', aborted); resolve(options.getValue?.() ?? event); };
      const stop: Disposer = typeof what === 'function' ? what.call(this, done) : this.#global(what, done);
      if (options.signal?.aborted) aborted();
      else options.signal?.addEventListener('abort', aborted, { once: true });
    });
  }
  #global(name: string, callback: HookCallback): Disposer {
    globalThis.addEventListener(name, callback);
    return () => globalThis.removeEventListener(name, callback);
  }
  /** An event of the host: who listens opens the channel it comes by. */
  #host(name: string, callback: HookCallback): Disposer {
    const stop = this.#global(name, callback), close = on(name, () => {});
    return () => { stop(); close(); };
  }
  #own(name: string, over: boolean, callback: HookCallback, event: Event): Disposer {
    if (over) {
      let wanted = true;
      queueMicrotask(() => { if (wanted) callback(event); });
      return () => { wanted = false; };
    }
    this.addEventListener(name, callback, { once: true });
    return () => this.removeEventListener(name, callback);
  }
  /** The document is there, and so is the runtime; at once if they are already. */
  onReady(callback: HookCallback): Disposer { return this.#own('ready', this.#ready, callback, new ReadyEvent()); }
  onInit(callback: HookCallback): Disposer { return this.#own('init', this.#ready, callback, new InitEvent()); }
  onLoad(callback: HookCallback): Disposer { return this.isGlobalReady ? this.#own('load', true, callback, new LoadEvent()) : this.#global('load', callback); }
  onError(callback: HookCallback): Disposer {
    const stops = ['error', 'messageerror', 'unhandledrejection'].map(name => this.#global(name, callback));
    return () => { for (const stop of stops) stop(); };
  }
  onData(callback: HookCallback): Disposer { return this.#host('data', callback); }
  onMessage(callback: HookCallback): Disposer { return this.#global('message', callback); }
  onOnline(callback: HookCallback): Disposer { return this.#global('online', callback); }
  onOffline(callback: HookCallback): Disposer { return this.#global('offline', callback); }
  onLanguageChange(callback: HookCallback): Disposer { return this.#global('languagechange', callback); }
  onPermissionChange(callback: HookCallback): Disposer { return this.#host('permissionchange', callback); }
  onNotificationResponse(callback: HookCallback): Disposer { return this.#host('notificationresponse', callback); }
  onNotificationPresented(callback: HookCallback): Disposer { return this.#host('notificationpresented', callback); }
  onApplicationURL(callback: HookCallback): Disposer { return this.#host('applicationurl', callback); }
  onApplicationPause(callback: HookCallback): Disposer { return this.#host('applicationpause', callback); }
  onApplicationResume(callback: HookCallback): Disposer { return this.#host('applicationresume', callback); }
}
const hooks: Hooks = new Hooks();
type On = (callback: HookCallback) => Disposer;
export const wait = (what: string | On, options?: WaitOptions): Promise<any> => hooks.wait(what, options);
export const onReady: On = callback => hooks.onReady(callback);
export const onLoad: On = callback => hooks.onLoad(callback);
export const onInit: On = callback => hooks.onInit(callback);
export const onError: On = callback => hooks.onError(callback);
export const onData: On = callback => hooks.onData(callback);
export const onMessage: On = callback => hooks.onMessage(callback);
export const onOnline: On = callback => hooks.onOnline(callback);
export const onOffline: On = callback => hooks.onOffline(callback);
export const onLanguageChange: On = callback => hooks.onLanguageChange(callback);
export const onPermissionChange: On = callback => hooks.onPermissionChange(callback);
export const onNotificationResponse: On = callback => hooks.onNotificationResponse(callback);
export const onNotificationPresented: On = callback => hooks.onNotificationPresented(callback);
export const onApplicationURL: On = callback => hooks.onApplicationURL(callback);
export const onApplicationPause: On = callback => hooks.onApplicationPause(callback);
export const onApplicationResume: On = callback => hooks.onApplicationResume(callback);
export default hooks;

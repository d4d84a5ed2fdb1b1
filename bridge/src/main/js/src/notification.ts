/**
 * Notifications of the person's desktop (docs/desktop.md): commands `ipc://notification/…`. `[permissions] allow_notifications = false` takes them away.
 * In a page whose policies name `ipc://notification` this class is the global one, and a service worker's `registration.showNotification` comes here too.
 */
import host from 'socket:internal/host';
import { Enumeration } from 'socket:enumeration';
import { call, commandUrl, on } from 'socket:ipc';

export const NOTIFICATION_PRESENTED_EVENT = 'notificationpresented', NOTIFICATION_RESPONSE_EVENT = 'notificationresponse';
const CLOSED_EVENT = 'notificationclosed', RELAY = 'socket:notification';
export const NotificationDirection: Enumeration = new Enumeration(['auto', 'ltr', 'rtl']);
export const NotificationPermission: Enumeration = new Enumeration(['default', 'granted', 'denied']);
/** Buttons of one notification. More are left out. */
const MAX_ACTIONS = 3;

/** A button. */
export class NotificationAction { constructor(readonly options: { action: string; title: string; icon?: string }) {} get action(): string { return this.options.action; } get title(): string { return this.options.title; } get icon(): string { return this.options.icon ?? ''; } }
/** As in the DOM. Without effect: `badge`, `dir`, `lang`, `renotify`, `vibrate`. */
export interface NotificationOptions {
  actions?: readonly { action: string; title: string; icon?: string }[]; badge?: string; body?: string; data?: unknown; dir?: 'auto' | 'ltr' | 'rtl';
  /** A file of the app, as `image` is. */
  icon?: string; image?: string; lang?: string; renotify?: boolean;
  /** Stays until the person has seen to it. */
  requireInteraction?: boolean; silent?: boolean | null;
  /** What has the tag of another one takes its place. */
  tag?: string; timestamp?: number; vibrate?: number | readonly number[];
}
/** What the host tells of one: a worker that has ended and come again knows no more. */
interface Told { readonly id: string; readonly title: string; readonly body: string; readonly tag: string; readonly data?: unknown; readonly worker?: string; readonly action?: string }

let state: NotificationPermission = String(host.config['permissions_allow_notifications'] ?? true) === 'false' ? 'denied' : 'granted';
const shown = new Map<string, Notification>();
let hearing = false;

/** The click of a button has its name in `action`; elsewhere on the notification, ''. */
export interface NotificationClickEvent extends Event { readonly action: string; readonly notification: Notification }
const event = (type: string, more: object): Event => Object.defineProperties(new Event(type, { cancelable: true }), Object.fromEntries(Object.entries(more).map(([name, value]) => [name, { value, enumerable: true }])));

function hear(): void {
  if (hearing) return;
  hearing = true;
  on(NOTIFICATION_RESPONSE_EVENT, ((told: Told) => {
    if (told.action === 'dismiss') return;
    const action = told.action === 'default' ? '' : told.action;
    shown.get(told.id)?.dispatchEvent(event('click', { action, notification: shown.get(told.id) }));
    relay('notificationclick', { ...told, action });
  }) as never);
  on(CLOSED_EVENT, ((told: Told) => {
    shown.get(told.id)?.[closing]();
    relay('notificationclose', told);
  }) as never);
}
/** What a service worker showed is told to it, by the page: workers have no events of the host. */
function relay(type: string, told: Told): void {
  if (told.worker === undefined || globalThis.navigator?.serviceWorker === undefined) return;
  void globalThis.navigator.serviceWorker.getRegistration(told.worker).then(registration => registration?.active?.postMessage({ [RELAY]: type, told }));
}

/** The path of a file of the app; nothing for what is none. */
function file(written: string | undefined): string | undefined {
  if (written === undefined || written === '') return undefined;
  const url = URL.canParse(written, globalThis.location.href) ? new URL(written, globalThis.location.href) : undefined;
  if (url !== undefined && (url.origin === host.origin || url.protocol === 'socket:' && url.host === host.bundleIdentifier)) return decodeURIComponent(url.pathname);
  globalThis.console.warn(`The notification's picture ${written.slice(0, 200)} is not a file of the app: it is shown without`);
  return undefined;
}
/** Shows one; what the desktop can't show of it: `actions`, `body`. */
async function show(id: string, title: string, options: NotificationOptions, worker?: string): Promise<void> {
  await call(commandUrl('notification', 'show'), {
    id, title, body: String(options.body ?? ''), tag: String(options.tag ?? ''), icon: file(options.icon), image: file(options.image), lang: options.lang,
    silent: options.silent === true, requireInteraction: options.requireInteraction === true,
    actions: (options.actions ?? []).slice(0, MAX_ACTIONS).map(({ action, title }) => ({ action: String(action), title: String(title) })),
    ...(worker === undefined ? {} : { worker, data: options.data ?? null }),
  });
}
/** Denied: the page need not ask again. */
function refused(error: unknown): void {
  const { code } = error as { code?: string };
  if (code === 'ERR_ACCESS_DENIED' || code === 'ERR_NOTIFICATIONS_DENIED') state = 'denied';
}

const closing: unique symbol = Symbol('closing'), existing: unique symbol = Symbol('existing');
type Handler = ((event: any) => unknown) | null;

/** One notification; made, it is shown. Events: `show`, `click`, `close`, `error` (with the `error`). */
export class Notification extends EventTarget {
  /** What socket.ini, and the page's policy as far as it was asked, say. */
  static get permission(): NotificationPermission { return state; }
  static get maxActions(): number { return MAX_ACTIONS; }
  static async requestPermission(callback?: unknown): Promise<NotificationPermission> {
    try {
      state = (await call(commandUrl('notification', 'permission')) as { state: NotificationPermission }).state;
    } catch (error) {
      refused(error);
    }
    if (typeof callback === 'function') callback(state);
    return state;
  }
  readonly id: string;
  readonly title: string;
  readonly timestamp: number;
  readonly #options: NotificationOptions;
  readonly #handlers: Map<string, Handler> = new Map();
  #closed = false;
  readonly #shown: Promise<void>;
  constructor(title: string, options: NotificationOptions = {}, told?: { [existing]: string }) {
    super();
    if (arguments.length === 0) throw new TypeError("Failed to construct 'Notification': 1 argument required, but only 0 present.");
    this.title = String(title);
    this.#options = { ...options, data: options?.data === undefined ? null : structuredClone(options.data) };
    this.timestamp = options?.timestamp ?? Date.now();
    this.id = told?.[existing] ?? crypto.randomUUID();
    if (told !== undefined) {
      this.#shown = Promise.resolve();
      return;
    }
    shown.set(this.id, this);
    hear();
    this.#shown = show(this.id, this.title, this.#options).then(() => {
      this.dispatchEvent(new Event('show'));
      globalThis.dispatchEvent(new CustomEvent(NOTIFICATION_PRESENTED_EVENT, { detail: { id: this.id } }));
    });
    this.#shown.catch((error: unknown) => {
      shown.delete(this.id);
      this.#closed = true;
      refused(error);
      this.dispatchEvent(event('error', { error }));
    });
  }
  get actions(): readonly NotificationAction[] { return (this.#options.actions ?? []).map(one => new NotificationAction(one)); }
  get badge(): string { return this.#options.badge ?? ''; }
  get body(): string { return String(this.#options.body ?? ''); }
  get data(): any { return this.#options.data; }
  get dir(): 'auto' | 'ltr' | 'rtl' { return this.#options.dir ?? 'auto'; }
  get icon(): string { return this.#options.icon ?? ''; }
  get image(): string { return this.#options.image ?? ''; }
  get lang(): string { return this.#options.lang ?? ''; }
  get renotify(): boolean { return this.#options.renotify === true; }
  get requireInteraction(): boolean { return this.#options.requireInteraction === true; }
  get silent(): boolean { return this.#options.silent === true; }
  get tag(): string { return String(this.#options.tag ?? ''); }
  get vibrate(): readonly number[] { return ([] as number[]).concat(this.#options.vibrate ?? []); }
  /** Whether it is not there any more. */
  get closed(): boolean { return this.#closed; }
  get onclick(): Handler { return this.#handlers.get('click') ?? null; }
  set onclick(handler: Handler) { this.#on('click', handler); }
  get onclose(): Handler { return this.#handlers.get('close') ?? null; }
  set onclose(handler: Handler) { this.#on('close', handler); }
  get onerror(): Handler { return this.#handlers.get('error') ?? null; }
  set onerror(handler: Handler) { this.#on('error', handler); }
  get onshow(): Handler { return this.#handlers.get('show') ?? null; }
  set onshow(handler: Handler) { this.#on('show', handler); }
  #on(type: string, handler: Handler): void {
    const before = this.#handlers.get(type);
    if (before) this.removeEventListener(type, before);
    this.#handlers.set(type, typeof handler === 'function' ? handler : null);
    if (typeof handler === 'function') this.addEventListener(type, handler);
  }
  /** Takes it away. Done when the desktop has been told. */
  async close(): Promise<void> {
    await this.#shown.catch(() => undefined);
    if (!this.#closed) await call(commandUrl('notification', 'close'), { id: this.id });
  }
  /** Resolves when it is shown. */
  static shown(notification: Notification): Promise<void> { return notification.#shown; }
  [closing](): void {
    shown.delete(this.id);
    if (this.#closed) return;
    this.#closed = true;
    this.dispatchEvent(new Event('close'));
  }
}

/** Shows one; resolves when it is shown. */
export async function showNotification(title: string, options?: NotificationOptions, onclick?: ((event: Event) => unknown) | null, onshow?: ((event: Event) => unknown) | null): Promise<Notification> {
  const notification = new Notification(title, options);
  notification.onclick = onclick ?? null;
  notification.onshow = onshow ?? null;
  await Notification.shown(notification);
  return notification;
}

interface Registration { readonly scope: string; showNotification?: unknown; getNotifications?: unknown }
const again = (told: Told): Notification => new Notification(told.title, { body: told.body, tag: told.tag, data: told.data ?? null }, { [existing]: told.id });
interface WorkerScope { readonly ExtendableEvent?: new (type: string) => Event; readonly registration?: Registration; readonly ServiceWorkerRegistration?: { prototype: Registration } }
const scope = globalThis as unknown as WorkerScope;

/**
 * Has `registration.showNotification` and `getNotifications` come here, in this page or service worker. `data` is told as JSON. A service worker gets
 * `notificationclick` and `notificationclose` while a page of the app is open that has this module.
 */
export function install(): void {
  const prototype = scope.ServiceWorkerRegistration?.prototype;
  if (prototype !== undefined) {
    const own = { configurable: true, writable: true };
    Object.defineProperty(prototype, 'showNotification', { ...own, value: async function (this: Registration, title: string, options: NotificationOptions = {}): Promise<void> {
      if (globalThis.document !== undefined) hear();
      try {
        await show(crypto.randomUUID(), String(title), options, this.scope);
      } catch (error) {
        refused(error);
        throw error;
      }
    } });
    Object.defineProperty(prototype, 'getNotifications', { ...own, value: async function (this: Registration, filter: { tag?: string } = {}): Promise<Notification[]> {
      const all = await call(commandUrl('notification', 'list'), { tag: filter.tag ?? '' }) as Told[];
      return all.filter(one => one.worker === this.scope).map(again);
    } });
  }
  Object.defineProperty(globalThis, 'Notification', { value: Notification, configurable: true, writable: true });
  const { ExtendableEvent } = scope;
  if (globalThis.document !== undefined) {
    // What a worker showed in an earlier page's time is told to it by this one.
    void globalThis.navigator?.serviceWorker?.getRegistrations().then(all => { if (all.length > 0) hear(); }, () => undefined);
  } else if (ExtendableEvent !== undefined) {
    globalThis.addEventListener('message', message => {
      const { data } = message as MessageEvent<{ [RELAY]?: string; told?: Told }>;
      if (data === null || typeof data !== 'object' || typeof data[RELAY] !== 'string' || data.told === undefined) return;
      message.stopImmediatePropagation();
      const click = new ExtendableEvent(data[RELAY]);
      // Made by a script, it may not wait itself.
      const values = { notification: again(data.told), action: data.told.action ?? '', waitUntil: (work: Promise<unknown>) => (message as unknown as { waitUntil(work: Promise<unknown>): void }).waitUntil(work) };
      globalThis.dispatchEvent(Object.defineProperties(click, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))));
    });
  }
}
if (scope.registration !== undefined && globalThis.document === undefined) install();
export default Notification;

/** The app as a whole. */
import host from 'socket:internal/host';
import { call, commandUrl, Result } from 'socket:ipc';
import menu, { setMenu, type MenuLayout, type MenuOptions } from 'socket:application/menu';
import { downloads } from 'socket:application/downloads';
import { ApplicationWindow, createWindow, getCurrentWindow, type WindowState } from 'socket:window';
import { session } from 'socket:application/session';
import { permissions } from 'socket:application/permissions';
import { autostart, power, reveal, setBadge, tray } from 'socket:application/desktop';
export { autostart, downloads, permissions, power, reveal, session, setBadge, tray };
export type { AwakeLock, Badge, PowerState, TrayItem } from 'socket:application/desktop';
export type { Download } from 'socket:application/downloads';

/** The most windows an app may have. */
export const MAX_WINDOWS = 64;
/** The app's `socket.ini`, flat: `config.meta_title`. */
export const config: Readonly<Record<string, unknown>> = host.config;
export const debug: boolean = host.debug;
export const runtimeVersion: Readonly<{ full: string; short: string }> = Object.freeze({ full: host.versions.dunlin, short: host.versions.dunlin.split('+')[0]! });

/** Windows by index. */
export class ApplicationWindowList implements Iterable<ApplicationWindow> {
  readonly #windows = new Map<number, ApplicationWindow>();
  static from(...items: (ApplicationWindow | readonly ApplicationWindow[])[]): ApplicationWindowList { return new ApplicationWindowList(items.flat()); }
  constructor(items: Iterable<ApplicationWindow> = []) { for (const item of items) this.add(item); }
  get length(): number { return this.#windows.size; }
  get size(): number { return this.#windows.size; }
  item(index: number): ApplicationWindow | undefined { return this.#windows.get(index); }
  contains(window: ApplicationWindow | number): boolean { return this.#windows.has(typeof window === 'number' ? window : window.index); }
  add(window: ApplicationWindow): this { this.#windows.set(window.index, window); return this; }
  remove(window: ApplicationWindow | number): boolean { return this.#windows.delete(typeof window === 'number' ? window : window.index); }
  clear(): this { this.#windows.clear(); return this; }
  forEach(callback: (window: ApplicationWindow, index: number, list: this) => void, self?: unknown): void { for (const [index, window] of this.#windows) callback.call(self, window, index, this); }
  keys(): number[] { return [...this.#windows.keys()]; }
  values(): ApplicationWindow[] { return [...this.#windows.values()]; }
  entries(): [number, ApplicationWindow][] { return [...this.#windows]; }
  [Symbol.iterator](): IterableIterator<ApplicationWindow> { return this.#windows.values(); }
}

export const getCurrentWindowIndex = (): number => host.window.index;
export { createWindow, getCurrentWindow };

/** The windows of these indexes that are open, or all. Those of others need the source `ipc://windows/list`. */
export async function getWindows(indices?: readonly number[]): Promise<ApplicationWindowList> {
  const own = await getCurrentWindow();
  if (indices?.every(index => index === own.index) === true) return new ApplicationWindowList(indices.length > 0 ? [own] : []);
  const [states] = (await Promise.all([call(commandUrl('windows', 'list')), own.update()])) as [WindowState[], unknown];
  return new ApplicationWindowList(states.filter(({ index }) => indices?.includes(index) ?? true).map(state => (state.index === own.index ? own : new ApplicationWindow(state))));
}
export async function getWindow(index: number): Promise<ApplicationWindow | null> {
  return (await getWindows([index])).item(index) ?? null;
}
/** The screen the page is on, in CSS pixels. */
export async function getScreenSize(): Promise<{ width: number; height: number }> {
  return { width: globalThis.screen.width, height: globalThis.screen.height };
}
export interface Area { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
/** A screen, in CSS pixels. `workArea` is what panels leave; `refreshRate` is null where the system does not tell. */
export interface ScreenInfo { readonly id: string; readonly primary: boolean; readonly bounds: Area; readonly workArea: Area; readonly scaleFactor: number; readonly refreshRate: number | null }
/** All screens, the main one first. Needs the source `ipc://platform/screens`. */
export const getScreens = (): Promise<ScreenInfo[]> => call(commandUrl('platform', 'screens')) as Promise<ScreenInfo[]>;
let paused = false;
globalThis.addEventListener('applicationpause', () => { paused = true; });
globalThis.addEventListener('applicationresume', () => { paused = false; });
/** Whether the window is hidden or minimised, as far as this page has been told: from its first call on. */
export const isPaused = (): boolean => paused;
/** Ends the app with an exit code. */
export async function exit(code: number = 0): Promise<Result> {
  try {
    return Result.from(await call(commandUrl('application', 'exit'), { code }), null, 'application.exit');
  } catch (error) {
    return Result.from(null, error, 'application.exit');
  }
}
export { menu };
/** The menu bar of the page's window. See docs/menus.md. */
export const setSystemMenu = (layout: MenuLayout | MenuOptions): Promise<Result> => setMenu(layout, 'system');
/** The menu of the app's icon in the tray. */
export const setTrayMenu = (layout: MenuLayout | MenuOptions): Promise<Result> => setMenu(layout, 'tray');
/** An item of the menu bar: by its place (both count from 0, separators too), or by its label and that of its menu. */
export type MenuItemPlace = { readonly indexMain: number; readonly indexSub: number } | { readonly title: string; readonly parent?: string };
async function item(command: string, value: object): Promise<Result> {
  try {
    return Result.from(await call(commandUrl('application', command), { ...value }), null, `application.${command}`);
  } catch (error) {
    return Result.from(null, error, `application.${command}`);
  }
}
export const setSystemMenuItemEnabled = (value: MenuItemPlace & { readonly enabled: boolean }): Promise<Result> => item('setSystemMenuItemEnabled', value);
export const setSystemMenuItemChecked = (value: MenuItemPlace & { readonly checked: boolean }): Promise<Result> => item('setSystemMenuItemChecked', value);
/** What holds on this machine: renderer sandbox, policy, and what is missing. */
export const security = (): Promise<Record<string, unknown>> => call(commandUrl('application', 'security')) as Promise<Record<string, unknown>>;
/** Whether one thing can be used on this machine; if not, why, and what to do. */
export interface Capability { readonly available: boolean; readonly reason: string; readonly message: string; readonly cure: string }
/** What this machine has for the app, and what is missing. */
export const capabilities = (): Promise<{ readonly bluetooth: Capability & { readonly canAdvertise: boolean }; readonly [name: string]: Capability }> =>
  call(commandUrl('application', 'capabilities')) as Promise<{ readonly bluetooth: Capability & { readonly canAdvertise: boolean } }>;
export const versions = (): Promise<Record<string, string>> => call(commandUrl('application', 'versions')) as Promise<Record<string, string>>;

async function process_(command: string, params?: Record<string, unknown>): Promise<Result> {
  try {
    return Result.from(await call(commandUrl('process', command), params), null, `process.${command}`);
  } catch (error) {
    return Result.from(null, error, `process.${command}`);
  }
}
/** The app's back end: the program that `[linux|mac|win] cmd` of `socket.ini` names. See docs/back-ends.md. */
export const backend = Object.freeze({
  /** Starts it, unless it runs; with `force` anew. */
  open: (options?: { force?: boolean }): Promise<Result> => process_('open', { force: options?.force === true }),
  /** Ends it, and starts it no more. */
  close: (): Promise<Result> => process_('kill'),
  /** Sends it an event; done when its input has taken it. Also `window.send({ backend: true, event, value })`. */
  write: (event: string, value?: unknown): Promise<Result> => process_('write', { event, value: value ?? null }),
});

/** Where an update comes from: other people's copies of the app, or a web server. */
export type UpdateSource = 'peers' | 'https';
/** What a look for an update found. `version` and `source` are null when the newest one runs. */
export interface UpdateInfo { readonly running: string; readonly version: string | null; readonly downloadBytes: number; readonly source: UpdateSource | null }
/** Bytes of an update that have come, of those that must, and where from; `source` is null until the first file is asked for. */
export interface UpdateProgress { readonly done: number; readonly total: number; readonly source: UpdateSource | null }
/** New versions of an installed app (docs/updates.md). Each call needs a source: `ipc://application/updateCheck` and so on. What fails says why in `code`: `ERR_UPDATE_…`. */
export const update = Object.freeze({
  check: (): Promise<UpdateInfo> => call(commandUrl('application', 'updateCheck')) as Promise<UpdateInfo>,
  /** Brings the new version here, and goes on where an earlier try broke off. Tells `onprogress`, and the event `applicationupdateprogress` of the window. */
  async download(options: { onprogress?: (progress: UpdateProgress) => void; signal?: AbortSignal } = {}): Promise<{ version: string }> {
    const listener = (event: Event): void => options.onprogress?.((event as CustomEvent<UpdateProgress>).detail);
    globalThis.addEventListener('applicationupdateprogress', listener);
    try {
      return await call(commandUrl('application', 'updateDownload'), undefined, options.signal === undefined ? {} : { signal: options.signal }) as { version: string };
    } finally {
      globalThis.removeEventListener('applicationupdateprogress', listener);
    }
  },
  /** Switches to what was downloaded: from the next start on, or with `restart` by starting the app again now. */
  apply: (options: { restart?: boolean } = {}): Promise<{ version: string }> => call(commandUrl('application', 'updateApply'), { restart: options.restart === true }) as Promise<{ version: string }>,
  /** Says that this version is well. Only needed with `[update] confirm = true`; else the first page that loads says it. */
  healthy: async (): Promise<void> => { await call(commandUrl('application', 'updateHealthy')); },
});

export function addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean): void { globalThis.addEventListener(type, listener, options); }
export function removeEventListener(type: string, listener: EventListenerOrEventListenerObject): void { globalThis.removeEventListener(type, listener); }

export default {
  MAX_WINDOWS, ApplicationWindowList, addEventListener, autostart, backend, capabilities, config, createWindow, debug, downloads, exit, getCurrentWindow, getCurrentWindowIndex, getScreenSize, getScreens, getWindow, getWindows, isPaused,
  menu, permissions, power, removeEventListener, reveal, runtimeVersion, security, session, setBadge, setSystemMenu, setSystemMenuItemChecked, setSystemMenuItemEnabled, setTrayMenu, tray, update, versions,
};

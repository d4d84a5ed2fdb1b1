/** The windows of the app. */
import host from 'socket:internal/host';
import { call, commandUrl, Result } from 'socket:ipc';
import type { MenuLayout, MenuOptions } from 'socket:application/menu';
import { WindowServices } from 'socket:window/services';
export type { FindOptions, FindResult, PageSize, PDFOptions, PictureOptions, Printer } from 'socket:window/services';

export const WINDOW_ERROR = -1, WINDOW_NONE = 0, WINDOW_CREATING = 10, WINDOW_CREATED = 11, WINDOW_HIDING = 20, WINDOW_HIDDEN = 21, WINDOW_SHOWING = 30,
  WINDOW_SHOWN = 31, WINDOW_CLOSING = 40, WINDOW_CLOSED = 41, WINDOW_EXITING = 50, WINDOW_EXITED = 51, WINDOW_KILLING = 60, WINDOW_KILLED = 61;
export const constants = Object.freeze({
  WINDOW_ERROR, WINDOW_NONE, WINDOW_CREATING, WINDOW_CREATED, WINDOW_HIDING, WINDOW_HIDDEN, WINDOW_SHOWING, WINDOW_SHOWN, WINDOW_CLOSING, WINDOW_CLOSED,
  WINDOW_EXITING, WINDOW_EXITED, WINDOW_KILLING, WINDOW_KILLED,
});

/** What the host says of a window. Sizes and positions in CSS pixels. */
export interface WindowState { index: number; title: string; url: string; width: number; height: number; x: number; y: number; visible: boolean; [name: string]: unknown }
export interface Size { width?: number | string; height?: number | string }
export interface Bounds { minWidth?: number | string; minHeight?: number | string; maxWidth?: number | string; maxHeight?: number | string }
export interface Colour { red: number; green: number; blue: number; alpha?: number }
export interface Position { x?: number | string; y?: number | string }

export interface MessageBoxOptions {
  readonly message: string;
  readonly detail?: string;
  readonly title?: string;
  readonly type?: 'none' | 'info' | 'question' | 'warning' | 'error';
  /** `['OK']` by default. */
  readonly buttons?: readonly string[];
  /** The place of the button that Enter presses. */
  readonly defaultId?: number;
  /** The place of the button that closing the message stands for: the last by default. */
  readonly cancelId?: number;
  readonly checkboxLabel?: string;
  readonly checkboxChecked?: boolean;
}

/**
 * A window of the app. Its getters show what the host last said of it: {@link update} asks. What it does to the page's own window is always allowed; to another's, what the
 * policy says: `setTitle` of window 2 needs a source such as `ipc://windows/setTitle/2` or `ipc://windows/setTitle/`.
 */
export class ApplicationWindow extends WindowServices {
  static readonly constants: typeof constants = constants;
  #state: WindowState;
  #channel: BroadcastChannel | undefined;
  readonly #hears: Set<string> = new Set();
  readonly #wrapped: Map<string, Map<(detail: any) => void, EventListener>> = new Map();
  constructor(state: WindowState) {
    super();
    this.#state = state;
  }
  get index(): number { return this.#state.index; }
  get id(): string { return String(this.#state.index); }
  get state(): WindowState { return { ...this.#state }; }
  get size(): { width: number; height: number } { return this.getSize(); }
  get position(): { x: number; y: number } { return this.getPosition(); }
  get title(): string { return this.#state.title; }
  get location(): URL | null { return URL.canParse(this.#state.url) ? new URL(this.#state.url) : null; }
  get visible(): boolean { return this.#state.visible; }
  getSize(): { width: number; height: number } { return { width: this.#state.width, height: this.#state.height }; }
  getPosition(): { x: number; y: number } { return { x: this.#state.x, y: this.#state.y }; }
  getTitle(): string { return this.#state.title; }

  #url(command: string): string { return this.index === host.window.index ? commandUrl('window', command) : commandUrl('windows', command, String(this.index)); }
  async #do(command: string, params?: Record<string, unknown>): Promise<Result> {
    try {
      const state = (await call(this.#url(command), params)) as WindowState | null;
      if (state !== null && typeof state === 'object') this.#state = state;
      return Result.from(state, null, `window.${command}`);
    } catch (error) {
      return Result.from(null, error, `window.${command}`);
    }
  }
  /** Asks the host for the state. */
  update(): Promise<Result> { return this.#do('info'); }
  setTitle(title: string): Promise<Result> { return this.#do('setTitle', { title: String(title) }); }
  /** @param size numbers are CSS pixels; `'50%'` is of the screen */
  setSize(size: Size): Promise<Result> { return this.#do('setSize', { width: size.width, height: size.height }); }
  setPosition(position: Position): Promise<Result> { return this.#do('setPosition', { x: position.x, y: position.y }); }
  show(): Promise<Result> { return this.#do('show'); }
  hide(): Promise<Result> { return this.#do('hide'); }
  close(): Promise<Result> { return this.#do('close'); }
  maximize(): Promise<Result> { return this.#do('maximize'); }
  minimize(): Promise<Result> { return this.#do('minimize'); }
  restore(): Promise<Result> { return this.#do('restore'); }
  /** Brings it to the front, with the keys. */
  focus(): Promise<Result> { return this.#do('focus'); }
  setResizable(resizable: boolean): Promise<Result> { return this.#do('setResizable', { resizable }); }
  /** The smallest and the largest size of the content; what is left out stays. */
  setBounds(bounds: Bounds): Promise<Result> { return this.#do('setBounds', { ...bounds }); }
  /** Over the whole screen, until Escape. Its source: `ipc://window/setFullScreen`. */
  setFullScreen(fullScreen: boolean): Promise<Result> { return this.#do('setFullScreen', { fullScreen }); }
  /** Above other windows. Its source: `ipc://window/setAlwaysOnTop`. */
  setAlwaysOnTop(alwaysOnTop: boolean): Promise<Result> { return this.#do('setAlwaysOnTop', { alwaysOnTop }); }
  /** The colour behind the page; a window is not transparent. */
  setBackgroundColor(color: Colour | string): Promise<Result> { return this.#do('setBackgroundColor', { color }); }
  /** Its picture in lists of windows: a file of the app. Of the page's own window; its source: `ipc://window/setIcon`. */
  async setIcon(icon: string): Promise<Result> { return this.#do('setIcon', { icon }); }
  async getBackgroundColor(): Promise<string> {
    await this.update();
    return String(this.#state['backgroundColor']);
  }
  /** A channel that the pages of this window hear as `message`; by structured clone, without the host. */
  get channel(): BroadcastChannel { return (this.#channel ??= new BroadcastChannel(`dunlin:window:${this.index}`)); }
  async postMessage(data: unknown): Promise<void> { this.channel.postMessage(data); }
  /** Of the page's own window there is `close`, cancelable: it stays open while a listener prevents it and answers within 5 seconds; and `message`. */
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void {
    super.addEventListener(type, listener, options);
    if (this.index !== host.window.index || this.#hears.has(type)) return;
    this.#hears.add(type);
    if (type === 'message') this.channel.addEventListener('message', ({ data }) => this.dispatchEvent(new MessageEvent('message', { data })));
    if (type === 'close') {
      globalThis.addEventListener('windowclosing', () => {
        const close = this.dispatchEvent(new Event('close', { cancelable: true }));
        void call(commandUrl('window', 'answerClose'), { close });
      });
      void call(commandUrl('window', 'holdClose'), { hold: true });
    }
  }
  showInspector(): Promise<Result> { return this.#do('showInspector'); }
  /** Opens a menu at the pointer; `menuItemSelected` tells what is chosen. See docs/menus.md. */
  async setContextMenu(options: MenuLayout | MenuOptions): Promise<Result> { return (await import('socket:application/menu')).setContextMenu(options); }
  /** Shows a message over the window; waits for the answer. `response` is the place of the button; that of `cancelId` where the person just closes it. */
  showMessageBox(options: MessageBoxOptions): Promise<{ response: number; checkboxChecked: boolean }> { return call(commandUrl('window', 'showMessageBox'), { ...options }) as Promise<{ response: number; checkboxChecked: boolean }>; }
  /** Drags files out of the window, from a handler of `dragstart`: as `dragFiles` of `socket:window/files`, which says more. */
  async startDrag(options: { files: string | readonly string[]; icon?: string }): Promise<'copy' | 'none'> { return (await import('socket:window/files')).dragFiles(options.files, options); }
  /** Opens an http, https or mailto link in the person's own program. */
  openExternal(value: string | URL): Promise<{ url: string }> { return call(commandUrl('platform', 'openExternal'), { value: String(value) }) as Promise<{ url: string }>; }
  /** The paths of what the person picks, as `socket:fs/web` gives handles of. */
  showOpenFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showOpenFilePicker'), { ...options }) as Promise<string[]>; }
  showSaveFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showSaveFilePicker'), { ...options }) as Promise<string[]>; }
  showDirectoryFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showDirectoryPicker'), { ...options }) as Promise<string[]>; }
  /**
   * Sends an event to the app's back end, or to the pages of another window, which get it as a `CustomEvent` (its source: `ipc://windows/send/2`).
   * Without `window`, to this one's.
   */
  async send(options: { backend?: boolean; window?: number; event: string; value?: unknown }): Promise<Result> {
    try {
      if (options.backend !== true) {
        return Result.from(await call(commandUrl('windows', 'send', String(options.window ?? this.index)), { event: options.event, value: options.value ?? null }), null, 'window.send');
      }
      return Result.from(await call(commandUrl('process', 'write'), { event: options.event, value: options.value ?? null }), null, 'process.write');
    } catch (error) {
      return Result.from(null, error, options.backend === true ? 'process.write' : 'window.send');
    }
  }

  on(event: string, listener: (detail: any) => void): this { return this.#listen(event, listener, false); }
  addListener(event: string, listener: (detail: any) => void): this { return this.#listen(event, listener, false); }
  once(event: string, listener: (detail: any) => void): this { return this.#listen(event, listener, true); }
  off(event: string, listener: (detail: any) => void): this {
    const all = this.#wrapped.get(event), wrapped = all?.get(listener);
    if (wrapped !== undefined) {
      this.removeEventListener(event, wrapped);
      all!.delete(listener);
    }
    return this;
  }
  removeListener(event: string, listener: (detail: any) => void): this { return this.off(event, listener); }
  removeAllListeners(event: string): this {
    for (const listener of [...(this.#wrapped.get(event)?.keys() ?? [])]) this.off(event, listener);
    return this;
  }
  #listen(event: string, listener: (detail: any) => void, once: boolean): this {
    this.off(event, listener);
    const wrapped: EventListener = happened => {
      if (once) this.off(event, listener);
      listener((happened as CustomEvent).detail);
    };
    const all = this.#wrapped.get(event) ?? new Map<(detail: any) => void, EventListener>();
    this.#wrapped.set(event, all.set(listener, wrapped));
    this.addEventListener(event, wrapped);
    return this;
  }
}

/** The page's own window. */
export async function getCurrentWindow(): Promise<ApplicationWindow> {
  return (current ??= new ApplicationWindow((await call(commandUrl('window', 'info'))) as WindowState));
}
let current: ApplicationWindow | undefined;

/** What a window is to be; what is left out is as in `socket.ini`. */
export interface WindowOptions {
  /** The page: a path of the app, with its query and fragment if it has them. Its source: `ipc://window/create/<path>`. */
  path: string;
  /** 0 to 63; the lowest free one if left out. */
  index?: number;
  title?: string;
  width?: number | string; height?: number | string;
  minWidth?: number | string; minHeight?: number | string;
  maxWidth?: number | string; maxHeight?: number | string;
  /** Where, instead of in the middle of the screen. */
  x?: number; y?: number;
  /** Over the whole screen; a `kiosk` without a way out for Escape or a button. */
  fullscreen?: boolean; kiosk?: boolean; maximized?: boolean; alwaysOnTop?: boolean;
  /** Stays above the window that opens it, and closes with it; `modal`: which takes no keys and no clicks meanwhile. */
  child?: boolean; modal?: boolean;
  /** A picture among the app's files, in place of that of `socket.ini`. */
  icon?: string;
  /** Under which the host notes where it was when it closed, to open it there again. */
  name?: string;
  /** Before the first paint: `'#rrggbb'` or its parts. */
  backgroundColor?: Colour | string;
  frameless?: boolean; resizable?: boolean; closable?: boolean; minimizable?: boolean; maximizable?: boolean; utility?: boolean;
  /** Not shown until `show()`. */
  headless?: boolean;
  /** What its pages may do at most, beside the app's policy: a Content Security Policy. Without `worker-src` in it, the window has no workers. */
  policy?: string;
}
/** Opens a window. */
export async function createWindow(options: WindowOptions): Promise<ApplicationWindow> {
  const { path, ...rest } = options;
  const url = new URL(path, host.origin + '/');
  if (url.origin !== host.origin) throw Object.assign(new TypeError(`A window opens with a page of the app, not with ${url.href}: that page may go on to what [webview.navigator.policies] allows`), { code: 'ERR_INVALID_ARG_VALUE' });
  const page = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '') || String(host.config['webview_default_index'] || 'index.html').replace(/^\//, '');
  return new ApplicationWindow((await call(commandUrl('window', 'create', page), { ...rest, search: url.search, hash: url.hash })) as WindowState);
}

/** A page of the app as a URL. */
export function formatURL(url: string): string { return new URL(url, host.origin + '/').href; }
export default ApplicationWindow;

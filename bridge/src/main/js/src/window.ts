/** The windows of the app. */
import host from 'socket:internal/host';
import { call, commandUrl, Result } from 'socket:ipc';
import type { MenuLayout, MenuOptions } from 'socket:application/menu';

export const WINDOW_ERROR = -1, WINDOW_NONE = 0, WINDOW_CREATING = 10, WINDOW_CREATED = 11, WINDOW_HIDING = 20, WINDOW_HIDDEN = 21, WINDOW_SHOWING = 30,
  WINDOW_SHOWN = 31, WINDOW_CLOSING = 40, WINDOW_CLOSED = 41, WINDOW_EXITING = 50, WINDOW_EXITED = 51, WINDOW_KILLING = 60, WINDOW_KILLED = 61;
export const constants = Object.freeze({
  WINDOW_ERROR, WINDOW_NONE, WINDOW_CREATING, WINDOW_CREATED, WINDOW_HIDING, WINDOW_HIDDEN, WINDOW_SHOWING, WINDOW_SHOWN, WINDOW_CLOSING, WINDOW_CLOSED,
  WINDOW_EXITING, WINDOW_EXITED, WINDOW_KILLING, WINDOW_KILLED,
});

/** What the host says of a window. Sizes and positions in CSS pixels. */
export interface WindowState { index: number; title: string; url: string; width: number; height: number; x: number; y: number; visible: boolean; [name: string]: unknown }
export interface Size { width?: number | string; height?: number | string }
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

/** The page's own window. Its getters show what the host last said of it: {@link update} asks. */
export class ApplicationWindow extends EventTarget {
  static readonly constants: typeof constants = constants;
  #state: WindowState;
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

  async #do(command: string, params?: Record<string, unknown>): Promise<Result> {
    try {
      const state = (await call(commandUrl('window', command), params)) as WindowState | null;
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
  showInspector(): Promise<Result> { return this.#do('showInspector'); }
  /** Opens a menu at the pointer; `menuItemSelected` tells what is chosen. See docs/menus.md. */
  async setContextMenu(options: MenuLayout | MenuOptions): Promise<Result> { return (await import('socket:application/menu')).setContextMenu(options); }
  /** Shows a message over the window; waits for the answer. `response` is the place of the button; that of `cancelId` where the person just closes it. */
  showMessageBox(options: MessageBoxOptions): Promise<{ response: number; checkboxChecked: boolean }> { return call(commandUrl('window', 'showMessageBox'), { ...options }) as Promise<{ response: number; checkboxChecked: boolean }>; }
  /** Opens an http, https or mailto link in the person's own program. */
  openExternal(value: string | URL): Promise<{ url: string }> { return call(commandUrl('platform', 'openExternal'), { value: String(value) }) as Promise<{ url: string }>; }
  /** The paths of what the person picks, as `socket:fs/web` gives handles of. */
  showOpenFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showOpenFilePicker'), { ...options }) as Promise<string[]>; }
  showSaveFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showSaveFilePicker'), { ...options }) as Promise<string[]>; }
  showDirectoryFilePicker(options: object = {}): Promise<string[]> { return call(commandUrl('window', 'showDirectoryPicker'), { ...options }) as Promise<string[]>; }
  /** Sends an event to the app's back end. */
  async send(options: { backend: true; event: string; value?: unknown }): Promise<Result> {
    if (options.backend !== true) return Result.from(null, Object.assign(new TypeError("The app has no other window to send to: 'backend: true' is the one who hears"), { code: 'ERR_INVALID_ARG_VALUE' }), 'window.send');
    try {
      return Result.from(await call(commandUrl('process', 'write'), { event: options.event, value: options.value ?? null }), null, 'process.write');
    } catch (error) {
      return Result.from(null, error, 'process.write');
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

/** A page of the app as a URL. */
export function formatURL(url: string): string { return new URL(url, host.origin + '/').href; }
export default ApplicationWindow;

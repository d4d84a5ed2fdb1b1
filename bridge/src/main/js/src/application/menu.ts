/** The menu bar of the page's window, the menu of the app's tray icon, and the menu that a page opens at the pointer. See docs/menus.md. */
import { call, commandUrl, Result } from 'socket:ipc';
import { MenuItemEvent } from 'socket:internal/events';

/** What an item does by itself. */
export type MenuRole =
  | 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'delete' | 'selectAll' | 'reload' | 'zoomIn' | 'zoomOut' | 'resetZoom' | 'toggleDevTools' | 'minimize' | 'zoom' | 'close' | 'quit';
export interface MenuItem {
  /** An ampersand stands before the letter that chooses it: `&New`. */
  readonly label: string;
  /** Such as `n + CommandOrControl`; `_` is none. */
  readonly accelerator?: string;
  readonly enabled?: boolean;
  /** Given, the item has a mark or shows that it could. */
  readonly checked?: boolean;
  readonly type?: 'normal' | 'checkbox';
  readonly role?: MenuRole;
  readonly submenu?: MenuLayout;
}
/** `{ File: { New: 'n + CommandOrControl', '---': '---', Recent: { … } } }` */
export interface MenuObject { readonly [label: string]: string | null | MenuLayout }
/** A menu: in the menu language, as an object, or as a list. */
export type MenuLayout = string | MenuObject | readonly (string | MenuObject | MenuItem | { readonly type: 'separator' })[];
export type MenuType = 'tray' | 'system' | 'context';
export interface MenuOptions { readonly value: MenuLayout; readonly index?: number }

const COMMANDS = {
  tray: ['application', 'setTrayMenu'],
  system: ['application', 'setSystemMenu'],
  context: ['window', 'setContextMenu'],
} as const;

/** A list or `{ value, index }`: an object with the one key `value` (and `index`) is the latter. */
function optionsOf(given: MenuLayout | MenuOptions): MenuOptions {
  if (typeof given !== 'object' || Array.isArray(given) || !('value' in given)) return { value: given as MenuLayout };
  return Object.keys(given).every(key => key === 'value' || key === 'index') ? given as MenuOptions : { value: given as MenuObject };
}
function tree(value: MenuLayout): unknown {
  try {
    return JSON.parse(JSON.stringify(value ?? ''));
  } catch (error) {
    throw Object.assign(new SyntaxError(`the menu can't be read: it holds itself, or what is no text, object or list (${String(error)})`), { code: 'ERR_MENU_SYNTAX' });
  }
}
/** Sets one of the three; one without items is taken away. */
export async function setMenu(options: MenuLayout | MenuOptions, type: MenuType): Promise<Result> {
  const [module, command] = COMMANDS[type] ?? COMMANDS.system, source = `${module}.${command}`;
  try {
    const { value, index } = optionsOf(options);
    return Result.from(await call(commandUrl(module, command), { value: tree(value), index }), null, source);
  } catch (error) {
    return Result.from(null, error, source);
  }
}
/** Opens a menu at the pointer. */
export const setContextMenu = (options: MenuLayout | MenuOptions): Promise<Result> => setMenu(options, 'context');

type Handler<E extends Event> = ((event: E) => void) | null;
/** A listener that is a property. */
function property<E extends Event>(target: EventTarget, type: string): { get(): Handler<E>; set(listener: Handler<E>): void } {
  let current: Handler<E> = null;
  return {
    get: () => current,
    set(listener) {
      if (current !== null) target.removeEventListener(type, current as EventListener);
      current = typeof listener === 'function' ? listener : null;
      if (current !== null) target.addEventListener(type, current as EventListener);
    },
  };
}

/** One menu: `menuitem` events tell what is chosen. */
export class Menu extends EventTarget {
  readonly #type: MenuType;
  readonly #onmenuitem = property<MenuItemEvent>(this, 'menuitem');
  readonly #onerror = property<ErrorEvent>(this, 'error');
  constructor(type: MenuType) {
    super();
    this.#type = type;
  }
  get type(): MenuType { return this.#type; }
  get onmenuitem(): Handler<MenuItemEvent> { return this.#onmenuitem.get(); }
  set onmenuitem(listener: Handler<MenuItemEvent>) { this.#onmenuitem.set(listener); }
  get onerror(): Handler<ErrorEvent> { return this.#onerror.get(); }
  set onerror(listener: Handler<ErrorEvent>) { this.#onerror.set(listener); }
  /** Shows it; rejects when it can't be read or shown, and tells listeners of `error` too. */
  async set(layout: MenuLayout | MenuOptions, options: { index?: number } = {}): Promise<unknown> {
    const given = optionsOf(layout);
    const { err, data } = await setMenu({ value: given.value, index: options.index ?? given.index } as MenuOptions, this.#type);
    if (err) {
      this.dispatchEvent(new ErrorEvent('error', { error: err, message: err.message }));
      throw err;
    }
    return data;
  }
}
export class TrayMenu extends Menu { constructor() { super('tray'); } }
export class SystemMenu extends Menu { constructor() { super('system'); } }
export class ContextMenu extends Menu { constructor() { super('context'); } }

/** The three menus; hears of what is chosen in any. */
export class MenuContainer extends EventTarget {
  readonly #menus = { tray: new TrayMenu(), system: new SystemMenu(), context: new ContextMenu() } as const;
  readonly #onmenuitem = property<MenuItemEvent>(this, 'menuitem');
  readonly #onerror = property<ErrorEvent>(this, 'error');
  constructor(source: EventTarget = globalThis) {
    super();
    source.addEventListener('menuItemSelected', event => {
      const data = (event as CustomEvent<Record<string, unknown>>).detail;
      const menu = this.#menus[data?.type as MenuType];
      if (menu === undefined) return;
      menu.dispatchEvent(new MenuItemEvent('menuitem', data, menu));
      this.dispatchEvent(new MenuItemEvent('menuitem', data, menu));
    });
    for (const menu of Object.values(this.#menus)) menu.addEventListener('error', event => this.dispatchEvent(new ErrorEvent('error', { error: (event as ErrorEvent).error, message: (event as ErrorEvent).message })));
  }
  get tray(): TrayMenu { return this.#menus.tray; }
  get system(): SystemMenu { return this.#menus.system; }
  get context(): ContextMenu { return this.#menus.context; }
  get onmenuitem(): Handler<MenuItemEvent> { return this.#onmenuitem.get(); }
  set onmenuitem(listener: Handler<MenuItemEvent>) { this.#onmenuitem.set(listener); }
  get onerror(): Handler<ErrorEvent> { return this.#onerror.get(); }
  set onerror(listener: Handler<ErrorEvent>) { this.#onerror.set(listener); }
}
export const container: MenuContainer = new MenuContainer();
export const { tray, system, context }: MenuContainer = container;
export default container;

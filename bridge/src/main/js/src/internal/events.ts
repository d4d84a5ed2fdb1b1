/** Events of the host that have a class of their own. */
import type { Menu } from 'socket:application/menu';

/** An item of a menu was chosen. */
export class MenuItemEvent extends MessageEvent<Record<string, unknown> | null> {
  readonly #menu: Menu | null;
  constructor(type: string = 'menuitem', data: Record<string, unknown> | null = null, menu: Menu | null = null) {
    super(type, { data });
    this.#menu = menu;
  }
  get menu(): Menu | null { return this.#menu; }
  /** The item's label. */
  get title(): string { return String(this.data?.title ?? ''); }
  /** The label of the menu that the item is in; empty outside any. */
  get parent(): string { return String(this.data?.parent ?? ''); }
  get tag(): string { return String(this.data?.tag ?? ''); }
  /** Whether the item has a mark now. */
  get checked(): boolean { return this.data?.state === '1'; }
}

/** A global shortcut was pressed. */
export class HotKeyEvent extends MessageEvent<Record<string, unknown> | null> {
  constructor(type: string = 'hotkey', data: Record<string, unknown> | null = null) { super(type, { data }); }
  get id(): number { return Number(this.data?.id ?? 0); }
  get hash(): number { return Number(this.data?.hash ?? 0); }
  get sequence(): string[] { return Array.isArray(this.data?.sequence) ? this.data.sequence as string[] : []; }
  get expression(): string { return String(this.data?.expression ?? ''); }
}

export default { HotKeyEvent, MenuItemEvent };

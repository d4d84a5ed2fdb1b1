/**
 * Shortcuts that work whatever program has the focus. A policy names the keys: `ipc://hotkey/bind/control+shift+k` (docs/desktop.md, Shortcuts). They end with `unbind()`, or with the
 * document.
 */
import { HotKeyEvent } from 'socket:internal/events';
import { call, commandUrl } from 'socket:ipc';

export interface HotKeyOptions {
  /** Without effect: who takes a key has it alone. */
  readonly passive?: boolean;
}
interface Told { id: number; hash: number; expression: string; sequence: string[]; handle?: string }

const ORDER = ['control', 'alt', 'shift', 'meta'];
const OTHERS: Readonly<Record<string, string>> = {
  ctrl: 'control', commandorcontrol: 'control', cmdorctrl: 'control', option: 'alt', opt: 'alt', super: 'meta', command: 'meta', cmd: 'meta', win: 'meta',
  esc: 'escape', return: 'enter', del: 'delete', arrowleft: 'left', arrowright: 'right', arrowup: 'up', arrowdown: 'down',
  ',': 'comma', '-': 'minus', '.': 'period', '/': 'slash', ';': 'semicolon', '=': 'equal', '[': 'bracketleft', '\\': 'backslash', ']': 'bracketright', '`': 'grave', '\'': 'apostrophe',
};
/** The one way to write it, which policies name: `Shift + Ctrl + K` is `control+shift+k`. */
export function normalizeExpression(expression: string): string {
  const words = String(expression).split('+').map(part => part.trim().toLowerCase()).filter(word => word !== '').map(word => (Object.hasOwn(OTHERS, word) ? OTHERS[word]! : word));
  return [...ORDER.filter(word => words.includes(word)), ...words.filter(word => !ORDER.includes(word))].join('+');
}

type Handler<E extends Event> = ((event: E) => void) | null;
/** Sets a listener that is a property in place of the one before. */
function listen<E extends Event>(target: EventTarget, type: string, before: Handler<E>, now: Handler<E>): Handler<E> {
  if (before !== null) target.removeEventListener(type, before as EventListener);
  const next = typeof now === 'function' ? now : null;
  if (next !== null) target.addEventListener(type, next as EventListener);
  return next;
}
/** Each `hotkey` of a target, from now on, until the loop is left. */
async function* events(target: EventTarget): AsyncGenerator<HotKeyEvent> {
  const came: HotKeyEvent[] = [];
  let wake = (): void => {};
  const heard = (event: Event): void => {
    came.push(event as HotKeyEvent);
    wake();
  };
  target.addEventListener('hotkey', heard);
  try {
    for (;;) {
      while (came.length > 0) yield came.shift()!;
      await new Promise<void>(resolve => { wake = resolve; });
    }
  } finally {
    target.removeEventListener('hotkey', heard);
  }
}

/** A shortcut. Its event `hotkey` is a {@link HotKeyEvent}. */
export class Binding extends EventTarget {
  #told: Told;
  #onhotkey: Handler<HotKeyEvent> = null;
  constructor(told: Told) {
    super();
    this.#told = told;
  }
  get id(): number { return this.#told.id; }
  get hash(): number { return this.#told.hash; }
  get sequence(): string[] { return [...this.#told.sequence]; }
  get expression(): string { return this.#told.expression; }
  /** Whether the host knows it. */
  get isValid(): boolean { return this.#told.id > 0; }
  /** Whether its keys come here. */
  get isActive(): boolean { return bindings.get(this.id) === this; }
  get onhotkey(): Handler<HotKeyEvent> { return this.#onhotkey; }
  set onhotkey(listener: Handler<HotKeyEvent>) { this.#onhotkey = listen(this, 'hotkey', this.#onhotkey, listener); }
  /** Takes the keys again, after {@link unbind}. */
  async bind(): Promise<Binding> {
    if (!this.isActive) {
      this.#told = await take(this.expression);
      bindings.set(this.id, this);
    }
    return this;
  }
  async unbind(): Promise<Binding> {
    const { handle } = this.#told;
    if (this.isActive && handle !== undefined) {
      bindings.delete(this.id);
      await call(`ipc://handle/hotkey/unbind/${handle}`);
    }
    return this;
  }
  [Symbol.asyncIterator](): AsyncGenerator<HotKeyEvent> { return events(this); }
}
const take = async (expression: string): Promise<Told> => (await call(commandUrl('hotkey', 'bind', normalizeExpression(expression)))) as Told;

/** The shortcuts of this document. */
export class Bindings extends EventTarget {
  readonly #all = new Map<number, Binding>();
  #onhotkey: Handler<HotKeyEvent> = null;
  #onerror: Handler<ErrorEvent> = null;
  constructor() {
    super();
    globalThis.addEventListener('hotkey', event => {
      const told = (event as CustomEvent<Told>).detail, binding = this.#all.get(told.id);
      if (binding === undefined) return;
      binding.dispatchEvent(new HotKeyEvent('hotkey', { ...told }));
      this.dispatchEvent(new HotKeyEvent('hotkey', { ...told }));
    });
  }
  get size(): number { return this.#all.size; }
  get onhotkey(): Handler<HotKeyEvent> { return this.#onhotkey; }
  set onhotkey(listener: Handler<HotKeyEvent>) { this.#onhotkey = listen(this, 'hotkey', this.#onhotkey, listener); }
  /** What {@link bind} and {@link unbind} throw is an event too. */
  get onerror(): Handler<ErrorEvent> { return this.#onerror; }
  set onerror(listener: Handler<ErrorEvent>) { this.#onerror = listen(this, 'error', this.#onerror, listener); }
  get(id: number): Binding | undefined { return this.#all.get(id); }
  set(id: number, binding: Binding): void { this.#all.set(id, binding); }
  delete(id: number): boolean { return this.#all.delete(id); }
  has(id: unknown): boolean { return this.#find(id) !== undefined; }
  values(): IterableIterator<Binding> { return this.#all.values(); }
  keys(): IterableIterator<number> { return this.#all.keys(); }
  ids(): IterableIterator<number> { return this.#all.keys(); }
  entries(): IterableIterator<[number, Binding]> { return this.#all.entries(); }
  #find(what: unknown): Binding | undefined {
    if (what instanceof Binding) return this.#all.get(what.id);
    if (typeof what === 'number') return this.#all.get(what);
    const expression = normalizeExpression(String(what));
    return [...this.#all.values()].find(one => one.expression === expression);
  }
  async #told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.dispatchEvent(new ErrorEvent('error', { error, message: String(error) }));
      throw error;
    }
  }
  /** Takes keys. What this document has already is given again. */
  async bind(expression: string, _options: HotKeyOptions = {}): Promise<Binding> {
    const known = this.#find(expression);
    if (known !== undefined) return known;
    const binding = new Binding(await this.#told(take(expression)));
    this.set(binding.id, binding);
    return binding;
  }
  /** @param what its expression, id, or itself */
  async unbind(what: unknown): Promise<Binding> {
    const binding = this.#find(what);
    if (binding === undefined) throw Object.assign(new Error(`This document has no shortcut ${String(what)}`), { name: 'NotFoundError', code: 'ERR_NO_HOTKEY' });
    return this.#told(binding.unbind());
  }
  /** Those that the host has for this document. */
  async active(): Promise<Binding[]> {
    const told = (await call(commandUrl('hotkey', 'bindings'))) as Told[];
    return told.flatMap(({ id }) => this.get(id) ?? []);
  }
  /** Gives all keys back. */
  async reset(_currentContextOnly?: boolean): Promise<void> { await Promise.all([...this.values()].map(one => one.unbind())); }
  [Symbol.iterator](): IterableIterator<Binding> { return this.values(); }
  [Symbol.asyncIterator](): AsyncGenerator<HotKeyEvent> { return events(this); }
}
export const bindings: Bindings = new Bindings();

export const bind = (expression: string, options?: HotKeyOptions): Promise<Binding> => bindings.bind(expression, options);
export const unbind = (id: unknown, _options?: object): Promise<Binding> => bindings.unbind(id);
export const getBindings = (_options?: object): Promise<Binding[]> => bindings.active();
/** The names of keys, with what X calls them, and those of modifiers. */
export const getMappings = (_options?: object): Promise<{ keys: Record<string, number>; modifiers: Record<string, string> }> =>
  call(commandUrl('hotkey', 'mappings')) as Promise<{ keys: Record<string, number>; modifiers: Record<string, string> }>;
export function addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean): void { bindings.addEventListener(type, listener, options); }
export function removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: EventListenerOptions | boolean): void { bindings.removeEventListener(type, listener, options); }
export default bindings;

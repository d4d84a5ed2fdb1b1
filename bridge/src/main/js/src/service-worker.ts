/**
 * What the engine's own service and shared workers lack of the reference's: values that outlive a worker. The classes of events are the
 * engine's, and so are undefined outside of a service worker.
 */
import { coded } from 'socket:internal/args';

interface Extendable extends Event { waitUntil(work: Promise<unknown>): void; readonly handled?: Promise<unknown>; readonly clientId?: string }
type EventClass<T> = new (type: string, init?: EventInit & Record<string, unknown>) => T;
const scope = globalThis as unknown as {
  ExtendableEvent: EventClass<Extendable>; FetchEvent: EventClass<Extendable & { readonly request: Request; respondWith(answer: Response | Promise<Response>): void }>;
  registration?: { scope: string }; clients?: { get(id: string): Promise<unknown> };
};
export const ExtendableEvent: (typeof scope)['ExtendableEvent'] = scope.ExtendableEvent;
export const FetchEvent: (typeof scope)['FetchEvent'] = scope.FetchEvent;

const DATABASE = 'socket:environment', ENTRIES = 'entries';
/** Entries of one environment; one more is `ERR_OUT_OF_RANGE`. */
const MAX_CONTEXT_ENTRIES = 16 * 1024;
export interface EnvironmentOptions { type?: string; name?: string; scope?: string }

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
let database: Promise<IDBDatabase> | undefined;
function opened(): Promise<IDBDatabase> {
  return (database ??= (() => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(ENTRIES);
    return settled(request);
  })());
}

/** The event `set` or `delete` of an {@link Environment}. */
export class EnvironmentEvent extends Event {
  constructor(type: 'set' | 'delete', readonly entry: { key: string; value?: unknown }) { super(type); }
}
/**
 * Named values of a worker's scope, kept in IndexedDB: what is set in `context` is there again after the worker's end. They are structured
 * clones; {@link sync} says when all are kept, or why not.
 */
export class Environment extends EventTarget {
  static readonly MAX_CONTEXT_ENTRIES: number = MAX_CONTEXT_ENTRIES;
  /** The one that was opened last. */
  static instance: Environment | null = null;
  readonly context: Record<string, unknown>;
  readonly #values: Map<string, unknown>;
  #kept: Promise<unknown> = Promise.resolve();
  private constructor(readonly type: string, readonly name: string, values: Map<string, unknown>) {
    super();
    this.#values = values;
    this.context = new Proxy(Object.create(null) as Record<string, unknown>, {
      get: (_target, key) => values.get(key as string),
      has: (_target, key) => values.has(key as string),
      ownKeys: () => [...values.keys()],
      getOwnPropertyDescriptor: (_target, key) => (values.has(key as string) ? { value: values.get(key as string), writable: true, enumerable: true, configurable: true } : undefined),
      set: (_target, key, value) => {
        if (typeof key !== 'string') return false;
        if (values.size >= MAX_CONTEXT_ENTRIES && !values.has(key)) throw coded(new RangeError(`An environment has at most ${MAX_CONTEXT_ENTRIES} entries: delete some, or use IndexedDB`), 'ERR_OUT_OF_RANGE');
        const kept = structuredClone(value) as unknown;
        values.set(key, kept);
        this.#keep(store => store.put(kept, this.#keyOf(key)));
        this.dispatchEvent(new EnvironmentEvent('set', { key, value: kept }));
        return true;
      },
      deleteProperty: (_target, key) => {
        if (typeof key === 'string' && values.delete(key)) {
          this.#keep(store => store.delete(this.#keyOf(key)));
          this.dispatchEvent(new EnvironmentEvent('delete', { key }));
        }
        return true;
      },
    });
  }
  /** That of the worker's own scope if no other is named. */
  static async open(options: EnvironmentOptions = {}): Promise<Environment> {
    const type = options.type ?? (scope.registration === undefined ? 'sharedWorker' : 'serviceWorker');
    const name = options.name ?? options.scope ?? scope.registration?.scope ?? globalThis.location.pathname;
    const store = (await opened()).transaction(ENTRIES).objectStore(ENTRIES), mine = IDBKeyRange.bound([type, name], [type, name, []]);
    const [keys, values] = await Promise.all([settled(store.getAllKeys(mine)), settled(store.getAll(mine))]);
    Environment.instance = new Environment(type, name, new Map(keys.map((key, i) => [(key as string[])[2]!, values[i] as unknown])));
    env = Environment.instance.context;
    return Environment.instance;
  }
  #keyOf(key: string): string[] { return [this.type, this.name, key]; }
  #keep(change: (store: IDBObjectStore) => IDBRequest): void {
    this.#kept = Promise.all([this.#kept, opened().then(open => settled<unknown>(change(open.transaction(ENTRIES, 'readwrite').objectStore(ENTRIES))))]);
    // Told by sync.
    this.#kept.catch(() => undefined);
  }
  /** Resolves when what was set until now is kept. */
  async sync(): Promise<void> { await this.#kept; }
  /** Forgets every value. */
  async reset(): Promise<void> {
    for (const key of [...this.#values.keys()]) delete this.context[key];
    await this.sync();
  }
}
/** The values of the environment that was opened last; null before. */
export let env: Record<string, unknown> | null = null;

/** What a handler of an event has at hand. */
export class Context {
  data: unknown = null;
  constructor(readonly event: Extendable) {}
  get env(): Record<string, unknown> | null { return env; }
  async resetEnvironment(): Promise<boolean> {
    await Environment.instance?.reset();
    return Environment.instance !== null;
  }
  async waitUntil<T>(work: Promise<T>): Promise<T> { this.event.waitUntil(work); return work; }
  /** Resolves when a `fetch` event has been answered. */
  async handled(): Promise<unknown> { return this.event.handled; }
  /** Who asked, if it is still there. */
  async client(): Promise<unknown> { return this.event.clientId && scope.clients ? ((await scope.clients.get(this.event.clientId)) ?? null) : null; }
}
export default { ExtendableEvent, FetchEvent, Environment, Context };

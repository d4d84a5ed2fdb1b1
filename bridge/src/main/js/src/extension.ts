/** Extensions of the app: modules in Java, see docs/extensions.md. */
import { call, commandUrl, createBinding } from 'socket:ipc';

export interface ExtensionLoadOptions {
  /** Only `shared`: there are no WebAssembly extensions. */
  type?: string;
  /** As the reference has it; an extension in Java is not held to it. */
  allow?: readonly string[] | string;
}
export interface ExtensionInfo { abi: number; name: string; version: string; description: string }
export interface ExtensionStats { abi: number; loaded?: number; name?: string; type?: string; path?: string }

/** A loaded extension. */
export class Extension<T extends Record<string, any> = Record<string, any>> extends EventTarget {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly abi: number;
  readonly options: ExtensionLoadOptions;
  /** Its methods: `await extension.binding.method({…})` gives a `Result` of the command `ipc://<name>/<method>`. */
  readonly binding: T;
  #loaded = true;
  /** Loads `extensions/<name>.jar`; the policy must allow `ipc://extension/load/<name>`, and each method. */
  static async load<T extends Record<string, any>>(name: string, options: ExtensionLoadOptions = {}): Promise<Extension<T>> {
    if (options.type !== undefined && options.type !== 'shared') {
      throw Object.assign(new TypeError(`There are no extensions of type '${options.type}', only 'shared' ones, in Java`), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    return new Extension<T>(name, (await call(commandUrl('extension', 'load', name))) as ExtensionInfo, options);
  }
  /** What there is of that name, loaded or not. */
  static async type(name: string): Promise<'shared' | 'unknown'> {
    return ((await call(commandUrl('extension', 'type', name))) as { type: 'shared' | 'unknown' }).type;
  }
  static async stats(name?: string | null): Promise<ExtensionStats> {
    return (await call(commandUrl('extension', 'stats'), name ? { name } : undefined)) as ExtensionStats;
  }
  constructor(name: string, info: ExtensionInfo, options: ExtensionLoadOptions = {}) {
    super();
    this.name = name;
    this.version = info.version;
    this.description = info.description;
    this.abi = info.abi;
    this.options = options;
    this.binding = createBinding(name) as T;
  }
  get loaded(): boolean { return this.#loaded; }
  get type(): 'shared' { return 'shared'; }
  /** Takes its commands away, from every page. */
  async unload(): Promise<boolean> {
    if (!this.#loaded) return false;
    await call(commandUrl('extension', 'unload', this.name));
    this.#loaded = false;
    return true;
  }
}
export const load = Extension.load;
export const stats = (): Promise<ExtensionStats> => Extension.stats();
export default Extension;

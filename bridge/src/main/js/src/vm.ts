/** Node's `vm`: a context is a page of its own, never shown, of the same origin. Code that is text needs `'unsafe-eval'` in the page's `script-src`. This separates names, it is no sandbox. */
import { fn, object, string, wrongType } from 'socket:internal/args';
export interface ScriptOptions { filename?: string; lineOffset?: number; columnOffset?: number }
const frames = new WeakMap<object, HTMLIFrameElement>();
const gone = new FinalizationRegistry<HTMLIFrameElement>(frame => frame.remove());
/** Names that a new page has by itself. */
const own = new WeakMap<HTMLIFrameElement, Set<string>>();
/** Gives an object a global scope, in which scripts find its members as variables. */
export function createContext<T extends object>(context: T = {} as T): T {
  object(context, 'contextObject');
  if (frames.has(context)) return context;
  if (globalThis.document === undefined) throw Object.assign(new Error('vm.createContext needs a document: call it in a page, not in a worker'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  const frame = globalThis.document.createElement('iframe');
  frame.hidden = true;
  globalThis.document.documentElement.append(frame);
  frames.set(context, frame);
  own.set(frame, new Set(Object.getOwnPropertyNames(frame.contentWindow)));
  gone.register(context, frame);
  return context;
}
export function isContext(value: object): boolean { return frames.has(object(value, 'object')); }
function evaluate(scope: { eval(code: string): unknown }, code: string, options: ScriptOptions): unknown {
  return scope.eval(options.filename === undefined ? code : `${code}\n//# sourceURL=${options.filename}`);
}
export class Script {
  readonly source: string;
  readonly #options: ScriptOptions;
  constructor(source: string, options: ScriptOptions | string = {}) {
    this.source = String(source);
    this.#options = typeof options === 'string' ? { filename: options } : options;
  }
  get filename(): string { return this.#options.filename ?? 'evalmachine.<anonymous>'; }
  runInThisContext(options: ScriptOptions = {}): any { return evaluate({ eval: globalThis.eval }, this.source, { ...this.#options, ...options }); }
  runInContext(context: object, options: ScriptOptions = {}): any {
    const frame = frames.get(object(context, 'contextifiedObject'));
    if (frame === undefined) throw wrongType('contextifiedObject', 'vm.Context', context);
    const scope = frame.contentWindow as unknown as Record<string, unknown> & { eval(code: string): unknown };
    // In and out: what the script adds, changes or deletes is seen on the context.
    for (const [name, value] of Object.entries(context)) scope[name] = value;
    try {
      return evaluate(scope, this.source, { ...this.#options, ...options });
    } finally {
      for (const name of Object.getOwnPropertyNames(scope)) if (!own.get(frame)!.has(name)) (context as Record<string, unknown>)[name] = scope[name];
      for (const name of Object.keys(context)) if (!(name in scope)) delete (context as Record<string, unknown>)[name];
    }
  }
  runInNewContext(context: object = {}, options: ScriptOptions = {}): any { return this.runInContext(createContext(context), options); }
}
export const createScript = (source: string, options?: ScriptOptions): Script => new Script(source, options);
export const runInThisContext = (source: string, options?: ScriptOptions | string): any => new Script(source, options).runInThisContext();
export const runInContext = (source: string, context: object, options?: ScriptOptions | string): any => new Script(source, options).runInContext(context);
export const runInNewContext = (source: string, context?: object, options?: ScriptOptions | string): any => new Script(source, options).runInNewContext(context);
/** A function of the given parameters whose body is the code. */
export function compileFunction(code: string, params: readonly string[] = [], options: ScriptOptions & { parsingContext?: object } = {}): (...args: any[]) => any {
  string(code, 'code');
  const Maker = options.parsingContext === undefined ? Function : ((createContext(options.parsingContext), frames.get(options.parsingContext)!.contentWindow) as unknown as { Function: typeof Function }).Function;
  return fn(new Maker(...params, code) as (...args: any[]) => any, 'code');
}
export const isIntrinsic = (value: unknown): boolean => typeof value === 'function' && Object.getOwnPropertyNames(globalThis).some(name => (globalThis as unknown as Record<string, unknown>)[name] === value);
export const constants: Readonly<Record<string, symbol>> = Object.freeze({ USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default') });
export default { compileFunction, constants, createContext, createScript, isContext, runInContext, runInNewContext, runInThisContext, Script };

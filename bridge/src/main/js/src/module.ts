/**
 * Node's `module`: CommonJS for the files of the app, read by synchronous requests. It runs text as code, so a page that requires files
 * needs `'unsafe-eval'` in its `script-src`; built-in modules and JSON need nothing.
 */
import { builtinModules, builtins, defineBuiltin, getBuiltin, isBuiltin } from 'socket:commonjs/builtins';
import { coded, string, wrongValue } from 'socket:internal/args';
import process from 'socket:process';
import { isESMSource } from 'socket:util';

export { builtinModules, builtins, defineBuiltin, isBuiltin };
export interface RequireFunction { (name: string): any; resolve(name: string): string; readonly cache: Record<string, Module>; readonly main: Module | undefined; readonly extensions: typeof extensions }
type Extension = (module: Module, source: string) => void;
const cache: Record<string, Module> = Object.create(null);
const texts = new Map<string, string | null>();
let main: Module | undefined;
/** The text at a URL of the app, or null if there is none. */
function read(url: string): string | null {
  const held = texts.get(url);
  if (held !== undefined) return held;
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.send();
  // A folder is answered with its page, which is no source.
  const text = request.status === 200 && !/^text\/html/.test(request.getResponseHeader('content-type') ?? '') ? request.responseText : null;
  texts.set(url, text);
  return text;
}
interface Manifest { main?: string; exports?: unknown; type?: string; name?: string }
function manifest(folder: string): Manifest | null {
  const text = read(new URL('package.json', folder).href);
  return text === null ? null : (JSON.parse(text) as Manifest);
}
function file(url: string): string | null {
  if (/\.(js|cjs|mjs|json)$/.test(url) && read(url) !== null) return url;
  for (const ending of ['.js', '.cjs', '.json']) if (read(url + ending) !== null) return url + ending;
  return null;
}
function folder(url: string): string | null {
  const base = url.endsWith('/') ? url : url + '/', info = manifest(base);
  const named = info?.main === undefined ? null : (file(new URL(info.main, base).href) ?? file(new URL(info.main.replace(/\/?$/, '/index'), base).href));
  return named ?? file(base + 'index');
}
const CONDITIONS = ['require', 'node', 'browser', 'default'];
/** What the `exports` of a package make of a path in it. */
function target(exports: unknown, path: string): string | null {
  const choose = (value: unknown, star = ''): string | null => {
    if (typeof value === 'string') return value.replaceAll('*', star);
    if (Array.isArray(value)) return value.map(one => choose(one, star)).find(one => one !== null) ?? null;
    if (value === null || typeof value !== 'object') return null;
    for (const [condition, one] of Object.entries(value)) {
      const chosen = CONDITIONS.includes(condition) ? choose(one, star) : null;
      if (chosen !== null) return chosen;
    }
    return null;
  };
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports) || !Object.keys(exports).some(key => key.startsWith('.'))) return path === '.' ? choose(exports) : null;
  const table = exports as Record<string, unknown>;
  if (path in table) return choose(table[path]);
  const best = Object.keys(table).filter(key => key.includes('*') && path.startsWith(key.split('*')[0]!) && path.endsWith(key.split('*')[1]!) && path.length >= key.length).sort((a, b) => b.indexOf('*') - a.indexOf('*'))[0];
  return best === undefined ? null : choose(table[best], path.slice(best.indexOf('*'), path.length - (best.length - best.indexOf('*') - 1)));
}
function resolve(name: string, from: string): string {
  if (string(name, 'id') === '') throw wrongValue('id', name, 'must be a non-empty string');
  if (isBuiltin(name)) return name;
  let found: string | null = null;
  if (/^(\.{1,2}(\/|$)|\/|https?:|socket:\/\/)/.test(name)) {
    const url = new URL(name, from).href;
    found = (url.endsWith('/') ? null : file(url)) ?? folder(url);
  } else {
    const [, own, rest] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(name.replace(/^npm:/, '')) ?? [];
    // From the folder of the file up to the app's.
    for (let base = new URL('.', from); found === null; base = new URL('..', base)) {
      const home = new URL(`node_modules/${own}/`, base).href, info = base.pathname.endsWith('/node_modules/') ? null : manifest(home);
      if (info?.exports !== undefined) {
        const path = target(info.exports, rest === undefined ? '.' : './' + rest);
        if (path === null) throw coded(new Error(`Package subpath './${rest ?? ''}' is not defined by "exports" in ${home}package.json`), 'ERR_PACKAGE_PATH_NOT_EXPORTED');
        found = new URL(path, home).href;
      } else if (info !== null || (rest !== undefined && !base.pathname.endsWith('/node_modules/'))) found = rest === undefined ? folder(home) : (file(home + rest) ?? folder(home + rest));
      if (base.pathname === '/') break;
    }
  }
  if (found !== null) return found;
  throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- ${from}`), { code: 'MODULE_NOT_FOUND', requireStack: [from] });
}
export class Module {
  static readonly builtinModules: readonly string[] = builtinModules;
  static readonly isBuiltin: typeof isBuiltin = isBuiltin;
  static readonly _cache: Record<string, Module> = cache;
  static readonly wrapper: readonly string[] = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
  static wrap(source: string): string { return Module.wrapper[0] + source + Module.wrapper[1]; }
  static get main(): Module | undefined { return main; }
  static createRequire(from: string | URL): RequireFunction { return createRequire(from); }
  exports: any = {};
  loaded = false;
  readonly children: Module[] = [];
  readonly filename: string;
  readonly path: string;
  readonly require: RequireFunction;
  constructor(readonly id: string, readonly parent: Module | null = null) {
    this.filename = new URL(id).pathname;
    this.path = this.filename.replace(/\/[^/]*$/, '') || '/';
    this.require = requireOf(this);
  }
}
export const extensions: Record<string, Extension> = {
  '.js'(module, source) {
    if (isESMSource(source)) throw Object.assign(new Error(`require() of ES Module ${module.filename} is not supported: use import()`), { code: 'ERR_REQUIRE_ESM' });
    let run: Function;
    try {
      run = new Function('exports', 'require', 'module', '__filename', '__dirname', 'process', 'global', `${source}\n//# sourceURL=${module.id}`);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      throw Object.assign(new Error(`require('${module.filename}') was refused by the page's policy, since it runs text as code: add the line policy[] = script-src 'self' socket: 'unsafe-eval' to [security] in socket.ini (and 'unsafe-eval' to a <meta> policy with a script-src), or bundle the file as a module`, { cause: error }), { code: 'ERR_ACCESS_DENIED' });
    }
    run.call(module.exports, module.exports, module.require, module, module.filename, module.path, process, globalThis);
  },
  '.json'(module, source) { module.exports = JSON.parse(source); },
};
function requireOf(parent: Module): RequireFunction {
  const require = (name: string): any => {
    const url = resolve(name, parent.id);
    if (isBuiltin(url)) return getBuiltin(url);
    const held = cache[url];
    if (held !== undefined) return held.exports;
    const source = read(url);
    if (source === null) throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- ${parent.id}`), { code: 'MODULE_NOT_FOUND', requireStack: [parent.id] });
    const module = (cache[url] = new Module(url, parent));
    parent.children.push(module);
    try {
      (extensions[/\.json$/.exec(url)?.[0] ?? '.js'] ?? extensions['.js']!)(module, source);
      module.loaded = true;
    } catch (error) {
      // As in Node, what failed is tried anew the next time.
      delete cache[url];
      throw error;
    }
    return module.exports;
  };
  return Object.defineProperty(Object.assign(require, { resolve: (name: string) => resolve(name, parent.id), cache, extensions }), 'main', { get: () => main }) as unknown as RequireFunction;
}
/** A `require` for the file at a URL of the app. */
export function createRequire(from: string | URL): RequireFunction {
  if (typeof from !== 'string' && !(from instanceof URL)) throw wrongValue('filename', from, 'must be a file URL object, file URL string, or absolute path string');
  const module = new Module(new URL(from, globalThis.location.href).href);
  main ??= module;
  return module.require;
}
Object.assign(Module, { Module });
export default Module;

/** Node's `glob`: `*`, `?`, `[…]`, `{a,b}`, and `**` for any folders; names with a leading dot need a pattern with one. */
import { join, resolve, sep } from 'socket:path';

type Op<T> = Generator<any, T, any>;
export interface GlobOptions { cwd?: string | URL; exclude?: ((name: string) => boolean) | readonly string[]; withFileTypes?: boolean }

/** `{a,b}c` is `ac` and `bc`. */
function expand(pattern: string): string[] {
  const open = pattern.indexOf('{');
  let depth = 0, from = open + 1;
  const parts: string[] = [];
  for (let i = open; open >= 0 && i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    else if (pattern[i] === ',' && depth === 1) { parts.push(pattern.slice(from, i)); from = i + 1; }
    else if (pattern[i] === '}' && --depth === 0) {
      parts.push(pattern.slice(from, i));
      return parts.flatMap(part => expand(pattern.slice(0, open) + part + pattern.slice(i + 1)));
    }
  }
  return [pattern];
}
function matcher(segment: string): (name: string) => boolean {
  if (!/[*?[]/.test(segment)) return name => name === segment;
  let source = segment.startsWith('.') ? '' : '(?!\\.)';
  for (let i = 0; i < segment.length; i++) {
    const unit = segment[i]!;
    const end = unit === '[' ? segment.indexOf(']', i + 2) : -1;
    if (unit === '*') source += '[^/]*';
    else if (unit === '?') source += '[^/]';
    else if (end > 0) {
      source += '[' + segment.slice(i + 1, end).replace(/^!/, '^').replace(/[\\\]]/g, '\\$&') + ']';
      i = end;
    } else source += unit.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  }
  const expression = new RegExp(`^${source}$`, 'su');
  return name => expression.test(name);
}

/** `[path, folder, type]` of what matches, paths relative to `cwd` where the pattern is. */
export function* globOf(patterns: readonly string[], cwd: string, exclude: GlobOptions['exclude'], readdir: (folder: string) => Op<[string, number][]>): Op<[string, string, number][]> {
  const unwanted = typeof exclude === 'function' ? exclude : () => false;
  const refused = Array.isArray(exclude) ? exclude.flatMap(expand).map(pattern => pattern.split('/').map(matcher)) : [];
  const excluded = (path: string, name: string): boolean => unwanted(name) || refused.some(segments => {
    const names = path.split(sep);
    return names.length === segments.length && segments.every((matches, i) => matches(names[i]!));
  });
  const found = new Map<string, [string, string, number]>();
  for (const pattern of patterns.flatMap(expand)) {
    const absolute = pattern.startsWith('/');
    const segments = pattern.split('/').filter(segment => segment !== '' && segment !== '.');
    yield* walk(absolute ? '/' : '', segments);
  }
  return [...found.values()];

  function* walk(below: string, segments: readonly string[]): Op<void> {
    const [segment, ...rest] = segments;
    if (segment === undefined) return;
    const folder = resolve(cwd, below);
    if (segment === '..') return yield* walk(join(below, '..'), rest);
    const deep = segment === '**';
    if (deep && rest.length > 0) yield* walk(below, rest);
    const matches = deep ? (name: string) => !name.startsWith('.') : matcher(segment);
    for (const [name, type] of yield* readdir(folder)) {
      const path = below === '' ? name : join(below, name);
      if (!matches(name) || excluded(path, name)) continue;
      if (rest.length === 0) found.set(path, [path, folder, type]);
      if (deep && type === 2) yield* walk(path, segments);
      else if (!deep && rest.length > 0 && (type === 2 || type === 3)) yield* walk(path, rest);
    }
  }
}

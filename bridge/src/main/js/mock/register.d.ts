import type { MockRuntime } from '@dunlin/api/mock';
/** Imports a module of the app with its `socket:` and `node:` imports on the mock. Each import is a page of its own. */
export function importOn<T = any>(runtime: MockRuntime, url: string | URL, options?: { window?: number }): Promise<T>;

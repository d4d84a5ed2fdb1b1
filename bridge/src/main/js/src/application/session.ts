/** Cookies and stored data of the app's profile, and its spelling checker. Each call needs a source: `ipc://session/cookies` and so on (docs/engine-services.md). */
import { call, commandUrl } from 'socket:ipc';

/** `expires` in seconds since 1970; a cookie without goes with the app. */
export interface Cookie { readonly name: string; readonly value: string; readonly domain: string; readonly path: string; readonly secure: boolean; readonly httpOnly: boolean; readonly sameSite?: 'Strict' | 'Lax' | 'None'; readonly expires?: number }
export interface NewCookie { url: string; name: string; value?: string; domain?: string; path?: string; secure?: boolean; httpOnly?: boolean; sameSite?: 'Strict' | 'Lax' | 'None'; expires?: number }
export type StoredData = 'cache' | 'cookies' | 'local_storage' | 'indexeddb' | 'cache_storage' | 'service_workers' | 'file_systems';

/** `languages` are in use if it is `enabled`; there is no dictionary that can be used for the `missing`, which are in Debian's `packages`, and there are files for each that is `available`. */
export interface SpellChecker { readonly enabled: boolean; readonly languages: readonly string[]; readonly missing: readonly string[]; readonly packages: readonly string[]; readonly available: readonly string[] }

export const session = Object.freeze({
  /** Those that go to a URL, or all. */
  cookies: (filter: { url?: string } = {}): Promise<Cookie[]> => call(commandUrl('session', 'cookies'), { ...filter }) as Promise<Cookie[]>,
  setCookie: async (cookie: NewCookie): Promise<void> => { await call(commandUrl('session', 'setCookie'), { ...cookie }); },
  deleteCookies: async (which: { url: string; name: string }): Promise<void> => { await call(commandUrl('session', 'deleteCookies'), { ...which }); },
  /** Forgets what is stored for an origin, the app's own unless another is named; all of it unless `types` says what. */
  clear: async (options: { types?: readonly StoredData[]; origin?: string } = {}): Promise<void> => { await call(commandUrl('session', 'clear'), { ...options }); },
  spellChecker: (): Promise<SpellChecker> => call(commandUrl('session', 'spellChecker')) as Promise<SpellChecker>,
  /** Until the app ends, in all windows. One to eight languages, such as `['de', 'en-US']`; `ERR_NO_DICTIONARY` when there is none for one of them, `ERR_BAD_DICTIONARY` when there is one that can't be used: then nothing changes. */
  setSpellChecker: async (options: { enabled?: boolean; languages?: readonly string[] }): Promise<void> => { await call(commandUrl('session', 'setSpellChecker'), { ...options }); },
});
export default session;

/** What the npm package `path-unified` takes from Node's `process`; esbuild puts it in place of the global. */
import host from 'socket:internal/host';

let current = host.cwd;
export const process = { platform: host.platform, env: host.env as Record<string, string | undefined>, cwd: (): string => current };
export const isWindows = (): boolean => host.platform === 'win32';
export function setCwd(path: string): void { current = path; }

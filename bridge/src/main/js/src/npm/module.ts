/** Where a package's file is under the app's `node_modules`. */
import { createRequire } from 'socket:module';
export interface ModuleResolution { url: string; specifier: string }
export function resolve(specifier: string | URL, origin: string | URL = globalThis.location.href): ModuleResolution | null {
  try {
    return { url: createRequire(origin).resolve(String(specifier)), specifier: String(specifier) };
  } catch (error) {
    if ((error as { code?: string }).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
export default { resolve };

// Lets Node import what was built: `socket:fs?7` is the module in a page of its own, whose host facts are globalThis.hosts[7].
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
globalThis.hosts = {};
const root = pathToFileURL(process.env.DUNLIN_JS + '/').href;
register('data:text/javascript,' + encodeURIComponent(`
  const root = ${JSON.stringify(root)};
  export async function resolve(specifier, context, next) {
    if (!specifier.startsWith('socket:')) return next(specifier, context);
    const [name, own] = specifier.slice(7).split('?');
    const page = own ?? new URL(context.parentURL).search.slice(1);
    return { shortCircuit: true, url: name === 'internal/host' ? 'host:facts?' + page : root + name + '.js?' + page, format: 'module' };
  }
  export async function load(url, context, next) {
    if (!url.startsWith('host:')) return next(url, { ...context, format: url.startsWith(root) ? 'module' : context.format });
    return { shortCircuit: true, format: 'module', source: 'export default globalThis.hosts[' + url.split('?')[1] + ']' };
  }`));

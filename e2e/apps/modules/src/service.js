// A server, as Node has it, in a service worker; and what its modules can do there.
import http from 'node:http';
import { readFile } from 'socket:fs/promises';
import { Context, Environment, ExtendableEvent, FetchEvent, env } from 'socket:service-worker';

addEventListener('install', event => event.waitUntil(skipWaiting()));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('message', event => {
  const context = new Context(event);
  context.waitUntil((async () => {
    const before = await Environment.open();
    const seen = { ...env };
    Object.assign(env, { visits: (env.visits ?? 0) + 1, at: new Date(0) });
    delete env.gone;
    await before.sync();
    const again = { ...(await Environment.open()).context };
    if (event.data === 'reset') await context.resetEnvironment();
    event.source.postMessage({ seen, again, left: Object.keys(env), ours: FetchEvent.prototype instanceof ExtendableEvent, same: context.env === env });
  })());
});
http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url, 'https://x');
  response.statusCode = 201;
  response.setHeader('content-type', 'application/json');
  let size;
  try { size = (await readFile(url.searchParams.get('file'))).length; } catch (error) { size = String(error); }
  response.end(JSON.stringify({ method: request.method, path: url.pathname, body: chunks.join(''), size }));
}).listen();

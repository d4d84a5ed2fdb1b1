// A server, as Node has it, in a service worker; and what its modules can do there.
import http from 'node:http';
import { readFile } from 'socket:fs/promises';

addEventListener('install', event => event.waitUntil(skipWaiting()));
addEventListener('activate', event => event.waitUntil(clients.claim()));
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

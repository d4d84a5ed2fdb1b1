/**
 * Vite plugin for a Dunlin app. In the dev loop (`dunlin run`, `npm run dev`): loopback, a token, hot replacement, nonces for what Vite
 * puts into the page. In a build: for one browser, Dunlin's. `socket:`, `node:` and `npm:` modules stay with the host.
 */
export declare function dunlin(): { name: string };

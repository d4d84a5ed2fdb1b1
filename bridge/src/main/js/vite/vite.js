// Dunlin's side of Vite: import { dunlin } from '@dunlin/api/vite'. No dependency but Node.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:net'

const SCHEME = /^(socket|node|npm):(?!\/\/)/
const LOOPBACK = '127.0.0.1'

// Kept when Vite starts anew because its configuration changed: the page has them.
let chosen

/** A port that is free now. If somebody takes it first, strictPort makes Vite end and say so. */
const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer()
  probe.once('error', reject)
  probe.listen(0, LOOPBACK, () => {
    const { port } = probe.address()
    probe.close(() => resolve(port))
  })
})

function isOlderThan (version, major, minor) {
  const [ours, point] = (version ?? '0.0').split('.').map(Number)
  return ours < major || (ours === major && point < minor)
}

const digest = text => createHash('sha256').update(text).digest()

/**
 * Answers only what Dunlin asks: with the token of this run, under the one right name. Other programs and other people on this machine
 * reach the port too, and web pages by a name of theirs that they let point to it.
 */
function guard (token, port) {
  const wanted = digest(token)
  return (request, response, next) => {
    const given = request.headers['x-dunlin-token']
    if (request.headers.host !== `${LOOPBACK}:${port}` || typeof given !== 'string' || !timingSafeEqual(digest(given), wanted)) {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('This dev server answers only to the Dunlin app that started it.\n')
      return
    }
    delete request.headers['x-dunlin-token']
    next()
  }
}

/** What is shown in the page stands in the terminal too. Vite says there what a request has met, and not what a plugin has on a change. */
function tellFaults (server) {
  const { logger } = server.config
  const { error } = logger
  // eslint-disable-next-line no-control-regex
  const plain = text => String(text).replace(/\x1b\[[0-9;]*m/g, '')
  let said = ''
  logger.error = (message, options) => {
    said = plain(message)
    error.call(logger, message, options)
  }
  const { hot } = server.environments.client
  const { send } = hot
  hot.send = function (...payload) {
    const fault = payload[0]?.type === 'error' && payload[0].err
    if (fault && !said.includes(plain(fault.message))) logger.error(`${fault.message}\n${fault.frame ?? ''}`, { timestamp: true })
    return send.apply(this, payload)
  }
}

/**
 * Vite plugin for a Dunlin app. In the dev loop (`dunlin run`): loopback, token, hot replacement, nonces for what Vite puts into the page.
 * In a build: for one browser, Dunlin's. `socket:`, `node:` and `npm:` modules stay with the host.
 */
export function dunlin () {
  const { DUNLIN_DEV_TOKEN: token, DUNLIN_DEV_NONCE: nonce, VITEST: unitTest } = process.env
  let serving = false
  return {
    name: 'dunlin',
    enforce: 'pre',

    async config (_config, { command, isPreview }) {
      serving = command === 'serve' && !isPreview && !unitTest
      if (!serving) return { build: { target: 'esnext', modulePreload: { polyfill: false } } }
      if (!token || !nonce) throw new Error('this dev server answers only to a Dunlin app: start both with npm run dev, or dunlin run')
      chosen ??= { port: await freePort(), path: `/hmr-${randomBytes(16).toString('hex')}` }
      const { port, path } = chosen
      return {
        clearScreen: false,
        html: { cspNonce: nonce },
        server: {
          host: LOOPBACK,
          port,
          strictPort: true,
          open: false,
          cors: false,
          // Vite before 8.3 calls it hmr. Chromium gives web sockets of pages to no one but the network: this one goes to the server itself, at a path that nobody guesses.
          [isOlderThan(this.meta?.viteVersion, 8, 3) ? 'hmr' : 'ws']: { protocol: 'ws', host: LOOPBACK, clientPort: port, path },
        },
      }
    },

    configureServer (server) {
      if (!serving) return
      const { port, path } = chosen
      tellFaults(server)
      server.middlewares.use(guard(token, port))
      server.httpServer?.prependListener('upgrade', (request, socket) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost')
        if (pathname !== path || request.headers.host !== `${LOOPBACK}:${port}`) socket.destroy()
      })
      // A browser gets nothing at that address.
      server.printUrls = () => {}
      server.httpServer?.once('listening', () => process.stdout.write(`dunlin-dev ${JSON.stringify({ port })}\n`))
    },

    resolveId (id) {
      if (!SCHEME.test(id)) return
      // Vite leaves URLs with // as they are, and rewrites others. To Chromium both are one.
      return { id: serving ? id.replace(':', '://') : id, external: true }
    },
  }
}

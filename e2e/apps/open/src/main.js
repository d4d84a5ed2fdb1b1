// Every way in which a page can ask for something at an address, by name. None may throw at once.
const element = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes))
const inWorker = (Kind, body) => new Kind(URL.createObjectURL(new Blob([body], { type: 'text/javascript' })))
const link = (rel, as) => (url) => document.head.append(Object.assign(document.createElement('link'), { rel, as: as ?? '', href: url }))

let forms = 0

globalThis.ways = {
  fetch: (url) => void fetch(url).catch(() => {}),
  opaque: (url) => void fetch(url, { mode: 'no-cors' }).catch(() => {}),
  post: (url) => void fetch(url, { method: 'POST', body: 'x', mode: 'no-cors', keepalive: true }).catch(() => {}),
  xhr: (url) => { const x = new XMLHttpRequest(); x.open('GET', url); x.send() },
  beacon: (url) => navigator.sendBeacon(url, 'x'),
  image: (url) => { new Image().src = url },
  script: (url) => element('script', { src: url }),
  module: (url) => void import(url).catch(() => {}),
  style: link('stylesheet'),
  preload: link('preload', 'fetch'),
  prefetch: link('prefetch'),
  preconnect: link('preconnect'),
  frame: (url) => element('iframe', { src: url }),
  object: (url) => element('object', { data: url }),
  video: (url) => element('video', { src: url, preload: 'auto' }),
  events: (url) => { new EventSource(url) },
  socket: (url) => { new WebSocket(url.replace(/^http/, 'ws')) },
  form: (url) => {
    const target = 'target' + ++forms
    element('iframe', { name: target })
    const form = Object.assign(document.createElement('form'), { action: url, method: 'post', target })
    document.body.append(form)
    form.submit()
  },
  worker: (url) => { inWorker(Worker, `fetch('${url}', {mode: 'no-cors'}).catch(() => {})`) },
  importing: (url) => { inWorker(Worker, `try { importScripts('${url}') } catch {}`) },
  shared: (url) => { inWorker(SharedWorker, `fetch('${url}', {mode: 'no-cors'}).catch(() => {})`) },
  service: async (url) => {
    const registration = await navigator.serviceWorker.register('/service.js')
    const worker = registration.active ?? registration.waiting ?? registration.installing
    worker.postMessage(url)
  }
}
document.documentElement.dataset.ready = 'true'

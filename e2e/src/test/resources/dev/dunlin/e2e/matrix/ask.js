// Asks the host for commands as an attacker would: by no module of ours, over every lane, and tells one word for each.
// 'none': there is no such lane here; 'blocked': Chromium let nothing out; 'denied', 'person': the host refused; else it was reached:
// 'ok' or the code of its error; 'waits': reached, and still at work.
globalThis.ask = async (scope, { lane, calls, id }) => {
  const PATIENCE_MS = 1500, AT_ONCE = 16
  const word = err => err.code === 'ERR_ACCESS_DENIED' ? (err.name === 'SecurityError' ? 'person' : 'denied') : String(err.code)
  const patient = asked => Promise.race([asked, new Promise(resolve => setTimeout(resolve, PATIENCE_MS, 'waits'))])
  const full = ([url, params]) => url + '?_=' + encodeURIComponent(JSON.stringify(params)) + (id ? '&_d=' + id : '')
  const read = (kind, body) => kind === 'err' ? word(JSON.parse(body()).err) : kind ? 'ok' : 'blocked'
  const query = (message, [url, params]) => typeof scope.__dunlinQuery !== 'function' ? 'none' : new Promise(resolve =>
    scope.__dunlinQuery({
      request: JSON.stringify({ d: id, ...message, c: [[globalThis.asked = (globalThis.asked ?? 0) + 1, url, params]] }),
      persistent: false,
      onSuccess: text => {
        const reply = typeof text === 'string' && text ? JSON.parse(text).r[0] : [1, 0]
        resolve(reply[1] ? word(reply[2]) : 'ok')
      },
      onFailure: code => resolve(code === -1 || code === 4 ? 'none' : 'failure ' + code)
    }))
  const lanes = {
    call: call => query({}, call),
    bytes: call => query({ b: 1 }, call),
    stream: async call => {
      const leave = new AbortController()
      try {
        const answer = await scope.fetch(full(call), { signal: leave.signal })
        const kind = answer.headers.get('x-dunlin-reply')
        const text = kind === 'err' ? await answer.text() : ''
        return read(kind, () => text)
      } catch {
        return 'blocked'
      } finally {
        leave.abort()
      }
    },
    sync: async call => {
      if (typeof scope.XMLHttpRequest !== 'function') return 'none'
      const request = new scope.XMLHttpRequest()
      try {
        request.open('GET', full(call), false)
        request.send()
        return read(request.getResponseHeader('x-dunlin-reply'), () => request.responseText)
      } catch {
        return 'blocked'
      }
    }
  }
  const words = []
  let next = 0
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < calls.length) {
      const at = next++
      words[at] = await patient(lanes[lane](calls[at]))
    }
  }))
  return words
}

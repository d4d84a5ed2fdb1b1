// The same scripts for Node and for the runtime, over loopback: each case is a name and what came of it, as JSON. Free ports, which differ
// from run to run, are taken out; what an argument error says is compared by its code alone.

/** @returns {Promise<[string, unknown][]>} */
export async function corpus ({ dgram, Buffer }) {
  const results = []
  const ports = new Map()
  /** Ports by the order in which they were seen in a case. */
  const hide = (text) => text.replace(/:(\d{4,5})\b/g, (all, port) => (ports.has(+port) ? `:<${ports.get(+port)}>` : all))
  function plain (value) {
    if (value === undefined) return '<undefined>'
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number') return ports.has(value) ? `<${ports.get(value)}>` : Number.isFinite(value) ? value : String(value)
    if (typeof value === 'string') return hide(value)
    if (typeof value === 'function') return '<function>'
    if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'), buffer: Buffer.isBuffer(value) }
    if (value instanceof Error) return failure(value)
    if (Array.isArray(value)) return value.map(plain)
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(value[key])]))
  }
  function failure (error) {
    const { code } = error
    if (typeof code === 'string' && code.startsWith('ERR_')) return { error: code, name: error.name }
    return { error: code ?? error.name, message: hide(error.message), ...plain({ ...error }) }
  }
  const open = new Set()
  const create = (...args) => {
    const socket = dgram.createSocket(...args)
    open.add(socket)
    return socket
  }
  async function note (name, work) {
    ports.clear()
    let timer
    try {
      const late = new Promise((resolve) => { timer = setTimeout(resolve, 10_000, 'nothing came of it in time') })
      results.push([name, plain(await Promise.race([work(), late]))])
    } catch (error) {
      results.push([name, failure(error)])
    }
    clearTimeout(timer)
    await Promise.all([...open].map((socket) => new Promise((resolve) => { try { socket.removeAllListeners('error').on('error', () => {}).close(resolve) } catch { resolve() } })))
    open.clear()
  }
  const see = (socket) => {
    const { port } = socket.address()
    if (!ports.has(port)) ports.set(port, ports.size)
    return port
  }
  const event = (socket, name) => new Promise((resolve, reject) => {
    const release = () => { socket.removeListener('error', failed); socket.removeListener(name, came) }
    const came = (...args) => { release(); resolve(args) }
    const failed = (error) => { release(); reject(error) }
    socket.on(name, came)
    if (name !== 'error') socket.on('error', failed)
  })
  async function bound (options = 'udp4', ...where) {
    const socket = create(options), listening = event(socket, 'listening')
    if (where.length === 0) where = [0, (options.type ?? options) === 'udp4' ? '127.0.0.1' : '::1']
    socket.bind(...where)
    await listening
    see(socket)
    return socket
  }
  /** What a socket hears until it has heard so many. */
  const hear = (socket, count) => new Promise((resolve) => {
    const heard = []
    socket.on('message', (message, from) => { if (heard.push([message, from]) === count) resolve(heard) })
  })
  const texts = (heard) => heard.map(([message]) => message.toString())
  const sent = (socket, ...args) => new Promise((resolve) => socket.send(...args, (...got) => resolve(got)))
  const thrown = (run) => { try { return ['returned', run()] } catch (error) { return failure(error) } }

  // ---- there and back
  for (const [type, here] of [['udp4', '127.0.0.1'], ['udp6', '::1']]) {
    await note(`${type} there and back`, async () => {
      const a = await bound(type), b = await bound(type)
      const [atB, atA] = [hear(b, 1), hear(a, 1)]
      const callback = await sent(a, 'ping', see(b), here)
      const [[message, from]] = await atB
      b.send(Buffer.concat([message, Buffer.from('pong')]), from.port, from.address)
      return [callback, message, from, (await atA)[0], a.address(), b.address(), a.type]
    })
    for (const [form, ...args] of [
      ['string', 'text é€😀'], ['buffer', Buffer.from('bytes')], ['typed array', new Uint16Array([1, 2, 3])], ['view', new DataView(new ArrayBuffer(5), 1, 3)], ['nothing', ''], ['empty', new Uint8Array(0)],
      ['parts', ['a', Buffer.from('b'), new Uint8Array([99])]], ['no parts', []], ['empty parts', ['', '']]
    ]) {
      await note(`${type} sends ${form}`, async () => {
        const a = await bound(type), b = await bound(type), heard = hear(b, 1)
        return [await sent(a, ...args, see(b), here), await heard]
      })
    }
    for (const [form, args, address] of [
      ['port', (port) => [port]], ['port as text', (port) => [String(port)]], ['port, address', (port) => [port, here], true], ['offset, length, port', (port) => [2, 3, port]],
      ['offset, length, port, address', (port) => [2, 3, port, here], true], ['nothing of it', (port) => [0, 0, port]], ['port, null', (port) => [port, null]], ['port, no text', (port) => [port, '']],
      // Not every machine's localhost has an IPv6 address.
      ...(type === 'udp4' ? [['port, a name', (port) => [port, 'localhost']]] : [])
    ]) {
      await note(`${type} send(${form})`, async () => {
        const a = await bound(type), b = await bound(type), heard = hear(b, 2)
        const got = await sent(a, Buffer.from('message'), ...args(see(b)))
        a.send('last', see(b), here)
        return [got, await heard, address]
      })
    }
    await note(`${type} connected`, async () => {
      const a = await bound(type), b = await bound(type), heard = hear(b, 4), order = []
      const before = [thrown(() => a.remoteAddress()), thrown(() => a.disconnect())]
      a.on('connect', () => order.push('event'))
      await new Promise((resolve) => a.connect(see(b), here, () => { order.push('callback'); resolve() }))
      const facts = [a.remoteAddress(), a.address(), thrown(() => a.connect(9)), thrown(() => a.send('x', 0, 1, 9)), thrown(() => a.send('x', 0, 1, 9, here))]
      const got = [await sent(a, 'one'), await sent(a, 'two!', 1, 2), await sent(a, ['th', 'ree'])]
      a.send('four')
      const came = await heard
      const returned = a.disconnect()
      return [before, order, facts, got, came, returned === undefined, a.address(), thrown(() => a.remoteAddress()), await sent(a, 'five', see(b))]
    })
    await note(`${type} connected by default to this machine`, async () => {
      const a = create(type), b = await bound(type), heard = hear(b, 1)
      a.connect(see(b))
      await event(a, 'connect')
      see(a)
      a.send('hello')
      return [await heard, a.remoteAddress()]
    })
    await note(`${type} connected, nobody there`, async () => {
      const a = await bound(type), b = await bound(type), port = see(b)
      await new Promise((resolve) => b.close(resolve))
      await new Promise((resolve) => a.connect(port, here, resolve))
      const fault = event(a, 'error')
      a.send('hello')
      return fault
    })
    await note(`${type} hundreds in order`, async () => {
      const a = await bound(type), b = await bound(type), heard = hear(b, 300)
      for (let i = 0; i < 300; i++) {
        a.send(`${i}`.repeat(1 + (i % 50)), see(b), here)
        if (i % 60 === 59) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return texts(await heard)
    })
    await note(`${type} as long as can be`, async () => {
      const a = await bound(type), b = await bound(type), heard = hear(b, 1)
      const got = [await sent(a, Buffer.alloc(65_507, 'x'), see(b), here), await sent(a, Buffer.alloc(65_528), see(b), here), await sent(a, Buffer.alloc(70_000), see(b), here)]
      return [got, (await heard)[0][1].size]
    })
    await note(`${type} bound by sending`, async () => {
      const a = create(type), b = await bound(type), heard = hear(b, 1), events = []
      a.on('listening', () => events.push('listening'))
      const unbound = thrown(() => a.address())
      const got = await sent(a, 'x', see(b), here)
      see(a)
      return [unbound, events, got, await heard, a.address(), thrown(() => a.bind())]
    })
    await note(`${type} binds in every form`, async () => {
      const forms = []
      for (const args of [[], [0], [0, here], [{}], [{ port: 0 }], [{ port: 0, address: here }], [{ address: here, exclusive: true }], [null], [undefined, here], ['0'], ['nonsense'], [0, ''], [0, undefined]]) {
        const socket = create(type), order = []
        socket.on('listening', () => order.push('event'))
        const back = await new Promise((resolve) => { const returned = socket.bind(...args, function () { order.push(this === socket); resolve(returned === socket) }) })
        see(socket)
        forms.push([back, order, socket.address()])
      }
      return forms
    })
    await note(`${type} sizes of buffers`, async () => {
      const a = await bound({ type, recvBufferSize: 10_000, sendBufferSize: 12_000 })
      const first = [a.getRecvBufferSize(), a.getSendBufferSize()]
      const returned = [a.setRecvBufferSize(30_000), a.setSendBufferSize(1)]
      return [first, returned, a.getRecvBufferSize(), a.getSendBufferSize(), thrown(() => a.setRecvBufferSize(-1)), thrown(() => a.setSendBufferSize('8')), a.getSendQueueSize(), a.getSendQueueCount()]
    })
    await note(`${type} hops and flags`, async () => {
      const a = await bound(type), got = []
      for (const name of ['setTTL', 'setMulticastTTL']) for (const value of [1, 64, 255, 0, 256, -1, NaN, 1.7, '8', undefined]) got.push([name, thrown(() => a[name](value))])
      for (const name of ['setBroadcast', 'setMulticastLoopback']) for (const value of [true, false, 1, 0, undefined]) got.push([name, thrown(() => a[name](value))])
      return got
    })
    await note(`${type} multicast interface`, async () => {
      const a = await bound(type, 0), got = []
      for (const value of ['127.0.0.1', '0.0.0.0', '::1', '::', '::%lo', '1.2.3.4', 'lo', 'not an address', '']) got.push([value, thrown(() => a.setMulticastInterface(value))])
      return got
    })
    await note(`${type} refuses to be used once closed`, async () => {
      const a = await bound(type), order = []
      a.on('close', () => order.push('event'))
      const returned = await new Promise((resolve) => { const same = a.close(() => { order.push('callback'); resolve(same === a) }) })
      return [returned, order, ...['close', 'address', 'bind', 'remoteAddress'].map((name) => thrown(() => a[name]())), thrown(() => a.send('x', 9)), a.ref() === a, a.unref() === a]
    })
    await note(`${type} gives its port back`, async () => {
      const a = await bound(type), port = see(a)
      await new Promise((resolve) => a.close(resolve))
      return (await bound(type, port, here)).address()
    })
  }

  // ---- addresses
  for (const [type, port, address] of [
    ['udp4', 0, '::1'], ['udp6', 0, '127.0.0.1'], ['udp4', 0, '198.51.100.7'], ['udp4', 45_455, '198.51.100.7'], ['udp6', 0, '2001:db8::7'], ['udp4', 0, 'no-such-name.invalid'],
    ['udp4', 0, 'localhost'], ['udp4', 70_000, '127.0.0.1'], ['udp6', 0, '::ffff:127.0.0.1'], ['udp4', 0, '127.0.0.2'], ['udp4', 0, '0.0.0.0'], ['udp6', 0, '0:0:0:0:0:0:0:1']
  ]) {
    await note(`${type} bind(${port}, ${address})`, async () => {
      const socket = await bound(type, port, address)
      return socket.address()
    })
  }
  for (const [type, address] of [['udp4', '::1'], ['udp6', '127.0.0.1'], ['udp4', 'no-such-name.invalid'], ['udp4', '255.255.255.255']]) {
    await note(`${type} send to ${address}`, async () => {
      const socket = await bound(type)
      return sent(socket, 'x', 9, address)
    })
    await note(`${type} connect to ${address}`, async () => {
      const socket = await bound(type)
      return [await new Promise((resolve) => socket.connect(9, address, resolve)), thrown(() => socket.remoteAddress())]
    })
  }
  await note('a name that is none, and no callback', async () => {
    const socket = await bound('udp4'), fault = event(socket, 'error')
    socket.send('x', 9, 'no-such-name.invalid')
    return fault
  })
  await note('both families at one socket', async () => {
    const both = await bound('udp6', 0, '::'), four = await bound('udp4'), heard = hear(both, 1), back = hear(four, 1)
    four.send('four', see(both), '127.0.0.1')
    const [[, from]] = await heard
    return [await heard, await sent(both, 'back', from.port, from.address), await back, await sent(both, 'x', from.port, '127.0.0.1')]
  })
  await note('IPv6 only leaves the port to IPv4', async () => {
    const six = await bound({ type: 'udp6', ipv6Only: true }, 0, '::')
    return (await bound('udp4', see(six), '127.0.0.1')).address()
  })
  await note('a port in use', async () => {
    const a = await bound('udp4'), socket = create('udp4'), fault = event(socket, 'error')
    socket.bind(see(a), '127.0.0.1')
    const told = await fault
    // It may be tried again.
    await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve))
    see(socket)
    return [told, socket.address()]
  })
  await note('a port shared', async () => {
    const a = await bound({ type: 'udp4', reuseAddr: true })
    return (await bound({ type: 'udp4', reuseAddr: true }, see(a), '127.0.0.1')).address()
  })
  await note('a socket that is bound already', async () => {
    const a = await bound('udp4'), b = create('udp4')
    b.bind(0, '127.0.0.1')
    return [thrown(() => a.bind(0)), thrown(() => b.bind(0))]
  })

  // ---- groups
  await note('a group joined and left', async () => {
    const member = await bound('udp4', 0, '0.0.0.0'), from = await bound('udp4', 0, '0.0.0.0'), heard = hear(member, 2)
    const joined = [thrown(() => member.addMembership('239.255.1.2', '127.0.0.1')), thrown(() => member.addMembership('239.255.1.2', '127.0.0.1'))]
    from.setMulticastInterface('127.0.0.1')
    from.setMulticastLoopback(true)
    const got = await sent(from, 'group', see(member), '239.255.1.2')
    from.send('self', see(member), '127.0.0.1')
    return [joined, got, texts(await heard), thrown(() => member.dropMembership('239.255.1.2', '127.0.0.1')), thrown(() => member.dropMembership('239.255.1.2', '127.0.0.1'))]
  })
  await note('a source of a group', async () => {
    const member = await bound('udp4', 0, '0.0.0.0'), from = await bound('udp4', 0, '127.0.0.1'), heard = hear(member, 1)
    const joined = thrown(() => member.addSourceSpecificMembership('127.0.0.1', '232.1.2.3', '127.0.0.1'))
    from.setMulticastInterface('127.0.0.1')
    await sent(from, 'source', see(member), '232.1.2.3')
    return [joined, texts(await heard), thrown(() => member.dropSourceSpecificMembership('127.0.0.1', '232.1.2.3', '127.0.0.1')), thrown(() => member.dropSourceSpecificMembership('127.0.0.1', '232.1.2.3', '127.0.0.1'))]
  })
  await note('what is no group', async () => {
    const a = await bound('udp4', 0), got = []
    for (const args of [['127.0.0.1'], ['a'], [''], [undefined], ['239.1.1.1', 'b'], ['239.1.1.1', '1.2.3.4'], ['256.1.1.1'], [' 239.1.1.1']]) for (const name of ['addMembership', 'dropMembership']) got.push([name, args, thrown(() => a[name](...args))])
    for (const args of [['1.2.3.4'], [1, '239.1.1.1'], ['1.2.3.4', 'x'], ['x', '232.1.1.1'], ['1.2.3.4', '127.0.0.1']]) for (const name of ['addSourceSpecificMembership', 'dropSourceSpecificMembership']) got.push([name, args, thrown(() => a[name](...args))])
    return got
  })

  // ---- lifetimes
  await note('aborted before, and later', async () => {
    const controller = new AbortController(), later = create({ type: 'udp4', signal: controller.signal })
    await new Promise((resolve) => later.bind(0, '127.0.0.1', resolve))
    const closed = new Promise((resolve) => later.on('close', () => resolve('closed')))
    controller.abort()
    const before = create({ type: 'udp4', signal: controller.signal }), closedToo = new Promise((resolve) => before.on('close', () => resolve('closed too')))
    return [await closed, await closedToo, thrown(() => before.bind())]
  })
  await note('closed while it is being bound', async () => {
    const a = create('udp4'), events = []
    for (const name of ['listening', 'close', 'error']) a.on(name, () => events.push(name))
    a.bind(0, '127.0.0.1')
    await new Promise((resolve) => a.close(resolve))
    await new Promise((resolve) => setTimeout(resolve, 50))
    return events
  })
  await note('closed from its own callback', async () => {
    const a = create('udp4'), b = await bound('udp4'), heard = hear(b, 1)
    const closed = new Promise((resolve) => a.on('close', () => resolve('closed')))
    a.send('last', see(b), () => a.close())
    await heard
    return [texts(await heard), await closed]
  })
  await note('closed with what is to be sent before it is bound', async () => {
    const a = create('udp4'), b = await bound('udp4'), heard = hear(b, 2), closed = event(a, 'close')
    a.send('one', see(b), '127.0.0.1', () => {})
    a.send('two', see(b), '127.0.0.1', () => a.close())
    await closed
    return texts(await heard)
  })
  await note('disposed of', async () => {
    const a = await bound('udp4')
    const dispose = a[Symbol.asyncDispose ?? 'none']
    if (dispose !== undefined) await dispose.call(a)
    else await new Promise((resolve) => a.close(resolve))
    return thrown(() => a.address())
  })
  await note('a listener from the beginning', async () => {
    let tell
    const heard = new Promise((resolve) => { tell = resolve })
    const a = create('udp4', (message, from) => tell([message, Object.keys(from)])), b = await bound('udp4')
    await new Promise((resolve) => a.bind(0, '127.0.0.1', resolve))
    b.send('x', see(a), '127.0.0.1')
    return [await heard, a.listenerCount('message'), a.listenerCount('listening'), a.listenerCount('error')]
  })
  await note('a lookup of its own', async () => {
    const asked = [], lookup = (name, family, done) => { asked.push([name, family]); name.startsWith('bad') ? done(Object.assign(new Error('no'), { code: 'EOWN' })) : done(null, '127.0.0.1', 4) }
    const a = create({ type: 'udp4', lookup }), b = await bound('udp4'), heard = hear(b, 2)
    await new Promise((resolve) => a.bind(0, 'anywhere.example', resolve))
    see(a)
    const got = [await sent(a, 'one', see(b), 'there.example'), await sent(a, 'two', see(b)), (await sent(a, 'x', 9, 'bad.example'))[0].code]
    return [a.address(), got, texts(await heard), asked]
  })
  return results
}

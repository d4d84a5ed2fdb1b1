// What kind of NAT is in between? 'node nat-probe.mjs serve A B' answers at two addresses and two ports of each;
// 'node nat-probe.mjs A B' asks and prints how many ports it was seen at, who could send to a port that had sent to one endpoint only, and
// whether two sockets behind it reach each other by where they are seen.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
const PORTS = [6000, 6001], GRACE_MS = 150, RETRY_MS = 250;
const open = async (address, port) => { const socket = createSocket('udp4'); socket.bind(port, address); await once(socket, 'listening'); return socket; };
const [first, ...rest] = process.argv.slice(2);
process.stdin.on('end', () => process.exit()).resume();
if (first === 'serve') {
  const sockets = {};
  for (const address of rest) for (const port of PORTS) sockets[`${address}:${port}`] = await open(address, port);
  for (const [name, socket] of Object.entries(sockets)) {
    socket.on('message', (data, { address, port }) => {
      // Who asks names the endpoints that shall send to it; the one it asked comes last.
      const { ways } = JSON.parse(data);
      for (const way of ways) sockets[way].send(JSON.stringify({ from: way }), port, address);
      setTimeout(() => socket.send(JSON.stringify({ from: name, port, address }), port, address), GRACE_MS);
    });
  }
  console.log('serving');
} else {
  const [a, b] = [first, rest[0]];
  // Asks from this socket: what was heard until the one that was asked had answered itself.
  const ask = async (socket, at, ways) => {
    const heard = new Map(), [address, port] = at.split(':');
    const send = () => socket.send(JSON.stringify({ ways }), Number(port), address);
    const again = setInterval(send, RETRY_MS);
    send();
    while (!heard.has(at)) { const [data] = await once(socket, 'message'), answer = JSON.parse(data); heard.set(answer.from, answer); }
    clearInterval(again);
    return heard;
  };
  const mapped = await open('0.0.0.0', 0), seen = [];
  for (const at of [`${a}:${PORTS[0]}`, `${a}:${PORTS[1]}`, `${b}:${PORTS[0]}`]) seen.push((await ask(mapped, at, [])).get(at).port);
  const fresh = await open('0.0.0.0', 0), home = `${a}:${PORTS[0]}`, ways = [`${a}:${PORTS[1]}`, `${b}:${PORTS[0]}`];
  const heard = await ask(fresh, home, ways);
  const { port, address } = heard.get(home), own = (await ask(mapped, home, [])).get(home);
  fresh.send('{"from":"behind"}', own.port, own.address);
  mapped.send('{"from":"behind"}', port, address);
  const hairpin = (await ask(fresh, home, [])).has('behind') || (await ask(mapped, home, [])).has('behind');
  console.log(JSON.stringify({ ports: new Set(seen).size, otherPort: heard.has(ways[0]), otherAddress: heard.has(ways[1]), hairpin }));
  process.exit();
}

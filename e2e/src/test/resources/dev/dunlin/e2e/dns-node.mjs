// A DNS server on loopback, and what Node's own dns makes of its answers. Prints the port, then the answers; ends with its input.
import { createSocket } from 'node:dgram';
import dns from 'node:dns';
const short = n => [n >> 8, n & 255], text = t => [t.length, ...Buffer.from(t)], below = label => [...text(label), 0xc0, 12];
const ZONE = {
  A: [1, [10, 0, 0, 1]], AAAA: [28, [...new Array(15).fill(0), 1]], MX: [15, [...short(10), ...below('mail')]], TXT: [16, [...text('v=1'), ...text('x y')]], SRV: [33, [...short(1), ...short(2), ...short(8080), ...below('srv')]],
  CNAME: [5, below('other')], NS: [2, below('ns1')], PTR: [12, below('host')], SOA: [6, [...below('ns1'), ...below('root'), ...[1, 2, 3, 4, 5].flatMap(n => [0, 0, 0, n])]],
  NAPTR: [35, [...short(1), ...short(2), ...text('s'), ...text('SIP'), ...text('!x!'), ...below('sip')]], CAA: [257, [0, ...text('issue'), ...Buffer.from('ca.example')]],
};
const server = createSocket('udp4', (query, { port, address }) => {
  const end = query.indexOf(0, 12) + 5, type = query.readUInt16BE(end - 4), name = query.subarray(12, end - 5).toString('latin1');
  const found = Object.values(ZONE).filter(([number]) => number === type || (type === 255 && number !== 5)).map(([number, data]) => Buffer.from([0xc0, 12, ...short(number), 0, 1, 0, 0, 0, 60, ...short(data.length), ...data]));
  const none = name.includes('none'), answers = none || name.includes('empty') ? [] : found;
  server.send(Buffer.concat([query.subarray(0, 2), Buffer.from([0x81, none ? 0x83 : 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0]), query.subarray(12, end), ...answers]), port, address);
});
server.bind(0, '127.0.0.1', async () => {
  const at = `127.0.0.1:${server.address().port}`, resolver = new dns.promises.Resolver();
  resolver.setServers([at]);
  const asked = {}, ask = async (name, type) => { asked[`${name} ${type}`] = await (type === 'reverse' ? resolver.reverse(name) : resolver.resolve(name, type)).catch(({ code, syscall, hostname, message }) => ({ code, syscall, hostname, message })); };
  for (const type of [...Object.keys(ZONE), 'ANY']) for (const name of ['a.test', 'none.test', 'empty.test']) await ask(name, type);
  // Not one of the hosts file, which Node's reverse reads first.
  await ask('10.0.0.9', 'reverse');
  await ask('2001:db8::1', 'reverse');
  console.log(JSON.stringify({ at, asked }));
});
process.stdin.resume().on('end', () => process.exit());

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, until } from './host.mjs';

const HEART = '0000180d-0000-1000-8000-00805f9b34fb', RATE = '00002a37-0000-1000-8000-00805f9b34fb', PLACE = '00002a38-0000-1000-8000-00805f9b34fb', HID = '00001812-0000-1000-8000-00805f9b34fb';
const NOTE = '00002901-0000-1000-8000-00805f9b34fb', BATTERY = '0000180f-0000-1000-8000-00805f9b34fb';
const table = { allowed: [HEART, BATTERY], blocked: [HID], services: [
  { id: 1, uuid: HEART, primary: true, includes: [9], characteristics: [
    { id: 2, uuid: RATE, properties: ['notify'], descriptors: [{ id: 3, uuid: NOTE }] }, { id: 4, uuid: PLACE, properties: ['read', 'write-without-response'], descriptors: [] }] },
  { id: 9, uuid: BATTERY, primary: false, includes: [], characteristics: [] },
] };
const base64 = bytes => Buffer.from(bytes).toString('base64');
const record = (kind, attribute, bytes = []) => { const head = Buffer.alloc(7); head.writeUInt8(kind, 0); head.writeUInt32LE(attribute, 1); head.writeUInt16LE(bytes.length, 5); return Buffer.concat([head, Buffer.from(bytes)]); };

/** A host with one device; `tell` pushes records. */
async function page(commands = {}) {
  const calls = [];
  let controller, link = 0;
  const stream = new ReadableStream({ start(one) { controller = one; } });
  const at = data => call => { calls.push([call.url.split('?')[0], call.params]); return typeof data === 'function' ? data(call) : { data }; };
  const opening = openPage({
    'bluetooth/requestDevice': at({ id: 'd1', name: 'Heart' }), 'bluetooth/devices': at([{ id: 'd1', name: 'Heart' }, { id: 'd2' }]), 'bluetooth/device': at({ id: 'h'.repeat(32), channel: 1 }),
    'bluetooth/availability': at(call => ({ data: call.params.watch ? { id: 'a', channel: 2 } : { available: true, reason: 'READY', message: 'ready', cure: '', canAdvertise: true } })),
    'bluetooth/advertise': at({ id: 'p'.repeat(32), channel: 3 }),
    'handle/bluetooth/connect': at(() => ({ data: { link: ++link } })), 'handle/bluetooth/services': at(table), 'handle/bluetooth/read': at(base64([1, 2])),
    ...Object.fromEntries(['disconnect', 'write', 'notify', 'watch', 'forget', 'answer', 'stop'].map(name => [`handle/bluetooth/${name}`, at(null)])),
    'push/credit': () => ({ data: null }), push: () => ({ bytes: stream }), 'push/': () => ({ bytes: stream }), ...commands,
  });
  const tell = (channel, ...records) => {
    const payload = Buffer.concat(records), head = Buffer.alloc(8);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(channel, 4);
    controller.enqueue(new Uint8Array(Buffer.concat([head, payload])));
  };
  const web = await opening.load('bluetooth/web');
  return { calls, tell, opening, web, bluetooth: web.bluetooth, device: () => web.bluetooth.requestDevice({ filters: [{ services: ['heart_rate'] }] }) };
}
const fails = (promise, name, message = /./) => assert.rejects(promise, error => (assert.ok(error instanceof DOMException, String(error)), assert.equal(error.name, name), assert.match(error.message, message), true));

test('bluetooth: BluetoothUUID knows names, numbers and whole UUIDs, as the registry has them', async () => {
  const { web: { BluetoothUUID } } = await page();
  assert.equal(BluetoothUUID.getService('heart_rate'), HEART);
  assert.equal(BluetoothUUID.getService('reconnection_configuration'), BluetoothUUID.canonicalUUID(0x1829));
  assert.equal(BluetoothUUID.getCharacteristic('date_utc'), '00002aed-0000-1000-8000-00805f9b34fb');
  assert.equal(BluetoothUUID.getCharacteristic('position_2d'), BluetoothUUID.canonicalUUID(0x2a2f), 'numbers without a name are passed over');
  assert.equal(BluetoothUUID.getDescriptor('gatt.client_characteristic_configuration'), BluetoothUUID.canonicalUUID(0x2902));
  assert.equal(BluetoothUUID.getService(0x180d), HEART);
  assert.equal(BluetoothUUID.getService(HEART), HEART);
  for (const wrong of ['heart', HEART.toUpperCase(), '180d', 'body_sensor_location', '-', '']) assert.throws(() => BluetoothUUID.getService(wrong), TypeError, wrong);
});

test('bluetooth: requestDevice asks for what its URL and its list name', async () => {
  const { bluetooth, calls } = await page();
  const device = await bluetooth.requestDevice({
    filters: [{ services: ['heart_rate'], namePrefix: 'He' }, { manufacturerData: [{ companyIdentifier: 0x499, dataPrefix: Uint8Array.of(1, 2), mask: Uint8Array.of(255, 15) }] }],
    optionalServices: [BATTERY, 'heart_rate'], optionalManufacturerData: [76],
  });
  assert.deepEqual([device.id, device.name, device.gatt.connected], ['d1', 'Heart', false]);
  const [url, params] = calls[0];
  assert.equal(url, `ipc://bluetooth/requestDevice/${HEART}`);
  assert.deepEqual(params.services, [HEART, BATTERY]);
  assert.deepEqual(params.filters, [{ services: [HEART], namePrefix: 'He' }, { manufacturerData: [{ companyIdentifier: 0x499, dataPrefix: 'AQI=', mask: '/w8=' }] }]);
  assert.deepEqual(params.optionalManufacturerData, [76]);
  assert.equal(await bluetooth.requestDevice({ acceptAllDevices: true }), device, 'one object for one device');
  assert.equal(calls[1][0], 'ipc://bluetooth/requestDevice/*');
  for (const wrong of [{}, { filters: [] }, { filters: [{}] }, { filters: [{ services: [] }] }, { filters: [{ namePrefix: '' }] }, { filters: [{ name: 'x'.repeat(249) }] }, { filters: [{ name: 'x' }], acceptAllDevices: true },
    { filters: [{ manufacturerData: [] }] }, { filters: [{ manufacturerData: [{ companyIdentifier: 70000 }] }] }, { filters: [{ manufacturerData: [{ companyIdentifier: 1, dataPrefix: new Uint8Array(2), mask: new Uint8Array(1) }] }] },
    { acceptAllDevices: true, exclusionFilters: [{ name: 'x' }] }, { filters: [{ services: ['nothing'] }] }]) await assert.rejects(bluetooth.requestDevice(wrong), TypeError, JSON.stringify(wrong));
  assert.equal(calls.length, 2, 'what is malformed does not reach the host');
});

test('bluetooth: a denial is a DOMException that keeps the source to add', async () => {
  const { bluetooth } = await page({ 'bluetooth/requestDevice': () => ({ err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'add it', source: 'ipc://x', directive: 'connect-src' } }) });
  await assert.rejects(bluetooth.requestDevice({ acceptAllDevices: true }), error => error instanceof DOMException && error.name === 'NotAllowedError' && error.source === 'ipc://x' && error.reason === 'ERR_ACCESS_DENIED');
});

test('bluetooth: reads, writes and finds what the table has, by the names of Chromium where it has not', async () => {
  const { bluetooth, device: request, calls } = await page();
  const device = await request();
  await fails(device.gatt.getPrimaryService('heart_rate'), 'NetworkError', /Cannot retrieve services/);
  assert.equal(await device.gatt.connect(), device.gatt);
  const service = await device.gatt.getPrimaryService('heart_rate');
  assert.equal(await device.gatt.getPrimaryService(0x180d), service, 'one object for one service');
  assert.deepEqual((await device.gatt.getPrimaryServices()).map(one => one.uuid), [HEART], 'secondary ones are not primary');
  assert.equal((await service.getIncludedServices())[0].uuid, BATTERY);
  await fails(service.getIncludedService('glucose'), 'NotFoundError');
  await fails(device.gatt.getPrimaryService(HID), 'SecurityError', /blocklisted/);
  await fails(device.gatt.getPrimaryService('glucose'), 'SecurityError', /optionalServices/);
  await fails(device.gatt.getPrimaryService(BATTERY), 'NotFoundError');
  await fails(service.getCharacteristic('glucose_feature'), 'NotFoundError');
  const place = await service.getCharacteristic(PLACE), rate = await service.getCharacteristic('heart_rate_measurement');
  assert.deepEqual([place.properties.read, place.properties.writeWithoutResponse, place.properties.write, rate.properties.notify], [true, true, false, true]);
  const heard = once(place, 'characteristicvaluechanged');
  assert.equal((await place.readValue()).getUint16(0), 0x0102);
  assert.equal((await heard)[0].target, place, 'what is read is told too');
  await place.writeValue(Uint8Array.of(7));
  assert.deepEqual(calls.at(-1)[1], { attribute: 4, value: 'Bw==', response: false }, 'writeValue goes by what the characteristic can do');
  await place.writeValueWithResponse(new DataView(Uint8Array.of(9, 8, 7).buffer, 1, 1));
  assert.deepEqual(calls.at(-1)[1], { attribute: 4, value: 'CA==', response: true });
  await fails(place.writeValueWithResponse(new Uint8Array(513)), 'InvalidModificationError');
  await assert.rejects(place.writeValueWithResponse('text'), TypeError);
  const note = await rate.getDescriptor(NOTE);
  await note.readValue();
  assert.deepEqual(calls.at(-1)[1], { attribute: 3 });
  await fails(place.getDescriptors(), 'NotFoundError');
  assert.equal((await bluetooth.getDevices())[0], device);
});

test('bluetooth: events bubble from the characteristic to navigator.bluetooth, and can be stopped', async () => {
  const { bluetooth, device: request, tell } = await page();
  const device = await request();
  await device.gatt.connect();
  const rate = await (await device.gatt.getPrimaryService(HEART)).getCharacteristic(RATE);
  await rate.startNotifications();
  const way = [];
  rate.oncharacteristicvaluechanged = event => way.push(['characteristic', event.target.value.getUint8(0), event.currentTarget === rate]);
  for (const [name, target] of [['service', rate.service], ['device', device], ['bluetooth', bluetooth]]) target.addEventListener('characteristicvaluechanged', event => way.push([name, event.target === rate, event.currentTarget === target]));
  tell(1, record(0, 2, [5]));
  await until(() => way.length === 4);
  assert.deepEqual(way, [['characteristic', 5, true], ['service', true, true], ['device', true, true], ['bluetooth', true, true]]);
  rate.oncharacteristicvaluechanged = event => { way.push('stopped'); event.stopPropagation(); };
  tell(1, record(0, 2, [6]), record(3, 40), record(0, 99, [1]));
  await until(() => device.gatt.droppedValues === 40);
  assert.deepEqual(way.slice(4), ['stopped']);
  rate.oncharacteristicvaluechanged = null;
  assert.equal(rate.oncharacteristicvaluechanged, null);
});

test('bluetooth: the end of a link voids what was got through it, whichever word comes first', async () => {
  const { device: request, tell, calls } = await page();
  const device = await request(), ends = [];
  device.ongattserverdisconnected = event => ends.push(event.target === device);
  await device.gatt.connect();
  const place = await (await device.gatt.getPrimaryService(HEART)).getCharacteristic(PLACE);
  tell(1, record(1, 1));
  await until(() => ends.length === 1);
  assert.equal(device.gatt.connected, false);
  await fails(place.readValue(), 'NetworkError');
  await device.gatt.connect();
  tell(1, record(1, 1), record(0, 4, [1]));
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(device.gatt.connected, true, 'the end of the link before is not that of this one');
  await device.gatt.getPrimaryService(HEART);
  await fails(place.readValue(), 'InvalidStateError', /no longer valid/);
  device.gatt.disconnect();
  assert.equal(device.gatt.connected, false);
  await until(() => ends.length === 2);
  // The host tells of the end before it answers connect.
  tell(1, record(1, 3));
  await new Promise(resolve => setTimeout(resolve, 20));
  await fails(device.gatt.connect(), 'NetworkError');
  await device.forget();
  assert.ok(calls.some(([url]) => url.startsWith('ipc://handle/bluetooth/forget/')));
  await fails(device.gatt.connect(), 'InvalidStateError');
});

test('bluetooth: a connect right after a disconnect goes to the host behind it', async () => {
  let left;
  const { device: request, calls } = await page({ 'handle/bluetooth/disconnect': () => new Promise(resolve => { left = () => resolve({ data: null }); }) });
  const device = await request(), connects = () => calls.filter(([url]) => url.includes('/connect/')).length;
  await device.gatt.connect();
  device.gatt.disconnect();
  const again = device.gatt.connect();
  await until(() => left !== undefined);
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(connects(), 1);
  left();
  await again;
  assert.deepEqual([connects(), device.gatt.connected], [2, true]);
});

test('bluetooth: disconnect gives a connect under way up, and other services are told', async () => {
  let answer;
  const { device: request, tell } = await page({ 'handle/bluetooth/connect': () => (answer === undefined ? new Promise(resolve => { answer = () => resolve({ data: { link: 1 } }); }) : { data: { link: 2 } }) });
  const device = await request();
  const given = device.gatt.connect();
  await until(() => answer !== undefined);
  device.gatt.disconnect();
  answer();
  await fails(given, 'AbortError');
  await device.gatt.connect();
  const service = await device.gatt.getPrimaryService(HEART);
  const changed = [];
  for (const name of ['serviceadded', 'servicechanged', 'serviceremoved']) device.addEventListener(name, event => changed.push([name, event.target.uuid]));
  const kept = table.services;
  try {
    table.services = [{ ...kept[0], includes: [] }, { id: 20, uuid: BATTERY, primary: true, includes: [], characteristics: [] }];
    tell(1, record(2, 0));
    await until(() => changed.length === 2);
    assert.deepEqual(changed, [['servicechanged', HEART], ['serviceadded', BATTERY]]);
    assert.equal(await device.gatt.getPrimaryService(HEART), service);
  } finally { table.services = kept; }
});

test('bluetooth: advertisements and availability come to those who watch', async () => {
  const { bluetooth, device: request, tell } = await page();
  const device = await request(), abort = new AbortController();
  await device.watchAdvertisements({ signal: abort.signal });
  assert.equal(device.watchingAdvertisements, true);
  const heard = once(bluetooth, 'advertisementreceived');
  tell(1, record(4, 0, Buffer.from(JSON.stringify({ uuids: [HEART], rssi: -40, name: 'Heart', manufacturerData: [[76, 'AQ==']], serviceData: [[HEART, 'Ag==']] }))));
  const [event] = await heard;
  assert.deepEqual([event.device === device, event.rssi, event.txPower, event.manufacturerData.get(76).getUint8(0), event.serviceData.get(HEART).getUint8(0)], [true, -40, null, 1, 2]);
  abort.abort();
  await until(() => !device.watchingAdvertisements);
  await fails(device.watchAdvertisements({ signal: abort.signal }), 'AbortError');
  assert.equal(await bluetooth.getAvailability(), true);
  const changed = new Promise(resolve => { bluetooth.onavailabilitychanged = resolve; });
  await new Promise(resolve => setTimeout(resolve, 20));
  tell(2, Buffer.from(JSON.stringify({ available: false })));
  assert.equal((await changed).value, false);
});

test('bluetooth: a page without a right to construct is told so, and navigator has it where it is put', async () => {
  const { web, opening, bluetooth } = await page();
  for (const name of ['Bluetooth', 'BluetoothDevice', 'BluetoothRemoteGATTServer', 'BluetoothRemoteGATTService', 'BluetoothRemoteGATTCharacteristic', 'BluetoothRemoteGATTDescriptor', 'BluetoothCharacteristicProperties']) assert.throws(() => new web[name](), TypeError, name);
  const { default: put } = await opening.load('internal/bluetooth');
  assert.equal(put, bluetooth);
  if (globalThis.navigator !== undefined) assert.equal(navigator.bluetooth, bluetooth);
  assert.equal(globalThis.BluetoothUUID, web.BluetoothUUID);
});

test('bluetooth/peripheral: describes its server, answers and tells by number', async () => {
  const { opening, calls, tell } = await page();
  const { advertise } = await opening.load('bluetooth/peripheral');
  const written = [];
  let left = 0;
  const peripheral = await advertise({
    name: 'Pulse', manufacturerData: { 76: Uint8Array.of(1) }, serviceData: new Map([['heart_rate', Uint8Array.of(2)]]),
    services: [{ uuid: 'heart_rate', characteristics: [
      { uuid: RATE, read: ({ central }) => `c${central}`, notify: send => { send('first'); return () => { left++; }; }, descriptors: [{ uuid: NOTE, value: 'beats' }] },
      { uuid: PLACE, value: Uint8Array.of(1), write: value => { written.push(value.getUint8(0)); if (value.getUint8(0) === 0) throw new DOMException('no', 'InvalidModificationError'); } },
    ] }],
  });
  const [url, params] = calls[0];
  assert.equal(url, `ipc://bluetooth/advertise/${HEART}`);
  assert.deepEqual([params.name, params.services, params.advertised, params.manufacturerData, params.serviceData], ['Pulse', [HEART], [HEART], [[76, 'AQ==']], [[HEART, 'Ag==']]]);
  assert.deepEqual(params.server[0].characteristics.map(one => one.properties), [['read', 'notify'], ['read', 'write']]);
  const asked = (request, ...value) => { const head = Buffer.alloc(10); head.writeUInt32LE(request, 0); head.writeUInt32LE(3, 4); head.writeUInt16LE(64, 8); return Buffer.concat([head, Buffer.from(value)]); };
  const answers = () => calls.filter(([to]) => to.startsWith('ipc://handle/bluetooth/answer/')).map(([, params]) => params);
  tell(3, record(16, 0, asked(1)), record(16, 1, asked(2)), record(16, 2, asked(3)), record(17, 2, asked(4, 5)), record(17, 2, asked(5, 0)));
  await until(() => answers().length === 5);
  const byRequest = new Map(answers().map(one => [one.request, one]));
  assert.deepEqual([1, 2, 3].map(one => Buffer.from(byRequest.get(one).value, 'base64').toString('latin1')), ['c3', 'beats', '\x01']);
  assert.deepEqual([byRequest.get(4).error, byRequest.get(5).error, written], [undefined, 'InvalidModificationError', [5, 0]]);
  assert.equal(peripheral.getService(HEART).getCharacteristic(PLACE).value.getUint8(0), 5, 'what a handler takes is kept, what it refuses is not');
  tell(3, record(18, 0, [1]));
  await until(() => calls.some(([to, params]) => to.startsWith('ipc://handle/bluetooth/notify/') && params.value === base64('first')));
  const stop = once(peripheral, 'stop');
  await peripheral.stop();
  await stop;
  assert.deepEqual([peripheral.active, left], [false, 1]);
  await assert.rejects(peripheral.services[0].characteristics[0].notify('x'), { name: 'InvalidStateError' });
  await assert.rejects(advertise({ services: [{ uuid: HEART, characteristics: [{ uuid: RATE }] }] }), /can do nothing/);
  await assert.rejects(advertise({ services: [] }), TypeError);
});

test('bluetooth: Bluetooth of the reference starts, listens to what was granted, and publishes', async () => {
  const { opening, calls, tell } = await page();
  const { Bluetooth } = await opening.load('bluetooth'), { subscribe } = await opening.load('diagnostics_channel');
  const seen = [];
  for (const name of ['start', 'subscribe', 'publish', 'data', 'event', 'handle']) subscribe(`bluetooth.${name}`, () => seen.push(name));
  const app = new Bluetooth({ serviceId: HEART.toUpperCase(), characteristics: [PLACE] });
  assert.equal(Bluetooth.isInitalized, false);
  const ready = once(app, 'ready');
  assert.equal((await app.start()).err, null);
  await ready;
  assert.equal(Bluetooth.isInitalized, true);
  assert.deepEqual(calls.find(([url]) => url.includes('/advertise/'))[1].server[0].characteristics.map(one => [one.uuid, one.properties]), [[PLACE, ['read', 'notify', 'write']]]);
  assert.equal((await app.subscribe(RATE)).err, null);
  assert.ok(!calls.some(([url]) => url.includes('requestDevice')), 'what was granted is asked for no more');
  const data = once(app, 'data'), named = once(app, RATE);
  tell(1, record(0, 2, [7]));
  assert.deepEqual([(await data)[0][0], (await data)[1], (await named)[0].length], [7, { serviceId: HEART, characteristicId: RATE, deviceId: 'd1' }, 1]);
  await app.publish(PLACE, 'hi');
  const told = calls.filter(([, params]) => params?.value === base64('hi')).map(([url]) => url.split('/')[4]);
  assert.deepEqual(told, ['notify', 'write'], 'to who listens, and to the device that is listened to');
  await assert.rejects(app.publish(NOTE, 'x'), { code: 'ERR_NOT_SERVED' });
  for (const name of ['start', 'subscribe', 'publish', 'data', 'event', 'handle']) assert.ok(seen.includes(name), name);
  await app.stop();
  assert.throws(() => new Bluetooth({}), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('bluetooth: a page may have the host connect again, and Bluetooth of the reference hears again what it heard', async () => {
  const { opening, calls, tell, device: request } = await page();
  const { Bluetooth } = await opening.load('bluetooth');
  const device = await request(), again = [];
  device.ongattserverreconnected = () => again.push(device.gatt.connected);
  await device.gatt.connect();
  assert.deepEqual(calls.at(-1)[1], {}, 'of itself nothing connects again');
  tell(1, record(1, 1));
  await until(() => !device.gatt.connected);
  const app = new Bluetooth(HEART);
  assert.equal((await app.subscribe(RATE)).err, null);
  assert.ok(calls.some(([url, params]) => url.includes('/connect/') && params.reconnect === true && params.timeout === 3000), 'what was granted must be found while the click still counts');
  const lost = once(app, 'disconnect'), back = once(app, 'reconnect'), subscriptions = () => calls.filter(([url]) => url.includes('/notify/')).length;
  assert.equal(subscriptions(), 1);
  tell(1, record(1, 2));
  await lost;
  tell(1, record(5, 3));
  assert.deepEqual((await back)[0], { deviceId: 'd1' });
  assert.deepEqual([again, subscriptions(), app.device], [[true], 2, device]);
  const data = once(app, 'data');
  tell(1, record(0, 2, [9]));
  assert.equal((await data)[0][0], 9);
  device.gatt.disconnect();
  tell(1, record(5, 4));
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(device.gatt.connected, false, 'a link that the host made before it heard of the end is not taken');
  const once_ = new Bluetooth({ serviceId: HEART, reconnect: false });
  assert.equal((await once_.subscribe(RATE)).err, null);
  assert.equal(calls.filter(([url]) => url.includes('/connect/')).at(-1)[1].reconnect, undefined);
});

test('bluetooth: where there is none, start says why', async () => {
  const { opening } = await page({ 'bluetooth/availability': () => ({ data: { available: false, reason: 'NO_BUS', message: 'There is no bus.', cure: 'Start it.', canAdvertise: false } }) });
  const { Bluetooth } = await opening.load('bluetooth');
  const { err } = await new Bluetooth(0x180d).start();
  assert.deepEqual([err.name, err.message], ['NotSupportedError', 'There is no bus. Start it.']);
});

/**
 * Web Bluetooth, as the W3C draft has it, over the host's Bluetooth (docs/bluetooth.md): what is `navigator.bluetooth` in a page whose policy
 * names an `ipc://bluetooth` source. JCEF's own has no chooser, and cancels each request at once.
 */
import { call, commandUrl, onPush, readyForPush } from 'socket:ipc';
import { BluetoothUUID, type BluetoothCharacteristicUUID, type BluetoothDescriptorUUID, type BluetoothServiceUUID, type UUID } from 'socket:bluetooth/uuid';
import { asDom, bytesOf, dom, fromBase64, jsonOf, records, report, toBase64, VALUE_BYTES, viewOf, type Told } from '../parts/bluetooth.js';
export { BluetoothUUID };
export type { BluetoothCharacteristicUUID, BluetoothDescriptorUUID, BluetoothServiceUUID, UUID };

export interface BluetoothDataFilterInit { dataPrefix?: BufferSource; mask?: BufferSource }
export interface BluetoothManufacturerDataFilterInit extends BluetoothDataFilterInit { companyIdentifier: number }
export interface BluetoothServiceDataFilterInit extends BluetoothDataFilterInit { service: BluetoothServiceUUID }
export interface BluetoothLEScanFilterInit {
  services?: BluetoothServiceUUID[]; name?: string; namePrefix?: string;
  manufacturerData?: BluetoothManufacturerDataFilterInit[]; serviceData?: BluetoothServiceDataFilterInit[];
}
export interface RequestDeviceOptions {
  filters?: BluetoothLEScanFilterInit[]; exclusionFilters?: BluetoothLEScanFilterInit[];
  optionalServices?: BluetoothServiceUUID[]; optionalManufacturerData?: number[]; acceptAllDevices?: boolean;
}
/** Not of the draft, which leaves reconnecting to the page. */
export interface ConnectOptions {
  /** A link that is lost is made again, with longer and longer waits, until `disconnect()`: each time there is an event `gattserverreconnected`. */
  reconnect?: boolean;
  /** Milliseconds in which the device must be found and connected, at most (and without it) 30,000. */
  timeout?: number;
}
export interface WatchAdvertisementsOptions { signal?: AbortSignal }
/** Whether Bluetooth can be used; if not, why and what helps. */
export interface BluetoothAvailability { available: boolean; reason: string; message: string; cure: string; canAdvertise: boolean }

/** The longest name of a device, in bytes. */
const NAME_BYTES = 248;
/** What the host tells of an open device: a value, the end of the link, other services, values that were dropped, an advertisement, a link again. */
const VALUE = 0, LOST = 1, SERVICES = 2, DROPPED = 3, ADVERTISEMENT = 4, RECONNECTED = 5;
const KEY = Symbol('only the host makes these');
function requireKey(key: unknown): void { if (key !== KEY) throw new TypeError('Illegal constructor'); }

/** A target whose events go on to what it belongs to, as in a document's tree. */
class Target extends EventTarget {
  /** @internal */ _above(): Target | undefined { return undefined; }
  /** @internal Tells this one and those above. */
  _tell(event: Event): void {
    Object.defineProperty(event, 'target', { value: this, configurable: true });
    let stopped = false;
    const stop = event.stopPropagation, stopNow = event.stopImmediatePropagation;
    event.stopPropagation = () => { stopped = true; stop.call(event); };
    event.stopImmediatePropagation = () => { stopped = true; stopNow.call(event); };
    for (let at: Target | undefined = this; at !== undefined && !stopped; at = event.bubbles ? at._above() : undefined) at.dispatchEvent(event);
  }
}
/** `onname` members, as the DOM has them: one listener each, in its place. */
function withHandlers(type: { prototype: Target }, ...names: string[]): void {
  for (const name of names) {
    const held = new WeakMap<Target, { handler: unknown; listener: (event: Event) => void }>();
    Object.defineProperty(type.prototype, `on${name}`, {
      configurable: true, enumerable: true,
      get(this: Target) { return held.get(this)?.handler ?? null; },
      set(this: Target, handler: unknown) {
        const before = held.get(this), usable = typeof handler === 'function' ? handler : null;
        if (before !== undefined && usable !== null) { before.handler = usable; return; }
        if (before !== undefined) { this.removeEventListener(name, before.listener); held.delete(this); }
        if (usable === null) return;
        const entry = { handler: usable as unknown, listener: (event: Event) => { (entry.handler as Function).call(this, event); } };
        held.set(this, entry);
        this.addEventListener(name, entry.listener);
      },
    });
  }
}
type Handler<T> = ((this: T, event: any) => unknown) | null;

export class ValueEvent extends Event {
  readonly value: unknown;
  constructor(type: string, init: EventInit & { value?: unknown } = {}) { super(type, init); this.value = init.value; }
}
export interface BluetoothAdvertisingEventInit extends EventInit {
  device: BluetoothDevice; uuids?: BluetoothServiceUUID[]; name?: string; appearance?: number; txPower?: number; rssi?: number;
  manufacturerData?: Map<number, DataView>; serviceData?: Map<UUID, DataView>;
}
export class BluetoothAdvertisingEvent extends Event {
  readonly device: BluetoothDevice;
  readonly uuids: readonly UUID[];
  readonly name: string | null;
  readonly appearance: number | null;
  readonly txPower: number | null;
  readonly rssi: number | null;
  readonly manufacturerData: ReadonlyMap<number, DataView>;
  readonly serviceData: ReadonlyMap<UUID, DataView>;
  constructor(type: string, init: BluetoothAdvertisingEventInit) {
    super(type, init);
    this.device = init.device;
    this.uuids = Object.freeze((init.uuids ?? []).map(BluetoothUUID.getService));
    this.name = init.name ?? null;
    this.appearance = init.appearance ?? null;
    this.txPower = init.txPower ?? null;
    this.rssi = init.rssi ?? null;
    this.manufacturerData = init.manufacturerData ?? new Map();
    this.serviceData = init.serviceData ?? new Map();
  }
}

// ---- what the host tells of a device's table

interface WireDescriptor { id: number; uuid: UUID }
interface WireCharacteristic { id: number; uuid: UUID; properties: string[]; descriptors: WireDescriptor[] }
interface WireService { id: number; uuid: UUID; primary: boolean; includes: number[]; characteristics: WireCharacteristic[] }
/** `allowed` are the services that policy and person allow; `blocked` what no page may touch. */
interface WireTable { services: WireService[]; allowed: UUID[]; blocked: UUID[] }
interface Session { id: string; stop: () => void }

const NOT_CONNECTED = (what: string): DOMException => dom('NetworkError', `GATT Server is disconnected. Cannot ${what}. (Re)connect first with \`device.gatt.connect\`.`);
const TIP = "Tip: Add the service UUID to 'optionalServices' in requestDevice() options, and to the policy as ipc://bluetooth/requestDevice/<UUID>.";

export class BluetoothCharacteristicProperties {
  readonly broadcast: boolean; readonly read: boolean; readonly writeWithoutResponse: boolean; readonly write: boolean; readonly notify: boolean;
  readonly indicate: boolean; readonly authenticatedSignedWrites: boolean; readonly reliableWrite: boolean; readonly writableAuxiliaries: boolean;
  /** @internal */ constructor(key: symbol, names: readonly string[]) {
    requireKey(key);
    const has = (name: string): boolean => names.includes(name);
    this.broadcast = has('broadcast');
    this.read = has('read');
    this.writeWithoutResponse = has('write-without-response');
    this.write = has('write');
    this.notify = has('notify');
    this.indicate = has('indicate');
    this.authenticatedSignedWrites = has('authenticated-signed-writes');
    this.reliableWrite = has('reliable-write');
    this.writableAuxiliaries = has('writable-auxiliaries');
  }
}

export class BluetoothRemoteGATTDescriptor {
  readonly characteristic: BluetoothRemoteGATTCharacteristic;
  readonly uuid: UUID;
  /** As it was read last. */
  value: DataView | null = null;
  readonly #id: number;
  readonly #link: number;
  /** @internal */ constructor(key: symbol, characteristic: BluetoothRemoteGATTCharacteristic, wire: WireDescriptor, link: number) {
    requireKey(key);
    this.characteristic = characteristic;
    this.uuid = wire.uuid;
    this.#id = wire.id;
    this.#link = link;
  }
  #use(name: string, params: Record<string, unknown>): Promise<any> {
    return this.characteristic.service.device.gatt._act(name, { attribute: this.#id, ...params }, this.#link, `Descriptor with UUID ${this.uuid}`);
  }
  async readValue(): Promise<DataView> { return (this.value = viewOf(fromBase64((await this.#use('read', {})) as string))); }
  async writeValue(value: BufferSource): Promise<void> {
    const bytes = valueOf(value);
    await this.#use('write', { value: toBase64(bytes), response: true });
    this.value = viewOf(bytes);
  }
}
function valueOf(value: BufferSource): Uint8Array {
  const bytes = bytesOf(value, 'value');
  if (bytes.byteLength > VALUE_BYTES) throw dom('InvalidModificationError', `Value can't exceed ${VALUE_BYTES} bytes.`);
  return bytes;
}

export class BluetoothRemoteGATTCharacteristic extends Target {
  declare oncharacteristicvaluechanged: Handler<this>;
  readonly service: BluetoothRemoteGATTService;
  readonly uuid: UUID;
  readonly properties: BluetoothCharacteristicProperties;
  /** As it was read or told last. */
  value: DataView | null = null;
  readonly #wire: WireCharacteristic;
  readonly #link: number;
  readonly #descriptors = new Map<number, BluetoothRemoteGATTDescriptor>();
  /** @internal */ constructor(key: symbol, service: BluetoothRemoteGATTService, wire: WireCharacteristic, link: number) {
    requireKey(key);
    super();
    this.service = service;
    this.uuid = wire.uuid;
    this.properties = new BluetoothCharacteristicProperties(KEY, wire.properties);
    this.#wire = wire;
    this.#link = link;
  }
  /** @internal */ override _above(): Target { return this.service; }
  /** @internal */ _heard(bytes: Uint8Array): void {
    this.value = viewOf(bytes);
    this._tell(new Event('characteristicvaluechanged', { bubbles: true }));
  }
  #use(name: string, params: Record<string, unknown>): Promise<any> {
    return this.service.device.gatt._act(name, { attribute: this.#wire.id, ...params }, this.#link, `Characteristic with UUID ${this.uuid}`);
  }
  async getDescriptor(descriptor: BluetoothDescriptorUUID): Promise<BluetoothRemoteGATTDescriptor> { return (await this.#find(BluetoothUUID.getDescriptor(descriptor)))[0]!; }
  async getDescriptors(descriptor?: BluetoothDescriptorUUID): Promise<BluetoothRemoteGATTDescriptor[]> { return this.#find(descriptor === undefined ? undefined : BluetoothUUID.getDescriptor(descriptor)); }
  async #find(uuid: UUID | undefined): Promise<BluetoothRemoteGATTDescriptor[]> {
    const blocked = this.service.device.gatt._check(this.#link, 'retrieve descriptors', `Characteristic with UUID ${this.uuid}`).blocked;
    if (uuid !== undefined && blocked.includes(uuid)) throw dom('SecurityError', 'getDescriptor(s) called with blocklisted UUID.');
    const found = this.#wire.descriptors.filter(one => uuid === undefined || one.uuid === uuid);
    if (found.length === 0) throw dom('NotFoundError', uuid === undefined ? 'No Descriptors found in Characteristic.' : `No Descriptors matching UUID ${uuid} found in Characteristic with UUID ${this.uuid}.`);
    return found.map(one => made(this.#descriptors, one.id, () => new BluetoothRemoteGATTDescriptor(KEY, this, one, this.#link)));
  }
  async readValue(): Promise<DataView> {
    const bytes = fromBase64((await this.#use('read', {})) as string);
    this._heard(bytes);
    return this.value!;
  }
  async writeValueWithResponse(value: BufferSource): Promise<void> { await this.#write(value, true); }
  async writeValueWithoutResponse(value: BufferSource): Promise<void> { await this.#write(value, false); }
  /** Deprecated in the draft: with a response where the characteristic takes one. */
  async writeValue(value: BufferSource): Promise<void> { await this.#write(value, this.properties.write || !this.properties.writeWithoutResponse); }
  async #write(value: BufferSource, response: boolean): Promise<void> {
    const bytes = valueOf(value);
    await this.#use('write', { value: toBase64(bytes), response });
    this.value = viewOf(bytes);
  }
  async startNotifications(): Promise<this> {
    await this.#use('notify', { on: true });
    return this;
  }
  async stopNotifications(): Promise<this> {
    await this.#use('notify', { on: false });
    return this;
  }
}

function made<V>(map: Map<number, V>, id: number, make: () => V): V {
  let found = map.get(id);
  if (found === undefined) map.set(id, (found = make()));
  return found;
}

export class BluetoothRemoteGATTService extends Target {
  declare oncharacteristicvaluechanged: Handler<this>;
  declare onserviceadded: Handler<this>;
  declare onservicechanged: Handler<this>;
  declare onserviceremoved: Handler<this>;
  readonly device: BluetoothDevice;
  readonly uuid: UUID;
  readonly isPrimary: boolean;
  /** @internal */ _wire: WireService;
  readonly #link: number;
  readonly #characteristics = new Map<number, BluetoothRemoteGATTCharacteristic>();
  /** @internal */ constructor(key: symbol, device: BluetoothDevice, wire: WireService, link: number) {
    requireKey(key);
    super();
    this.device = device;
    this.uuid = wire.uuid;
    this.isPrimary = wire.primary;
    this._wire = wire;
    this.#link = link;
  }
  /** @internal */ override _above(): Target { return this.device; }
  /** @internal */ _characteristic(id: number): BluetoothRemoteGATTCharacteristic | undefined { return this.#characteristics.get(id); }
  async getCharacteristic(characteristic: BluetoothCharacteristicUUID): Promise<BluetoothRemoteGATTCharacteristic> { return (await this.#find(BluetoothUUID.getCharacteristic(characteristic)))[0]!; }
  async getCharacteristics(characteristic?: BluetoothCharacteristicUUID): Promise<BluetoothRemoteGATTCharacteristic[]> { return this.#find(characteristic === undefined ? undefined : BluetoothUUID.getCharacteristic(characteristic)); }
  async #find(uuid: UUID | undefined): Promise<BluetoothRemoteGATTCharacteristic[]> {
    const blocked = this.device.gatt._check(this.#link, 'retrieve characteristics', `Service with UUID ${this.uuid}`).blocked;
    if (uuid !== undefined && blocked.includes(uuid)) throw dom('SecurityError', 'getCharacteristic(s) called with blocklisted UUID.');
    const found = this._wire.characteristics.filter(one => uuid === undefined || one.uuid === uuid);
    if (found.length === 0) throw dom('NotFoundError', uuid === undefined ? 'No Characteristics found in service.' : `No Characteristics matching UUID ${uuid} found in Service with UUID ${this.uuid}.`);
    return found.map(one => made(this.#characteristics, one.id, () => new BluetoothRemoteGATTCharacteristic(KEY, this, one, this.#link)));
  }
  async getIncludedService(service: BluetoothServiceUUID): Promise<BluetoothRemoteGATTService> { return (await this.getIncludedServices(service))[0]!; }
  async getIncludedServices(service?: BluetoothServiceUUID): Promise<BluetoothRemoteGATTService[]> {
    const uuid = service === undefined ? undefined : BluetoothUUID.getService(service);
    this.device.gatt._check(this.#link, 'retrieve services', `Service with UUID ${this.uuid}`);
    const found = this.device.gatt._known(wire => this._wire.includes.includes(wire.id) && (uuid === undefined || wire.uuid === uuid));
    if (found.length === 0) throw dom('NotFoundError', `No Included Services ${uuid === undefined ? '' : `matching UUID ${uuid} `}found in Service with UUID ${this.uuid}.`);
    return found;
  }
}

export class BluetoothRemoteGATTServer {
  readonly device: BluetoothDevice;
  #session: Promise<Session> | undefined;
  #connected = false;
  #connecting: Promise<void> | undefined;
  /** The host's number of the link: what was got through one is void in the next. */
  #link = 0;
  /** The last link that is known to have ended: the host's word of it may come before its answer to `connect`. */
  #ended = 0;
  /** One more for each `disconnect`: a `connect` under way then fails. */
  #given = 0;
  /** That count at the last `connect`: whoever has disconnected since wants no link that the host still makes. */
  #wanted = 0;
  #leaving: Promise<unknown> | undefined;
  #table: Promise<WireTable> | undefined;
  #current: WireTable | undefined;
  readonly #services = new Map<number, BluetoothRemoteGATTService>();
  #dropped = 0;
  #forgotten = false;
  /** @internal */ constructor(key: symbol, device: BluetoothDevice) {
    requireKey(key);
    this.device = device;
  }
  get connected(): boolean { return this.#connected; }
  /** Values that the host dropped because this page did not take them in time; not of the draft. */
  get droppedValues(): number { return this.#dropped; }

  /** @internal The device's handle in the host, opened once. */
  _session(): Promise<Session> {
    if (this.#forgotten) return Promise.reject(dom('InvalidStateError', 'The device was forgotten: call requestDevice() again.'));
    return (this.#session ??= this.#open().catch(error => {
      this.#session = undefined;
      throw error;
    }));
  }
  async #open(): Promise<Session> {
    await readyForPush();
    const { id, channel } = (await asDom(call(commandUrl('bluetooth', 'device', this.device.id)))) as { id: string; channel: number };
    const stop = onPush(channel, frame => { for (const told of records(frame)) this.#hear(told); }, () => { this.#session = undefined; this.#lost(this.#link); });
    return { id, stop };
  }
  #hear({ kind, attribute, bytes }: Told): void {
    try {
      if (kind === VALUE) {
        for (const service of this.#services.values()) service._characteristic(attribute)?._heard(bytes);
      } else if (kind === LOST) this.#lost(attribute);
      else if (kind === RECONNECTED) this.#reconnected(attribute);
      else if (kind === SERVICES) void this.#rediscover().catch(report);
      else if (kind === DROPPED) this.#dropped += attribute;
      else if (kind === ADVERTISEMENT) this.device._advertised(jsonOf(bytes));
    } catch (error) { report(error); }
  }
  #lost(link: number): void {
    if (link > this.#ended) this.#ended = link;
    if (this.#connected && link === this.#link) this.#end();
  }
  #reconnected(link: number): void {
    if (link <= this.#ended || link <= this.#link || this.#wanted !== this.#given) return;
    this.#begin(link);
    this.device._tell(new Event('gattserverreconnected', { bubbles: true }));
  }
  #begin(link: number): void {
    this.#table = this.#current = undefined;
    this.#services.clear();
    this.#link = link;
    this.#connected = true;
  }
  #end(): void {
    this.#connected = false;
    this.#table = this.#current = undefined;
    this.#services.clear();
    this.device._tell(new Event('gattserverdisconnected', { bubbles: true }));
  }
  /** @internal */
  async _command(name: string, params: Record<string, unknown> = {}): Promise<any> {
    const { id } = await this._session();
    return asDom(call(`ipc://handle/bluetooth/${name}/${id}`, params));
  }

  async connect(options: ConnectOptions = {}): Promise<BluetoothRemoteGATTServer> {
    if (this.#connected) return this;
    const given = (this.#wanted = this.#given), attempt = (this.#connecting ??= this.#connect(given, options));
    try {
      await attempt;
    } finally {
      if (this.#connecting === attempt) this.#connecting = undefined;
    }
    return this;
  }
  async #connect(given: number, { reconnect = false, timeout }: ConnectOptions): Promise<void> {
    // The two may overtake each other on their way to the host.
    await this.#leaving;
    const { link } = (await this._command('connect', { ...(reconnect ? { reconnect } : {}), ...(timeout === undefined ? {} : { timeout }) })) as { link: number };
    if (given !== this.#given) throw dom('AbortError', 'The connection attempt was given up by disconnect().');
    if (link <= this.#ended) throw dom('NetworkError', 'Connection Error: the device went at once.');
    this.#begin(link);
  }
  disconnect(): void {
    this.#given++;
    this.#connecting = undefined;
    if (this.#session !== undefined) this.#leaving = this._command('disconnect').catch(error => { if ((error as Error).name !== 'InvalidStateError') report(error); });
    if (!this.#connected) return;
    this.#connected = false;
    // A task of its own, as in the draft.
    setTimeout(() => this.#end());
  }
  /** @internal */ async _forget(): Promise<void> {
    await this._command('forget');
    const session = this.#session;
    this.#session = undefined;
    this.disconnect();
    this.#forgotten = true;
    (await session?.catch(() => undefined))?.stop();
  }

  /** @internal The table of this link; fails for what was got through another one. */
  _check(link: number, what: string, whose: string): WireTable {
    if (!this.#connected) throw NOT_CONNECTED(what);
    if (link !== this.#link || this.#current === undefined) throw dom('InvalidStateError', `${whose} is no longer valid. Remember to retrieve it again after reconnecting.`);
    return this.#current;
  }
  /** @internal */
  async _act(name: string, params: Record<string, unknown>, link: number, whose: string): Promise<unknown> {
    this._check(link, 'perform GATT operations', whose);
    const result = await this._command(name, params);
    if (!this.#connected || link !== this.#link) throw dom('NetworkError', 'GATT Server is disconnected. Cannot perform GATT operations.');
    return result;
  }
  /** @internal */ _known(wanted: (wire: WireService) => boolean): BluetoothRemoteGATTService[] {
    return (this.#current?.services ?? []).filter(wanted).map(one => made(this.#services, one.id, () => new BluetoothRemoteGATTService(KEY, this.device, one, this.#link)));
  }
  async getPrimaryService(service: BluetoothServiceUUID): Promise<BluetoothRemoteGATTService> { return (await this.#find(BluetoothUUID.getService(service)))[0]!; }
  async getPrimaryServices(service?: BluetoothServiceUUID): Promise<BluetoothRemoteGATTService[]> { return this.#find(service === undefined ? undefined : BluetoothUUID.getService(service)); }
  async #find(uuid: UUID | undefined): Promise<BluetoothRemoteGATTService[]> {
    if (!this.#connected) throw NOT_CONNECTED('retrieve services');
    const link = this.#link;
    const { allowed, blocked } = await this.#discover();
    if (!this.#connected || link !== this.#link) throw dom('NetworkError', 'GATT Server is disconnected. Cannot retrieve services.');
    if (uuid !== undefined && blocked.includes(uuid)) throw dom('SecurityError', 'getPrimaryService(s) called with blocklisted UUID.');
    if (allowed.length === 0) throw dom('SecurityError', `Origin is not allowed to access any service. ${TIP}`);
    if (uuid !== undefined && !allowed.includes(uuid)) throw dom('SecurityError', `Origin is not allowed to access the service. ${TIP}`);
    const found = this._known(wire => wire.primary && (uuid === undefined || wire.uuid === uuid));
    if (found.length === 0) throw dom('NotFoundError', uuid === undefined ? 'No Services found in device.' : `No Services matching UUID ${uuid} found in Device.`);
    return found;
  }
  #discover(): Promise<WireTable> {
    const link = this.#link;
    return (this.#table ??= (this._command('services') as Promise<WireTable>).then(table => {
      if (link === this.#link) this.#current = table;
      return table;
    }, error => {
      if (link === this.#link) this.#table = undefined;
      throw error;
    }));
  }
  /** The device has other services than before. */
  async #rediscover(): Promise<void> {
    const before = this.#current, link = this.#link;
    this.#table = undefined;
    if (before === undefined || !this.#connected) return;
    const { services } = await this.#discover();
    if (link !== this.#link) return;
    for (const old of before.services) {
      const held = this.#services.get(old.id), now = services.find(one => one.id === old.id);
      if (held === undefined) continue;
      if (now === undefined) {
        held._tell(new Event('serviceremoved', { bubbles: true }));
        this.#services.delete(old.id);
      } else if (JSON.stringify(now) !== JSON.stringify(old)) {
        held._wire = now;
        held._tell(new Event('servicechanged', { bubbles: true }));
      }
    }
    for (const one of services.filter(now => !before.services.some(old => old.id === now.id))) {
      this._known(wire => wire.id === one.id)[0]!._tell(new Event('serviceadded', { bubbles: true }));
    }
  }
}

export class BluetoothDevice extends Target {
  declare onadvertisementreceived: Handler<this>;
  declare ongattserverdisconnected: Handler<this>;
  declare ongattserverreconnected: Handler<this>;
  declare oncharacteristicvaluechanged: Handler<this>;
  declare onserviceadded: Handler<this>;
  declare onservicechanged: Handler<this>;
  declare onserviceremoved: Handler<this>;
  /** Random, and the app's own: no address. */
  readonly id: string;
  readonly name: string | null;
  readonly gatt: BluetoothRemoteGATTServer;
  #watching = false;
  #aborting: (() => void) | undefined;
  /** @internal */ constructor(key: symbol, wire: WireDevice) {
    requireKey(key);
    super();
    this.id = wire.id;
    this.name = wire.name ?? null;
    this.gatt = new BluetoothRemoteGATTServer(KEY, this);
  }
  /** @internal */ override _above(): Target { return bluetooth; }
  get watchingAdvertisements(): boolean { return this.#watching; }
  /** Takes back what the person granted: the app must ask anew. */
  async forget(): Promise<void> {
    this.#unwatch();
    await this.gatt._forget();
    devices.delete(this.id);
  }
  async watchAdvertisements(options: WatchAdvertisementsOptions = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) {
      if (this.#watching) await this.#stopWatching();
      throw dom('AbortError', 'The watch was given up.');
    }
    await this.gatt._command('watch', { on: true });
    this.#watching = true;
    this.#aborting?.();
    if (signal !== undefined) {
      const stop = (): void => { this.#stopWatching().catch(report); };
      signal.addEventListener('abort', stop, { once: true });
      this.#aborting = () => signal.removeEventListener('abort', stop);
    }
  }
  #unwatch(): void {
    this.#watching = false;
    this.#aborting?.();
    this.#aborting = undefined;
  }
  async #stopWatching(): Promise<void> {
    this.#unwatch();
    await this.gatt._command('watch', { on: false });
  }
  /** @internal */ _advertised(wire: { uuids: UUID[]; name?: string; rssi?: number; txPower?: number; manufacturerData: [number, string][]; serviceData: [UUID, string][] }): void {
    if (!this.#watching) return;
    const data = <K>(pairs: [K, string][]): Map<K, DataView> => new Map(pairs.map(([key, text]) => [key, viewOf(fromBase64(text))]));
    this._tell(new BluetoothAdvertisingEvent('advertisementreceived', { bubbles: true, device: this, ...wire, manufacturerData: data(wire.manufacturerData), serviceData: data(wire.serviceData) }));
  }
}

interface WireDevice { id: string; name?: string }
const devices = new Map<string, BluetoothDevice>();
const deviceOf = (wire: WireDevice): BluetoothDevice => {
  let found = devices.get(wire.id);
  if (found === undefined) devices.set(wire.id, (found = new BluetoothDevice(KEY, wire)));
  return found;
};

// ---- what is asked for

const wrong = (message: string): TypeError => new TypeError(`Failed to execute 'requestDevice' on 'Bluetooth': ${message}`);
function nameOf(name: unknown, what: string): string {
  const text = String(name);
  if (new TextEncoder().encode(text).byteLength > NAME_BYTES) throw wrong(`A device name can't be longer than ${NAME_BYTES} bytes.`);
  if (what === 'namePrefix' && text === '') throw wrong("'namePrefix', if present, must be non-empty.");
  return text;
}
function dataOf(init: BluetoothDataFilterInit): { dataPrefix?: string; mask?: string } {
  if (init.dataPrefix === undefined) {
    if (init.mask !== undefined) throw wrong("'mask' needs a 'dataPrefix'.");
    return {};
  }
  const prefix = bytesOf(init.dataPrefix, 'dataPrefix'), mask = init.mask === undefined ? undefined : bytesOf(init.mask, 'mask');
  if (prefix.byteLength === 0) throw wrong("'dataPrefix', if present, must be non-empty.");
  if (mask !== undefined && mask.byteLength !== prefix.byteLength) throw wrong("'mask' size must be equal to 'dataPrefix' size.");
  return { dataPrefix: toBase64(prefix), ...(mask === undefined ? {} : { mask: toBase64(mask) }) };
}
function companyOf(number: unknown): number {
  if (!Number.isInteger(number) || (number as number) < 0 || (number as number) > 0xffff) throw wrong('A company identifier is a number from 0 to 65535.');
  return number as number;
}
function filterOf(init: BluetoothLEScanFilterInit): Record<string, unknown> {
  const { services, name, namePrefix, manufacturerData, serviceData } = init;
  if (services === undefined && name === undefined && namePrefix === undefined && manufacturerData === undefined && serviceData === undefined) throw wrong('A filter must restrict the devices in some way.');
  if (services?.length === 0) throw wrong("'services', if present, must contain at least one service.");
  if (manufacturerData?.length === 0) throw wrong("'manufacturerData', if present, must be non-empty.");
  if (serviceData?.length === 0) throw wrong("'serviceData', if present, must be non-empty.");
  return {
    services: services?.map(BluetoothUUID.getService),
    name: name === undefined ? undefined : nameOf(name, 'name'),
    namePrefix: namePrefix === undefined ? undefined : nameOf(namePrefix, 'namePrefix'),
    manufacturerData: manufacturerData?.map(one => ({ companyIdentifier: companyOf(one.companyIdentifier), ...dataOf(one) })),
    serviceData: serviceData?.map(one => ({ service: BluetoothUUID.getService(one.service), ...dataOf(one) })),
  };
}

export class Bluetooth extends Target {
  declare onavailabilitychanged: Handler<this>;
  declare onadvertisementreceived: Handler<this>;
  declare ongattserverdisconnected: Handler<this>;
  declare ongattserverreconnected: Handler<this>;
  declare oncharacteristicvaluechanged: Handler<this>;
  declare onserviceadded: Handler<this>;
  declare onservicechanged: Handler<this>;
  declare onserviceremoved: Handler<this>;
  /** There is none: no device opens a page. */
  readonly referringDevice = null;
  #watching: Promise<void> | undefined;
  /** @internal */ constructor(key: symbol) { requireKey(key); super(); }

  /** Whether there is a usable adapter. Why not: `availability()`, and `capabilities()` of `socket:application`. */
  async getAvailability(): Promise<boolean> { return (await this.availability()).available; }
  /** Not of the draft: with the reason, and what to do. */
  availability(): Promise<BluetoothAvailability> { return asDom(call('ipc://bluetooth/availability')) as Promise<BluetoothAvailability>; }
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    super.addEventListener(...args);
    if (args[0] === 'availabilitychanged' && args[1] !== null) (this.#watching ??= this.#watch()).catch(error => { this.#watching = undefined; report(error); });
  }
  async #watch(): Promise<void> {
    await readyForPush();
    const { channel } = (await asDom(call('ipc://bluetooth/availability', { watch: true }))) as { channel: number };
    onPush(channel, frame => this._tell(new ValueEvent('availabilitychanged', { value: (jsonOf(frame) as BluetoothAvailability).available })), () => { this.#watching = undefined; });
  }
  /** Those that the person has granted and the page's policy allows. */
  async getDevices(): Promise<BluetoothDevice[]> { return ((await asDom(call('ipc://bluetooth/devices'))) as WireDevice[]).map(deviceOf); }
  /** Has the person choose a device. */
  async requestDevice(options: RequestDeviceOptions = {}): Promise<BluetoothDevice> {
    const { filters, exclusionFilters, optionalServices = [], optionalManufacturerData = [], acceptAllDevices = false } = options;
    if ((filters === undefined) !== Boolean(acceptAllDevices)) throw wrong("Either 'filters' should be present or 'acceptAllDevices' should be true, but not both.");
    if (filters?.length === 0) throw wrong("'filters' member must be non-empty to find any devices.");
    if (exclusionFilters !== undefined && (filters === undefined || exclusionFilters.length === 0)) throw wrong("'exclusionFilters', if present, needs 'filters' and must be non-empty.");
    const wanted = filters?.map(filterOf);
    const services = [...new Set([...(wanted ?? []).flatMap(one => (one.services as UUID[] | undefined) ?? []), ...optionalServices.map(BluetoothUUID.getService)])];
    const found = (await asDom(call(commandUrl('bluetooth', 'requestDevice', services[0] ?? '*'), {
      services, filters: wanted, exclusionFilters: exclusionFilters?.map(filterOf), optionalManufacturerData: optionalManufacturerData.map(companyOf),
    }))) as WireDevice;
    return deviceOf(found);
  }
}
const VALUES = 'characteristicvaluechanged', CHANGES = ['serviceadded', 'servicechanged', 'serviceremoved'];
withHandlers(BluetoothRemoteGATTCharacteristic, VALUES);
withHandlers(BluetoothRemoteGATTService, VALUES, ...CHANGES);
withHandlers(BluetoothDevice, 'advertisementreceived', 'gattserverdisconnected', 'gattserverreconnected', VALUES, ...CHANGES);
withHandlers(Bluetooth, 'availabilitychanged', 'advertisementreceived', 'gattserverdisconnected', 'gattserverreconnected', VALUES, ...CHANGES);

declare global {
  interface Navigator {
    /** In pages whose policies name an `ipc://bluetooth` source. */
    readonly bluetooth: Bluetooth;
  }
}
/** `navigator.bluetooth`. */
export const bluetooth: Bluetooth = new Bluetooth(KEY);
export default bluetooth;

/** The other role: to be found, and to serve. What is served is described here, and its values come from handlers in the page (docs/bluetooth.md). */
import EventEmitter from 'socket:events';
import { call, commandUrl, onPush, readyForPush } from 'socket:ipc';
import { BluetoothUUID, type BluetoothCharacteristicUUID, type BluetoothDescriptorUUID, type BluetoothServiceUUID, type UUID } from 'socket:bluetooth/uuid';
import { asDom, bytesOf, dom, records, report, toBase64, VALUE_BYTES, type Told } from '../parts/bluetooth.js';

/** Who asks: a number for each central, the same as long as it is advertised. */
export interface Request { central: number; mtu: number }
export type Value = BufferSource | string;
export type ReadHandler = (request: Request) => Value | Promise<Value>;
export type WriteHandler = (value: DataView, request: Request) => void | Promise<void>;
/** Called when the first central subscribes; what it returns is called when the last one leaves. */
export type NotifyHandler = (send: (value: Value) => Promise<void>) => void | (() => void);
export type PropertyName = 'broadcast' | 'read' | 'write' | 'writeWithoutResponse' | 'notify' | 'indicate' | 'encryptRead' | 'encryptWrite' | 'encryptAuthenticatedRead' | 'encryptAuthenticatedWrite';
export interface DescriptorDescription { uuid: BluetoothDescriptorUUID; value?: Value; read?: ReadHandler; write?: WriteHandler; properties?: readonly PropertyName[] }
export interface CharacteristicDescription {
  uuid: BluetoothCharacteristicUUID;
  /** Read and told as it stands until it is written or sent. */
  value?: Value;
  read?: ReadHandler;
  write?: WriteHandler;
  notify?: NotifyHandler | boolean;
  /** Without it: what the handlers and the value make of it. */
  properties?: readonly PropertyName[];
  descriptors?: readonly DescriptorDescription[];
}
export interface ServiceDescription { uuid: BluetoothServiceUUID; characteristics: readonly CharacteristicDescription[] }
export interface AdvertiseOptions {
  name?: string;
  services: readonly ServiceDescription[];
  /** Of the services, those that the advertisement names: a radio has room for few. All of them without it. */
  advertised?: readonly BluetoothServiceUUID[];
  manufacturerData?: ReadonlyMap<number, BufferSource> | Readonly<Record<number, BufferSource>>;
  serviceData?: ReadonlyMap<BluetoothServiceUUID, BufferSource> | Readonly<Record<string, BufferSource>>;
  signal?: AbortSignal;
}

/** What the host tells: somebody reads, writes, subscribes or leaves; it has ended. */
const READ = 16, WRITE = 17, SUBSCRIBED = 18, STOPPED = 19;
const WORDS: Readonly<Record<PropertyName, string>> = {
  broadcast: 'broadcast', read: 'read', write: 'write', writeWithoutResponse: 'write-without-response', notify: 'notify', indicate: 'indicate',
  encryptRead: 'encrypt-read', encryptWrite: 'encrypt-write', encryptAuthenticatedRead: 'encrypt-authenticated-read', encryptAuthenticatedWrite: 'encrypt-authenticated-write',
};
/** What a handler may fail with, and what the other side is told. All else is "failed". */
const FAULTS = new Set(['NotSupportedError', 'SecurityError', 'NotAllowedError', 'InvalidModificationError']);

function valueOf(value: Value): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : bytesOf(value, 'value');
  if (bytes.byteLength > VALUE_BYTES) throw dom('InvalidModificationError', `Value can't exceed ${VALUE_BYTES} bytes.`);
  return bytes;
}
function wordsOf(names: readonly PropertyName[]): string[] {
  return names.map(name => {
    if (!Object.hasOwn(WORDS, name)) throw new TypeError(`'${String(name)}' is no property: ${Object.keys(WORDS).join(', ')}`);
    return WORDS[name];
  });
}
const pairs = <K>(data: ReadonlyMap<K, BufferSource> | Readonly<Record<string, BufferSource>> | undefined): [K | string, BufferSource][] =>
  (data === undefined ? [] : data instanceof Map ? [...data] : Object.entries(data)) as [K | string, BufferSource][];

interface Attribute { value: Uint8Array; read: ReadHandler | undefined; write: WriteHandler | undefined }

export class LocalDescriptor {
  readonly uuid: UUID;
  /** @internal */ readonly _attribute: Attribute;
  constructor(description: DescriptorDescription) {
    this.uuid = BluetoothUUID.getDescriptor(description.uuid);
    this._attribute = { value: valueOf(description.value ?? ''), read: description.read, write: description.write };
  }
}
/** A characteristic that is served. */
export class LocalCharacteristic {
  readonly uuid: UUID;
  readonly descriptors: readonly LocalDescriptor[];
  /** Whether a central listens. */
  subscribed = false;
  /** @internal */ readonly _attribute: Attribute;
  /** @internal */ _send: ((value: Uint8Array) => Promise<void>) | undefined;
  readonly #notify: NotifyHandler | undefined;
  #left: (() => void) | undefined;
  constructor(description: CharacteristicDescription) {
    this.uuid = BluetoothUUID.getCharacteristic(description.uuid);
    this.descriptors = (description.descriptors ?? []).map(one => new LocalDescriptor(one));
    this._attribute = { value: valueOf(description.value ?? ''), read: description.read, write: description.write };
    this.#notify = typeof description.notify === 'function' ? description.notify : undefined;
  }
  get value(): DataView<ArrayBuffer> { return new DataView(this._attribute.value.slice().buffer as ArrayBuffer); }
  set value(value: DataView<ArrayBuffer>) { this._attribute.value = valueOf(value); }
  /** Keeps a value, and tells it to all who subscribed. */
  async notify(value: Value): Promise<void> {
    const bytes = valueOf(value);
    this._attribute.value = bytes;
    if (this._send === undefined) throw dom('InvalidStateError', 'It is not advertised any more.');
    await this._send(bytes);
  }
  /** @internal */ _subscribed(on: boolean): void {
    if (on === this.subscribed) return;
    this.subscribed = on;
    this.#left?.();
    this.#left = on ? this.#notify?.(value => this.notify(value)) ?? undefined : undefined;
  }
}
export class LocalService {
  readonly uuid: UUID;
  readonly characteristics: readonly LocalCharacteristic[];
  constructor(description: ServiceDescription) {
    this.uuid = BluetoothUUID.getService(description.uuid);
    this.characteristics = description.characteristics.map(one => new LocalCharacteristic(one));
  }
  getCharacteristic(characteristic: BluetoothCharacteristicUUID): LocalCharacteristic {
    const uuid = BluetoothUUID.getCharacteristic(characteristic), found = this.characteristics.find(one => one.uuid === uuid);
    if (found === undefined) throw dom('NotFoundError', `Service ${this.uuid} serves no characteristic ${uuid}.`);
    return found;
  }
}

/** What is advertised and served, until `stop`, or the page goes. Events: `subscribe` and `unsubscribe` (characteristic), `stop` (reason), `error`. */
export class Peripheral extends EventEmitter {
  readonly services: readonly LocalService[];
  readonly #owners: readonly (LocalCharacteristic | LocalDescriptor)[];
  readonly #handle: string;
  readonly #unhear: () => void;
  #stopped = false;
  /** @internal */ constructor(services: readonly LocalService[], opened: { id: string; channel: number }) {
    super();
    this.services = services;
    this.#owners = attributesOf(services);
    this.#handle = opened.id;
    this.#owners.forEach((owner, attribute) => {
      if (owner instanceof LocalCharacteristic) owner._send = async value => { await this.#command('notify', { attribute, value: toBase64(value) }); };
    });
    this.#unhear = onPush(opened.channel, frame => { for (const told of records(frame)) this.#hear(told); }, () => this.#ended('the host has ended it'));
  }
  get active(): boolean { return !this.#stopped; }
  getService(service: BluetoothServiceUUID): LocalService {
    const uuid = BluetoothUUID.getService(service), found = this.services.find(one => one.uuid === uuid);
    if (found === undefined) throw dom('NotFoundError', `No service ${uuid} is served.`);
    return found;
  }
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#ended('stopped');
    this.#unhear();
    await this.#command('stop');
  }
  #command(name: string, params: Record<string, unknown> = {}): Promise<unknown> { return asDom(call(`ipc://handle/bluetooth/${name}/${this.#handle}`, params)); }
  #ended(reason: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const owner of this.#owners) {
      if (!(owner instanceof LocalCharacteristic)) continue;
      owner._send = undefined;
      try { owner._subscribed(false); } catch (error) { report(error); }
    }
    this.emit('stop', reason);
  }
  #hear({ kind, attribute, bytes }: Told): void {
    const owner = this.#owners[attribute];
    if (kind === STOPPED) return this.#ended(new TextDecoder().decode(bytes));
    if (owner === undefined) return;
    if (kind === SUBSCRIBED && owner instanceof LocalCharacteristic) {
      const on = bytes[0] === 1;
      try { owner._subscribed(on); } catch (error) { this.#fault(error); }
      this.emit(on ? 'subscribe' : 'unsubscribe', owner);
      return;
    }
    if (kind !== READ && kind !== WRITE) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const request = view.getUint32(0, true), by = { central: view.getUint32(4, true), mtu: view.getUint16(8, true) }, value = bytes.slice(10);
    const answer = kind === READ ? this.#read(owner._attribute, by) : this.#written(owner._attribute, value, by);
    void answer.then(
      data => this.#command('answer', { request, value: data === undefined ? undefined : toBase64(data) }),
      error => {
        if (!FAULTS.has((error as Error)?.name)) this.#fault(error);
        return this.#command('answer', { request, error: FAULTS.has((error as Error)?.name) ? (error as Error).name : 'Error' });
      },
    ).catch(error => { if (!this.#stopped) this.#fault(error); });
  }
  async #read(attribute: Attribute, by: Request): Promise<Uint8Array> { return attribute.read === undefined ? attribute.value : valueOf(await attribute.read(by)); }
  async #written(attribute: Attribute, value: Uint8Array, by: Request): Promise<undefined> {
    await attribute.write?.(new DataView(value.slice().buffer as ArrayBuffer), by);
    attribute.value = value;
    return undefined;
  }
  /** A handler's failure is the page's to know: the other side is only told that it failed. */
  #fault(error: unknown): void { if (this.listenerCount('error') > 0) this.emit('error', error); else report(error); }
}
/** In the order of the description, each characteristic before its descriptors: their numbers, here and in the host. */
const attributesOf = (services: readonly LocalService[]): (LocalCharacteristic | LocalDescriptor)[] =>
  services.flatMap(service => service.characteristics.flatMap(one => [one, ...one.descriptors]));

function propertiesOf(one: CharacteristicDescription): string[] {
  if (one.properties !== undefined) return wordsOf(one.properties);
  const names: PropertyName[] = [];
  if (one.read !== undefined || one.value !== undefined) names.push('read');
  if (one.write !== undefined) names.push('write');
  if (one.notify) names.push('notify');
  if (names.length === 0) throw new TypeError(`Characteristic ${one.uuid} can do nothing: give it a value, read, write, notify or properties`);
  return wordsOf(names);
}
/** Advertises services and serves them. Needs `ipc://bluetooth/advertise/<UUID>` for each of them. */
export async function advertise(options: AdvertiseOptions): Promise<Peripheral> {
  const { name, signal } = options;
  signal?.throwIfAborted();
  if (!Array.isArray(options.services) || options.services.length === 0) throw new TypeError('services is a list of at least one {uuid, characteristics}');
  const services = options.services.map(one => new LocalService(one));
  const advertised = options.advertised?.map(BluetoothUUID.getService) ?? services.map(one => one.uuid);
  const serviceData = pairs(options.serviceData).map(([uuid, data]) => [BluetoothUUID.getService(uuid as string), toBase64(bytesOf(data, 'serviceData'))] as const);
  const all = [...new Set([...services.map(one => one.uuid), ...advertised, ...serviceData.map(([uuid]) => uuid)])];
  await readyForPush();
  const opened = (await asDom(call(commandUrl('bluetooth', 'advertise', all[0]), {
    services: all, name, advertised, serviceData,
    manufacturerData: pairs(options.manufacturerData).map(([company, data]) => [Number(company), toBase64(bytesOf(data, 'manufacturerData'))]),
    server: services.map((service, at) => ({
      uuid: service.uuid,
      characteristics: service.characteristics.map((one, index) => {
        const given = options.services[at]!.characteristics[index]!;
        return {
          uuid: one.uuid, properties: propertiesOf(given),
          descriptors: one.descriptors.map((descriptor, number) => {
            const of = given.descriptors![number]!;
            return { uuid: descriptor.uuid, properties: wordsOf(of.properties ?? (of.write === undefined ? ['read'] : ['read', 'write'])) };
          }),
        };
      }),
    })),
  }, { signal }))) as { id: string; channel: number };
  const peripheral = new Peripheral(services, opened);
  signal?.addEventListener('abort', () => { peripheral.stop().catch(report); }, { once: true });
  return peripheral;
}
export default { advertise, Peripheral, LocalService, LocalCharacteristic, LocalDescriptor };

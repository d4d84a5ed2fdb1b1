/**
 * Bluetooth as the reference has it: an app's own service, by which its copies on devices nearby find each other. Each is advertised to the others
 * (`start`), listens to one that the person has chosen (`subscribe`), and tells its values to whoever listens (`publish`).
 */
import EventEmitter from 'socket:events';
import { Buffer } from 'socket:buffer';
import { Result } from 'socket:ipc';
import { channel } from 'socket:diagnostics_channel';
import { coded, wrongType } from 'socket:internal/args';
import { bluetooth, BluetoothUUID, type BluetoothDevice, type BluetoothRemoteGATTCharacteristic } from 'socket:bluetooth/web';
import { advertise, type CharacteristicDescription, type Peripheral } from 'socket:bluetooth/peripheral';
import { report } from './parts/bluetooth.js';

/** In which a device that was chosen before must be found: the click after which another one may be chosen is soon too long ago. */
const GRANTED_MS = 3000;
const dc = Object.fromEntries(['data', 'event', 'start', 'handle', 'publish', 'subscribe'].map(name => [name, channel(`bluetooth.${name}`)])) as Record<'data' | 'event' | 'start' | 'handle' | 'publish' | 'subscribe', ReturnType<typeof channel>>;
export interface BluetoothOptions {
  serviceId: string | number;
  /** The characteristics that this app publishes; `publish` before `start` adds to them. BlueZ serves no characteristic that it was not told of at the start. */
  characteristics?: readonly (string | number)[];
  /** Whether a device that is lost is connected to again, with longer and longer waits, and what was subscribed to is heard again; true without it. Not of the reference. */
  reconnect?: boolean;
}
export interface SubscribeOptions { characteristicId?: string | number; serviceId?: string | number }
/** What comes with a value. */
export interface DataInfo { serviceId: string; characteristicId: string; deviceId: string }

/** Events: `ready`, `data` (bytes, {@link DataInfo}), and one by the id of each characteristic; `disconnect`, `reconnect`, `error`. */
export class Bluetooth extends EventEmitter {
  /** Whether one was started in this page. */
  static isInitalized = false;
  readonly serviceId: string;
  readonly #own = new Map<string, Uint8Array>();
  /** What is heard of the device: the services of its characteristics. */
  readonly #heard = new Map<string, string | number>();
  readonly #reconnect: boolean;
  #peripheral: Peripheral | undefined;
  #device: BluetoothDevice | undefined;

  constructor(options: BluetoothOptions | string | number) {
    super();
    const given = typeof options === 'object' && options !== null ? options : { serviceId: options };
    if (typeof given.serviceId !== 'string' && typeof given.serviceId !== 'number') throw coded(new TypeError('expected serviceId: the UUID of the app\'s service'), 'ERR_INVALID_ARG_TYPE');
    this.serviceId = BluetoothUUID.getService(typeof given.serviceId === 'string' ? given.serviceId.toLowerCase() : given.serviceId);
    this.#reconnect = given.reconnect ?? true;
    for (const id of given.characteristics ?? []) this.#own.set(idOf(id), new Uint8Array());
    dc.handle.publish({ bluetooth: this });
  }
  /** The device that is listened to. */
  get device(): BluetoothDevice | undefined { return this.#device; }

  /** Advertises the service, if it has characteristics of its own; else it only listens. Done when it is ready. */
  start(): Promise<Result> {
    return this.#result('bluetooth.start', async () => {
      const { available, message, cure } = await bluetooth.availability();
      if (!available) throw Object.assign(new Error(`${message} ${cure}`.trim()), { name: 'NotSupportedError', code: 'NOT_SUPPORTED_ERR' });
      if (this.#own.size > 0 && this.#peripheral?.active !== true) this.#peripheral = await advertise({ services: [{ uuid: this.serviceId, characteristics: [...this.#own].map(([id, value]) => this.#describe(id, value)) }] });
      Bluetooth.isInitalized = true;
      dc.start.publish({ bluetooth: this });
      this.#tell('ready', { serviceId: this.serviceId });
      return null;
    });
  }
  #describe(uuid: string, value: Uint8Array): CharacteristicDescription {
    return { uuid, value: value as Uint8Array<ArrayBuffer>, properties: ['read', 'notify', 'write'], write: (written, { central }) => this.#data(uuid, Buffer.from(written.buffer), `central ${central}`) };
  }
  /**
   * Hears a characteristic of the device that the person has chosen: of those granted before, the first that can be reached, else (in the handler of a
   * click) one that the person chooses now.
   */
  subscribe(options: SubscribeOptions | string | number): Promise<Result> {
    return this.#result('bluetooth.subscribe', async () => {
      const { characteristicId, serviceId = this.serviceId } = typeof options === 'object' ? options : { characteristicId: options };
      if (characteristicId === undefined) throw wrongType('characteristicId', 'string', characteristicId);
      const id = idOf(characteristicId), device = (this.#device ??= await this.#choose());
      await device.gatt.connect({ reconnect: this.#reconnect });
      await this.#hear(device, serviceId, id);
      this.#heard.set(id, serviceId);
      dc.subscribe.publish({ bluetooth: this, characteristicId: id });
      return null;
    });
  }
  /** On the present link; the next one has characteristics of its own. */
  async #hear(device: BluetoothDevice, serviceId: string | number, id: string): Promise<void> {
    const heard = await (await device.gatt.getPrimaryService(serviceId)).getCharacteristic(id);
    heard.oncharacteristicvaluechanged = event => {
      const { value } = event.target as BluetoothRemoteGATTCharacteristic;
      this.#data(id, Buffer.from(value!.buffer as ArrayBuffer, value!.byteOffset, value!.byteLength), device.id);
    };
    await heard.startNotifications();
  }
  async #choose(): Promise<BluetoothDevice> {
    const remember = (device: BluetoothDevice): BluetoothDevice => {
      device.addEventListener('gattserverdisconnected', () => {
        if (!this.#reconnect && this.#device === device) {
          this.#device = undefined;
          this.#heard.clear();
        }
        this.#tell('disconnect', { deviceId: device.id });
      });
      device.addEventListener('gattserverreconnected', () => {
        if (this.#device === device) void this.#result('bluetooth.reconnect', async () => {
          for (const [id, serviceId] of this.#heard) await this.#hear(device, serviceId, id);
          this.#tell('reconnect', { deviceId: device.id });
          return null;
        });
      });
      return device;
    };
    for (const granted of await bluetooth.getDevices()) {
      const { connected } = granted.gatt;
      try {
        await (await granted.gatt.connect({ reconnect: this.#reconnect, timeout: GRANTED_MS })).getPrimaryService(this.serviceId);
        return remember(granted);
      } catch (error) {
        // Away, or without this service: the next, or the person's choice.
        dc.event.publish({ bluetooth: this, event: 'skip', deviceId: granted.id, error });
        if (!connected) granted.gatt.disconnect();
      }
    }
    return remember(await bluetooth.requestDevice({ filters: [{ services: [this.serviceId] }] }));
  }
  /** Tells a value to whoever listens to this app, and writes it to the device that this one listens to, if that has such a characteristic to write. */
  async publish(id: string | number, value: Uint8Array | ArrayBuffer | string): Promise<void> {
    const uuid = idOf(id), bytes = typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(value instanceof ArrayBuffer ? value : value.slice());
    const served = this.#peripheral?.active ? this.#peripheral.getService(this.serviceId).characteristics.find(one => one.uuid === uuid) : undefined;
    if (served !== undefined) await served.notify(bytes);
    else if (this.#peripheral === undefined) this.#own.set(uuid, bytes);
    const server = this.#device?.gatt;
    let written = false;
    if (server?.connected === true) {
      const there = (await (await server.getPrimaryService(this.serviceId)).getCharacteristics()).find(one => one.uuid === uuid && (one.properties.write || one.properties.writeWithoutResponse));
      if (there !== undefined) {
        await there.writeValue(bytes);
        written = true;
      }
    }
    if (served === undefined && this.#peripheral !== undefined && !written) throw coded(new Error(`${uuid} is not served: name it in the option characteristics, or publish it before start()`), 'ERR_NOT_SERVED');
    dc.publish.publish({ bluetooth: this, characteristicId: uuid, value: bytes });
  }
  /** Advertises and listens no more. Not of the reference. */
  async stop(): Promise<void> {
    await this.#peripheral?.stop();
    this.#peripheral = undefined;
    this.#device?.gatt.disconnect();
    this.#device = undefined;
    this.#heard.clear();
  }
  #data(characteristicId: string, bytes: Buffer, deviceId: string): void {
    const info: DataInfo = { serviceId: this.serviceId, characteristicId, deviceId };
    dc.data.publish({ bluetooth: this, ...info, value: bytes });
    for (const name of ['data', characteristicId]) { try { this.emit(name, bytes, info); } catch (error) { report(error); } }
  }
  #tell(name: string, detail: Record<string, unknown>): void {
    dc.event.publish({ bluetooth: this, event: name, ...detail });
    globalThis.dispatchEvent(new CustomEvent('bluetooth', { detail: { data: { event: name, ...detail } } }));
    this.emit(name, detail);
  }
  async #result(source: string, work: () => Promise<unknown>): Promise<Result> {
    try {
      return Result.from(await work(), null, source);
    } catch (error) {
      dc.event.publish({ bluetooth: this, event: 'error', error });
      if (this.listenerCount('error') > 0) this.emit('error', error);
      return Result.from(null, error, source);
    }
  }
}
const idOf = (id: string | number): string => BluetoothUUID.getCharacteristic(typeof id === 'string' ? id.toLowerCase() : id);
export default Bluetooth;

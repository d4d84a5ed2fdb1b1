/** Names and numbers of services, characteristics and descriptors, as Web Bluetooth has them. */
import { characteristics, descriptors, services } from '../parts/gatt-names.js';

export type UUID = string;
/** A name of the registry, a number of the Bluetooth SIG, or a whole UUID in lower case. */
export type BluetoothServiceUUID = string | number;
export type BluetoothCharacteristicUUID = string | number;
export type BluetoothDescriptorUUID = string | number;
const FULL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function resolve(kind: string, table: ReadonlyMap<string, number>, name: string | number): UUID {
  if (typeof name === 'number') return BluetoothUUID.canonicalUUID(name);
  const text = String(name), number = table.get(text);
  if (number !== undefined) return BluetoothUUID.canonicalUUID(number);
  if (FULL.test(text)) return text;
  throw new TypeError(`Invalid ${kind} name: '${text}'. It must be a valid UUID alias (e.g. 0x1234), UUID (lowercase hex characters e.g. '00001234-0000-1000-8000-00805f9b34fb'), or recognized standard name from the Web Bluetooth registry e.g. '${table.keys().next().value as string}'.`);
}

export class BluetoothUUID {
  static getService(name: BluetoothServiceUUID): UUID { return resolve('Service', services, name); }
  static getCharacteristic(name: BluetoothCharacteristicUUID): UUID { return resolve('Characteristic', characteristics, name); }
  static getDescriptor(name: BluetoothDescriptorUUID): UUID { return resolve('Descriptor', descriptors, name); }
  /** The whole UUID of a number. */
  static canonicalUUID(alias: number): UUID { return `${(alias >>> 0).toString(16).padStart(8, '0')}-0000-1000-8000-00805f9b34fb`; }
}
export default BluetoothUUID;

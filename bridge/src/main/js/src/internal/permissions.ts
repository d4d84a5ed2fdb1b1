/** The engine's permissions, which the runtime grants by `socket.ini`. */
import { Enumeration } from 'socket:enumeration';
export const types: Enumeration = new Enumeration(['geolocation', 'notifications', 'push', 'persistent-storage', 'midi', 'storage-access', 'camera', 'microphone', 'clipboard-read', 'clipboard-write']);
export function query(descriptor: { name: string }): Promise<PermissionStatus> { return globalThis.navigator.permissions.query(descriptor as PermissionDescriptor); }
/** Asks where there is a way to ask, then tells the state. */
export async function request(descriptor: { name: string }): Promise<PermissionStatus> {
  if (descriptor.name === 'notifications') await globalThis.Notification.requestPermission();
  else if (descriptor.name === 'geolocation') await new Promise<void>(resolve => globalThis.navigator.geolocation.getCurrentPosition(() => resolve(), () => resolve()));
  else if (descriptor.name === 'camera' || descriptor.name === 'microphone') {
    await globalThis.navigator.mediaDevices.getUserMedia(descriptor.name === 'camera' ? { video: true } : { audio: true }).then(stream => { for (const track of stream.getTracks()) track.stop(); }, () => undefined);
  } else if (descriptor.name === 'persistent-storage') await globalThis.navigator.storage.persist();
  return query(descriptor);
}
export default { query, request };

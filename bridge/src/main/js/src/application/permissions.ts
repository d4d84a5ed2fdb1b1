/** What the person is asked for. Needs a source: `ipc://permission/request/camera` and so on (docs/engine-services.md). */
import { call, commandUrl } from 'socket:ipc';

export type PermissionName = 'camera' | 'microphone' | 'geolocation' | 'notifications' | 'clipboard-read' | 'local-fonts' | 'midi' | 'persistent-storage';

export const permissions = Object.freeze({
  /** Asks the person, in the handler of a click or a key; what was said before is not asked again. After `granted`, the web's own functions work. */
  request: (name: PermissionName): Promise<'granted' | 'denied'> => call(commandUrl('permission', 'request', name)) as Promise<'granted' | 'denied'>,
  /** Forgets what the person has said. Needs `ipc://permission/forget/<name>`. */
  forget: async (name: PermissionName): Promise<void> => { await call(commandUrl('permission', 'forget', name)); },
});
export default permissions;

/** Notifications: the engine's own, under the page's permission. */
import { Enumeration } from 'socket:enumeration';
export const NOTIFICATION_PRESENTED_EVENT = 'notificationpresented', NOTIFICATION_RESPONSE_EVENT = 'notificationresponse';
export const NotificationDirection: Enumeration = new Enumeration(['auto', 'ltr', 'rtl']);
export const NotificationPermission: Enumeration = new Enumeration(['default', 'granted', 'denied']);
export const Notification: typeof globalThis.Notification = globalThis.Notification;
export class NotificationAction { constructor(readonly options: { action: string; title: string; icon?: string }) {} get action(): string { return this.options.action; } get title(): string { return this.options.title; } get icon(): string { return this.options.icon ?? ''; } }
/** Shows one; resolves when it is shown. */
export function showNotification(title: string, options?: NotificationOptions, onclick?: ((event: Event) => unknown) | null, onshow?: ((event: Event) => unknown) | null): Promise<globalThis.Notification> {
  return new Promise((resolve, reject) => {
    const shown = new Notification(title, options);
    shown.onclick = onclick ?? null;
    shown.onshow = event => { onshow?.(event); resolve(shown); };
    shown.onerror = () => reject(Object.assign(new Error(`The notification '${title}' was not shown: permission is ${Notification.permission}. Ask with Notification.requestPermission(), and allow it in [permissions] of socket.ini`), { name: 'NotAllowedError' }));
  });
}
export default Notification;

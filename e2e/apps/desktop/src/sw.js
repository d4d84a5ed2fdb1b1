import 'socket:notification';

const tell = async words => { for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(words); };
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('message', event => {
  if (event.data?.show === undefined) return;
  event.waitUntil(self.registration.showNotification(event.data.show, event.data.options).then(() => tell(['shown']), error => tell(['failed', String(error)])));
});
self.addEventListener('notificationclick', event => event.waitUntil(tell(['click', event.notification.title, event.action, event.notification.data])));
self.addEventListener('notificationclose', event => event.waitUntil(tell(['close', event.notification.title])));

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, until } from './host.mjs';

async function page(commands = {}, changes = {}) {
  const shown = [];
  const opened = openPage({
    'notification/show': call => { shown.push(call.params); return { data: { id: call.params.id, without: [] } }; },
    'notification/close': call => ({ data: call.params.id === shown[0]?.id }), 'notification/permission': () => ({ data: { state: 'granted' } }), ...commands,
  }, changes);
  return { opened, shown, ...(await opened.load('notification')) };
}

test('notification: is shown with the files of the app as pictures, and others left out', async () => {
  const { Notification, shown, showNotification } = await page();
  assert.equal(Notification.permission, 'granted');
  const warned = [], { warn } = console;
  console.warn = text => warned.push(text);
  try {
    const one = await showNotification('Title', { body: 7, icon: 'https://app.test.localhost/a%20b.png', image: 'https://elsewhere.example/x.png', tag: 't', silent: true, data: { a: [1] }, actions: [1, 2, 3, 4].map(n => ({ action: `a${n}`, title: `A${n}` })) });
    assert.deepEqual([one.title, one.body, one.tag, one.data, one.actions.length], ['Title', '7', 't', { a: [1] }, 4]);
    const { id, ...rest } = shown[0];
    assert.equal(id, one.id);
    assert.deepEqual(rest, { title: 'Title', body: '7', tag: 't', icon: '/a b.png', silent: true, requireInteraction: false, actions: [1, 2, 3].map(n => ({ action: `a${n}`, title: `A${n}` })) });
    assert.equal(warned.length, 1);
  } finally {
    console.warn = warn;
  }
});

test('notification: tells what the person chose, and that it is closed', async () => {
  const { Notification, opened } = await page();
  const one = new Notification('a'), said = [];
  one.onclick = event => said.push(`click ${event.action}`);
  one.onclose = () => said.push('close');
  await once(one, 'show');
  await until(() => opened.parked.length > 0);
  opened.push({ e: [['notificationresponse', { id: one.id, action: 'default' }], ['notificationresponse', { id: 'another', action: 'default' }], ['notificationresponse', { id: one.id, action: 'yes' }], ['notificationclosed', { id: one.id }]] });
  await until(() => said.length === 3);
  assert.deepEqual(said, ['click ', 'click yes', 'close']);
  assert.ok(one.closed);
  await one.close();
  assert.ok(!opened.calls().some(([, url]) => url.includes('close')), 'what is closed is not closed again');
});

test('notification: a refusal is an error of the notification, and the permission', async () => {
  const err = { name: 'NotAllowedError', code: 'ERR_NOTIFICATIONS_DENIED', message: 'no' };
  const { Notification, showNotification } = await page({ 'notification/show': () => ({ err }) });
  await assert.rejects(showNotification('a'), { name: 'NotAllowedError' });
  assert.equal(Notification.permission, 'denied');
  const one = new Notification('b'), [{ error }] = await once(one, 'error');
  assert.equal(error.code, 'ERR_NOTIFICATIONS_DENIED');
  assert.throws(() => new Notification(), TypeError);
  const told = await page({}, { config: { permissions_allow_notifications: false } });
  assert.equal(told.Notification.permission, 'denied');
});

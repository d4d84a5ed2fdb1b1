addEventListener('message', (event) => event.waitUntil(fetch(event.data, { mode: 'no-cors' }).catch(() => {})))

// Answers navigations, as an app that works without its files would.
addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(fetch(event.request.url))
})

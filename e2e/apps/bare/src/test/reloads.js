import test from 'socket:test'

test('reloads the page', async (t) => {
  t.pass()
  location.reload()
  await new Promise(() => {})
})

import test from 'socket:test'

test('two and two are four', (t) => t.equal(2 + 2, 4))
test('two and two are five', (t) => t.equal(2 + 2, 5))

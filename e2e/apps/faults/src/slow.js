// The document loads for a second, and the host is at work for it meanwhile.
console.log('loading')
const slow = new XMLHttpRequest()
slow.open('GET', 'ipc://child-process/spawn/usr/bin/sleep?_=' + encodeURIComponent(JSON.stringify({ args: ['1'], sync: true })), false)
slow.send()

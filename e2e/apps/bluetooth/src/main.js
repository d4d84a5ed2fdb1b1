// Bluetooth, for the suites.

/** What became of a call: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, message: error.message, dom: error instanceof DOMException, source: error.source }
  }
}

/** The outcome of a call that a person's click makes, once there was one. */
globalThis.onClick = (call) => {
  globalThis.clicked = new Promise((resolve) =>
    document.getElementById('try').addEventListener('click', () => resolve(outcome(call)), { once: true }))
  return true
}

globalThis.hex = (view) => Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), (byte) => byte.toString(16).padStart(2, '0')).join('')
globalThis.heart = { filters: [{ services: ['heart_rate'] }], optionalServices: ['battery_service'] }
/** Has the person choose a heart rate monitor: `device`. */
globalThis.choose = (options = heart) => navigator.bluetooth.requestDevice(options).then((device) => {
  globalThis.device = device
  return { id: device.id, name: device.name }
})
globalThis.characteristic = async (service, name) => (await device.gatt.getPrimaryService(service)).getCharacteristic(name)

document.documentElement.dataset.ready = 'true'

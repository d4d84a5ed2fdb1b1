// A page to type into, and what the suite asks it.
import * as application from 'socket:application'
import { getCurrentWindow } from 'socket:window'

globalThis.application = application
globalThis.session = application.session
const own = await getCurrentWindow()

/** How many points of the page are as red as the line below a word. */
globalThis.red = async () => {
  const picture = await createImageBitmap(new Blob([await own.capturePage()], { type: 'image/png' }))
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  canvas.drawImage(picture, 0, 0)
  const { data } = canvas.getImageData(0, 0, picture.width, picture.height)
  let points = 0
  for (let i = 0; i < data.length; i += 4) if (data[i] > 160 && data[i + 1] < 120 && data[i + 2] < 120) points++
  return points
}

/** What became of a call: its value, or the error's name. */
globalThis.outcome = async (call) => {
  try {
    return { value: await call() ?? null }
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message }
  }
}

document.documentElement.dataset.ready = 'true'

// A page to type into, and what the suite asks it.
import * as application from 'socket:application'
import { getCurrentWindow } from 'socket:window'

globalThis.application = application
globalThis.session = application.session
const own = await getCurrentWindow()

/** Points as red as the line below a word: what is not marked has none. */
const MARK = 20

/** The words of the text, which is one line, that have a red line below them. */
globalThis.marked = async () => {
  const words = [...area.value.matchAll(/\S+/g)]
  const picture = await createImageBitmap(new Blob([await own.capturePage()], { type: 'image/png' }))
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  canvas.drawImage(picture, 0, 0)
  const { font, paddingLeft } = getComputedStyle(area)
  canvas.font = font
  const character = canvas.measureText('m').width * devicePixelRatio
  const left = parseFloat(paddingLeft) * devicePixelRatio
  return words.filter(word => {
    const begin = Math.round(left + word.index * character)
    const { data } = canvas.getImageData(begin, 0, Math.round(word[0].length * character), picture.height)
    let points = 0
    for (let i = 0; i < data.length; i += 4) if (data[i] > 160 && data[i + 1] < 120 && data[i + 2] < 120) points++
    return points > MARK
  }).map(word => word[0]).join(' ')
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

import 'socket:console'

// The second frame: then the first has been drawn with the style.
requestAnimationFrame(() => requestAnimationFrame(() => {
  const mark = getComputedStyle(document.querySelector('h1')).getPropertyValue('--mark').trim()
  console.log(`mark ${mark} at ${performance.timeOrigin + performance.now()}`)
}))

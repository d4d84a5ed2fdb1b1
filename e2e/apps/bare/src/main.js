// What a suite asks for by the address: nothing by default.
document.querySelector('#press').addEventListener('click', (event) => {
  document.body.dataset.pressed = String(event.isTrusted)
})
document.documentElement.dataset.ready = 'true'

const attribute = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/**
 * Asks Chromium which URLs a document with these policies may connect to. An answer, whatever it is, means that the
 * policy let the request through: a document in a srcdoc frame has no bridge, so each is a refusal of the host.
 */
globalThis.allowed = async (policies, urls) => {
  const frame = document.createElement('iframe')
  frame.srcdoc = policies.map((policy) => `<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">`).join('')
  const loaded = new Promise((resolve) => { frame.onload = resolve })
  document.body.append(frame)
  await loaded
  let violations = 0
  frame.contentDocument.addEventListener('securitypolicyviolation', (event) => { if (event.disposition === 'enforce') violations++ })
  const verdicts = await Promise.all(urls.map((url) => frame.contentWindow.fetch(url).then(() => true, () => false)))
  // Events are tasks of their own.
  await new Promise((resolve) => setTimeout(resolve))
  frame.remove()
  return { verdicts, violations }
}

document.documentElement.dataset.ready = 'true'

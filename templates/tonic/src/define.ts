import Tonic from '@socketsupply/tonic'

/**
 * Makes a component an element. A browser defines a name once: when the file is replaced while the app runs, the element that is there
 * gets the new methods and is drawn again, with the state it has.
 */
export function define (component: typeof Tonic<any>, tag: string) {
  const there = customElements.get(tag)
  if (!there) return Tonic.add(component, tag)
  for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(component.prototype))) {
    if (name !== 'constructor') Object.defineProperty(there.prototype, name, method)
  }
  for (const element of document.querySelectorAll<Tonic>(tag)) element.reRender()
}

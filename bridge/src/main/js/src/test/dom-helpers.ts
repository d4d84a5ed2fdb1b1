/** What a test does to a page. */
const POLL_MS = 10, DEFAULT_TIMEOUT_MS = 5000;
/** The element itself, or the one that a selector names. */
export function toElement(selector: string | Element): Element {
  const element = typeof selector === 'string' ? globalThis.document.querySelector(selector) : selector;
  if (!(element instanceof Element)) throw new Error(`stringOrElement needs to be an instance of HTMLElement or a querySelector that resolves to one; '${String(selector)}' does not`);
  return element;
}
export function isElementVisible(element: Element): boolean {
  const style = getComputedStyle(element);
  return style.display !== 'none' && style.visibility !== 'hidden' && style.opacity !== '0' && element.getClientRects().length > 0;
}
/** Waits until a selector names an element, or a function gives one. */
export async function waitFor(args: { selector?: string; visible?: boolean; timeout?: number }, lambda?: () => Element | null | undefined): Promise<Element> {
  const over = performance.now() + (args.timeout ?? DEFAULT_TIMEOUT_MS);
  for (;;) {
    const found = lambda === undefined ? globalThis.document.querySelector(args.selector ?? '') : lambda();
    if (found && (args.visible === false || isElementVisible(found))) return found;
    if (performance.now() > over) throw new Error(`Timeout: '${args.selector ?? String(lambda)}' did not appear in ${args.timeout ?? DEFAULT_TIMEOUT_MS} ms`);
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}
export function waitForText(args: { element?: Element; text?: string; regex?: RegExp; multipleTags?: boolean; timeout?: number }): Promise<Element> {
  const matches = (text: string | null): boolean => text !== null && (args.regex?.test(text) ?? text.includes(args.text ?? ''));
  return waitFor({ visible: false, ...(args.timeout === undefined ? {} : { timeout: args.timeout }) }, () => {
    const root = args.element ?? globalThis.document.body;
    if (args.multipleTags) return matches(root.textContent) ? root : null;
    return [root, ...root.querySelectorAll('*')].reverse().find(one => matches(one.childElementCount === 0 ? one.textContent : null) || [...one.childNodes].some(node => node.nodeType === 3 && matches(node.textContent)));
  });
}
export function event(args: { event: string | Event; element?: EventTarget }): void {
  (args.element ?? globalThis).dispatchEvent(typeof args.event === 'string' ? new Event(args.event, { bubbles: true, cancelable: true }) : args.event);
}
export default { event, isElementVisible, toElement, waitFor, waitForText };

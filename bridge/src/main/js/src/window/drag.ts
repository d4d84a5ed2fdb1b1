/** Moves a frameless window by what its page marks with `-webkit-app-region: drag`; `no-drag` takes a part of that out again. Loaded by the host where it is wanted. */
import { call, commandUrl } from 'socket:ipc';

function isHandle(target: EventTarget | null): boolean {
  for (let element = target instanceof Element ? target : null; element !== null; element = element.parentElement) {
    const region = getComputedStyle(element).getPropertyValue('-webkit-app-region');
    if (region === 'drag' || region === 'no-drag') return region === 'drag';
  }
  return false;
}
const tell = (command: string, params?: Record<string, unknown>): void => { call(commandUrl('window', command), params).catch(() => { /* The window is closing. */ }); };

let dragging = false;
globalThis.addEventListener('pointerdown', event => {
  if (event.button !== 0 || !isHandle(event.target)) return;
  dragging = true;
  // Else Chromium would begin to select text, or to drag a picture.
  event.preventDefault();
  // Where it was pressed: the mouse may be elsewhere when the host hears of it.
  tell('startDrag', { x: Math.round(event.clientX * devicePixelRatio), y: Math.round(event.clientY * devicePixelRatio) });
}, true);
for (const end of ['pointerup', 'pointercancel', 'blur']) {
  globalThis.addEventListener(end, () => {
    if (dragging) tell('endDrag');
    dragging = false;
  }, true);
}
globalThis.addEventListener('mousedown', event => { if (event.button === 0 && isHandle(event.target)) event.preventDefault(); }, true);
globalThis.addEventListener('dblclick', async event => {
  if (!isHandle(event.target)) return;
  const { maximized } = (await call(commandUrl('window', 'info'))) as { maximized: boolean };
  tell(maximized ? 'restore' : 'maximize');
}, true);
export default isHandle;

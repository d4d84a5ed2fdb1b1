import * as ipc from 'socket:ipc';
import application from 'socket:application';
import * as notification from 'socket:notification';

/** The value or the error, as what a test can compare. */
const outcome = async work => {
  try {
    return { value: await work() };
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  }
};
const said = [];
/** A command, and what came of it. */
const command = (path, params) => outcome(() => ipc.call(`ipc://${path}`, params));
/** Notes these events of the host. */
const note = (...names) => names.forEach(name => ipc.on(name, detail => said.push([name, detail])));
Object.assign(globalThis, { application, command, ipc, note, notification, outcome, said });
document.documentElement.dataset.ready = 'true';

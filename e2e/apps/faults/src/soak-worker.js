import * as ipc from 'socket:ipc'

postMessage(await ipc.call('ipc://os/hrtime'))

// Loaded into a Heddle process (`node --import`). When the first connection to HEDDLE_CHAOS_HOLD_PORT is open and before the request is
// sent, the process stops itself with SIGSTOP (`kill -STOP`), like a machine that freezes at that moment.
import { subscribe } from 'node:diagnostics_channel';

const port = Number(process.env.HEDDLE_CHAOS_HOLD_PORT);
let isDone = false;

subscribe('net.client.socket', ({ socket }) => {
  socket.prependOnceListener('connect', () => {
    if (isDone || socket.remotePort !== port) return;
    isDone = true;
    process.kill(process.pid, 'SIGSTOP');
  });
});

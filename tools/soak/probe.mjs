// Loaded into the server under soak (`node --expose-gc --import …`): tells on a pipe of its own what kinds of memory the process holds.
import { Socket } from 'node:net';
import { writeHeapSnapshot } from 'node:v8';

// Children of the server inherit its options, not this variable.
if (process.env.HEDDLE_SOAK_PROBE === '1') {
  const pipe = new Socket({ fd: 3 });
  pipe.setEncoding('utf8').unref();
  pipe.on('error', () => pipe.destroy());
  pipe.on('data', (text) => {
    for (const line of text.split('\n')) if (line !== '') void answer(line);
  });

  /** `count`: what is held now; `collect`: once garbage was collected; `snapshot FILE`: the whole heap as a file, too. */
  async function answer(line) {
    const [what, file] = line.split(' ');
    if (what === 'snapshot') writeHeapSnapshot(file);
    if (what !== 'count') {
      // Twice, a tick apart: what finalisers let go in the first is collected in the second.
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc();
    }
    pipe.write(`${JSON.stringify(process.memoryUsage())}\n`);
  }
}

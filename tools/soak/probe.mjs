// Loaded into the tested server (`node --expose-gc --import …`). Reports over its own pipe how much memory of each kind the process uses.
import { Socket } from 'node:net';
import { writeHeapSnapshot } from 'node:v8';

// Child processes of the server inherit its options, but not this variable.
if (process.env.HEDDLE_SOAK_PROBE === '1') {
  const pipe = new Socket({ fd: 3 });
  pipe.setEncoding('utf8').unref();
  pipe.on('error', () => pipe.destroy());
  pipe.on('data', (text) => {
    for (const line of text.split('\n')) if (line !== '') void answer(line);
  });

  /**
   * Answers `count` with the present memory use, `collect` with that after a garbage collection; `snapshot FILE` also writes the whole heap
   * to a file.
   */
  async function answer(line) {
    const [what, file] = line.split(' ');
    if (what === 'snapshot') writeHeapSnapshot(file);
    if (what !== 'count') {
      // Collects twice, one tick apart: what finalisers release after the first collection is freed by the second.
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc();
    }
    pipe.write(`${JSON.stringify(process.memoryUsage())}\n`);
  }
}

import { runCommandLine } from './run-command-line.js';

// A reader that leaves early, as `heddle settings | head` does, ends no work: what is said from then on is said to nobody.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends a command whose work is over although something still holds the process open; it never waits for this timer itself.
setTimeout(() => process.exit(), 500).unref();

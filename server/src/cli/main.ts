import { runCommandLine } from './run-command-line.js';

// A reader that closes early, as in `heddle settings | head`, does not end the work: further output is dropped.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends a finished command although something keeps the process alive. The timer itself does not.
setTimeout(() => process.exit(), 500).unref();

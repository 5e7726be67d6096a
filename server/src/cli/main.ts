import { runCommandLine } from './run-command-line.js';

process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends a command whose work is over although something still holds the process open; it never waits for this timer itself.
setTimeout(() => process.exit(), 500).unref();

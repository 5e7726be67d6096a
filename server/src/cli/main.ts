import { dropClosedOutput } from './closed-output.js';
import { runCommandLine } from './run-command-line.js';

dropClosedOutput();
process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends a finished command although something keeps the process alive. The timer itself does not.
setTimeout(() => process.exit(), 500).unref();

import { dropWhenClosed } from '../common/closed-output.js';
import { runCommandLine } from './run-command-line.js';

dropWhenClosed(process.stdout, process.stderr);
process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends a finished command although something keeps the process alive. The timer itself does not.
setTimeout(() => process.exit(), 500).unref();

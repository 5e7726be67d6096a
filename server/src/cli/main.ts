import { dropWhenClosed } from '../common/closed-output.js';
import { runCommandLine } from './run-command-line.js';

dropWhenClosed(process.stdout, process.stderr);
process.exitCode = await runCommandLine(process.argv.slice(2));
// Ends the process after the command, even if something keeps it alive. The timer itself does not keep it alive.
setTimeout(() => process.exit(), 500).unref();

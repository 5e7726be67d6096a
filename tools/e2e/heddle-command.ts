import { collect, startProgram, type ProgramOptions } from './built-program.js';

/** The result of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Parses standard output as the one JSON document that `--json` promises; throws if it is anything else. */
  json(): unknown;
}

/** Runs a command of the built program to its end. */
export function heddle(args: readonly string[], options: ProgramOptions = {}): Promise<CommandResult> {
  const child = startProgram(args, options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({ code, stdout: stdout(), stderr: stderr(), json: (): unknown => JSON.parse(stdout()) }),
    );
  });
}

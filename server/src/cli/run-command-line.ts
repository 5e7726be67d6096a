import { HeddleError, toHeddleError } from '@heddle/core';
import { CommanderError } from 'commander';
import { errorBody } from '../http/errors/error-reply.js';
import { printError, printJson } from './output.js';
import { createProgram } from './program/program.js';

/** Runs a command line and returns its exit code: 0 done, 1 the work failed, 2 wrong usage. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  try {
    return await runProgram(args);
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      // Commander has already printed the error on standard error.
      if (isJson) printJson(errorBody(new HeddleError('usage', thrown.message.replace(/^error: /, ''))));
      return 2;
    }
    const error = toHeddleError(thrown);
    printError(error, isJson);
    if (process.env['HEDDLE_LOG'] === 'debug')
      process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? '') : ''}\n`);
    return error.code === 'usage' ? 2 : 1;
  }
}

/** A command that fails sets `process.exitCode`. It is read here and then reset for the next command. */
async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } finally {
    process.exitCode = undefined;
  }
}

import { HeddleError } from '@heddle/core';

/** An error inside the engine, as texts. */
export interface VmFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const linePattern = /code\.js:(\d{1,7})/;
const longestMessage = 500;

/** Converts an error inside the engine into a HeddleError with the line of the code. */
export function codeFailure(
  { name, message, stack }: VmFailure,
  isInterrupted: boolean,
  timeoutMs: number,
): HeddleError {
  if (isInterrupted)
    return new HeddleError(
      'code_timeout',
      `The code ran longer than ${timeoutMs / 1000} s and was stopped: check its loops, or raise 'Timeout'.`,
      { details: { timeoutMs } },
    );
  if (message === 'out of memory') return outOfMemory();
  const line = Number(linePattern.exec(stack)?.[1] ?? Number.NaN);
  const location = Number.isNaN(line) ? '' : `Line ${line}: `;
  const text = message.slice(0, longestMessage);
  const hint =
    message === 'stack overflow' || message.includes('call stack size') ? ' A function calls itself endlessly.' : '';
  return new HeddleError(
    'code_error',
    `${location}${name === '' ? '' : `${name}: `}${text === '' ? 'the code threw something without a message' : text}.${hint}`.replace(
      /\.\.$/,
      '.',
    ),
    {
      details: { ...(Number.isNaN(line) ? {} : { line }), ...(name === '' ? {} : { name }) },
    },
  );
}

/** The error for code that needs more memory than it may have. */
export function outOfMemory(): HeddleError {
  return new HeddleError(
    'code_memory',
    'The code used more memory than allowed: keep less at a time, or handle the data in parts with a for each node.',
  );
}

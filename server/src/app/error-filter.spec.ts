import { HeddleError } from '@heddle/core';
import type { ArgumentsHost } from '@nestjs/common';
import { expect, it } from '@jest/globals';
import { ErrorFilter } from './error.filter.js';

/** The level at which the error is logged, and the status of the reply. */
function seen(error: unknown): readonly [level: string | undefined, status: number | undefined] {
  let level: string | undefined;
  let status: number | undefined;
  const at = (name: string) => () => void (level = name);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const reply = {
    raw: {},
    header: () => reply,
    status: (code: number) => {
      status = code;
      return reply;
    },
    send: () => reply,
  };
  const http = { getRequest: () => ({ method: 'POST', url: '/v1/workflows/echo' }), getResponse: () => reply };
  const host = { getType: () => 'http', switchToHttp: () => http } as unknown as ArgumentsHost;
  new ErrorFilter(log).catch(error, host);
  return [level, status];
}

it.each([
  ['what nobody expected is an error', new Error('oops'), 'error', 500],
  ['a fault of the store is an error', new HeddleError('storage_failed', 'x'), 'error', 503],
  ['a deadline that the caller set is a warning', new HeddleError('run_timeout', 'x'), 'warn', 504],
  ['a caller who goes away is none', new HeddleError('aborted', 'x'), 'debug', 499],
  ['a refusal is none', new HeddleError('bad_request', 'x'), 'debug', 400],
])('%s', (_what, error, level, status) => expect(seen(error)).toEqual([level, status]));

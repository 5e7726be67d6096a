import type { LoggerService } from '@nestjs/common';
import type { Log } from '../common/log.js';

/** Writes Nest's log lines to our log; those about the start have the level debug. */
export function nestLog(log: Log): LoggerService {
  const facts = (rest: readonly unknown[]): object => ({ context: rest.at(-1) });
  return {
    log: (message: unknown, ...rest: unknown[]) => log.debug(facts(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => log.debug(facts(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => log.debug(facts(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => log.warn(facts(rest), String(message)),
    // An error that ends the start is reported by the caller of the start.
    error: (message: unknown, ...rest: unknown[]) => {
      const details = { ...facts(rest), err: message instanceof Error ? message : undefined };
      if (rest.at(-1) === 'NestApplication') log.debug(details, String(message));
      else log.error(details, String(message));
    },
    fatal: (message: unknown, ...rest: unknown[]) =>
      log.error({ ...facts(rest), err: message instanceof Error ? message : undefined }, String(message)),
  };
}

import { pino } from 'pino';
import { dropWhenClosed } from '../common/closed-output.js';
import { realClock } from '../common/real-clock.js';
import type { Settings } from '../settings/settings-table.js';
import type { Log } from '../common/log.js';
import { logOutput } from './log-output.js';

/** Fields that are never logged, at any depth. */
const secretFields = ['authorization', 'cookie', 'apiKey', 'token', 'password', 'secret'];

/** Opens the structured log on standard error. */
export function openLog(settings: Pick<Settings, 'log'>): Log {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  // Needed inside a host application, which may not do this itself.
  dropWhenClosed(process.stderr);
  return pino(
    { level: settings.log, base: null, redact: { paths, censor: '(hidden)' } },
    logOutput(process.stderr, realClock),
  );
}

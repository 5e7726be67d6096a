import { isPlainObject, splitModelId, type ErrorValue } from '@heddle/core';
import { connectionPath, settingsPath } from '../../ui/navigation/route.js';

/** A page where the cause of a failure can be fixed. */
export interface ErrorPlace {
  readonly href: string;
  readonly words: string;
}

/**
 * The page to fix a failure of models, budgets or policies; undefined where no page does.
 *
 * @example errorPlace({ code: 'budget_exceeded', … }) // { href: '/spend', words: 'Open budgets' }
 */
export function errorPlace({ code, details }: Pick<ErrorValue, 'code' | 'details'>): ErrorPlace | undefined {
  switch (code) {
    case 'budget_exceeded':
      return { href: '/spend', words: 'Open budgets' };
    case 'route_no_candidate':
      return isForBudget(details)
        ? { href: '/spend', words: 'Open budgets' }
        : { href: '/policies', words: 'Open policies' };
    case 'policy_not_found':
      return { href: '/policies', words: 'Open policies' };
    case 'secret_not_found':
    case 'secret_host_refused':
    case 'secret_needs_host':
      return { href: '/secrets', words: 'Set secret' };
    case 'connection_not_found':
      return { href: '/connections', words: 'Open connections' };
    case 'grant_missing':
      return { href: settingsPath('grants'), words: 'Open grants' };
    case 'provider_unauthorized':
    case 'connection_key_missing':
    case 'connection_disabled':
    case 'circuit_open':
    case 'provider_failed':
    case 'provider_timeout':
    case 'provider_rate_limited':
    case 'provider_reply_invalid': {
      const id = connectionIn(details);
      return { href: id === undefined ? '/connections' : connectionPath(id), words: 'Open connection' };
    }
    default:
      return undefined;
  }
}

function connectionIn(details: unknown): string | undefined {
  if (!isPlainObject(details)) return undefined;
  const { connection, model } = details;
  if (typeof connection === 'string' && connection !== '') return connection;
  return typeof model === 'string' ? splitModelId(model).connection : undefined;
}

/** Whether a route had no candidate left because budgets are used up, by the engine's message. */
function isForBudget(details: unknown): boolean {
  const excluded = isPlainObject(details) ? details['excluded'] : undefined;
  return (
    Array.isArray(excluded) &&
    excluded.some((entry: unknown) => isPlainObject(entry) && entry['reason'] === 'its budget is used up')
  );
}

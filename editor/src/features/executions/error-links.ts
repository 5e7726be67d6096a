import { isPlainObject, splitModelId, type ErrorValue } from '@heddle/core';
import { connectionPath, settingsPath } from '../../ui/navigation/route.js';

/** A page where the user can fix the cause of a failure. */
interface ErrorLink {
  readonly href: string;
  readonly text: string;
}

/**
 * The page where a failure of models, budgets or policies can be fixed; undefined for other failures.
 *
 * @example errorLink({ code: 'budget_exceeded', … }) // { href: '/spend', words: 'Open budgets' }
 */
export function errorLink({ code, details }: Pick<ErrorValue, 'code' | 'details'>): ErrorLink | undefined {
  switch (code) {
    case 'budget_exceeded':
      return { href: '/spend', text: 'Open budgets' };
    case 'route_no_candidate':
      return isForBudget(details)
        ? { href: '/spend', text: 'Open budgets' }
        : { href: '/policies', text: 'Open policies' };
    case 'policy_not_found':
      return { href: '/policies', text: 'Open policies' };
    case 'secret_not_found':
    case 'secret_host_refused':
    case 'secret_needs_host':
      return { href: '/secrets', text: 'Set secret' };
    case 'connection_not_found':
      return { href: '/connections', text: 'Open connections' };
    case 'grant_missing':
      return { href: settingsPath('grants'), text: 'Open grants' };
    case 'provider_unauthorized':
    case 'connection_key_missing':
    case 'connection_disabled':
    case 'circuit_open':
    case 'provider_failed':
    case 'provider_timeout':
    case 'provider_rate_limited':
    case 'provider_reply_invalid': {
      const id = connectionIn(details);
      return { href: id === undefined ? '/connections' : connectionPath(id), text: 'Open connection' };
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

/** Whether a route excluded candidates because their budgets are used up. Compares the engine's text. */
function isForBudget(details: unknown): boolean {
  const excluded = isPlainObject(details) ? details['excluded'] : undefined;
  return (
    Array.isArray(excluded) &&
    excluded.some((entry: unknown) => isPlainObject(entry) && entry['reason'] === 'its budget is used up')
  );
}

import { isPlainObject, splitModelId, type ErrorValue } from '@heddle/core';
import { connectionPath } from '../pages/route.js';

/** A page where the cause of a failure can be changed. */
export interface ErrorPlace {
  readonly href: string;
  readonly words: string;
}

/**
 * Where a failure of models, money or policies is put right; undefined where no page does that.
 *
 * @example errorPlace({ code: 'budget_exceeded', … }) // { href: '/spend', words: 'See the budget' }
 */
export function errorPlace({ code, details }: Pick<ErrorValue, 'code' | 'details'>): ErrorPlace | undefined {
  switch (code) {
    case 'budget_exceeded':
      return { href: '/spend', words: 'See the budget' };
    case 'policy_not_found':
    case 'route_no_candidate':
      return { href: '/policies', words: 'See the policies' };
    case 'secret_not_found':
      return { href: '/secrets', words: 'Set the secret' };
    case 'connection_not_found':
      return { href: '/connections', words: 'See the connections' };
    case 'provider_unauthorized':
    case 'connection_key_missing':
    case 'connection_disabled':
    case 'circuit_open':
    case 'provider_failed':
    case 'provider_timeout':
    case 'provider_rate_limited':
    case 'provider_reply_invalid': {
      const id = connectionIn(details);
      return { href: id === undefined ? '/connections' : connectionPath(id), words: 'See the connection' };
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

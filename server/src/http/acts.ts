import type { AuditAct, UntimedEntry } from '@heddle/core';
import { SetMetadata } from '@nestjs/common';

/** What a route that changes something writes into the audit record, in the transaction of the change. */
export interface ActRule {
  readonly act: AuditAct;
  /** What was done, in a word or two. */
  readonly step: string;
  /** What it was done to; `{…}` stands for a member of what is known: `connection:{params.id}`, `workflow:{made.id}`. */
  readonly subject: string;
  /** Further facts by name, each a path: `{ version: 'made.version' }`. Contents and secrets have no place here. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Where the paths of a rule lead. `made` is what the first commit of the work made, `resource` what the guard found. */
export interface ActFacts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly resource: unknown;
  readonly made: unknown;
}

export const actsKey = 'heddle:acts';

/**
 * Declares the record of a route that changes something. Routes whose services write their own declare nothing; `routes-audit.spec.ts`
 * holds every route to the one or the other.
 *
 * @example @Put(':id') @Acts({ act: 'connection', step: 'replaced', subject: 'connection:{params.id}' })
 */
export const Acts = (rule: ActRule): MethodDecorator => SetMetadata(actsKey, rule);

/** The entry of an act. */
export function actEntry(rule: ActRule, who: string, project: string | undefined, facts: ActFacts): UntimedEntry {
  const details: Record<string, unknown> = { step: rule.step };
  for (const [name, path] of Object.entries(rule.details ?? {})) {
    const value = plain(valueAt(facts, path));
    if (value !== undefined) details[name] = value;
  }
  return {
    act: rule.act,
    who,
    ...(project === undefined ? {} : { project }),
    subject: rule.subject.replace(/\{([\w.]+)\}/g, (_whole, path: string) => textOf(valueAt(facts, path))),
    isAllowed: true,
    details,
  };
}

function valueAt(facts: ActFacts, path: string): unknown {
  let value: unknown = facts;
  for (const name of path.split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  return value;
}

/** A body comes in before its schema has seen it: what is larger than any fact is left out. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 500);
  return value === undefined || JSON.stringify(value).length > 2_000 ? undefined : value;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 300) : '?';

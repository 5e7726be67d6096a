import type { AuditEvent, AuditEventKind } from '@heddle/core';
import { SetMetadata } from '@nestjs/common';

/** The audit event of a route that changes something, written in the transaction of the change. */
export interface ActRule {
  readonly act: AuditEventKind;
  /** What was done, in a word or two. */
  readonly step: string;
  /** The subject; `{…}` is replaced by a known value: `connection:{params.id}`, `workflow:{made.id}`. */
  readonly subject: string;
  /** Further facts by name, each a path: `{ version: 'made.version' }`. Never contents or secrets. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Where the paths of a rule lead. `made` is the result of the first commit, `resource` comes from the guard. */
export interface ActFacts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly resource: unknown;
  readonly made: unknown;
}

export const actsKey = 'heddle:acts';

/**
 * Declares the audit event of a route. Routes whose services write their own declare none; `routes-audit.spec.ts` checks that each route
 * does one of the two.
 *
 * @example @Put(':id') @Acts({ act: 'connection', step: 'replaced', subject: 'connection:{params.id}' })
 */
export const Acts = (rule: ActRule): MethodDecorator => SetMetadata(actsKey, rule);

/** The audit event of a rule. */
export function actEntry(rule: ActRule, who: string, project: string | undefined, facts: ActFacts): AuditEvent {
  const details: Record<string, unknown> = { step: rule.step };
  for (const [name, path] of Object.entries(rule.details ?? {})) {
    const value = plain(valueAt(facts, path));
    if (value !== undefined) details[name] = value;
  }
  return {
    kind: rule.act,
    who,
    project,
    subject: rule.subject.replace(/\{([\w.]+)\}/g, (_whole, path: string) => textOf(valueAt(facts, path))),
    details,
  } as AuditEvent;
}

function valueAt(facts: ActFacts, path: string): unknown {
  let value: unknown = facts;
  for (const name of path.split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  return value;
}

/** The body is not yet checked by its schema: values that are too large are left out. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 500);
  return value === undefined || JSON.stringify(value).length > 2_000 ? undefined : value;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 300) : '?';

import { HeddleError, type Effect, type NodeReference, type ResourceKind } from '@heddle/core';
import { resourceMembers } from '../wire/resource-members.js';

/** The effects that a node declares, and what its config refers to. */
export interface Declared {
  readonly type: string;
  readonly effects: readonly Effect[];
  readonly references: readonly NodeReference[];
}

/** Errors: `effect_undeclared` if a node uses a resource without declaring its effect. */
export function checkResource({ type, effects }: Declared, kind: ResourceKind): void {
  const { effect } = resourceMembers[kind];
  if (!effects.includes(effect)) throw undeclared(type, effect, `context.use('${kind}')`);
}

/** Errors: `effect_undeclared` if a node requests human input without declaring it. */
export function checkRequest({ type, effects }: Declared): void {
  if (!effects.includes('human')) throw undeclared(type, 'human', 'context.requestInput');
}

/** Errors: `effect_undeclared` if the references of the node's config do not name the secret. */
export function checkSecret({ type, references }: Declared, name: string): void {
  if (references.some(({ kind, id }) => kind === 'secret' && id === name)) return;
  throw new HeddleError(
    'effect_undeclared',
    `The node type '${type}' asks for the secret '${name}', which its settings do not name: return { kind: 'secret', id: '${name}' } in its references.`,
    { details: { type, effect: 'secret', kind: 'secret', name } },
  );
}

function undeclared(type: string, effect: Effect, call: string): HeddleError {
  return new HeddleError(
    'effect_undeclared',
    `The node type '${type}' calls ${call}, for which it must declare the effect '${effect}': add it to 'effects'.`,
    { details: { type, effect, kind: call } },
  );
}

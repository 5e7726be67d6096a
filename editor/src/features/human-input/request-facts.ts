import { isPlainObject, Label } from '@heddle/core';
import { z } from 'zod';

const Declassifies = z.object({ button: z.string(), to: Label });

/** The details of a request, sorted by what they describe. */
interface RequestFacts {
  readonly tool: string | undefined;
  /** The origin and effect of the tool: `mcp`, `writes`, … */
  readonly tags: readonly string[];
  readonly args: unknown;
  readonly hasValue: boolean;
  readonly value: unknown;
  readonly label: Label | undefined;
  readonly hash: string | undefined;
  /** The button that declassifies the value, and the label that the value then gets. */
  readonly declassifies: { readonly button: string; readonly to: Label } | undefined;
  /** All other details. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Parses the details of a request: the action, its data and the label. */
export function requestFacts(details: Readonly<Record<string, unknown>>): RequestFacts {
  const {
    tool,
    source,
    effects,
    arguments: args,
    value,
    label,
    hash,
    declassifies,
    kind: _kind,
    onLimit: _onLimit,
    ...rest
  } = details;
  const declassified = Declassifies.safeParse(declassifies);
  const read = Label.safeParse(isPlainObject(label) ? { marks: [], ...label } : label);
  return {
    tool: typeof tool === 'string' ? tool : undefined,
    tags: [
      ...(typeof source === 'string' ? [source] : []),
      ...(Array.isArray(effects) ? effects.filter((effect) => typeof effect === 'string') : []),
    ],
    args,
    hasValue: Object.hasOwn(details, 'value'),
    value,
    label: read.success ? read.data : undefined,
    hash: typeof hash === 'string' ? hash : undefined,
    declassifies: declassified.success ? declassified.data : undefined,
    rest,
  };
}

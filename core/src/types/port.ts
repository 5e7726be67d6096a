import type { z } from 'zod';
import type { PortTypeName, ValueOf } from './port-type.js';

/** One port of a node: its type and how it takes part in the node's start. */
export interface Port<
  Type extends PortTypeName = PortTypeName,
  Optional extends boolean = boolean,
  Mode extends PortMode = PortMode,
> {
  readonly type: Type;
  /** An absent value does not keep the node from running. */
  readonly isOptional: Optional;
  /** `one`: the value. `many`: several edges, in document order (R1). `stream`: an async iterable from the first delta on (S2). */
  readonly mode: Mode;
  readonly title?: string;
  readonly help?: string;
  /** Narrower than the type: checked where values enter (run inputs, model replies). */
  readonly schema?: z.ZodType;
  /** For run inputs: what an absent value becomes. */
  readonly default?: unknown;
  /** For outputs: the type of whatever is connected to this input (a pass-through port); `type` stands in where nothing is. */
  readonly sameAs?: string;
  /** Where templates made it: the paths that they ask for, as they write them. */
  readonly paths?: readonly string[];
}
export type PortMode = 'one' | 'many' | 'stream';

/** Ports by name, in the order the canvas shows them. */
export type Ports = Readonly<Record<string, Port>>;

/** What a port may say about itself. */
export type PortDetails = Pick<Port, 'title' | 'help' | 'schema' | 'default' | 'sameAs' | 'paths'>;

/** A port that can still be told apart: `Text`, `Text.optional()`, `Text.with({ title })`. */
export interface PortBuilder<Type extends PortTypeName, Optional extends boolean, Mode extends PortMode> extends Port<
  Type,
  Optional,
  Mode
> {
  optional(): PortBuilder<Type, true, Mode>;
  with(details: PortDetails): PortBuilder<Type, Optional, Mode>;
}

function build<Type extends PortTypeName, Optional extends boolean, Mode extends PortMode>(
  type: Type,
  isOptional: Optional,
  mode: Mode,
  details: PortDetails = {},
): PortBuilder<Type, Optional, Mode> {
  return {
    type,
    isOptional,
    mode,
    ...details,
    optional: () => build(type, true, mode, details),
    with: (more) => build(type, isOptional, mode, { ...details, ...more }),
  };
}

/** A port of a type known by name only, for ports that follow from a config. */
export function portOf<Type extends PortTypeName>(
  type: Type,
  details: PortDetails = {},
): PortBuilder<Type, false, 'one'> {
  return build(type, false, 'one', details);
}

export const Text = portOf('Text');
export const Number = portOf('Number');
export const Boolean = portOf('Boolean');
export const Json = portOf('Json');
export const Messages = portOf('Messages');
export const Passages = portOf('Passages');
export const Vector = portOf('Vector');
export const File = portOf('File');
export const Image = portOf('Image');

/** A list of a base type: `list(Text)` is `Text[]`. */
export function list<Type extends Exclude<PortTypeName, `${string}[]`>>(
  port: Port<Type>,
): PortBuilder<`${Type}[]`, false, 'one'> {
  return build<`${Type}[]`, false, 'one'>(`${port.type}[]`, false, 'one');
}

/** An input that takes several edges and receives their values in document order. */
export function many<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'many'> {
  return build(port.type, false, 'many');
}

/** An input that receives an async iterable and starts its node at the producer's first delta. */
export function stream<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'stream'> {
  return build(port.type, false, 'stream');
}

type PortValue<P extends Port> = P['mode'] extends 'many'
  ? readonly ValueOf<P['type']>[]
  : P['mode'] extends 'stream'
    ? AsyncIterable<ValueOf<P['type']>>
    : ValueOf<P['type']>;

/** What `run` receives for its inputs: required ones always, optional ones perhaps. */
export type InputsOf<P extends Ports> = {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? never : Name]: PortValue<P[Name]>;
} & {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? Name : never]?: PortValue<P[Name]> | undefined;
};

/** What `run` returns: the ports that are taken. A port left out is not taken. */
export type OutputsOf<P extends Ports> = { readonly [Name in keyof P]?: ValueOf<P[Name]['type']> | undefined };

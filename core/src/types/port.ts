import type { z } from 'zod';
import type { PortTypeName, ValueOf } from './port-type.js';

/** A port of a node: its type, and how it affects the start of the node. */
export interface Port<
  Type extends PortTypeName = PortTypeName,
  Optional extends boolean = boolean,
  Mode extends PortMode = PortMode,
> {
  readonly type: Type;
  /** Whether the node runs without a value. */
  readonly isOptional: Optional;
  /** `one`: the value. `many`: several edges, in document order (rule "One edge"). `stream`: an async iterable from the first delta (rule "Early start"). */
  readonly mode: Mode;
  readonly title?: string;
  readonly help?: string;
  /** A schema narrower than the type; checked for run inputs and model replies. */
  readonly schema?: z.ZodType;
  /** For run inputs: the value of a missing input. */
  readonly default?: unknown;
  /** For outputs: the input whose connected type this pass-through output has; `type` counts if nothing is connected. */
  readonly sameAs?: string;
  /** For inputs from templates: the paths in the templates. */
  readonly paths?: readonly string[];
}
/** How an input takes values. */
type PortMode = 'one' | 'many' | 'stream';

/** Ports by name, in the order on the canvas. */
export type Ports = Readonly<Record<string, Port>>;

/** The optional details of a port. */
type PortDetails = Pick<Port, 'title' | 'help' | 'schema' | 'default' | 'sameAs' | 'paths'>;

/** A port with methods for variants: `Text.optional()`, `Text.with({ title })`. */
interface PortBuilder<Type extends PortTypeName, Optional extends boolean, Mode extends PortMode> extends Port<
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

/** A port of a type that is given by name, for ports that follow from a config. */
export function portOf<Type extends PortTypeName>(
  type: Type,
  details: PortDetails = {},
): PortBuilder<Type, false, 'one'> {
  return build(type, false, 'one', details);
}

/** A text. */
export const Text = portOf('Text');
/** A number. */
export const NumberPort = portOf('Number');
/** True or false. */
export const BooleanPort = portOf('Boolean');
/** Any JSON value. */
export const Json = portOf('Json');
/** Messages of a conversation. */
export const Messages = portOf('Messages');
/** Passages of documents. */
export const Passages = portOf('Passages');
/** An embedding vector. */
export const Vector = portOf('Vector');
/** A stored file. */
export const FilePort = portOf('File');
/** A stored image. */
export const ImagePort = portOf('Image');

/** A list of a base type: `list(Text)` is `Text[]`. */
export function list<Type extends Exclude<PortTypeName, `${string}[]`>>(
  port: Port<Type>,
): PortBuilder<`${Type}[]`, false, 'one'> {
  return build<`${Type}[]`, false, 'one'>(`${port.type}[]`, false, 'one');
}

/** An input that takes several edges; it gets their values in document order. */
export function many<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'many'> {
  return build(port.type, false, 'many');
}

/** An input that gets an async iterable and starts its node at the first delta of the producer. */
export function stream<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'stream'> {
  return build(port.type, false, 'stream');
}

type PortValue<P extends Port> = P['mode'] extends 'many'
  ? readonly ValueOf<P['type']>[]
  : P['mode'] extends 'stream'
    ? AsyncIterable<ValueOf<P['type']>>
    : ValueOf<P['type']>;

/** The inputs that `run` gets; optional inputs may be missing. */
export type InputsOf<P extends Ports> = {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? never : Name]: PortValue<P[Name]>;
} & {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? Name : never]?: PortValue<P[Name]> | undefined;
};

/** The outputs that `run` returns. A missing port is dropped. */
export type OutputsOf<P extends Ports> = { readonly [Name in keyof P]?: ValueOf<P[Name]['type']> | undefined };

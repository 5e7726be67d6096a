import type { z } from 'zod';
import type { PortTypeName, ValueOf } from './port-type.js';

/** A port of a node: its type, and how it affects when the node starts. */
export interface Port<
  Type extends PortTypeName = PortTypeName,
  Optional extends boolean = boolean,
  Mode extends PortMode = PortMode,
> {
  readonly type: Type;
  /** Whether the node runs without a value. */
  readonly isOptional: Optional;
  /**
   * `one`: a single value. `many`: the values of several edges in document order (rule "One edge"). `stream`: an async iterable that is
   * available from the first delta (rule "Early start").
   */
  readonly mode: Mode;
  readonly title?: string;
  readonly help?: string;
  /** A schema that is narrower than the type. Run inputs and model replies are checked against it. */
  readonly schema?: z.ZodType;
  /** For run inputs: the value to use if the input is missing. */
  readonly default?: unknown;
  /**
   * For outputs that pass a value through: the name of the input whose connected type the output takes. If nothing is connected, `type`
   * applies.
   */
  readonly sameAs?: string;
  /** For inputs derived from templates: their paths in the templates. */
  readonly paths?: readonly string[];
}
type PortMode = 'one' | 'many' | 'stream';

/** Ports by name, in the order on the canvas. */
export type Ports = Readonly<Record<string, Port>>;

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

/** Creates a port from the name of its type, for ports that depend on a config. */
export function portOf<Type extends PortTypeName>(
  type: Type,
  details: PortDetails = {},
): PortBuilder<Type, false, 'one'> {
  return build(type, false, 'one', details);
}

/** A port for a text. */
export const Text = portOf('Text');
/** A port for a number. */
export const NumberPort = portOf('Number');
/** A port for a boolean. */
export const BooleanPort = portOf('Boolean');
/** A port for any JSON value. */
export const Json = portOf('Json');
/** A port for messages of a conversation. */
export const Messages = portOf('Messages');
/** A port for passages of documents. */
export const Passages = portOf('Passages');
/** A port for an embedding vector. */
export const Vector = portOf('Vector');
/** A port for a stored file. */
export const FilePort = portOf('File');
/** A port for a stored image. */
export const ImagePort = portOf('Image');

/** Creates a port for a list of a base type: `list(Text)` is `Text[]`. */
export function list<Type extends Exclude<PortTypeName, `${string}[]`>>(
  port: Port<Type>,
): PortBuilder<`${Type}[]`, false, 'one'> {
  return build<`${Type}[]`, false, 'one'>(`${port.type}[]`, false, 'one');
}

/** Creates an input that accepts several edges and gets their values in document order. */
export function many<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'many'> {
  return build(port.type, false, 'many');
}

/** Creates an input that gets an async iterable; its node starts at the first delta of the producer. */
export function stream<Type extends PortTypeName>(port: Port<Type>): PortBuilder<Type, false, 'stream'> {
  return build(port.type, false, 'stream');
}

type PortValue<P extends Port> = P['mode'] extends 'many'
  ? readonly ValueOf<P['type']>[]
  : P['mode'] extends 'stream'
    ? AsyncIterable<ValueOf<P['type']>>
    : ValueOf<P['type']>;

/** The inputs that a node's `run` receives. Optional inputs may be missing. */
export type InputsOf<P extends Ports> = {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? never : Name]: PortValue<P[Name]>;
} & {
  readonly [Name in keyof P as P[Name]['isOptional'] extends true ? Name : never]?: PortValue<P[Name]> | undefined;
};

/** The outputs that a node's `run` returns. A port without a value is dropped. */
export type OutputsOf<P extends Ports> = { readonly [Name in keyof P]?: ValueOf<P[Name]['type']> | undefined };

import type { z } from 'zod';
import type { LabelLevel } from '../labels/label.js';
import type { InputsOf, OutputsOf, Ports } from '../types/port.js';
import type { NodeContext } from './node-context.js';

/** Where a node stands in the palette. */
export type NodeCategory =
  | 'input-output'
  | 'model'
  | 'documents'
  | 'retrieval'
  | 'logic'
  | 'data'
  | 'people'
  | 'tools'
  | 'network'
  | 'safety'
  | 'other';

/** What a node may touch outside itself. */
export type Effect = 'model' | 'network' | 'vectors' | 'files' | 'process' | 'human';

/** How the engine finds a run's inputs (`source`) and outputs (`sink`); everything else is a `step`. */
export type NodeRole = 'source' | 'step' | 'sink';

/** A piece of an output that people see while it is made. The only output port may be left unnamed (S1). */
export interface Delta {
  readonly port?: string;
  readonly delta: string;
}

/** What `run` is given. */
export interface RunArguments<Config, Inputs> {
  readonly config: Config;
  readonly inputs: Inputs;
  readonly context: NodeContext;
}

/** The outputs at once, later, or at the end of a stream of deltas. */
export type RunResult<Outputs> = Outputs | Promise<Outputs> | AsyncGenerator<Delta, Outputs, void>;

/** Ports that follow from a config; a side left out stays as declared. Given sides replace the declared ones by name. */
export interface DynamicPorts {
  readonly inputs?: Ports;
  readonly outputs?: Ports;
}

/** Something outside that a node's config names, for labels, publishing and warnings before a run. */
export interface NodeReference {
  readonly kind:
    | 'model'
    | 'embedder'
    | 'reranker'
    | 'classifier'
    | 'collection'
    | 'workflow'
    | 'secret'
    | 'connection'
    | 'policy'
    | 'tool'
    /** Somebody who is asked: a user's email address, name or id. */
    | 'person'
    /** Addresses outside: the id is a host name, or `*` where it is known only in a run. */
    | 'network';
  readonly id: string;
  /** The config field that names it, dotted. */
  readonly field: string;
  /** Of a secret: the address that it is sent to; left out where only a run knows it. */
  readonly address?: string;
  /** One of several: the node itself keeps data from those that must not have it, so the compiler does not warn. */
  readonly isChoice?: boolean;
}

/** One node type: data and one function. Write it with `defineNode`. */
export interface NodeDefinition {
  readonly type: string;
  /** Raised whenever a document made with the older one would mean something else. */
  readonly version: number;
  readonly category: NodeCategory;
  readonly title: string;
  /** One sentence for the palette. */
  readonly summary: string;
  /** Markdown: when to use it, what it does, what to watch for. */
  readonly help?: string;
  /** A config and inputs that work, for the help tab and the node's test. */
  readonly example?: NodeExample;
  /** Name of an icon of the editor's set (lucide). */
  readonly icon?: string;
  readonly role: NodeRole;
  readonly effects: readonly Effect[];
  readonly config: z.ZodType;
  readonly inputs: Ports;
  readonly outputs: Ports;
  /** Config field whose value the card shows, dotted. */
  readonly headline?: string;
  ports?(config: unknown): DynamicPorts;
  /** What the config refers to. */
  references?(config: unknown): readonly NodeReference[];
  /** The workflow whose interface becomes this node's ports, beside the ports it declares. */
  interfaceOf?(config: unknown): string | undefined;
  /** The level that a config gives to the outputs, where it gives one: what the compiler knows before a run. */
  labelOf?(config: unknown): LabelLevel | undefined;
  /** Whether it writes into the collections that it refers to: they are destinations then, not only sources. */
  readonly stores?: boolean;
  /** How outputs of it may get a lower label than its inputs: by taking out what is sensitive, or because a person says so (B2). */
  readonly lowers?: 'redaction' | 'approval';
  /** The outputs that a config lowers, from which level at most and to which: what the compiler knows before a run. */
  lowersTo?(config: unknown): Readonly<Record<string, { readonly from: LabelLevel; readonly to: LabelLevel }>>;
  /** Names of concurrency limits this execution takes a slot of, such as `model:smollm2-135m`. */
  limits?(config: unknown): readonly string[];
  /** Problems of a config that no schema can say; each becomes a compile issue at the field. */
  check?(config: unknown): readonly ConfigProblem[];
  /** Brings a config of an older version up to this one; throws when it cannot. */
  migrate?(config: unknown, fromVersion: number): unknown;
  run(args: RunArguments<unknown, Readonly<Record<string, unknown>>>): RunResult<Readonly<Record<string, unknown>>>;
}

export interface NodeExample {
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface ConfigProblem {
  /** Dotted config field. */
  readonly field: string;
  readonly message: string;
  readonly fix?: string;
}

/** What an author writes: the same as NodeDefinition, with `config` and ports known to the compiler. */
export interface TypedNodeDefinition<
  Config extends z.ZodType,
  Inputs extends Ports,
  Outputs extends Ports,
> extends Omit<
  NodeDefinition,
  | 'config'
  | 'inputs'
  | 'outputs'
  | 'ports'
  | 'references'
  | 'interfaceOf'
  | 'labelOf'
  | 'lowersTo'
  | 'limits'
  | 'check'
  | 'run'
> {
  readonly config: Config;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  ports?(config: z.infer<Config>): DynamicPorts;
  references?(config: z.infer<Config>): readonly NodeReference[];
  interfaceOf?(config: z.infer<Config>): string | undefined;
  labelOf?(config: z.infer<Config>): LabelLevel | undefined;
  lowersTo?(config: z.infer<Config>): Readonly<Record<string, { readonly from: LabelLevel; readonly to: LabelLevel }>>;
  limits?(config: z.infer<Config>): readonly string[];
  check?(config: z.infer<Config>): readonly ConfigProblem[];
  run(
    args: RunArguments<z.infer<Config>, InputsOf<Inputs> & Readonly<Record<string, unknown>>>,
  ): RunResult<OutputsOf<Outputs> & Readonly<Record<string, unknown>>>;
}

/**
 * Declares a node type.
 *
 * @example
 * export const upper = defineNode({
 *   type: 'upper', version: 1, category: 'data', title: 'Upper case', summary: 'Writes a text in capitals.',
 *   role: 'step', effects: [], config: z.object({}), inputs: { text: Text }, outputs: { text: Text },
 *   run: ({ inputs }) => ({ text: inputs.text.toUpperCase() }),
 * });
 */
export function defineNode<Config extends z.ZodType, Inputs extends Ports, Outputs extends Ports>(
  definition: TypedNodeDefinition<Config, Inputs, Outputs>,
): NodeDefinition {
  // The engine hands each function only what `config` parsed and what the ports declare, so the wider view is safe.
  return definition;
}

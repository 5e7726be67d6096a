import type { z } from 'zod';
import type { LabelLevel } from '../labels/label.js';
import type { InputsOf, OutputsOf, Ports } from '../types/port.js';
import type { NodeContext } from './node-context.js';

/** The category of a node in the palette. */
type NodeCategory =
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

/** What a node accesses outside itself. */
export type Effect = 'model' | 'network' | 'vectors' | 'files' | 'process' | 'human';

/** The role of a node: a `source` holds inputs of the run, a `sink` outputs, and everything else is a `step` (rule "Roles, not types"). */
type NodeRole = 'source' | 'step' | 'sink';

/** A piece of an output while it is generated. The port may be missing if the node has only one output (rule "Deltas make values"). */
export interface Delta {
  readonly port?: string;
  readonly delta: string;
}

/** The arguments of `run`. */
export interface RunArguments<Config, Inputs> {
  readonly config: Config;
  readonly inputs: Inputs;
  readonly context: NodeContext;
}

/** The outputs: directly, as a promise, or as the return value of a stream of deltas. */
export type RunResult<Outputs> = Outputs | Promise<Outputs> | AsyncGenerator<Delta, Outputs, void>;

/** Ports that depend on a config. They replace declared ports with the same name; a missing side does not change. */
export interface DynamicPorts {
  readonly inputs?: Ports;
  readonly outputs?: Ports;
}

/** A reference from a node's config to something outside, for labels, publishing and warnings before a run. */
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
    /** A person who answers: the email address, name or id of a user. */
    | 'person'
    /** Outside addresses: the id is a host name, or `*` if it is known only during a run. */
    | 'network';
  readonly id: string;
  /** The config field with the reference, as a dotted path. */
  readonly field: string;
  /** For a secret: the address that it is sent to; missing if it is known only during a run. */
  readonly address?: string;
  /** One of several options. The node itself keeps data from options without clearance, so the compiler does not warn. */
  readonly isChoice?: boolean;
}

/** Features without a node of their own, and a sentence that says how this node provides them. */
interface StandsFor {
  readonly names: readonly string[];
  readonly note: string;
}

/**
 * The config fields that can take a prompt from the library: `text` one without variables; `template` one whose variables are inputs;
 * `chat` also a chat, which fills `system` and `examples` too.
 */
export type PromptFields = Readonly<Record<string, 'text' | 'template' | 'chat'>>;

/** A node type: data and one function. Write it with `defineNode`. */
export interface NodeDefinition {
  readonly type: string;
  /** Raised whenever older documents would otherwise change their meaning. */
  readonly version: number;
  readonly category: NodeCategory;
  readonly title: string;
  /** One sentence for the palette. */
  readonly summary: string;
  /** Markdown: when to use it, what it does, and its limits. */
  readonly help?: string;
  /** A working config with inputs, for the help tab and the test of the node. */
  readonly example?: NodeExample;
  /** Name of a lucide icon; the editor bundles those of `NodeIcon.tsx`. */
  readonly icon?: string;
  /** Names for it in other products, for the node search. A match counts less than one of the title. */
  readonly keywords?: readonly string[];
  /** Features without a node of their own that this node provides, for the node search. */
  readonly standsFor?: readonly StandsFor[];
  readonly role: NodeRole;
  readonly effects: readonly Effect[];
  readonly config: z.ZodType;
  readonly inputs: Ports;
  readonly outputs: Ports;
  /** Dotted path of the config field that the card shows. */
  readonly headline?: string;
  readonly prompts?: PromptFields;
  ports?(config: unknown): DynamicPorts;
  /** The references of a config. */
  references?(config: unknown): readonly NodeReference[];
  /** The workflow whose inputs and outputs become ports of this node, beside the declared ones. */
  interfaceOf?(config: unknown): string | undefined;
  /** The level of the outputs that follows from the config, as far as it is known before a run. */
  labelOf?(config: unknown): LabelLevel | undefined;
  /** Whether it writes to the referenced collections; they are then also destinations. */
  readonly stores?: boolean;
  /** How it declassifies outputs: it removes sensitive data, or a person approves (rule "Output labels"). */
  readonly declassifies?: 'redaction' | 'approval';
  /** The outputs that a config declassifies, each with the highest level that it lowers and the new level, as far as known before a run. */
  declassifiesTo?(config: unknown): Readonly<Record<string, { readonly from: LabelLevel; readonly to: LabelLevel }>>;
  /** Names of the concurrency limits that an execution takes a slot from, such as `model:smollm2-135m`. */
  limits?(config: unknown): readonly string[];
  /**
   * Whether equal inputs give equal outputs, so that an experiment computes them once. Only nodes whose only effects are model calls
   * declare it; other nodes are always computed.
   */
  isRepeatable?(config: unknown): boolean;
  /** Finds problems of a config that the schema cannot check; each becomes an issue at its field. */
  check?(config: unknown): readonly ConfigProblem[];
  /** Whether it reads or writes the conversation of its run. A run without a thread begins one. */
  readonly usesThread?: boolean;
  /** Whether it writes long-term facts of the subject of its run. */
  keepsFacts?(config: unknown): boolean;
  /** Inputs of older versions, each with advice what to do instead. An older document's edge to one is dropped with a warning. */
  readonly formerInputs?: Readonly<Record<string, string>>;
  /** Migrates a config of an older version; throws if it cannot. */
  migrate?(config: unknown, fromVersion: number): unknown;
  run(args: RunArguments<unknown, Readonly<Record<string, unknown>>>): RunResult<Readonly<Record<string, unknown>>>;
}

/** An example of a node: a config, inputs and, if they are always the same, the outputs. */
interface NodeExample {
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A problem of a config. */
export interface ConfigProblem {
  /** Dotted config field. */
  readonly field: string;
  readonly message: string;
  readonly fix?: string;
}

/** A NodeDefinition as its author writes it: with typed config and ports. */
interface TypedNodeDefinition<Config extends z.ZodType, Inputs extends Ports, Outputs extends Ports> extends Omit<
  NodeDefinition,
  | 'config'
  | 'inputs'
  | 'outputs'
  | 'ports'
  | 'references'
  | 'interfaceOf'
  | 'labelOf'
  | 'declassifiesTo'
  | 'limits'
  | 'isRepeatable'
  | 'keepsFacts'
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
  declassifiesTo?(
    config: z.infer<Config>,
  ): Readonly<Record<string, { readonly from: LabelLevel; readonly to: LabelLevel }>>;
  limits?(config: z.infer<Config>): readonly string[];
  isRepeatable?(config: z.infer<Config>): boolean;
  keepsFacts?(config: z.infer<Config>): boolean;
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
  // The engine calls each function only with a parsed config and declared inputs, so the wider type is safe.
  return definition;
}

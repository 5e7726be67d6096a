import { HeddleError } from '../errors/heddle-error.js';
import type { Delta, NodeDefinition, RunResult } from '../node/node-definition.js';
import type { Port, Ports } from '../types/port.js';
import { schemaOfType } from '../types/port-type.js';
import { createFakeContext, type ContextRecord, type FakeContextOptions } from './fake-context.js';

/** Options for running a node. */
export interface RunNodeOptions extends FakeContextOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Ports of the referenced workflow, for nodes whose ports are derived from it. */
  readonly interface?: { readonly inputs: Ports; readonly outputs: Ports };
}

/** The outputs of a node and a record of its calls. */
export interface NodeRun extends Readonly<ContextRecord> {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Delta[];
}

/**
 * Runs a node once, outside the engine, with a context that records every call; for tests of nodes. Like the engine, it parses the config
 * and checks inputs and outputs against the ports.
 *
 * @example const { outputs } = await runNode(upper, { inputs: { text: 'abc' } });
 */
export async function runNode(definition: NodeDefinition, options: RunNodeOptions = {}): Promise<NodeRun> {
  const config = parseConfig(definition, options.config ?? {});
  const ports = portsOf(definition, config, options.interface);
  const { context, record } = createFakeContext(options);
  const inputs = prepareInputs(definition, ports.inputs, options.inputs ?? {});
  const { outputs, deltas } = await collect(definition.run({ config, inputs, context }));
  checkOutputs(definition, ports.outputs, outputs, deltas);
  return { ...record, outputs, deltas };
}

/** Parses a config like the compiler does. Errors: `workflow_invalid` with each wrong field. */
export function parseConfig(definition: NodeDefinition, config: unknown): unknown {
  const parsed = definition.config.safeParse(config);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'config'}: ${message}`);
    throw new HeddleError('workflow_invalid', `The config of '${definition.type}' does not fit: ${fields.join('; ')}`);
  }
  const problems = definition.check?.(parsed.data) ?? [];
  if (problems.length > 0) {
    throw new HeddleError(
      'workflow_invalid',
      `The config of '${definition.type}' does not fit: ${problems.map(({ field, message }) => `${field}: ${message}`).join('; ')}`,
    );
  }
  return parsed.data;
}

/** Returns the ports of a node with this config. */
export function portsOf(
  definition: NodeDefinition,
  config: unknown,
  nested?: RunNodeOptions['interface'],
): { readonly inputs: Ports; readonly outputs: Ports } {
  const dynamic = definition.ports?.(config);
  return {
    inputs: { ...definition.inputs, ...dynamic?.inputs, ...nested?.inputs },
    outputs: { ...definition.outputs, ...dynamic?.outputs, ...nested?.outputs },
  };
}

function prepareInputs(
  definition: NodeDefinition,
  ports: Ports,
  inputs: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  // A source receives the inputs of the run and checks them itself.
  if (definition.role === 'source') return inputs;
  const prepared: Record<string, unknown> = {};
  for (const [name, port] of Object.entries(ports)) {
    const value = inputs[name];
    if (value === undefined) {
      if (!port.isOptional)
        throw new HeddleError('input_missing', `The input '${name}' of '${definition.type}' is required.`);
      continue;
    }
    prepared[name] = port.mode === 'stream' ? asStream(value) : value;
    checkValue(port, prepared[name], 'input_type', `The input '${name}' of '${definition.type}'`);
  }
  const unknown = Object.keys(inputs).filter((name) => !Object.hasOwn(ports, name));
  if (unknown.length > 0)
    throw new HeddleError('input_unknown', `'${definition.type}' has no input '${unknown.join("', '")}'.`);
  return prepared;
}

function asStream(value: unknown): AsyncIterable<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value)
    return value as AsyncIterable<unknown>;
  const deltas: readonly unknown[] = Array.isArray(value) ? value : [value];
  return (async function* () {
    yield* deltas;
  })();
}

async function collect(
  result: RunResult<Readonly<Record<string, unknown>>>,
): Promise<{ outputs: Readonly<Record<string, unknown>>; deltas: readonly Delta[] }> {
  const deltas: Delta[] = [];
  if (!(Symbol.asyncIterator in result)) return { outputs: await result, deltas };
  const generator = result;
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return { outputs: next.value, deltas };
    deltas.push(next.value);
  }
}

function checkOutputs(
  definition: NodeDefinition,
  ports: Ports,
  outputs: Readonly<Record<string, unknown>>,
  deltas: readonly Delta[],
): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined) continue;
    const port = Object.hasOwn(ports, name) ? ports[name] : undefined;
    if (port === undefined)
      throw new HeddleError(
        'node_output_invalid',
        `'${definition.type}' returned '${name}', which is not one of its outputs: ${Object.keys(ports).join(', ')}.`,
      );
    checkValue(port, value, 'node_output_invalid', `The output '${name}' of '${definition.type}'`);
  }
  const [only, ...others] = Object.keys(ports);
  const written = new Map<string, string>();
  for (const { port, delta } of deltas) {
    const name = port ?? (others.length === 0 ? only : undefined);
    if (name === undefined || !Object.hasOwn(ports, name))
      throw new HeddleError(
        'node_output_invalid',
        `'${definition.type}' yielded to '${port ?? '(unnamed)'}', which is not one of its outputs.`,
      );
    written.set(name, (written.get(name) ?? '') + delta);
  }
  for (const [name, text] of written) {
    if (outputs[name] !== text)
      throw new HeddleError(
        'node_output_invalid',
        `'${definition.type}' yielded '${text.slice(0, 80)}' to '${name}' but returned something else: return the concatenation of the deltas.`,
      );
  }
}

function checkValue(port: Port, value: unknown, code: 'input_type' | 'node_output_invalid', what: string): void {
  if (port.mode === 'stream') return;
  const schema = schemaOfType(port.type);
  const values: readonly unknown[] = port.mode === 'many' ? (value as readonly unknown[]) : [value];
  for (const one of values) {
    const parsed = schema.safeParse(one);
    if (!parsed.success)
      throw new HeddleError(
        code,
        `${what} is not of type ${port.type}: ${parsed.error.issues[0]?.message ?? 'it does not fit'}.`,
      );
  }
}

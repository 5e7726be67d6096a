import {
  HeddleError,
  type DynamicPorts,
  type Effect,
  type NodeDefinition,
  type NodeReference,
  type RunArguments,
  type RunResult,
} from '@heddle/core';
import { z } from 'zod';
import type { ConfigReadings } from './config-readings.js';
import { dynamicPortsFrom, portsFrom, type DescribedNode, type FittingReading } from './description.js';
import type { NodeRun } from './nodes-runner.js';

/** What the definitions of a package call: the readings and the runner of its newest version. */
export interface PackageSide {
  readonly readings: ConfigReadings;
  migrate(type: string, config: unknown, from: number): unknown;
  run(run: NodeRun): RunResult<Readonly<Record<string, unknown>>>;
}

/** Makes a definition whose functions run in the process of its package. The engine and the compiler see no difference. */
export function proxyDefinition(node: DescribedNode, side: () => PackageSide): NodeDefinition {
  const { description, has, paths } = node;
  const { type, version, title, summary, role, example } = description;
  const effects: readonly Effect[] = description.effects;
  const inputs = portsFrom(description.inputs, paths);
  const of = (config: unknown): FittingReading => side().readings.of(type, config);
  const referencesOf = (config: unknown): readonly NodeReference[] => valueOf(of(config).references) ?? [];
  const dynamic = (config: unknown): DynamicPorts => dynamicPortsFrom(valueOf(of(config).ports));
  return {
    type,
    version,
    // The editor shows categories that it does not know among the others.
    category: description.category as NodeDefinition['category'],
    title,
    summary,
    help: description.help,
    icon: description.icon,
    keywords: description.keywords,
    standsFor: description.standsFor,
    headline: description.headline,
    example:
      example === undefined ? undefined : { config: example.config, inputs: example.inputs, outputs: example.outputs },
    role,
    effects,
    config: configSchema(type, description.config, () => side().readings),
    inputs,
    outputs: portsFrom(description.outputs),
    stores: node.stores,
    declassifies: node.declassifies,
    ports: has.ports ? dynamic : undefined,
    references: has.references ? referencesOf : undefined,
    interfaceOf: has.interfaceOf ? (config: unknown) => valueOf(of(config).interfaceOf) : undefined,
    labelOf: has.labelOf ? (config: unknown) => valueOf(of(config).labelOf) : undefined,
    declassifiesTo: has.declassifiesTo ? (config: unknown) => valueOf(of(config).declassifiesTo) ?? {} : undefined,
    limits: has.limits ? (config: unknown) => valueOf(of(config).limits) ?? [] : undefined,
    check: has.check ? (config: unknown) => valueOf(of(config).check) ?? [] : undefined,
    migrate: has.migrate ? (config: unknown, from: number) => side().migrate(type, config, from) : undefined,
    run({ config, inputs: given, context }: RunArguments<unknown, Readonly<Record<string, unknown>>>) {
      const all = has.ports ? { ...inputs, ...dynamic(config).inputs } : inputs;
      return side().run({
        declared: { type, effects, references: has.references ? referencesOf(config) : [] },
        config: side().readings.sent(config),
        inputs: given,
        streams: Object.keys(all).filter((name) => all[name]?.mode === 'stream'),
        context,
      });
    },
  };
}

/** A schema that describes the same config as the node's own; parsing happens in the node's process. */
function configSchema(
  type: string,
  json: Readonly<Record<string, unknown>>,
  readings: () => ConfigReadings,
): z.ZodType {
  const { id: _id, ...shown } = json;
  return z
    .unknown()
    .meta(shown)
    .transform((raw, context) => {
      try {
        const reading = readings().read(type, raw);
        if (!('issues' in reading)) return reading.config;
        for (const { path, message } of reading.issues) context.addIssue({ code: 'custom', path, message });
      } catch (error) {
        if (!(error instanceof HeddleError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
      return z.NEVER;
    });
}

/** Returns the result of a function of the node, or throws what it threw. */
function valueOf<Value>(
  tried: { readonly message: string } | { readonly value?: Value | undefined },
): Value | undefined {
  if ('message' in tried) throw new HeddleError('node_failed', tried.message);
  return tried.value;
}

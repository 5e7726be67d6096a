import { describeNode, describePorts, HeddleError, type NodeDefinition, type Ports } from '@heddle/core';

/** Describes a definition as plain data, from which the server makes its own definition. */
export function describeDefinition(definition: NodeDefinition): Readonly<Record<string, unknown>> {
  return {
    description: describeNode(definition),
    paths: pathsOf(definition),
    stores: definition.stores,
    declassifies: definition.declassifies,
    has: {
      ports: definition.ports !== undefined,
      references: definition.references !== undefined,
      interfaceOf: definition.interfaceOf !== undefined,
      labelOf: definition.labelOf !== undefined,
      declassifiesTo: definition.declassifiesTo !== undefined,
      limits: definition.limits !== undefined,
      check: definition.check !== undefined,
      migrate: definition.migrate !== undefined,
    },
  };
}

/** Reads a config as its node does: the parsed config and everything derived from it, or its issues. */
export function readConfig(
  definition: NodeDefinition,
  config: unknown,
  isParsed: boolean,
): Readonly<Record<string, unknown>> {
  const parsed = isParsed ? { success: true as const, data: config } : definition.config.safeParse(config);
  if (!parsed.success)
    return { issues: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })) };
  const { data } = parsed;
  return {
    config: plain(data),
    ports: tried(() => dynamicPorts(definition, data)),
    references: tried(() => definition.references?.(data)),
    interfaceOf: tried(() => definition.interfaceOf?.(data)),
    labelOf: tried(() => definition.labelOf?.(data)),
    declassifiesTo: tried(() => definition.declassifiesTo?.(data)),
    limits: tried(() => definition.limits?.(data)),
    check: tried(() => definition.check?.(data)),
  };
}

/** The server gets plain data; the node itself gets what its schema returned. */
function plain(config: unknown): unknown {
  return config === undefined ? {} : (JSON.parse(JSON.stringify(config)) as unknown);
}

function dynamicPorts(definition: NodeDefinition, config: unknown): unknown {
  const ports = definition.ports?.(config);
  if (ports === undefined) return undefined;
  return {
    inputs: ports.inputs === undefined ? undefined : describePorts(ports.inputs),
    outputs: ports.outputs === undefined ? undefined : describePorts(ports.outputs),
    paths: pathsOf(ports),
  };
}

/** The paths that templates use, by input; the description of a port does not include them. */
function pathsOf({ inputs = {} }: { readonly inputs?: Ports }): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, { paths }]) => (paths === undefined ? [] : [[name, paths]])),
  );
}

function tried(read: () => unknown): { readonly value: unknown } | { readonly message: string } {
  try {
    return { value: read() };
  } catch (error) {
    return { message: error instanceof HeddleError || error instanceof Error ? error.message : String(error) };
  }
}

import {
  describePorts,
  sampleOf,
  type Effect,
  type InnerWorkflow,
  type NodeCatalog,
  type PlanBundle,
  type PortDescription,
  type ReplayMode,
} from '@heddle/core';

/** Effects that a run with samples may have: calls of models, to which budgets and labels apply. */
const harmless: ReadonlySet<Effect> = new Set(['model']);

/**
 * Makes up outputs for every node that could send, write or ask a person, so that a run with samples has no such effects. Other nodes run
 * as usual.
 */
export function sampleStubs({ document, workflows }: PlanBundle, catalog: NodeCatalog): ReplayMode['stubs'] {
  const stubs: ReplayMode['stubs'] = {};
  for (const whole of [document, ...Object.values(workflows)])
    for (const graph of [whole, ...Object.values(whole.workflows ?? {})]) addStubs(graph, catalog, stubs);
  return stubs;
}

function addStubs({ nodes }: Pick<InnerWorkflow, 'nodes'>, catalog: NodeCatalog, stubs: ReplayMode['stubs']): void {
  for (const [id, { type, config }] of Object.entries(nodes)) {
    const definition = catalog.get(type);
    if (definition === undefined || definition.effects.every((effect) => harmless.has(effect))) continue;
    const isPerson = definition.effects.includes('human') && !definition.effects.includes('model');
    const parsed = definition.config.safeParse(config);
    const dynamic = parsed.success ? definition.ports?.(parsed.data).outputs : undefined;
    const ports = describePorts({ ...dynamic, ...definition.outputs });
    // As a person presses one button, only the first one gets a sample.
    const [button] = ports;
    const given = isPerson
      ? ports.filter(({ name }) => name === button?.name || name === 'answer' || name === 'by')
      : ports;
    stubs[id] = { ...stubs[id], ...samplesOf(given) };
  }
}

/** Sample values for ports. A port with files gets none, because a file must exist. */
export function samplesOf(ports: readonly PortDescription[]): Record<string, unknown> {
  return Object.fromEntries(
    ports.flatMap((port) => (/^(?:File|Image)/.test(port.type) ? [] : [[port.name, sampleOf(port)]])),
  );
}

import { HeddleError, type RunOptions } from '@heddle/core';
import type { CompiledWorkflow } from '../../compile/compile-service.js';

/**
 * Refuses options that name nodes or ports that the workflow does not have, before the run is accepted. Errors: `bad_request`; `details`
 * gives the name.
 */
export function checkOptions({ plan, bundle }: CompiledWorkflow, options: RunOptions): void {
  const { only, from, pins = {}, breakpoints = [] } = options;
  const named = { only: [only], from: [from], pins: Object.keys(pins), breakpoints };
  for (const [option, nodes] of Object.entries(named)) {
    const missing = nodes.find((node) => node !== undefined && !Object.hasOwn(bundle.document.nodes, node));
    if (missing !== undefined)
      throw new HeddleError(
        'bad_request',
        `The workflow has no node '${missing}', which '${option}' names: name one of its nodes by id.`,
        { details: { option, node: missing } },
      );
  }
  for (const [node, ports] of Object.entries(pins)) {
    const outputs = plan.nodes[plan.indexOf.get(node) ?? -1]?.outputs.map(({ name }) => name) ?? [];
    const port = Object.keys(ports).find((name) => !outputs.includes(name));
    if (port !== undefined)
      throw new HeddleError(
        'bad_request',
        `The node '${node}' has no output '${port}' to pin a value to: it has ${outputs.join(', ') || 'none'}.`,
        { details: { option: 'pins', node, port } },
      );
  }
}

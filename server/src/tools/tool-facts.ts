import type { ToolView } from '@heddle/adapters/tools';
import { isToolName, labelOf, type CompileFacts, type RegisteredTool } from '@heddle/core';

type KnownTools = Pick<ToolView, 'servers' | 'tools'>;
type ToolFacts = Required<Pick<CompileFacts, 'toolProblem' | 'toolLabels' | 'samplingModel'>>;
type Problem = ReturnType<ToolFacts['toolProblem']>;

const register = 'Register it on the tools page, or with: npx heddle tools add';
const approve = 'Look at it on the tools page and approve it there, or with: npx heddle tools approve';

const labels: Readonly<Record<Exclude<RegisteredTool['standing'], 'approved'>, string>> = {
  new: 'is not approved yet',
  changed: 'has changed since its approval',
  disabled: 'is switched off',
  gone: 'is no longer offered by its server',
  refused: 'is refused for its name or form',
};

/**
 * Tells the compiler about tool servers: which tools and servers do not work in a run, the labels of their results, and the models that
 * they may use for sampling.
 */
export function toolFacts(registry: KnownTools): ToolFacts {
  return {
    toolProblem: (id) => (isToolName(id) ? problemOfTool(id, registry) : problemOfServer(id, registry)),
    toolLabels: new Map(registry.servers.map(({ id, label }) => [id, labelOf(label, ['untrusted'])])),
    samplingModel: (id) => registry.servers.find((server) => server.id === id && server.isEnabled)?.sampling?.model,
  };
}

function problemOfServer(id: string, registry: KnownTools): Problem {
  const server = registry.servers.find((known) => known.id === id);
  if (server === undefined) return { message: `The tool server '${id}' is not registered.`, fix: register };
  if (!server.isEnabled)
    return { message: `The tool server '${id}' is switched off.`, fix: 'Switch it on on the tools page.' };
  const hasTools = registry.tools(id).some(({ standing }) => standing === 'approved');
  return hasTools ? undefined : { message: `Nobody has approved a tool of the server '${id}' yet.`, fix: approve };
}

function problemOfTool(name: string, registry: KnownTools): Problem {
  const tool = registry.tools().find((known) => known.name === name);
  if (tool === undefined)
    return { message: `No registered server has a tool '${name}'.`, fix: 'Choose one of the tools of the server.' };
  return tool.standing === 'approved' ? undefined : { message: `'${name}' ${labels[tool.standing]}.`, fix: approve };
}

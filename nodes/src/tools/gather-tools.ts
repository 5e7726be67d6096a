import { HeddleError, type HostTool, type JsonObject, type NodeContext } from '@heddle/core';
import type { AgentTool } from './agent-tool.js';
import { builtinTool, calculator, codeTool, httpTool, searchTool, time } from './builtin-tools.js';
import type { ToolEntry } from './tool-field.js';
import { workflowToolName } from './tool-names.js';

const builtins = { calculator, time, http: httpTool, code: codeTool } as const;

/** Collects the tools of a config by name. A duplicate name is refused. Errors: `tool_denied`, `mcp_*`. */
export async function gatherTools(
  entries: readonly ToolEntry[],
  context: NodeContext,
): Promise<ReadonlyMap<string, AgentTool>> {
  const found = new Map<string, AgentTool>();
  for (const entry of entries) {
    for (const tool of await toolsOf(entry, context)) {
      const { name } = tool.definition;
      if (found.has(name))
        throw new HeddleError('tool_denied', `Two tools have the name '${name}': rename one of them.`, {
          details: { tool: name },
        });
      found.set(name, tool);
    }
  }
  return found;
}

async function toolsOf(entry: ToolEntry, context: NodeContext): Promise<readonly AgentTool[]> {
  switch (entry.use) {
    case 'mcp':
      return serverTools(entry, context);
    case 'workflow':
      return [workflowTool(entry)];
    case 'search':
      return [builtinTool(searchTool(entry.collection), entry.permission, entry)];
    default:
      return [builtinTool(builtins[entry.use], entry.permission, entry)];
  }
}

/** A workflow as a tool: each call is a nested run. */
function workflowTool(entry: ToolEntry): AgentTool {
  const { workflow, permission, description, changes } = entry;
  const name = entry.name === '' ? workflowToolName(workflow) : entry.name;
  return {
    definition: {
      name,
      description: description === '' ? `Runs the workflow '${workflow}'.` : description,
      parameters: plain(entry.parameters ?? { type: 'object' }),
    },
    source: 'workflow',
    permission,
    effects: changes ? ['write', 'send', 'execute', 'spend'] : ['read'],
    isUntrusted: false,
    call: async ({ key, args }, context) => (await context.run(key, workflow, args)).outputs,
  };
}

async function serverTools(entry: ToolEntry, context: NodeContext): Promise<readonly AgentTool[]> {
  const tools = await context.use('tools');
  const offered = await tools.list([entry.server]);
  const wanted = entry.only.length === 0 ? offered : offered.filter(({ name }) => entry.only.includes(name));
  const missing = entry.only.filter((name) => !offered.some((tool) => tool.name === name));
  if (missing.length > 0) context.log.warn(`The tool server '${entry.server}' has no tool '${missing.join("', '")}'`);
  const withheld = wanted.filter(({ isApproved }) => !isApproved).map(({ name }) => name);
  if (withheld.length > 0)
    context.log.warn(`Tools that are not approved and not offered to the model: ${withheld.join(', ')}`);
  return wanted.map((tool): AgentTool => ({
    definition: { name: tool.name, description: tool.description, parameters: tool.parameters },
    source: 'mcp',
    permission: entry.permission,
    effects: tool.effects,
    isUntrusted: true,
    level: tool.label,
    hash: tool.hash,
    // The model never sees a definition that nobody approved, because its description could manipulate the model.
    ...(tool.isApproved ? {} : { refusal: notApproved(tool.name) }),
    call: (use, own) => callServer(tool, use, own),
  }));
}

function notApproved(name: string): HeddleError {
  return new HeddleError(
    'tool_changed',
    `'${name}' changed after its approval: an administrator must approve it again.`,
  );
}

async function callServer(
  tool: HostTool,
  use: Parameters<AgentTool['call']>[0],
  context: NodeContext,
): Promise<unknown> {
  const tools = await context.use('tools');
  const { value, text } = await tools.call(tool.name, use.args, {
    signal: context.signal,
    idempotencyKey: use.idempotencyKey,
    timeoutMs: use.timeoutMs,
    maxBytes: use.maxBytes,
    onProgress: ({ share, message }) =>
      context.progress({
        share,
        message: message?.slice(0, 200),
      }),
  });
  return value ?? text;
}

/** A schema from a document is JSON; the copy makes it a plain object. */
function plain(schema: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}

import {
  type ApproveToolRequest,
  HeddleError,
  isToolName,
  ToolEffect,
  ToolReply,
  ToolServer,
  ToolServerTest,
} from '@heddle/core';
import type { Command } from 'commander';
import { z } from 'zod';
import { print, printJson, printToStderr, table } from '../../output.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';
import { toolServerOf, type AddToolOptions } from './tool-server-options.js';

/** `heddle tools [list] [SERVER]`: lists the servers, or the tools of one server. */
export async function listTools(server: string | undefined, options: JsonOption, command: Command): Promise<void> {
  if (server !== undefined) return listOfServer(server, options, command);
  const { servers } = await withClient(command, ({ api }) => api.GET('/api/tools/servers'));
  if (options.json === true) printJson(servers);
  else
    print(
      ...table([
        ['server', 'kind', 'place', 'clearance', 'state', 'tools'],
        ...servers.map((one) => [
          ...[one.id, one.kind, one.place, one.clearance, one.isEnabled ? one.activity.state : 'off'],
          Object.entries(one.tools)
            .map(([standing, count]) => `${count} ${standing}`)
            .join(', '),
        ]),
      ]),
    );
}

async function listOfServer(server: string, options: JsonOption, command: Command): Promise<void> {
  const tools = await withClient(
    command,
    async ({ api }) => (await api.GET('/api/tools/servers/{id}/tools', { params: { path: { id: server } } })).tools,
  );
  if (options.json === true) printJson(tools);
  else
    print(
      ...table([
        ['tool', 'standing', 'effects', 'description'],
        ...tools.map((tool) => [tool.name, tool.standing, tool.effects.join(', '), firstLine(tool)]),
      ]),
    );
}

/** `heddle tools add`: registers a server and lists its tools; it approves none. */
export async function addTools(
  id: string,
  args: readonly string[],
  options: AddToolOptions & JsonOption,
  command: Command,
): Promise<void> {
  const server = parseArgument(ToolServer, toolServerOf(id, args, options), 'The server');
  const added = await withClient(command, async ({ api }) => {
    await api.POST('/api/tools/servers', { body: server });
    return api.POST('/api/tools/servers/{id}/test', { params: { path: { id } } });
  });
  if (options.json === true) printJson({ id, ...added });
  else {
    print(`${id} is registered${added.isReachable ? ` and offers ${added.tools.length} tools` : ''}.`);
    if (added.isReachable)
      printToStderr(`Look at them with heddle tools list ${id}, approve with heddle tools approve.`);
  }
  if (!added.isReachable) failTest(added);
}

/** `heddle tools test`. */
export async function testTools(id: string, options: JsonOption, command: Command): Promise<void> {
  const test = await withClient(command, ({ api }) =>
    api.POST('/api/tools/servers/{id}/test', { params: { path: { id } } }),
  );
  if (options.json === true) printJson(test);
  else if (test.isReachable)
    print(`${test.name ?? id} answers in ${Math.round(test.ms)} ms with ${test.tools.length} tools:`, ...test.tools);
  if (!test.isReachable) failTest(test);
}

/** `heddle tools approve`: approves one tool as it is now, or with --all every waiting tool of a server. Prints what was approved. */
export async function approveTools(
  name: string,
  options: JsonOption & { readonly effects?: string; readonly hash?: string; readonly all?: true },
  command: Command,
): Promise<void> {
  if (isToolName(name) === (options.all === true))
    throw new HeddleError('usage', 'Name one tool as SERVER__TOOL, or a server together with --all.');
  const server = name.split('__')[0] ?? name;
  const effects =
    options.effects === undefined
      ? undefined
      : parseArgument(z.array(ToolEffect).min(1), options.effects.split(','), '--effects');
  const approveAll = async (
    tools: readonly ToolReply[],
    approve: (name: string, request: ApproveToolRequest) => Promise<ToolReply>,
  ): Promise<readonly ToolReply[]> => {
    const chosen = tools.filter((tool) =>
      isToolName(name) ? tool.name === name : tool.standing === 'new' || tool.standing === 'changed',
    );
    if (chosen.length === 0 && isToolName(name))
      throw new HeddleError('tool_unknown', `The tool server '${server}' has no tool '${name}'.`);
    const done: ToolReply[] = [];
    for (const tool of chosen) {
      show(tool);
      done.push(await approve(tool.name, { hash: options.hash ?? tool.hash, effects }));
    }
    return done;
  };
  const approved = await withClient(command, async ({ api }) =>
    approveAll(
      (await api.POST('/api/tools/servers/{id}/refresh', { params: { path: { id: server } } })).tools,
      (tool, request) =>
        api.POST('/api/tools/servers/{id}/tools/{name}/approve', {
          params: { path: { id: server, name: tool } },
          body: request,
        }),
    ),
  );
  if (options.json === true) printJson(approved);
  else print(...approved.map((tool) => `${tool.name} is approved: ${tool.effects.join(', ')} (${tool.hash}).`));
}

/** `heddle tools disable`. */
export async function disableTool(name: string, options: JsonOption, command: Command): Promise<void> {
  const server = name.split('__')[0] ?? name;
  const tool = await withClient(command, ({ api }) =>
    api.POST('/api/tools/servers/{id}/tools/{name}/disable', { params: { path: { id: server, name } } }),
  );
  if (options.json === true) printJson(tool);
  else print(`${tool.name} is switched off until it is approved again.`);
}

/** `heddle tools remove`. */
export async function removeTools(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/tools/servers/{id}', { params: { path: { id } } }));
  if (options.json === true) printJson({ id });
  else print(`${id} is removed, with every approval of its tools.`);
}

const firstLine = ({ definition }: ToolReply): string => {
  const description = definition['description'];
  return typeof description === 'string' ? (description.split('\n')[0] ?? '').slice(0, 80) : '';
};

/** Prints the definition to approve on standard error. */
function show(tool: ToolReply): void {
  printToStderr(`${tool.name} (${tool.standing}${tool.reason === undefined ? '' : `: ${tool.reason}`})`);
  if (tool.changes.length === 0) printToStderr(JSON.stringify(tool.definition, null, 2));
  for (const { path, before, after } of tool.changes)
    printToStderr(`  ${path}`, `  - ${JSON.stringify(before)}`, `  + ${JSON.stringify(after)}`);
}

function failTest({ code, message }: ToolServerTest): void {
  printToStderr(`heddle: ${message ?? 'The server does not answer.'}`, `        (${code ?? 'mcp_unreachable'})`);
  process.exitCode = 1;
}

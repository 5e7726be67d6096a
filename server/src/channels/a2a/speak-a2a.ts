import { AgentCard } from '@a2a-js/sdk';
import { LegacyJsonRpcTransportHandler, LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { VersionNotSupportedError } from '@a2a-js/sdk/errors';
import { JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { PublishedWorkflow } from '../../publishing/published-workflows.js';
import type { AgentCaller, AgentRuns } from '../agents/agent-runs.js';
import { a2aError } from './a2a-error.js';
import { agentCardOf, versions } from './agent-card.js';
import { TaskHandler } from './task-handler.js';

/** A request of a client, with what its reply depends on. */
export interface A2aRequest {
  readonly caller: AgentCaller;
  readonly body: Record<string, unknown>;
  /** The header `A2A-Version`; clients of version 0.3 send none. */
  readonly version: string | undefined;
  readonly workflow: () => Promise<PublishedWorkflow>;
  readonly base: string;
  readonly signal: AbortSignal;
  readonly onRun: (runId: string) => void;
}

/** One reply, or a stream of replies. */
export type A2aReply = object | AsyncGenerator<object, void, undefined>;

const isLegacy = (version: string | undefined): boolean => version === undefined || /^0\.3(?:\.|$)/.test(version);

/** Handles a JSON-RPC request in the version of its client. Errors become replies. */
export async function speakA2a(agents: AgentRuns, request: A2aRequest): Promise<A2aReply> {
  const { body, version } = request;
  const context = new ServerCallContext({ requestedVersion: version ?? '0.3' });
  if (isLegacy(version)) return new LegacyJsonRpcTransportHandler(handlerOf(agents, request)).handle(body, context);
  if (!/^1\.0(?:\.|$)/.test(version ?? ''))
    return errorReply(
      body,
      new VersionNotSupportedError(`This server supports versions ${versions.join(' and ')} of the protocol.`),
    );
  return new JsonRpcTransportHandler(handlerOf(agents, request)).handle(body, context);
}

/** The agent card in the form of the client's version. */
export async function cardIn(agents: AgentRuns, request: Omit<A2aRequest, 'body' | 'onRun'>): Promise<object> {
  const handler = handlerOf(agents, { ...request, onRun: () => undefined });
  if (isLegacy(request.version)) {
    const context = new ServerCallContext({ requestedVersion: '0.3' });
    return new LegacyRestTransportHandler(handler).getAuthenticatedExtendedAgentCard(context);
  }
  return AgentCard.toJSON(await handler.getAgentCard()) as object; // `toJSON` returns an object.
}

function handlerOf(agents: AgentRuns, request: Omit<A2aRequest, 'body'>): TaskHandler {
  const { caller, workflow, base, signal, onRun } = request;
  const card = async (): Promise<AgentCard> => agentCardOf(await workflow(), base);
  return new TaskHandler(agents, caller, card, signal, onRun);
}

/** A JSON-RPC reply with an error. */
export function errorReply({ id = null }: Record<string, unknown>, error: unknown): object {
  return { jsonrpc: '2.0', id, error: JsonRpcTransportHandler.mapToJSONRPCError(a2aError(error)) };
}

import {
  isLookalike,
  type GrantStore,
  type SignInReply,
  type ToolHost,
  type ToolRegistry,
  type ToolSignIn,
  type ToolView,
  type ToolWrites,
} from '@heddle/adapters/tools';
import {
  diffFields,
  HeddleError,
  type Audit,
  type AuditEventOf,
  type GuardedWrite,
  type RegisteredTool,
  type ToolEffect,
  type ToolReply,
  type ToolServer,
  type ToolServerSummary,
  type ToolServerTest,
} from '@heddle/core';
import type { ToolSecrets } from '../secrets/tool-secrets.js';
import { checkServer, endpointOf, signInOf, summaryOf } from './tool-server-rules.js';

export interface OpenedTools {
  readonly registry: ToolRegistry;
  readonly host: ToolHost;
  readonly grants: GrantStore;
  readonly signIn: ToolSignIn;
  readonly secrets: Pick<ToolSecrets, 'check'>;
  /** Whether servers may be started by a command (`HEDDLE_TOOL_COMMANDS`). */
  readonly areCommandsAllowed: boolean;
}

/** Manages registered tool servers and their tools. Each change is committed together with its audit event. */
export class ToolService {
  constructor(
    private readonly parts: OpenedTools,
    private readonly audit: Pick<Audit, 'commit'>,
    /** Called after each change, because compiled workflows depend on the clearances of servers. */
    private readonly onChange: () => void = () => undefined,
  ) {}

  async list(): Promise<readonly ToolServerSummary[]> {
    const { servers } = await this.parts.registry.view();
    return Promise.all(servers.map((server) => this.summary(server)));
  }

  /** Gives the whole configuration, with references to secrets but never their values. Errors: `mcp_not_found`. */
  async get(id: string): Promise<ToolServer> {
    return (await this.parts.registry.view()).server(id);
  }

  /** Errors: `conflict`, `bad_request`, `secret_…` for unusable secrets, `forbidden` if commands are not allowed. */
  async create(server: ToolServer, who: string): Promise<ToolServerSummary> {
    refuseTwin(server.id, await this.parts.registry.view());
    await this.check(server);
    const details = { step: 'registered', place: endpointOf(server), kind: server.transport.kind } as const;
    await this.change(who, server.id, details, (view, write) => {
      refuseTwin(server.id, view);
      return write.save(server);
    });
    return this.summary(server);
  }

  /**
   * Replaces the configuration of a server. Approvals are bound to its command or address: if that changes, every tool must be approved
   * again. Errors: `mcp_not_found`, `bad_request`, `forbidden`.
   */
  async replace(id: string, server: ToolServer, who: string): Promise<ToolServerSummary> {
    if (server.id !== id)
      throw new HeddleError('bad_request', `The tool server is '${id}': its id cannot be changed, register a new one.`);
    await this.get(id);
    await this.check(server);
    const isMoved = (view: ToolView): boolean => endpointOf(view.server(id)) !== endpointOf(server);
    const { kind } = server.transport;
    const details = (view: ToolView): ToolDetails => ({
      step: 'changed',
      place: endpointOf(server),
      kind,
      isMoved: isMoved(view),
      isEnabled: server.isEnabled,
    });
    await this.change(who, id, details, (view, write) => [
      ...write.save(server),
      ...(isMoved(view) ? write.forgetApprovals(id) : []),
      // Tokens are bound to the server and to Heddle's identity there.
      ...(isMoved(view) || signInOf(view.server(id)) !== signInOf(server) ? this.parts.grants.remove(id) : []),
    ]);
    await this.parts.host.forget(id);
    return this.summary(server);
  }

  /** Errors: `mcp_not_found`. */
  async remove(id: string, who: string): Promise<void> {
    await this.change(who, id, { step: 'removed' }, (view, write) => write.remove(view.server(id)));
    await this.parts.host.forget(id);
  }

  /** Begins a sign-in and gives the address of the server's consent page. Errors: `mcp_not_found`, `bad_request`, `mcp_unreachable`. */
  async beginSignIn(id: string, redirectUrl: string, who: string): Promise<string> {
    const { registry, signIn } = this.parts;
    const url = await signIn.begin((await registry.view()).server(id), redirectUrl, who);
    await this.note(who, id, { step: 'sign-in begun', at: url.host }, []);
    return url.href;
  }

  /** Errors: `mcp_sign_in`, `mcp_not_found`. */
  async finishSignIn(reply: SignInReply, who: string): Promise<ToolServerSummary> {
    const { registry, signIn, host } = this.parts;
    const view = await registry.view();
    const { id, grant } = await signIn.finish(reply, who, (server) => view.server(server));
    const signedInAt = endpointOf(view.server(id));
    await this.change(who, id, { step: 'signed in' }, (now) => {
      // A token is sent only to the address that issued it.
      if (endpointOf(now.server(id)) !== signedInAt)
        throw new HeddleError('mcp_sign_in', `The tool server '${id}' was moved meanwhile: sign in again.`);
      return this.parts.grants.save(id, grant);
    });
    await host.forget(id);
    return this.summary((await registry.view()).server(id));
  }

  /** Deletes the tokens of a server. Errors: `mcp_not_found`. */
  async signOut(id: string, who: string): Promise<ToolServerSummary> {
    const server = await this.get(id);
    await this.note(who, id, { step: 'signed out' }, this.parts.grants.remove(id));
    await this.parts.host.forget(id);
    return this.summary(server);
  }

  /** Errors: `mcp_not_found`. */
  test(id: string): Promise<ToolServerTest> {
    return this.parts.host.test(id);
  }

  /** Errors: `mcp_not_found`, `mcp_disabled`, `mcp_unreachable`. */
  async refresh(id: string): Promise<readonly ToolReply[]> {
    await this.parts.host.refresh(id);
    return this.tools(id);
  }

  /** Errors: `mcp_not_found`. */
  async tools(id: string): Promise<readonly ToolReply[]> {
    const view = await this.parts.registry.view();
    view.server(id);
    return view.tools(id).map(replyOf);
  }

  /** Approves exactly the definition that the user has read. Errors: `tool_unknown`, `tool_changed`, `tool_denied`. */
  async approve(
    server: string,
    name: string,
    { hash, effects }: { readonly hash: string; readonly effects?: readonly ToolEffect[] | undefined },
    who: string,
  ): Promise<ToolReply> {
    // An earlier decision about effects stays, so that a new definition cannot weaken it.
    const decide = (tool: RegisteredTool) => effects ?? (tool.approved === undefined ? tool.proposed : tool.effects);
    return this.changeTool(
      { server, name, who },
      (tool) => ({ step: 'approved', hash, effects: decide(tool) }),
      (tool, write) => write.approve(tool, { hash, by: who, effects: decide(tool) }),
    );
  }

  /** Errors: `tool_unknown`. */
  disable(server: string, name: string, who: string): Promise<ToolReply> {
    return this.changeTool(
      { server, name, who },
      () => ({ step: 'disabled' }),
      (tool, write) => write.disable(tool),
    );
  }

  /** Errors: `tool_unknown`, `conflict`. */
  setEffects(server: string, name: string, effects: readonly ToolEffect[], who: string): Promise<ToolReply> {
    return this.changeTool(
      { server, name, who },
      () => ({ step: 'effects', effects }),
      (tool, write) => write.setEffects(tool, effects),
    );
  }

  private async changeTool(
    { server, name, who }: { readonly server: string; readonly name: string; readonly who: string },
    details: (tool: RegisteredTool) => ToolDetails,
    make: (tool: RegisteredTool, write: ToolWrites) => readonly GuardedWrite[],
  ): Promise<ToolReply> {
    const { tool } = toolIn(await this.parts.registry.view(), server, name);
    await this.change(
      who,
      `${server}/${tool}`,
      (view) => details(toolIn(view, server, name)),
      (view, write) => make(toolIn(view, server, name), write),
    );
    return replyOf(toolIn(await this.parts.registry.view(), server, name));
  }

  private async summary(server: ToolServer): Promise<ToolServerSummary> {
    const { registry, host, grants } = this.parts;
    const { id } = server;
    return summaryOf(server, (await registry.view()).tools(id), host.activity(id), await grants.standing(id));
  }

  private async check(server: ToolServer): Promise<void> {
    checkServer(server);
    // A disabled server can be changed even if one of its secrets is missing.
    if (server.isEnabled) await this.parts.secrets.check(server);
    if (server.transport.kind === 'stdio' && !this.parts.areCommandsAllowed)
      throw new HeddleError(
        'forbidden',
        'Commands must not be registered on this Heddle (HEDDLE_TOOL_COMMANDS): register a server by its address.',
      );
  }

  /** Changes the registry, on its present content, and commits the audit event with the change. */
  private async change(
    who: string,
    subject: string,
    details: ToolDetails | ((view: ToolView) => ToolDetails),
    make: (view: ToolView, write: ToolWrites) => readonly GuardedWrite[],
  ): Promise<void> {
    await this.parts.registry.change(make, (writes, view) => {
      const shown = typeof details === 'function' ? details(view) : details;
      return this.audit.commit({ kind: 'tool', who, subject: `tool:${subject}`, details: shown }, writes);
    });
    this.onChange();
  }

  /** Commits writes outside the registry together with an audit event. */
  private async note(who: string, id: string, details: ToolDetails, writes: readonly GuardedWrite[]): Promise<void> {
    await this.audit.commit({ kind: 'tool', who, subject: `tool:${id}`, details }, writes);
    this.onChange();
  }
}

type ToolDetails = AuditEventOf<'tool'>['details'];

/** Errors: `conflict` if a server has this id or a similar one. */
function refuseTwin(id: string, { servers }: ToolView): void {
  const twin = servers.find((known) => known.id === id || isLookalike(known.id, id));
  if (twin === undefined) return;
  throw new HeddleError(
    'conflict',
    `The id '${id}' is the same as that of the tool server '${twin.id}', or too similar to it: choose another one.`,
    { details: { server: id } },
  );
}

/** Errors: `tool_unknown`. */
function toolIn(view: ToolView, server: string, name: string): RegisteredTool {
  const tool = view.tool(name);
  if (tool.server === server) return tool;
  throw new HeddleError('tool_unknown', `The tool server '${server}' has no tool '${name.slice(0, 140)}'.`);
}

function replyOf(tool: RegisteredTool): ToolReply {
  const { approved } = tool;
  const changes =
    approved === undefined || approved.hash === tool.hash
      ? []
      : diffFields(approved.definition, tool.definition).map(({ path, before, after }) => ({ path, before, after }));
  return { ...tool, changes };
}

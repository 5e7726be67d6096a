import {
  isLookalike,
  type GrantStore,
  type SignInReply,
  type ToolHost,
  type ToolRegistry,
  type ToolSignIn,
} from '@heddle/adapters/tools';
import {
  diffFields,
  HeddleError,
  type Audit,
  type AuditEventOf,
  type RegisteredTool,
  type ToolEffect,
  type ToolReply,
  type ToolServer,
  type ToolServerSummary,
  type ToolServerTest,
} from '@heddle/core';
import type { ToolSecrets } from '../secrets/tool-secrets.js';
import { checkServer, endpointOf, signInOf, summaryOf } from './tool-server-rules.js';

/** The opened parts of tool servers. */
export interface OpenedTools {
  readonly registry: ToolRegistry;
  readonly host: ToolHost;
  readonly grants: GrantStore;
  readonly signIn: ToolSignIn;
  readonly secrets: Pick<ToolSecrets, 'check'>;
  /** Whether commands may be registered (`HEDDLE_TOOL_COMMANDS`). */
  readonly areCommandsAllowed: boolean;
}

/** Registered tool servers and their tools. Each change writes an audit event in its transaction. */
export class ToolService {
  constructor(
    private readonly parts: OpenedTools,
    private readonly audit: Pick<Audit, 'write'>,
    /** Called after each change: compiled workflows depend on clearances of servers. */
    private readonly onChange: () => void = () => undefined,
  ) {}

  list(): readonly ToolServerSummary[] {
    return this.parts.registry.servers().map((server) => this.summary(server));
  }

  /** The whole configuration: references to secrets, never their values. Errors: `mcp_not_found`. */
  get(id: string): ToolServer {
    return this.parts.registry.server(id);
  }

  /** Errors: `conflict`, `bad_request`, `secret_…` for unusable secrets, `forbidden` for commands where they are not allowed. */
  async create(server: ToolServer, who: string): Promise<ToolServerSummary> {
    const { registry } = this.parts;
    const twin = registry.servers().find(({ id }) => id === server.id || isLookalike(id, server.id));
    if (twin !== undefined)
      throw new HeddleError(
        'conflict',
        `There is a tool server '${twin.id}' already, and '${server.id}' would be taken for it: choose another name.`,
        { details: { server: server.id } },
      );
    await this.check(server);
    await this.write(
      who,
      server.id,
      { step: 'registered', place: endpointOf(server), kind: server.transport.kind },
      () => registry.save(server),
    );
    return this.summary(server);
  }

  /**
   * Replaces a server. Approvals are bound to the command or address: after a change of it, every tool must be approved again. Errors:
   * `mcp_not_found`, `bad_request`, `forbidden`.
   */
  async replace(id: string, server: ToolServer, who: string): Promise<ToolServerSummary> {
    if (server.id !== id)
      throw new HeddleError('bad_request', `The tool server is '${id}': its id cannot be changed, register a new one.`);
    const { registry } = this.parts;
    const before = registry.server(id);
    await this.check(server);
    const isMoved = endpointOf(before) !== endpointOf(server);
    const details = {
      step: 'changed',
      place: endpointOf(server),
      kind: server.transport.kind,
      isMoved,
      isEnabled: server.isEnabled,
    } as const;
    await this.write(who, id, details, () => {
      registry.save(server);
      if (isMoved) registry.forgetApprovals(id);
      // A token is bound to the server, and to the identity there.
      if (isMoved || signInOf(before) !== signInOf(server)) this.parts.grants.remove(id);
    });
    await this.parts.host.forget(id);
    return this.summary(server);
  }

  /** Errors: `mcp_not_found`. */
  async remove(id: string, who: string): Promise<void> {
    await this.write(who, id, { step: 'removed' }, () => this.parts.registry.remove(id));
    await this.parts.host.forget(id);
  }

  /** The address of the consent page of a server. Errors: `mcp_not_found`, `bad_request`, `mcp_unreachable`. */
  async beginSignIn(id: string, redirectUrl: string, who: string): Promise<string> {
    const { registry, signIn } = this.parts;
    const url = await signIn.begin(registry.server(id), redirectUrl, who);
    await this.write(who, id, { step: 'sign-in begun', at: url.host }, () => undefined);
    return url.href;
  }

  /** Errors: `mcp_sign_in`, `mcp_not_found`. */
  async finishSignIn(reply: SignInReply, who: string): Promise<ToolServerSummary> {
    const { registry, signIn, host } = this.parts;
    const { id, save } = await signIn.finish(reply, who, (server) => registry.server(server));
    await this.write(who, id, { step: 'signed in' }, save);
    await host.forget(id);
    return this.summary(registry.server(id));
  }

  /** Deletes the tokens of a server. Errors: `mcp_not_found`. */
  async signOut(id: string, who: string): Promise<ToolServerSummary> {
    const server = this.parts.registry.server(id);
    await this.write(who, id, { step: 'signed out' }, () => this.parts.grants.remove(id));
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
  tools(id: string): readonly ToolReply[] {
    this.parts.registry.server(id);
    return this.parts.registry.tools(id).map(replyOf);
  }

  /** Pins the definition that the user has read. Errors: `tool_unknown`, `tool_changed`, `tool_denied`. */
  async approve(
    server: string,
    name: string,
    { hash, effects }: { readonly hash: string; readonly effects?: readonly ToolEffect[] | undefined },
    who: string,
  ): Promise<ToolReply> {
    const tool = this.tool(server, name);
    // An earlier decision stays: a new definition cannot weaken it.
    const decided = effects ?? (tool.approved === undefined ? tool.proposed : tool.effects);
    await this.write(who, `${server}/${tool.tool}`, { step: 'approved', hash, effects: decided }, () =>
      this.parts.registry.approve(name, { hash, by: who, effects: decided }),
    );
    return replyOf(this.tool(server, name));
  }

  /** Errors: `tool_unknown`. */
  async disable(server: string, name: string, who: string): Promise<ToolReply> {
    const { tool } = this.tool(server, name);
    await this.write(who, `${server}/${tool}`, { step: 'disabled' }, () => this.parts.registry.disable(name));
    return replyOf(this.tool(server, name));
  }

  /** Errors: `tool_unknown`, `conflict`. */
  async setEffects(server: string, name: string, effects: readonly ToolEffect[], who: string): Promise<ToolReply> {
    const { tool } = this.tool(server, name);
    await this.write(who, `${server}/${tool}`, { step: 'effects', effects }, () =>
      this.parts.registry.setEffects(name, effects),
    );
    return replyOf(this.tool(server, name));
  }

  private tool(server: string, name: string): RegisteredTool {
    const tool = this.parts.registry.tool(name);
    if (tool.server === server) return tool;
    throw new HeddleError('tool_unknown', `The tool server '${server}' has no tool '${name.slice(0, 140)}'.`);
  }

  private summary(server: ToolServer): ToolServerSummary {
    const { registry, host, grants } = this.parts;
    return summaryOf(server, registry.tools(server.id), host.activity(server.id), grants.standing(server.id));
  }

  private async check(server: ToolServer): Promise<void> {
    checkServer(server);
    // A disabled server can be changed while one of its secrets is missing.
    if (server.isEnabled) await this.parts.secrets.check(server);
    if (server.transport.kind === 'stdio' && !this.parts.areCommandsAllowed)
      throw new HeddleError(
        'forbidden',
        'Commands must not be registered on this Heddle (HEDDLE_TOOL_COMMANDS): register a server by its address.',
      );
  }

  private async write(
    who: string,
    subject: string,
    details: AuditEventOf<'tool'>['details'],
    work: () => void,
  ): Promise<void> {
    await this.audit.write({ kind: 'tool', who, subject: `tool:${subject}`, details }, work);
    this.onChange();
  }
}

function replyOf(tool: RegisteredTool): ToolReply {
  const { approved } = tool;
  const changes =
    approved === undefined || approved.hash === tool.hash
      ? []
      : diffFields(approved.definition, tool.definition).map(({ path, before, after }) => ({ path, before, after }));
  return { ...tool, changes };
}

import {
  authorise,
  ConnectionReply,
  ConnectionsReply,
  ConnectionTest,
  defaultProject,
  PresetsReply,
  ReplaceConnectionRequest,
  SaveConnectionRequest,
  SetSecretRequest,
  TestConnectionRequest,
  type AuditActor,
  type Connection,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import type { KillSwitchStore } from '@heddle/adapters/stores';
import { ProjectGrants } from '../authority/project-grants.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { ConnectionService } from './connection.service.js';
import { KILL_SWITCH_STORE } from '../kill-switches/kill-switch-store-token.js';
import { Access, anywhere } from '../http/access.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { DescribedBody } from '../http/openapi/described-body.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'connection', param: 'id' } as const;

@Controller('api/connections')
export class ConnectionsController {
  constructor(
    private readonly connections: ConnectionService,
    private readonly grants: ProjectGrants,
    @Inject(KILL_SWITCH_STORE) private readonly killSwitches: KillSwitchStore,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('connection:read', anywhere)
  @Reply(ConnectionsReply)
  async list(@View() view: ProjectView, @Caller() caller: Principal): Promise<ConnectionsReply> {
    const all = await this.connections.list();
    const shown = all.filter(({ id }) => view.mayUse('connection', id));
    return { connections: shown.map((connection) => this.asSeen(connection, caller)) };
  }

  @Get('presets')
  @Access('connection:read', anywhere)
  @Reply(PresetsReply)
  presets(): PresetsReply {
    return this.connections.presets();
  }

  @Post()
  @Access('connection:write')
  @Reply(ConnectionReply, 201)
  async create(
    @Body({ schema: SaveConnectionRequest }) connection: Connection,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<ConnectionReply> {
    const made = await this.connections.create(connection, by);
    await this.grants.startIn('connection', connection.id, project);
    return made;
  }

  @Get(':id')
  @Access('connection:read', one)
  @Reply(ConnectionReply)
  async get(@Param('id') id: string, @Caller() caller: Principal): Promise<ConnectionReply> {
    return this.asSeen(await this.connections.get(id), caller);
  }

  /** Replaces a connection. A new address deletes the stored key. */
  @Put(':id')
  @Access('connection:write', one)
  @Reply(ConnectionReply)
  replace(
    @Param('id') id: string,
    @Body({ schema: ReplaceConnectionRequest }) connection: Connection,
    @Actor() by: AuditActor,
  ): Promise<ConnectionReply> {
    return this.connections.replace(id, connection, by);
  }

  @Delete(':id')
  @Access('connection:write', one)
  @Reply(undefined, 204)
  async remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    await this.connections.remove(id, by);
    await this.grants.forget('connection', id);
  }

  /** Tests a connection with a minimal real call. Replies with its duration and the models that the key may use. */
  @Post(':id/test')
  @DescribedBody({
    description: 'What is tested; it can be left out.',
    isRequired: false,
    content: { 'application/json': TestConnectionRequest },
  })
  @Access('connection:write', one)
  @Reply(ConnectionTest)
  async test(
    @Param('id') id: string,
    @Body({ schema: TestConnectionRequest.optional() }) request: TestConnectionRequest | undefined,
    @Actor() by: AuditActor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionTest> {
    refuseKilledCall(this.killSwitches, { kind: 'generate', subject: id, connection: id });
    return this.connections.test(id, { model: request?.model, signal: closeSignal(reply) }, by);
  }

  /** Stores the key, encrypted. No route ever returns it. */
  @Put(':id/key')
  @Access('secret:write', one)
  @Reply(undefined, 204)
  setKey(
    @Param('id') id: string,
    @Body({ schema: SetSecretRequest }) { value }: SetSecretRequest,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.connections.setKey(id, value, by);
  }

  @Delete(':id/key')
  @Access('secret:write', one)
  @Reply(undefined, 204)
  removeKey(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.connections.removeKey(id, by);
  }

  /** Hides the address from callers who may not create connections, because it may be inside the network. */
  private asSeen(connection: ConnectionReply, caller: Principal): ConnectionReply {
    const resource = { kind: 'connection', id: connection.id, project: defaultProject } as const;
    if (authorise(caller, 'connection:write', resource, this.clock.now()) === 'allowed') return connection;
    const { baseUrl: _baseUrl, apiVersion: _apiVersion, lastTest: _lastTest, ...shown } = connection;
    return shown;
  }
}

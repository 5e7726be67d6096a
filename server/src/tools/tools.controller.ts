import {
  ApproveToolRequest,
  authorise,
  defaultProject,
  ReplaceToolServerRequest,
  SetToolEffectsRequest,
  ToolReply,
  ToolServer,
  ToolServersReply,
  ToolServerSummary,
  ToolServerTest,
  ToolsReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { ToolService } from './tool.service.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'tool', param: 'id' } as const;

/** The tool servers (MCP) of agents, and the approval of their tools. */
@Controller('api/tools/servers')
export class ToolsController {
  constructor(
    private readonly toolService: ToolService,
    private readonly grants: ProjectGrants,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('tool:read', anywhere)
  @Reply(ToolServersReply)
  async list(@View() view: ProjectView, @Caller() caller: Principal): Promise<ToolServersReply> {
    const shown = (await this.toolService.list()).filter(({ id }) => view.mayUse('tool', id));
    return { servers: shown.map((server) => this.asSeen(server, caller)) };
  }

  /** Registers a server. A command runs on this machine, so only people with this right can set one; workflows cannot. */
  @Post()
  @Access('tool:register')
  @Reply(ToolServerSummary, 201)
  async create(
    @Body({ schema: ToolServer }) server: ToolServer,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ToolServerSummary> {
    const made = await this.toolService.create(server, caller.id);
    await this.grants.startIn('tool', server.id, project);
    return made;
  }

  /** Gives the configuration of a server, with references to its secrets. */
  @Get(':id')
  @Access('tool:register', one)
  @Reply(ToolServer)
  get(@Param('id') id: string): Promise<ToolServer> {
    return this.toolService.get(id);
  }

  /** Replaces a server. If its address changes, its tools must be approved again. */
  @Put(':id')
  @Access('tool:register', one)
  @Reply(ToolServerSummary)
  replace(
    @Param('id') id: string,
    @Body({ schema: ReplaceToolServerRequest }) server: ToolServer,
    @Caller() caller: Principal,
  ): Promise<ToolServerSummary> {
    return this.toolService.replace(id, server, caller.id);
  }

  @Delete(':id')
  @Access('tool:register', one)
  @Reply(undefined, 204)
  async remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    await this.toolService.remove(id, caller.id);
    await this.grants.forget('tool', id);
  }

  /** Opens a fresh connection, does the handshake and lists the tools. Reports how long that took, or why it failed. */
  @Post(':id/test')
  @Access('tool:approve', one)
  @Reply(ToolServerTest)
  test(@Param('id') id: string): Promise<ToolServerTest> {
    return this.toolService.test(id);
  }

  /** Asks a server for its tools now. */
  @Post(':id/refresh')
  @Access('tool:approve', one)
  @Reply(ToolsReply)
  async refresh(@Param('id') id: string): Promise<ToolsReply> {
    return { tools: [...(await this.toolService.refresh(id))] };
  }

  /** Lists the last known tools with their status and the changes since their approval. */
  @Get(':id/tools')
  @Access('tool:read', one)
  @Reply(ToolsReply)
  async tools(@Param('id') id: string): Promise<ToolsReply> {
    return { tools: [...(await this.toolService.tools(id))] };
  }

  /** Approves exactly the definition with this hash. */
  @Post(':id/tools/:name/approve')
  @Access('tool:approve', one)
  @Reply(ToolReply)
  approve(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body({ schema: ApproveToolRequest }) request: ApproveToolRequest,
    @Caller() caller: Principal,
  ): Promise<ToolReply> {
    return this.toolService.approve(id, name, request, caller.id);
  }

  /** Disables a tool; approving it again enables it. */
  @Post(':id/tools/:name/disable')
  @Access('tool:approve', one)
  @Reply(ToolReply)
  disable(@Param('id') id: string, @Param('name') name: string, @Caller() caller: Principal): Promise<ToolReply> {
    return this.toolService.disable(id, name, caller.id);
  }

  /** Sets the effects of a tool. */
  @Put(':id/tools/:name/effects')
  @Access('tool:approve', one)
  @Reply(ToolReply)
  effects(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body({ schema: SetToolEffectsRequest }) { effects }: SetToolEffectsRequest,
    @Caller() caller: Principal,
  ): Promise<ToolReply> {
    return this.toolService.setEffects(id, name, effects, caller.id);
  }

  /** Only people who may register servers see the address, because it may be inside the network. */
  private asSeen(server: ToolServerSummary, caller: Principal): ToolServerSummary {
    const resource = { kind: 'tool', id: server.id, project: defaultProject } as const;
    if (authorise(caller, 'tool:register', resource, this.clock.now()) === 'allowed') return server;
    const { state, inFlight } = server.activity;
    return { ...server, place: '', activity: { state, inFlight } };
  }
}

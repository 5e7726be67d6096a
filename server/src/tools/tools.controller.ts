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
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'tool', param: 'id' } as const;

/** Tool servers (MCP) that agents may use, and the approval of their tools. */
@Controller('api/tools/servers')
export class ToolsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('tool:read', anywhere)
  @Reply(ToolServersReply)
  list(@View() view: ProjectView, @Caller() caller: Principal): ToolServersReply {
    const shown = this.heddle.tools.list().filter(({ id }) => view.mayUse('tool', id));
    return { servers: shown.map((server) => this.asSeen(server, caller)) };
  }

  /** Registers a server. A command runs on this machine: only who may register can name one, no workflow can. */
  @Post()
  @Access('tool:register')
  @Reply(ToolServerSummary, 201)
  async create(
    @Body({ schema: ToolServer }) server: ToolServer,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ToolServerSummary> {
    const made = await this.heddle.tools.create(server, caller.id);
    this.heddle.grants.startIn('tool', server.id, project);
    return made;
  }

  /** How a server is reached; secrets stand in it by name. */
  @Get(':id')
  @Access('tool:register', one)
  @Reply(ToolServer)
  get(@Param('id') id: string): ToolServer {
    return this.heddle.tools.get(id);
  }

  /** Replaces a server; where its place changes, its tools must be approved again. */
  @Put(':id')
  @Access('tool:register', one)
  @Reply(ToolServerSummary)
  replace(
    @Param('id') id: string,
    @Body({ schema: ReplaceToolServerRequest }) server: ToolServer,
    @Caller() caller: Principal,
  ): Promise<ToolServerSummary> {
    return this.heddle.tools.replace(id, server, caller.id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('tool:register', one)
  @Reply(undefined, 204)
  async remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    await this.heddle.tools.remove(id, caller.id);
    this.heddle.grants.forget('tool', id);
  }

  /** A fresh connection, a greeting and the list of tools: how long it took, or why it failed. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('tool:approve', one)
  @Reply(ToolServerTest)
  test(@Param('id') id: string): Promise<ToolServerTest> {
    return this.heddle.tools.test(id);
  }

  /** Lists the tools of a server now. */
  @Post(':id/refresh')
  @HttpCode(200)
  @Access('tool:approve', one)
  @Reply(ToolsReply)
  async refresh(@Param('id') id: string): Promise<ToolsReply> {
    return { tools: [...(await this.heddle.tools.refresh(id))] };
  }

  /** The tools as they were seen last, where each stands, and what changed since its approval. */
  @Get(':id/tools')
  @Access('tool:read', one)
  @Reply(ToolsReply)
  tools(@Param('id') id: string): ToolsReply {
    return { tools: [...this.heddle.tools.tools(id)] };
  }

  /** Approves exactly the definition of the hash that was looked at. */
  @Post(':id/tools/:name/approve')
  @HttpCode(200)
  @Access('tool:approve', one)
  @Reply(ToolReply)
  approve(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body({ schema: ApproveToolRequest }) request: ApproveToolRequest,
    @Caller() caller: Principal,
  ): Promise<ToolReply> {
    return this.heddle.tools.approve(id, name, request, caller.id);
  }

  /** Switches a tool off; approving it again switches it on. */
  @Post(':id/tools/:name/disable')
  @HttpCode(200)
  @Access('tool:approve', one)
  @Reply(ToolReply)
  disable(@Param('id') id: string, @Param('name') name: string, @Caller() caller: Principal): Promise<ToolReply> {
    return this.heddle.tools.disable(id, name, caller.id);
  }

  /** Decides what a tool does to the world. */
  @Put(':id/tools/:name/effects')
  @Access('tool:approve', one)
  @Reply(ToolReply)
  effects(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body({ schema: SetToolEffectsRequest }) { effects }: SetToolEffectsRequest,
    @Caller() caller: Principal,
  ): Promise<ToolReply> {
    return this.heddle.tools.setEffects(id, name, effects, caller.id);
  }

  /** Where a server stands is for those who register servers: it may be an address inside the network. */
  private asSeen(server: ToolServerSummary, caller: Principal): ToolServerSummary {
    const resource = { kind: 'tool', id: server.id, project: defaultProject } as const;
    if (authorise(caller, 'tool:register', resource, this.heddle.clock.now()) === 'allowed') return server;
    const { state, inFlight } = server.activity;
    return { ...server, place: '', activity: { state, inFlight } };
  }
}

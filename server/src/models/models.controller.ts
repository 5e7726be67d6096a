import {
  JobAccepted,
  ModelCard,
  ModelHostState,
  ModelsReply,
  ScoreTextsReply,
  ScoreTextsRequest,
  TryModelRequest,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import type { HeddleAudit } from '@heddle/adapters/audit';
import type { KillSwitchStore } from '@heddle/adapters/stores';
import { AUDIT } from '../audit/audit-token.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { ModelService } from './model.service.js';
import { KILL_SWITCH_STORE } from '../kill-switches/kill-switch-store-token.js';
import { Access, anywhere } from '../http/access.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { lostRight, ReplySignals } from '../auth/rights/reply-signals.js';
import { Reply } from '../http/reply.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { shownHosts, shownModels } from './shown-models.js';
import { recordTrial, writeTrial } from './record-trial.js';
import { streamAnswer } from './stream-answer.js';

const HostsReply = z.object({ hosts: z.array(ModelHostState) }).meta({ id: 'HostsReply' });

@Controller('api/models')
export class ModelsController {
  constructor(
    private readonly models: ModelService,
    private readonly grants: ProjectGrants,
    @Inject(KILL_SWITCH_STORE) private readonly killSwitches: KillSwitchStore,
    @Inject(AUDIT) private readonly audit: HeddleAudit,
    private readonly signals: ReplySignals,
  ) {}

  @Get()
  @Access('model:read', anywhere)
  @Reply(ModelsReply)
  async list(@View() view: ProjectView): Promise<ModelsReply> {
    return { models: shownModels(view, await this.models.list()), machine: await this.models.machine() };
  }

  @Get('hosts')
  @Access('model:read', anywhere)
  @Reply(HostsReply)
  async hosts(@View() view: ProjectView): Promise<z.infer<typeof HostsReply>> {
    return { hosts: shownHosts(view, await this.models.hosts()) };
  }

  /** Adds a model to the catalogue. */
  @Post()
  @Access('model:write')
  @Reply(ModelCard, 201)
  async add(
    @Body({ schema: ModelCard }) card: ModelCard,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<ModelCard> {
    const added = await this.models.add(card, by);
    await this.grants.startIn('model', added.id, project);
    return added;
  }

  @Post(':id/pull')
  @Access('model:write', { kind: 'model', param: 'id' })
  @Reply(JobAccepted, 202)
  async pull(@Param('id') id: string, @Actor() by: AuditActor): Promise<JobAccepted> {
    const { jobId } = await this.models.pull(id, by);
    return { jobId };
  }

  /** Loads a model in advance, and replies when it is loaded. */
  @Post(':id/load')
  @Access('model:write', { kind: 'model', param: 'id' })
  @Reply(undefined, 204)
  load(@Param('id') id: string): Promise<void> {
    return this.models.load(id);
  }

  /** Unloads a model and frees its memory. */
  @Post(':id/unload')
  @Access('model:write', { kind: 'model', param: 'id' })
  @Reply(undefined, 204)
  unload(@Param('id') id: string): Promise<void> {
    return this.models.unload(id);
  }

  /** Sends one prompt to a language model and replies with an event stream. This is a real call outside any run. */
  @Post(':id/try')
  @Access('model:write', { kind: 'model', param: 'id' })
  @Reply(undefined, 200, 'text/event-stream')
  async tryPrompt(
    @Param('id') id: string,
    @Body({ schema: TryModelRequest }) request: TryModelRequest,
    @Caller() caller: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseKilledCall(this.killSwitches, { kind: 'generate', subject: id, connection: undefined });
    const signal = this.signals.open(reply);
    const events = await this.models.tryPrompt(id, request, signal);
    reply.hijack();
    await streamAnswer(reply.raw, recordTrial(this.audit, caller.id, id, request, events), () => lostRight(signal));
  }

  /** The scores of texts by an embedder, a reranker or a classifier. */
  @Post(':id/score')
  @Access('model:write', { kind: 'model', param: 'id' })
  @Reply(ScoreTextsReply)
  async score(
    @Param('id') id: string,
    @Body({ schema: ScoreTextsRequest }) request: ScoreTextsRequest,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ScoreTextsReply> {
    refuseKilledCall(this.killSwitches, { kind: 'embed', subject: id, connection: undefined });
    const answer = await this.models.score(id, request, closeSignal(reply));
    await writeTrial(this.audit, { who: caller.id, model: id, kind: 'score', sent: request, parameters: {} }, {});
    return answer;
  }
}

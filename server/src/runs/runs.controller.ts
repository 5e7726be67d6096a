import {
  AcceptedReply,
  authorise,
  FeedbackFilter,
  defaultProject,
  HeddleError,
  isTerminal,
  LabelledValue,
  RunFixturesReply,
  RunOptions,
  RunReply,
  RunsReply,
  RunStatus,
  ReplayMode,
  RunTrigger,
  RunSummary,
  runNotFound,
  StartRunRequest,
  WorkflowDocument,
  type AuditActor,
  type FeedbackStore,
  type Principal,
  type RunCursor,
  type TraceContext,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Actor, Caller, runCaller } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Ownership } from '../auth/rights/ownership.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { CompileService } from '../compile/compile-service.js';
import { UndoQuery } from '../deletions/undo-query.js';
import { RunHub } from '../live/run-hub.js';
import { RunService } from './run.service.js';
import { WorkflowService } from '../workflows/workflow.service.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { lostRight, ReplySignals } from '../auth/rights/reply-signals.js';
import { DescribedReply, Reply } from '../http/reply.js';
import { securityHeaders } from '../http/security-headers.js';
import { endWithProblem, openEventStream } from '../live/sse.js';
import { Trace } from '../tracing/trace-context.js';
import { FEEDBACK } from './list-tokens.js';
import { shownStandstills } from './state/shown-standstills.js';
import { checkRunAgain } from './start/check-run-again.js';
import { RunRemoval } from './state/run-removal.js';
import type { StartRun } from './run-acceptor.js';

/** A run without inputs needs no body. */
const StartBody = StartRunRequest.prefault({});
const RunDocumentReply = z
  .object({
    document: WorkflowDocument,
    inputs: z.record(z.string(), LabelledValue),
    /** The workflows that the document refers to, by slug, in the versions of that time. */
    workflows: z.record(z.string(), WorkflowDocument),
    options: RunOptions,
  })
  .meta({ id: 'RunDocumentReply' });
const DraftRunRequest = StartRunRequest.extend({
  document: z.unknown(),
  /** Set for a run without effects, such as a test: nodes with effects give these outputs (node to port to value). */
  fixtures: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
}).meta({ id: 'DraftRunRequest' });
/** Without `inputs`, the rerun gets the inputs of the run; `reuse` takes the results of its finished nodes. */
const RerunRequest = StartRunRequest.omit({ reuseFrom: true, thread: true })
  .extend({ inputs: z.record(z.string(), z.unknown()).optional(), reuse: z.boolean().default(false) })
  .prefault({})
  .meta({ id: 'RerunRequest' });
const ControlRequest = z
  .object({ by: z.string().max(200).optional(), reason: z.string().max(2000).optional() })
  .default({})
  .meta({ id: 'ControlRequest' });
const WaitQuery = z.object({
  wait: z.enum(['0', '1', 'true', 'false']).optional(),
  trigger: z.enum(['editor', 'api', 'cli']).default('api'),
});
const ListQuery = z.object({
  workflow: z.string().optional(),
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(RunStatus))
    .optional(),
  trigger: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(RunTrigger))
    .optional(),
  search: z.string().trim().min(1).max(200).optional(),
  feedback: FeedbackFilter.optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(100),
  /** The `next` of the previous page, or a time in milliseconds. */
  before: z
    .string()
    .regex(/^\d+(\.\d+)?(_[\w-]{1,100})?$/, 'Give the `next` of the page before, or a time in milliseconds.')
    .transform(cursorOf)
    .optional(),
});
/** Selects an output by its port, or the value of a step by its key. */
const ValueQuery = z
  .object({ path: z.string().min(1), port: z.string().min(1).optional(), step: z.string().min(1).optional() })
  .refine(({ port, step }) => port !== undefined || step !== undefined, 'Give path and port, or path and step.');
const EventsQuery = z.object({ after: queryNumber(z.int().nonnegative()).optional() });

@Controller('api')
export class RunsController {
  constructor(
    private readonly workflows: WorkflowService,
    private readonly ownership: Ownership,
    private readonly compiler: CompileService,
    private readonly runs: RunService,
    private readonly clock: TrustedClock,
    private readonly hub: RunHub,
    private readonly signals: ReplySignals,
    private readonly removal: RunRemoval,
    @Inject(FEEDBACK) private readonly feedback: Pick<FeedbackStore, 'totals'>,
  ) {}

  /** Runs the draft of a stored workflow, which can differ from its published version. */
  @Post('workflows/:id/runs')
  @TakesValues('inputs')
  @Access('run:draft', { kind: 'workflow', param: 'id' })
  @DescribedReply(AcceptedReply, 202)
  async start(
    @Param('id') id: string,
    @Body({ schema: StartBody }) request: StartRunRequest,
    @Query({ schema: WaitQuery }) query: z.infer<typeof WaitQuery>,
    @Caller() caller: Principal,
    @Trace() trace: TraceContext | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunReply | AcceptedReply> {
    const workflow = await this.workflows.document(id);
    const { project } = await this.ownership.resourceOf('workflow', workflow.id);
    const start = { document: workflow.document, workflowId: workflow.id, request, trigger: query.trigger, trace };
    return this.begin(start, caller, project ?? defaultProject, query, reply);
  }

  /** Runs a document that is not stored. `heddle run FILE` uses it if a server is running. */
  @Post('runs')
  @TakesValues('large')
  @Access('run:document', { kind: 'run' })
  @DescribedReply(AcceptedReply, 202)
  async startDraft(
    @Body({ schema: DraftRunRequest }) { document, fixtures, ...request }: z.infer<typeof DraftRunRequest>,
    @Query({ schema: WaitQuery }) query: z.infer<typeof WaitQuery>,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
    @Trace() trace: TraceContext | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunReply | AcceptedReply> {
    const replay = fixtures === undefined ? undefined : ReplayMode.parse({ stubs: fixtures });
    const start = { document: await this.compiler.read(document), request, trigger: query.trigger, trace, replay };
    return this.begin(start, caller, project, query, reply);
  }

  @Get('runs')
  @Access('run:read', { kind: 'run' })
  @Reply(RunsReply)
  async list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @View() view: ProjectView,
  ): Promise<RunsReply> {
    const { workflow, status, trigger, search, feedback, limit, before } = query;
    const workflowId = workflow === undefined ? undefined : (await this.workflows.get(workflow)).id;
    const asked = {
      limit,
      workflowId,
      status,
      trigger,
      search,
      feedback,
      before,
    };
    const { runs, next } = await this.runs.pageShown(asked, (run) => view.showsRun(run));
    const waiting = await this.runs.whyWaiting(runs);
    return {
      runs: runs.map((run) => view.summaryOf(run)),
      ...(waiting && { waiting: shownStandstills(runs, waiting, view) }),
      feedback: Object.fromEntries(await this.feedback.totals(runs.map(({ runId }) => runId))),
      next: next === undefined ? undefined : `${next.acceptedAt}_${next.runId}`,
    };
  }

  @Get('runs/:id')
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(RunReply)
  get(@Param('id') id: string): Promise<RunReply> {
    return this.runs.get(id);
  }

  /** Gives the outputs of the nodes with effects, as fixtures for a test without effects. Errors: `run_not_found`. */
  @Get('runs/:id/fixtures')
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(RunFixturesReply)
  fixtures(@Param('id') id: string): Promise<RunFixturesReply> {
    return this.runs.fixtures(id);
  }

  /** Gives the workflow as it was when the run was accepted. Its inputs require the right to read values. */
  @Get('runs/:id/document')
  @Access('run:graph', { kind: 'run', param: 'id' })
  @Reply(RunDocumentReply)
  async document(@Param('id') id: string, @Caller() caller: Principal): Promise<z.infer<typeof RunDocumentReply>> {
    const { document, workflows, inputs, options } = await this.runs.accepted(id);
    const resource = await this.ownership.resourceOf('run', id, caller);
    if (authorise(caller, 'run:values', resource, this.clock.now()) === 'allowed')
      return { document, workflows: { ...workflows }, inputs: { ...inputs }, options };
    const { pins: _pins, ...others } = options;
    return { document, workflows: { ...workflows }, inputs: {}, options: others };
  }

  /** Gives a whole value that other replies contain only as a preview. */
  @Get('runs/:id/values')
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(LabelledValue)
  value(
    @Param('id') id: string,
    @Query({ schema: ValueQuery }) { path, port, step = '' }: z.infer<typeof ValueQuery>,
  ): Promise<LabelledValue> {
    return port === undefined ? this.runs.stepValue(id, path, step) : this.runs.value(id, path, port);
  }

  /** Streams the run's events after `Last-Event-ID` (or `?after=`), then live until it ends. */
  @Get('runs/:id/events')
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(undefined, 200, 'text/event-stream')
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query({ schema: EventsQuery }) query: z.infer<typeof EventsQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = afterOf(lastEventId) ?? query.after ?? 0;
    const summary = await this.runs.summary(id);
    if (isTerminal(summary.status) && after >= summary.lastSeq) {
      // Status 204 tells an EventSource not to reconnect.
      await reply.status(204).send();
      return;
    }
    reply.hijack();
    const stop = this.hub.watch(id, after, openEventStream(reply.raw, securityHeaders));
    const signal = this.signals.open(reply);
    signal.addEventListener('abort', () => {
      stop();
      const lost = lostRight(signal);
      if (lost !== undefined) endWithProblem(reply.raw, lost);
    });
  }

  @Post('runs/:id/cancel')
  @Access('run:control', { kind: 'run', param: 'id' })
  @Reply(RunSummary, 202)
  cancel(
    @Param('id') id: string,
    @Body({ schema: ControlRequest }) { by, reason }: z.infer<typeof ControlRequest>,
    @Caller() caller: Principal,
  ): Promise<RunSummary> {
    // A signed-in caller is recorded by their own id.
    return this.runs.cancel(id, caller.kind === 'local' ? by : caller.id, reason);
  }

  /**
   * Removes a run that has ended, with its inputs, results and records. Its audit events stay. Errors: `run_not_found`, `run_unfinished`.
   */
  @Delete('runs/:id')
  @Access('workflow:write', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  remove(
    @Param('id') id: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return undo === true ? this.removal.removeForNow(id, by) : this.removal.remove(id, by);
  }

  /** Restores a run that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post('runs/:id/restore')
  @Access('workflow:write', { kind: 'run', param: 'id' })
  @Reply(undefined, 204)
  restore(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.removal.restore(id, by);
  }

  @Post('runs/:id/resume')
  @Access('run:control', { kind: 'run', param: 'id' })
  @Reply(AcceptedReply, 202)
  async resume(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Trace() trace: TraceContext | undefined,
  ): Promise<AcceptedReply> {
    await checkRunAgain(await this.runs.summary(id), caller, { ownership: this.ownership, clock: this.clock });
    return this.runs.resume(id, trace);
  }

  /** Runs the workflow of a run again as it was then, even if it has been changed or deleted since. */
  @Post('runs/:id/rerun')
  @TakesValues('inputs')
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(AcceptedReply, 202)
  async rerun(
    @Param('id') id: string,
    @Body({ schema: RerunRequest }) request: z.infer<typeof RerunRequest>,
    @Caller() caller: Principal,
    @Trace() trace: TraceContext | undefined,
  ): Promise<AcceptedReply> {
    const run = await this.runs.summary(id);
    // Checked like a draft, even if the run executed a published version: calls of a version cannot have these options.
    await checkRunAgain({ ...run, version: undefined }, caller, { ownership: this.ownership, clock: this.clock });
    const { project } = await this.ownership.resourceOf('run', id, caller);
    return this.runs.rerun(id, request, runCaller(caller, project ?? defaultProject), trace);
  }

  private async begin(
    start: StartRun,
    principal: Principal,
    project: string,
    query: z.infer<typeof WaitQuery>,
    reply: FastifyReply,
  ): Promise<RunReply | AcceptedReply> {
    const { reuseFrom } = start.request;
    if (reuseFrom !== undefined) {
      const result = await this.ownership.resourceOf('run', reuseFrom, principal);
      checkAccess(principal, 'run:values', result, this.clock, reuseFrom);
      // Results stay in their project, even if the caller is a member of both projects.
      if (result.project !== project) throw runNotFound(reuseFrom);
    }
    const caller = runCaller(principal, project);
    const accepted = await this.runs.start({ ...start, caller });
    void reply.header('location', `/api/runs/${accepted.runId}`);
    if (query.wait === '1' || query.wait === 'true') {
      void reply.status(200);
      return this.runs.wait(accepted.runId, this.signals.open(reply));
    }
    void reply.status(202);
    return accepted;
  }
}

/** Parses a cursor in the list of runs, or a time. */
function cursorOf(text: string): number | RunCursor {
  const [acceptedAt, runId] = text.split(/_(.*)/s);
  return runId === undefined ? Number(acceptedAt) : { acceptedAt: Number(acceptedAt), runId };
}

/** Errors: `bad_request`. */
function afterOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  if (!/^\d{1,15}$/.test(lastEventId))
    throw new HeddleError('bad_request', 'Last-Event-ID must be the id of the last event that was received.');
  return Number(lastEventId);
}

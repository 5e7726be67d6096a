import {
  authorise,
  defaultProject,
  isAtMost,
  joinLabels,
  responseNotFound,
  subjectOf,
  type Label,
  type LabelledValue,
  type LabelLevel,
  type Principal,
  type RunAcceptance,
  type RunSummary,
} from '@heddle/core';
import { Injectable } from '@nestjs/common';
import { undefinedIf } from '../../../common/undefined-if.js';
import { TrustedClock } from '../../../common/trusted-clock.js';
import { errorWithin } from '../../../publishing/runs/error-within.js';
import { RunService } from '../../../runs/run.service.js';
import { ThreadService, type ThreadViewer } from '../../threads/thread.service.js';
import type { CallerFacts } from '../caller-facts.js';
import { storedRequestOf, type StoredRequest } from './stored-request.js';
import { runIdOf } from './response-ids.js';

/** The caller of the Responses API. */
export interface ResponseCaller {
  readonly principal: Principal;
  readonly asked: CallerFacts;
}

/** A stored response that the caller may read. */
export interface StoredResponse {
  readonly acceptance: RunAcceptance;
  readonly summary: RunSummary;
  readonly kept: StoredRequest;
}

/** The outcome of a run, as its caller may see it. */
export interface Answer {
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** The label of all outputs. */
  readonly label?: Label | undefined;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The responses of callers: runs whose acceptance stores the request. */
@Injectable()
export class StoredResponses {
  constructor(
    private readonly threads: ThreadService,
    private readonly runs: RunService,
    private readonly clock: TrustedClock,
  ) {}

  viewerOf({ principal, asked }: ResponseCaller): Promise<ThreadViewer> {
    return this.threads.viewerOf(principal, asked.onBehalfOf);
  }

  /** A stored response of this caller. An unknown response and one of another caller give the same error. Errors: `response_not_found`. */
  async require(id: string, caller: ResponseCaller, input?: string): Promise<StoredResponse> {
    const viewer = await this.viewerOf(caller);
    const acceptance = await this.accepted(runIdOf(id) ?? '');
    const kept = acceptance === undefined ? undefined : storedRequestOf(acceptance);
    if (acceptance === undefined || kept === undefined || !this.isOwn(acceptance, kept, viewer, caller.principal))
      throw responseNotFound(input);
    return { acceptance, kept, summary: await this.runs.summary(acceptance.runId) };
  }

  private async accepted(runId: string): Promise<RunAcceptance | undefined> {
    return runId === '' ? undefined : undefinedIf(['run_not_found'], () => this.runs.acceptance(runId));
  }

  /** Whether a run belongs to this subject in a project of the caller, and the caller still has the right to its model or workflow. */
  private isOwn(
    { caller, workflowId }: RunAcceptance,
    { response }: StoredRequest,
    viewer: ThreadViewer,
    principal: Principal,
  ): boolean {
    const { project = defaultProject } = caller ?? {};
    const subject = subjectOf(caller);
    if (!viewer.within.some((scope) => 'project' in scope && scope.project === project && scope.subject === subject))
      return false;
    if (workflowId !== undefined) return viewer.may({ project, workflow: workflowId, subject });
    const model = { kind: 'model', id: response.model, project } as const;
    return authorise(principal, 'model:try', model, this.clock.now()) === 'allowed';
  }

  /** The outputs of a run that its caller may receive. */
  async answerOf({ runId, status }: RunSummary, clearance: LabelLevel): Promise<Answer> {
    const end = status === 'cancelled' ? undefined : await this.runs.end(runId);
    if (end === undefined) return {};
    if (end.error !== undefined) {
      const { code, message } = errorWithin(end.error, end.label, clearance);
      return { error: { code, message } };
    }
    const outputs: Readonly<Record<string, LabelledValue>> = end.outputs ?? {};
    for (const [name, { label }] of Object.entries(outputs))
      if (!isAtMost(label.level, clearance))
        return {
          error: {
            code: 'label_refused',
            message: `The label of the output '${name}' is above the clearance of replies.`,
          },
        };
    const labels = Object.values(outputs).map(({ label }) => label);
    const [first, ...others] = labels;
    return {
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
      label: first === undefined ? undefined : others.reduce((all, one) => joinLabels(all, one), first),
    };
  }
}

import { undefinedIf } from '../../common/undefined-if.js';
import type { ChannelStores } from '../../channel-stores/open-channels.js';
import {
  authorise,
  HeddleError,
  isAtMost,
  joinLabels,
  textOf,
  type AnnotationStore,
  type Audit,
  type AuditActor,
  type Clock,
  type FeedbackStore,
  type LabelLevel,
  type Principal,
  type RunSummary,
  type TrainingConsentReply,
  type TrainingConsentRequest,
  type TrainingConsents,
  type TrainingLeftOut,
  type TrainingSetReply,
  type TrainingSetRequest,
} from '@heddle/core';
import { createHash } from 'node:crypto';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import { contentsOfRun, type RunContents, type RunJournal } from '../contents-of-run.js';
import { dataCard } from './data-card.js';
import {
  answerOf,
  isSameQuestion,
  lineOf,
  promptOf,
  type ExampleSource,
  type TrainingExample,
} from './training-examples.js';

interface TrainingSources {
  readonly feedback: FeedbackStore;
  readonly annotations: AnnotationStore;
  readonly consents: TrainingConsents;
  readonly shares: Pick<ChannelStores['store'], 'list'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly journal: RunJournal;
  readonly ownership: Ownership;
  readonly audit: Pick<Audit, 'commit' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What people said about one run, or about two that they compared. */
interface Judged {
  /** If there are two, the better one comes first. */
  readonly runs: readonly string[];
  readonly correction?: unknown;
  /** Whether the mean of all verdicts is high enough, and none is bad. */
  readonly isGood: boolean;
}

interface Usable {
  readonly contents: readonly RunContents[];
  readonly times: readonly number[];
  readonly label: LabelLevel;
}

/** The lowest verdict of a good answer. */
const goodFrom = 0.75;

/**
 * Training sets from runs that people corrected, found good, or compared. A run is used only if its caller had consented before it began,
 * its label is within the clearance, and the exporter may read it.
 */
export class TrainingService {
  constructor(private readonly sources: TrainingSources) {}

  /** Errors: `workflow_not_found`. */
  async consent(workflow: string): Promise<TrainingConsentReply> {
    const { workflows, consents } = this.sources;
    const { id } = await workflows.get(workflow);
    const shares: Record<string, number> = {};
    for (const share of await this.sharesOf(id)) {
      const since = await consents.since(`share:${share}`);
      if (since !== undefined) shares[share] = since;
    }
    const since = await consents.since(`workflow:${id}`);
    const found = { shares };
    return since === undefined ? found : { ...found, workflow: since };
  }

  /** Errors: `workflow_not_found`, `not_found` for a share link of another workflow. */
  async setConsent(
    workflow: string,
    { share, isGiven }: TrainingConsentRequest,
    by: AuditActor,
  ): Promise<TrainingConsentReply> {
    const { workflows, consents, audit } = this.sources;
    const { id } = await workflows.get(workflow);
    if (share !== undefined && !(await this.sharesOf(id)).includes(share))
      throw new HeddleError('not_found', 'The workflow has no such share link.');
    const subject = share === undefined ? `workflow:${id}` : `share:${share}`;
    const step = isGiven ? 'training consent given' : 'training consent withdrawn';
    await audit.commit(
      { kind: 'workflow', ...by, subject: `workflow:${id}`, details: { step, share } },
      isGiven ? consents.give(subject) : consents.withdraw(subject),
    );
    return this.consent(id);
  }

  /** Errors: `workflow_not_found`. */
  async export(
    workflow: string,
    request: TrainingSetRequest,
    caller: Principal,
    by: AuditActor,
  ): Promise<TrainingSetReply> {
    const { workflows, audit, clock } = this.sources;
    const { id, document } = await workflows.get(workflow);
    const set = await this.collect(id, request, caller);
    const content = set.lines.map((line) => `${line}\n`).join('');
    const examples = set.lines.length;
    const sha256 = hashOf(content);
    const card = dataCard({
      workflow: { id, name: document.name },
      request,
      examples,
      sha256,
      madeAt: clock.now(),
      sources: set.sources,
      labels: Object.fromEntries(set.labels),
      leftOut: set.leftOut,
      dates: set.times.length === 0 ? undefined : { from: Math.min(...set.times), to: Math.max(...set.times) },
      consents: await this.consentsOf(id),
      runsSha256: hashOf([...set.runs].sort().join('\n')),
    });
    const { format, clearance } = request;
    const details = { training: format, examples, sha256, clearance };
    await audit.write({ kind: 'export', ...by, subject: `workflow:${id}`, details });
    return { format, examples, leftOut: set.leftOut, sha256, content, card };
  }

  private async collect(workflowId: string, request: TrainingSetRequest, caller: Principal) {
    const lines: string[] = [];
    const known = new Set<string>();
    const sources: Record<ExampleSource, number> = { corrected: 0, good: 0, compared: 0 };
    const labels = new Map<string, number>();
    const leftOut: TrainingLeftOut = { consent: 0, label: 0, gone: 0, unfit: 0, same: 0 };
    const runs: Set<string> = new Set();
    const times: number[] = [];
    for await (const judged of this.judgedOf(workflowId)) {
      if (lines.length === request.limit) break;
      const usable = await this.read(workflowId, judged.runs, request, caller);
      if (usable === 'outside') continue;
      const example = typeof usable === 'string' ? undefined : exampleOf(judged, usable.contents, request);
      const line = example === undefined ? undefined : lineOf(request.format, example);
      if (typeof usable === 'string') leftOut[usable] += 1;
      else if (example === undefined || line === undefined) leftOut.unfit += 1;
      else if (known.has(line)) leftOut.same += 1;
      else {
        known.add(line);
        lines.push(line);
        sources[example.source] += 1;
        labels.set(usable.label, (labels.get(usable.label) ?? 0) + 1);
        for (const run of judged.runs) runs.add(run);
        times.push(...usable.times);
      }
      await yieldToEventLoop();
    }
    return { lines, sources, labels, leftOut, runs, times };
  }

  /** People's judgements on runs of a workflow. Corrections by annotators take precedence over those in feedback. */
  private async *judgedOf(workflow: string): AsyncGenerator<Judged, void, void> {
    const { feedback, annotations } = this.sources;
    const corrections = new Map<string, unknown>();
    const pairs: Judged[] = [];
    for (const { id } of await annotations.list())
      for (const { runs, correction, preferred, isSkipped } of await annotations.annotations(id)) {
        const [run = '', other] = runs;
        if (isSkipped) continue;
        if (other !== undefined && preferred !== undefined && runs.includes(preferred))
          pairs.push({ runs: preferred === run ? [run, other] : [other, run], isGood: false });
        else if (other === undefined && correction !== undefined) corrections.set(run, correction);
      }
    const seen = new Set<string>();
    for (const { runId, correction, mean, bad } of await feedback.judged(workflow)) {
      seen.add(runId);
      const isGood = mean !== undefined && mean >= goodFrom && bad === 0;
      yield { runs: [runId], correction: corrections.get(runId) ?? correction, isGood };
    }
    for (const [run, correction] of corrections) if (!seen.has(run)) yield { runs: [run], correction, isGood: false };
    yield* pairs;
  }

  private async read(
    workflowId: string,
    runIds: readonly string[],
    { since = 0, until = Infinity, clearance }: TrainingSetRequest,
    caller: Principal,
  ): Promise<Usable | 'outside' | 'consent' | 'label' | 'gone'> {
    const { journal } = this.sources;
    const contents: RunContents[] = [];
    const times: number[] = [];
    for (const runId of runIds) {
      const run = await undefinedIf(['run_not_found'], () => this.sources.journal.summary(runId));
      if (run === undefined) return 'gone';
      if (run.workflowId !== workflowId || run.acceptedAt < since || run.acceptedAt >= until) return 'outside';
      if (!(await this.mayRead(runId, caller))) return 'outside';
      if (!(await this.hasConsent(workflowId, run))) return 'consent';
      if (run.status !== 'done' || run.valuesRemovedAt !== undefined) return 'gone';
      contents.push(await contentsOfRun(journal, runId));
      times.push(run.acceptedAt);
    }
    const label = contents.map((one) => one.label).reduce(joinLabels).level;
    return isAtMost(label, clearance) ? { contents, times, label } : 'label';
  }

  /** A user of a share link consents by the link; other callers consent by the workflow. Runs from before the consent are not included. */
  private async hasConsent(workflowId: string, { caller, acceptedAt }: RunSummary): Promise<boolean> {
    const subject = caller?.principal.startsWith('share:') === true ? caller.principal : `workflow:${workflowId}`;
    const since = await this.sources.consents.since(subject);
    return since !== undefined && acceptedAt >= since;
  }

  private async mayRead(runId: string, caller: Principal): Promise<boolean> {
    const { ownership, clock } = this.sources;
    return authorise(caller, 'run:values', await ownership.resourceOf('run', runId, caller), clock.now()) === 'allowed';
  }

  private async sharesOf(workflowId: string): Promise<readonly string[]> {
    return (await this.sources.shares.list('share', workflowId)).map(({ id }) => id);
  }

  private async consentsOf(id: string): Promise<readonly (readonly [string, number])[]> {
    const { workflow, shares } = await this.consent(id);
    const links = Object.entries(shares).map(([share, since]) => [`users of the share link ${share}`, since] as const);
    return workflow === undefined ? links : [['callers of the workflow', workflow], ...links];
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function exampleOf(
  { correction, isGood }: Judged,
  [first, second]: readonly RunContents[],
  { answers, system }: TrainingSetRequest,
): TrainingExample | undefined {
  if (first === undefined) return undefined;
  const prompt = promptOf(first, system);
  const answer = answerOf(first);
  if (second !== undefined) {
    const rejected = answerOf(second);
    if (answer === undefined || rejected === undefined || answer === rejected || !isSameQuestion(first, second))
      return undefined;
    return { source: 'compared', prompt, chosen: answer, rejected };
  }
  if (correction !== undefined) {
    const chosen = textOf(correction);
    return { source: 'corrected', prompt, chosen, rejected: answer === chosen ? undefined : answer };
  }
  return isGood && answers === 'good' && answer !== undefined ? { source: 'good', prompt, chosen: answer } : undefined;
}

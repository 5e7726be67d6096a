import type { IdentityStores } from '@heddle/adapters/identity';
import type { ModelCalls } from '@heddle/adapters/routing';
import {
  authorise,
  defaultProject,
  endUserSubject,
  HeddleError,
  isTerminal,
  runNotFound,
  subjectOf,
  withoutUndefined,
  type Audit,
  type Clock,
  type FeedbackReply,
  type FeedbackRequest,
  type FeedbackStore,
  type OwnFeedback,
  type Principal,
  type RunSummary,
  type StoredFeedback,
} from '@heddle/core';
import { checkSpeaksForUsers } from '../auth/end-user.js';
import type { RateLimits } from '../auth/rate-limits.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { contentsOfRun, type RunContents, type RunJournal } from './contents-of-run.js';
import { namesOfPeople } from './names-of-people.js';

interface FeedbackSources {
  readonly feedback: FeedbackStore;
  readonly calls: Pick<ModelCalls, 'modelsOf'>;
  readonly journal: RunJournal;
  readonly ownership: Ownership;
  readonly identity: Pick<IdentityStores, 'users' | 'keys' | 'projects'>;
  readonly rates: Pick<RateLimits, 'take'>;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock;
}

/** Who gives feedback, and by which API. */
interface Rater {
  readonly principal: Principal;
  /** The end user that an API key acts for. */
  readonly onBehalfOf?: string | undefined;
  /** True for the API of published versions, where a key rates only its own calls, even if it has other rights. */
  readonly isPublished: boolean;
}

/** How often one person may give or change feedback in a minute. */
const perMinute = 60;

/**
 * Feedback of people on runs. A person has one feedback for each answer; a later one replaces it. Audit events mention the feedback without
 * its text.
 */
export class FeedbackService {
  constructor(private readonly sources: FeedbackSources) {}

  /** The id of a caller in feedback on a run. Errors: `run_not_found` if they may not rate the run, `forbidden`. */
  async personOf(runId: string, { principal, onBehalfOf, isPublished }: Rater): Promise<string> {
    const { journal, ownership, clock } = this.sources;
    const { caller } = await journal.summary(runId);
    const resource = await ownership.resourceOf('run', runId, principal);
    const isOwn = caller?.principal === principal.id;
    const isNarrow = isPublished && principal.kind === 'key';
    if (!isOwn && (isNarrow || authorise(principal, 'run:values', resource, clock.now()) !== 'allowed'))
      throw runNotFound(runId);
    if (onBehalfOf === undefined) return principal.id;
    checkSpeaksForUsers(principal, resource, clock);
    const subject = endUserSubject(onBehalfOf);
    if (subjectOf(caller) !== subject) throw runNotFound(runId);
    return `${principal.id} ${subject}`;
  }

  /**
   * Gives feedback, or replaces it. Errors: `run_not_found`, `conflict` while the run goes on, `bad_request` for a model or a message that the
   * run does not have, `too_many_requests`.
   */
  async give(runId: string, who: string, request: FeedbackRequest): Promise<void> {
    const { feedback, journal, audit, rates } = this.sources;
    rates.take(`feedback:${who}`, perMinute);
    const run = await journal.summary(runId);
    if (!isTerminal(run.status))
      throw new HeddleError('conflict', 'The run has not ended: give feedback after its end.');
    const { model, message = '', thumb, rating, score, comment, correction } = request;
    const contents = await contentsOfRun(journal, runId);
    if (message !== '') checkMessage(contents, message);
    const entry = {
      runId,
      who,
      message,
      thumb,
      rating,
      score,
      comment,
      correction,
      models: await this.modelsOf(runId, model),
      label: contents.label.level,
      batches: contents.batches,
      project: await this.projectOf(runId),
      workflow: run.workflowId,
      subject: subjectOf(run.caller),
    };
    const details = withoutUndefined({
      step: 'given' as const,
      thumb,
      rating,
      score,
      model,
      message: request.message,
      hasComment: comment === undefined ? undefined : true,
      hasCorrection: correction === undefined ? undefined : true,
    });
    const event = { kind: 'feedback', who, project: entry.project, subject: `run:${runId}`, details } as const;
    await audit.commit(event, feedback.write.give(entry));
  }

  /** Removes the feedback of a person, if there is any. Errors: `run_not_found`, `too_many_requests`. */
  async remove(runId: string, who: string, message = ''): Promise<void> {
    const { feedback, audit, rates } = this.sources;
    rates.take(`feedback:${who}`, perMinute);
    if (!(await this.of(runId)).some((given) => given.who === who && given.message === message)) return;
    const details = withoutUndefined({ step: 'removed' as const, message: message === '' ? undefined : message });
    const project = await this.projectOf(runId);
    await audit.commit(
      { kind: 'feedback', who, project, subject: `run:${runId}`, details },
      feedback.write.remove(runId, message, who),
    );
  }

  /** The feedback of one person on a run. */
  async own(runId: string, who: string): Promise<OwnFeedback[]> {
    const given = await this.of(runId);
    return given.filter((one) => one.who === who).map(withoutPerson);
  }

  /** The feedback of all people on a run, with their names. */
  async all(runId: string, who: string): Promise<FeedbackReply> {
    const given = await this.of(runId);
    return {
      feedback: given.map((one) => ({ ...withoutPerson(one), who: one.who, label: one.label, isOwn: one.who === who })),
      names: await namesOfPeople(
        this.sources.identity,
        await this.projectOf(runId),
        given.map((one) => one.who),
      ),
    };
  }

  private of(runId: string): Promise<readonly StoredFeedback[]> {
    return this.sources.feedback.of(runId);
  }

  private async projectOf(runId: string): Promise<string> {
    return (await this.sources.ownership.resourceOf('run', runId)).project ?? defaultProject;
  }

  /** The models that the feedback counts for: the given one, or all that wrote the answer. */
  private async modelsOf(runId: RunSummary['runId'], model: string | undefined): Promise<readonly string[]> {
    const wrote = await this.sources.calls.modelsOf(runId);
    if (model === undefined) return wrote;
    if (wrote.includes(model)) return [model];
    throw new HeddleError('bad_request', `The model '${model}' wrote no answer in run '${runId}'.`, {
      details: { run: runId, models: wrote },
    });
  }
}

function withoutPerson({ who: _who, label: _label, runId: _run, message, ...said }: StoredFeedback): OwnFeedback {
  return message === '' ? said : { ...said, message };
}

/** Errors: `bad_request` if the run has no such message. */
function checkMessage({ outputs }: RunContents, message: string): void {
  const [, output = '', position] = /^(.*?)(?:\/(\d{1,6}))?$/s.exec(message) ?? [];
  if (Object.hasOwn(outputs, output)) {
    if (position === undefined) return;
    const messages = outputs[output];
    if (Array.isArray(messages) && Number(position) < messages.length) return;
  }
  throw new HeddleError(
    'bad_request',
    `The run has no message '${message.slice(0, 200)}': name an output, or OUTPUT/N.`,
    {
      details: { outputs: Object.keys(outputs) },
    },
  );
}

import type { IdentityStores } from '@heddle/adapters/identity';
import { prepareAndCommit } from '@heddle/adapters/stores';
import {
  agreementOf,
  authorise,
  personScores,
  personValues,
  HeddleError,
  isAtMost,
  type AddItemsReply,
  type AddItemsRequest,
  type AnnotatedRun,
  type AnnotationQueue,
  type AnnotationRequest,
  type AnnotationStore,
  type AnnotationTask,
  type Audit,
  type AuditActor,
  type CalibrateQueueReply,
  type CalibrateQueueRequest,
  type CalibrationPair,
  type ChangeQueueRequest,
  type CreateQueueRequest,
  type DatasetRow,
  type DatasetWriteReply,
  type GuardedWrite,
  type NextTaskReply,
  type PersonScore,
  type Principal,
  type QueueResultsReply,
  type QueueRowsRequest,
  type Rubric,
  type StoredItem,
  type Tables,
  withoutUndefined,
  type StoredQueue,
} from '@heddle/core';
import { createHash } from 'node:crypto';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { DatasetService } from '../../datasets/dataset.service.js';
import type { CalibrationService } from '../../evaluators/calibration.service.js';
import { contentsOfRun } from '../contents-of-run.js';
import { namesOfPeople } from '../names-of-people.js';
import { checkAnnotation } from './check-annotation.js';
import { itemsOfRuns, type ItemSources } from './items-of-runs.js';
import { judgesOfRuns, type JudgedSources } from './judged-runs.js';

interface AnnotationSources extends ItemSources, JudgedSources {
  readonly annotations: AnnotationStore;
  readonly datasets: Pick<DatasetService, 'addRows'>;
  readonly calibrations: Pick<CalibrationService, 'addOf' | 'of'>;
  readonly identity: Pick<IdentityStores, 'users' | 'keys' | 'projects'>;
  readonly audit: Audit;
  readonly tables: Pick<Tables, 'commit'>;
  /** Called after annotations of runs have changed. */
  readonly onJudged: (runs: readonly string[]) => Promise<void>;
}

interface PeopleScore {
  readonly mean: number;
  readonly people: number;
}

/** How many milliseconds an item is reserved for the person who claimed it. */
const claimMs = 15 * 60_000;

/**
 * Queues of runs that people annotate. Two people get the same item only if the queue wants two annotations of it. A queue contains no run
 * whose label is above its clearance, and shows people only runs whose values they may read.
 */
export class AnnotationService {
  /** Queues that are being created for evaluations, so that two answers at the same time get the same queue. */
  private readonly making = new Map<string, Promise<{ readonly id: string }>>();

  constructor(private readonly sources: AnnotationSources) {}

  async list(who: string, shows: (id: string) => boolean): Promise<AnnotationQueue[]> {
    const shown: AnnotationQueue[] = [];
    for (const queue of await this.sources.annotations.list())
      if (shows(queue.id)) shown.push(await this.shown(queue, who));
    return shown;
  }

  async create(request: CreateQueueRequest, project: string, by: AuditActor): Promise<AnnotationQueue> {
    const { annotations, ownership, audit } = this.sources;
    await ownership.newIn('annotation-queue', project);
    const { name } = request;
    const { queue, writes } = annotations.write.create(request, project);
    const subject = `annotation-queue:${queue.id}` as const;
    await audit.commit({ kind: 'annotation', ...by, project, subject, details: { step: 'made', name } }, [
      ...writes,
      ...ownership.write.assign('annotation-queue', queue.id, project),
    ]);
    return this.shown(queue, by.who);
  }

  /** Errors: `not_found`. */
  async get(id: string, who: string): Promise<AnnotationQueue> {
    return this.shown(await this.sources.annotations.get(id), who);
  }

  /** Errors: `not_found`. */
  async change(id: string, changes: ChangeQueueRequest, by: AuditActor): Promise<AnnotationQueue> {
    const { queue } = await prepareAndCommit(
      () => this.sources.annotations.changed(id, changes),
      ({ writes }) => this.record(id, by, { step: 'changed' }, writes),
    );
    return this.shown(queue, by.who);
  }

  /** Deletes a queue with its annotations. Errors: `not_found`. */
  delete(id: string, by: AuditActor): Promise<void> {
    return this.record(id, by, { step: 'removed' }, this.sources.annotations.write.delete(id));
  }

  /** Errors: `not_found`, `workflow_not_found`. */
  async add(id: string, request: AddItemsRequest, caller: Principal, by: AuditActor): Promise<AddItemsReply> {
    const { annotations, audit } = this.sources;
    const queue = await annotations.get(id);
    const { items, above, refused } = await itemsOfRuns(this.sources, queue, request, caller);
    const added = await prepareAndCommit(
      () => annotations.missing(id, items),
      (missing) =>
        audit.commit(
          {
            kind: 'annotation',
            ...by,
            subject: `annotation-queue:${id}`,
            details: { step: 'items added', added: missing.length },
          },
          annotations.write.add(queue, missing),
        ),
    );
    return { added: added.length, known: items.length - added.length, above, refused };
  }

  /**
   * Claims the next item for a person, or returns the one that they have already claimed. Errors: `not_found`, `forbidden` if others are
   * assigned.
   */
  async next(id: string, caller: Principal): Promise<NextTaskReply> {
    const queue = await this.assigned(id, caller);
    const { annotations, tables } = this.sources;
    for (;;) {
      const until = this.until();
      const item = await annotations.next(id, caller.id, until);
      const task = item === undefined ? undefined : await this.taskOf(queue, item, until, caller);
      // Items that were removed, or that the person may not see, are skipped.
      if (item !== undefined && task === undefined) {
        const said = { scores: {}, isSkipped: true };
        await tables.commit(annotations.write.annotate({ queue: id, item: item.item, who: caller.id, said }));
        continue;
      }
      const reply = { queue: await this.shown(queue, caller.id) };
      return task === undefined ? reply : { ...reply, task };
    }
  }

  /** Errors: `not_found`, `forbidden`, `bad_request` if it does not fit the rubric, `conflict` if others took the item. */
  async annotate(id: string, item: number, said: AnnotationRequest, caller: Principal, by: AuditActor): Promise<void> {
    const queue = await this.assigned(id, caller);
    const { annotations } = this.sources;
    const { runs } = await annotations.item(id, item);
    checkAnnotation(queue, runs, said);
    for (const run of runs) await this.checkRun(run, caller);
    const step = said.isSkipped ? 'skipped' : 'annotated';
    await this.record(id, by, { step, item }, annotations.write.annotate({ queue: id, item, who: caller.id, said }));
    await this.sources.onJudged(runs);
  }

  /** Undoes the last annotation of a person and returns its item. Errors: `not_found`, `forbidden`, `conflict` without an annotation. */
  async undo(id: string, caller: Principal, by: AuditActor): Promise<NextTaskReply> {
    const queue = await this.assigned(id, caller);
    const { annotations, audit } = this.sources;
    const until = this.until();
    const last = await annotations.last(id, caller.id);
    if (last === undefined) throw new HeddleError('conflict', 'You have no annotation here that could be undone.');
    await audit.commit(
      {
        kind: 'annotation',
        ...by,
        subject: `annotation-queue:${id}`,
        details: { step: 'taken back', item: last.item },
      },
      annotations.write.undo(id, last.item, caller.id, until),
    );
    await this.sources.onJudged(last.runs);
    const task = await this.taskOf(queue, last, until, caller);
    const reply = { queue: await this.shown(queue, caller.id) };
    return task === undefined ? reply : { ...reply, task };
  }

  /** Errors: `not_found`. */
  async results(id: string): Promise<QueueResultsReply> {
    const { kind, rubric, project } = await this.sources.annotations.get(id);
    const annotations = await this.sources.annotations.annotations(id);
    return {
      annotations: [...annotations],
      agreement: [...agreementOf(rubric, kind, annotations)],
      names: await namesOfPeople(
        this.sources.identity,
        project,
        annotations.map(({ who }) => who),
      ),
    };
  }

  /**
   * Adds rows with the corrected answers of a queue. If a run was corrected several times, the last correction counts. Errors: `not_found`,
   * `conflict`.
   */
  async addRows(id: string, request: QueueRowsRequest, caller: Principal, by: AuditActor): Promise<DatasetWriteReply> {
    const { annotations, datasets, ownership, clock, audit } = this.sources;
    const queue = await annotations.get(id);
    const resource = await ownership.resourceOf('dataset', request.dataset, caller);
    checkAccess(caller, 'workflow:write', resource, clock);
    // Answers stay in their project, even if the caller is a member of both.
    if (resource.project !== queue.project) throw new HeddleError('not_found', 'There is no such dataset here.');
    const written = await datasets.addRows(
      request.dataset,
      this.rowsOf(id, request),
      `From the queue '${queue.name}'`,
      by,
    );
    const details = { step: 'rows written', dataset: request.dataset, rows: written.added } as const;
    await audit.write({ kind: 'annotation', ...by, subject: `annotation-queue:${id}`, details });
    return written;
  }

  /**
   * Compares the LLM judges of an experiment or a monitor with people's annotations of the same runs. Errors: `not_found`, `forbidden`,
   * `bad_request` without such a criterion or judge.
   */
  async calibrate(
    id: string,
    request: CalibrateQueueRequest,
    caller: Principal,
    by: AuditActor,
  ): Promise<CalibrateQueueReply> {
    const { annotations, calibrations } = this.sources;
    const { project, rubric } = await annotations.get(id);
    const said = personScores(rubric, request.criterion, personValues(await annotations.annotations(id)));
    const runs = new Set(said.map(({ run }) => run));
    const found: CalibrateQueueReply['judges'] = [];
    for (const { name, evaluator, scores } of await judgesOfRuns(this.sources, project, request, { runs, caller })) {
      const both = said.filter(({ run }) => scores.has(run));
      if (both.length > 0) await calibrations.addOf(project, evaluator, pairsByPerson(both, scores), by);
      found.push({ name, pairs: both.length, calibration: await calibrations.of(project, evaluator) });
    }
    return { judges: found };
  }

  /** Asks people to judge a run: adds it to the queue of its project with this rubric, which is created if needed. Returns the queue. */
  async request(run: string, rubric: Rubric, caller: Principal, name = 'Requests of evaluations'): Promise<string> {
    const { annotations, ownership } = this.sources;
    const { project = '' } = await ownership.resourceOf('run', run, caller);
    const asked = JSON.stringify(rubric);
    const by = { who: caller.id, project };
    const queue = await this.madeOnce(JSON.stringify([project, name, asked]), async () => {
      const isAsked = (one: StoredQueue): boolean =>
        one.project === project && one.name === name && JSON.stringify(one.rubric) === asked;
      const made = { name, kind: 'rate', rubric, assignees: [], double: 0, clearance: 'restricted' } as const;
      return (await annotations.list()).find(isAsked) ?? (await this.create({ ...made, assignees: [] }, project, by));
    });
    const { refused } = await this.add(queue.id, { runs: [run] }, caller, by);
    if (refused > 0)
      throw new HeddleError(
        'conflict',
        `The run '${run.slice(0, 80)}' cannot be annotated: it has not ended, or its values were removed.`,
      );
    return queue.id;
  }

  private madeOnce(key: string, make: () => Promise<{ readonly id: string }>): Promise<{ readonly id: string }> {
    const made = this.making.get(key) ?? make().finally(() => this.making.delete(key));
    this.making.set(key, made);
    return made;
  }

  /** The mean annotation of each run, from 0 to 1, in the queues of a project with this rubric. */
  async scoresOf(project: string, rubric: Rubric): Promise<ReadonlyMap<string, PeopleScore>> {
    const { annotations } = this.sources;
    const asked = JSON.stringify(rubric);
    const found = new Map<string, PeopleScore>();
    for (const queue of await annotations.list()) {
      if (queue.project !== project || JSON.stringify(queue.rubric) !== asked) continue;
      const said = personValues(await annotations.annotations(queue.id));
      for (const { run, score } of personScores(rubric, undefined, said)) {
        const { mean, people } = found.get(run) ?? { mean: 0, people: 0 };
        found.set(run, { mean: (mean * people + score) / (people + 1), people: people + 1 });
      }
    }
    return found;
  }

  private record(
    id: string,
    by: AuditActor,
    details:
      { readonly step: 'changed' | 'removed' } | { readonly step: 'annotated' | 'skipped'; readonly item: number },
    writes: readonly GuardedWrite[],
  ): Promise<void> {
    return this.sources.audit.commit({ kind: 'annotation', ...by, subject: `annotation-queue:${id}`, details }, writes);
  }

  private async shown(queue: StoredQueue, who: string): Promise<AnnotationQueue> {
    const { project: _project, ...shown } = queue;
    const progress = await this.sources.annotations.progress(queue.id, who);
    return { ...shown, ...progress, open: isAssigned(queue, who) ? progress.open : 0 };
  }

  /** Errors: `not_found`, `forbidden`. */
  private async assigned(id: string, { id: who }: Principal): Promise<StoredQueue> {
    const queue = await this.sources.annotations.get(id);
    if (isAssigned(queue, who)) return queue;
    throw new HeddleError('forbidden', 'This queue is assigned to others.');
  }

  private until(): number {
    return this.sources.clock.now() + claimMs;
  }

  /** An item as the person sees it; undefined if they may not see its runs, or one was removed. */
  private async taskOf(
    queue: StoredQueue,
    { item, runs, label }: StoredItem,
    until: number,
    caller: Principal,
  ): Promise<AnnotationTask | undefined> {
    if (!isAtMost(label, queue.clearance)) return undefined;
    try {
      const shown = await Promise.all(runs.map((run) => this.annotatedRun(run, caller)));
      // The order of two answers is swapped for some people, so that it does not influence the result.
      return { item, runs: isSwapped(item, caller.id) ? shown.reverse() : shown, until };
    } catch (error) {
      if (error instanceof HeddleError && ['run_not_found', 'not_found', 'forbidden'].includes(error.code))
        return undefined;
      throw error;
    }
  }

  private async annotatedRun(runId: string, caller: Principal): Promise<AnnotatedRun> {
    await this.checkRun(runId, caller);
    const { journal } = this.sources;
    const [{ workflowName }, { inputs, outputs, label }] = await Promise.all([
      journal.summary(runId),
      contentsOfRun(journal, runId),
    ]);
    return { runId, workflowName, inputs: { ...inputs }, outputs: { ...outputs }, label: label.level };
  }

  /** Errors: `not_found`, `forbidden`. */
  private async checkRun(runId: string, caller: Principal): Promise<void> {
    const { ownership, clock } = this.sources;
    const resource = await ownership.resourceOf('run', runId, caller);
    if (authorise(caller, 'run:values', resource, clock.now()) !== 'allowed')
      checkAccess(caller, 'run:values', resource, clock, runId);
  }

  private async *rowsOf(id: string, { split, tags }: QueueRowsRequest): AsyncGenerator<DatasetRow, void, void> {
    const { annotations, journal } = this.sources;
    const corrected = new Map<string, unknown>();
    for (const { runs, correction, isSkipped } of await annotations.annotations(id)) {
      const [run, ...others] = runs;
      if (run !== undefined && others.length === 0 && !isSkipped && correction !== undefined)
        corrected.set(run, correction);
    }
    for (const [run, expected] of corrected) {
      const { inputs, label } = await contentsOfRun(journal, run);
      yield withoutUndefined({ id: run, run, inputs: { ...inputs }, expected, label: label.level, split, tags });
    }
  }
}

/** The scores of people and of a judge for the same runs, by person. */
function pairsByPerson(
  said: readonly PersonScore[],
  scores: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly CalibrationPair[]> {
  const found = new Map<string, CalibrationPair[]>();
  for (const { run, person, score } of said) {
    const judge = scores.get(run);
    if (judge !== undefined) found.set(person, [...(found.get(person) ?? []), { subject: run, judge, person: score }]);
  }
  return found;
}

const isAssigned = ({ assignees }: StoredQueue, who: string): boolean =>
  assignees.length === 0 || assignees.includes(who);

/** Random, but always the same for a person and an item. */
const isSwapped = (item: number, who: string): boolean =>
  (createHash('sha256').update(`${item} ${who}`).digest()[0] ?? 0) % 2 === 1;

import {
  authorise,
  withoutUndefined,
  type Clock,
  type DashboardDimension,
  type DashboardFigures,
  type DashboardGroup,
  type DashboardReply,
  type ErrorGroup,
  type Journal,
  type Principal,
  type RatingsSource,
  type RollupGroup,
  type RollupQuery,
  type RollupStore,
  type RunScoreStore,
  type ScoreSeries,
} from '@heddle/core';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { ProjectView } from '../auth/rights/project-view.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { chooseStep, type Steps } from './choose-step.js';
import { errorGroupOf } from './error-groups.js';
import { FigureSum } from './figure-sum.js';
import { GroupSums } from './group-sums.js';
import { readFigures } from './read-figures.js';
import { scoreSeries } from './score-series.js';
import type { RollupWorker } from './rollup-worker.js';
import { isInFilter, showsGroup, type FigureFilter } from './visible-groups.js';

interface DashboardSources {
  readonly rollups: RollupStore;
  readonly ratings: RatingsSource;
  readonly scores: Pick<RunScoreStore, 'series'>;
  readonly journal: Pick<Journal, 'summary' | 'events'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly keys: Pick<IdentityStores['keys'], 'get'>;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly worker: Pick<RollupWorker, 'refresh'>;
}

interface DashboardCaller {
  readonly view: Pick<ProjectView, 'showsRun' | 'showsValuesOf'>;
  readonly principal: Principal;
}

/** The period and filters of a request. The workflow is given by id or slug. */
export interface DashboardQuery extends FigureFilter {
  readonly from: number;
  readonly to: number;
}

/** How many groups of a dimension, and how many causes of failures, a reply may contain. */
const mostGroups = 50;
const mostErrors = 20;

/** Figures of runs, calls and ratings, limited to what the caller may read. */
export class DashboardService {
  constructor(private readonly sources: DashboardSources) {}

  async read(asked: DashboardQuery, caller: DashboardCaller): Promise<DashboardReply> {
    const { rollups, clock } = this.sources;
    await this.sources.worker.refresh();
    const query = await this.resolve(asked);
    const now = clock.now();
    const steps = chooseStep(query.from, query.to, now);
    const groups = await this.visible(query, caller.view);
    const scope = this.scopeOf(groups, query);
    const { since, waiting } = await rollups.lag();
    const { series, sums } = await this.sumsOf(steps, scope, groups);
    const before = await this.sumOf({ ...steps, ...lengthBefore(steps) }, scope);
    const errors = await this.errors(steps, scope, groups, caller);
    return {
      ...steps,
      totals: sums.total.figures(),
      before,
      series,
      groups: await this.titled(sums, caller),
      errors,
      scores: await this.scores(steps, query, groups),
      behindMs: since === undefined ? 0 : Math.max(0, now - since),
      waiting,
    };
  }

  /** Replaces the slug of a workflow by its id. An unknown workflow simply has no figures, like one that the caller may not read. */
  private async resolve(query: DashboardQuery): Promise<DashboardQuery> {
    const { workflow } = query;
    if (workflow === undefined) return query;
    const found = await this.sources.workflows.get(workflow).catch(() => undefined);
    return { ...query, workflow: found?.id ?? workflow };
  }

  private async visible(filter: FigureFilter, view: DashboardCaller['view']): Promise<readonly RollupGroup[]> {
    const { rollups, ownership } = this.sources;
    const shown = new Map<string, boolean>();
    return (await rollups.groups()).filter((group) => {
      if (!isInFilter(group, filter)) return false;
      const name = `${group.project}\n${group.workflow}`;
      const isShown = shown.get(name) ?? showsGroup(view, ownership, group);
      shown.set(name, isShown);
      return isShown;
    });
  }

  private scopeOf(groups: readonly RollupGroup[], filter: FigureFilter): Scope {
    const workflows = new Set(groups.map(({ workflow }) => workflow));
    const isRated = filter.key === undefined && filter.channel === undefined;
    return {
      groups: groups.map(({ id }) => id),
      model: filter.model,
      // Ratings are stored by workflow and version, without the caller or channel.
      isRated: ({ workflow, version }) =>
        isRated && workflows.has(workflow) && (filter.version === undefined || filter.version === version),
    };
  }

  /** Computes the sums of each step and of each group in a single read. */
  private async sumsOf(
    steps: Steps,
    scope: Scope,
    groups: readonly RollupGroup[],
  ): Promise<{ readonly series: DashboardReply['series']; readonly sums: GroupSums }> {
    const sums = new GroupSums(groups);
    const series = new Map<number, FigureSum>();
    for (let time = steps.from; time < steps.to; time += steps.step) series.set(time, new FigureSum());
    for await (const rows of this.rows(steps, scope)) {
      sums.add(rows);
      for (const row of rows.runs) series.get(row.time)?.addRuns(row);
      for (const row of rows.calls) series.get(row.time)?.addCalls(row);
      for (const row of rows.savings) series.get(row.time)?.addSaving(row);
      for (const row of rows.ratings) series.get(row.time)?.addRating(row);
    }
    return { series: [...series].map(([time, sum]) => ({ time, ...sum.figures() })), sums };
  }

  private async sumOf(steps: Steps, scope: Scope): Promise<DashboardFigures> {
    const sum = new FigureSum();
    for await (const rows of this.rows(steps, scope)) sum.addAll(rows);
    return sum.figures();
  }

  private async *rows({ from, to, step }: Steps, scope: Scope) {
    const query: RollupQuery = { from, to, step, groups: scope.groups, model: scope.model };
    for await (const rows of readFigures(this.sources, query))
      yield { ...rows, ratings: rows.ratings.filter(scope.isRated) };
  }

  private async scores(steps: Steps, query: DashboardQuery, groups: readonly RollupGroup[]): Promise<ScoreSeries[]> {
    const { model, key, channel, version } = query;
    if (model !== undefined || key !== undefined || channel !== undefined) return [];
    const workflows = [...new Set(groups.map(({ workflow }) => workflow))];
    const found = await scoreSeries(
      this.sources.scores,
      { ...steps, workflows },
      (row) => version === undefined || version === row.version,
    );
    const names = new Map<string, Promise<string | undefined>>();
    return Promise.all(
      found.map(async (series) => {
        const name = names.get(series.workflow) ?? this.nameOfWorkflow(series.workflow);
        names.set(series.workflow, name);
        return withoutUndefined({ ...series, title: await name });
      }),
    );
  }

  private nameOfWorkflow(id: string): Promise<string | undefined> {
    return this.sources.workflows.get(id).then(
      ({ document }) => document.name,
      () => undefined,
    );
  }

  private async errors(
    { from, to, step }: Steps,
    { groups: ids, model }: Scope,
    groups: readonly RollupGroup[],
    { view }: DashboardCaller,
  ): Promise<ErrorGroup[]> {
    const { rollups, journal } = this.sources;
    const byId = new Map(groups.map((group) => [group.id, group]));
    const causes = await rollups.causes({ from, to, step, groups: ids, model, limit: mostErrors });
    return Promise.all(causes.map((cause) => errorGroupOf(cause, byId.get(cause.group) ?? {}, journal, view)));
  }

  private async titled(sums: GroupSums, { principal }: DashboardCaller): Promise<DashboardReply['groups']> {
    const titles = new Map<string, Promise<string | undefined>>();
    const titleOf = (dimension: DashboardDimension, name: string): Promise<string | undefined> => {
      const key = `${dimension}\n${name}`;
      const title = titles.get(key) ?? this.titleOf(dimension, name, principal);
      titles.set(key, title);
      return title;
    };
    const replies = [...sums.dimensions()].map(async ([dimension, groups]) => {
      const largest = [...groups]
        .map(([name, sum]) => ({ name, ...sum.figures() }))
        .sort((a, b) => b.runs - a.runs || b.calls - a.calls || (a.name < b.name ? -1 : 1))
        .slice(0, mostGroups);
      const titled = largest.map(async (group): Promise<DashboardGroup> => {
        const title = await titleOf(dimension, group.name);
        return title === undefined ? group : { ...group, title };
      });
      return [dimension, await Promise.all(titled)] as const;
    });
    return Object.fromEntries(await Promise.all(replies));
  }

  /**
   * The title of a group. Groups are already limited to workflows that the caller may read; the name of an API key is shown only to those
   * who manage keys.
   */
  private async titleOf(
    dimension: DashboardDimension,
    name: string,
    principal: Principal,
  ): Promise<string | undefined> {
    const { keys, clock } = this.sources;
    if (dimension === 'workflow') return name === '' ? undefined : this.nameOfWorkflow(name);
    if (dimension === 'version') {
      const [workflow = '', version = ''] = name.split(' ');
      const title = await this.nameOfWorkflow(workflow);
      return title === undefined ? undefined : `${title} ${version === '0' ? 'draft' : `version ${version}`}`;
    }
    if (dimension !== 'key') return undefined;
    try {
      const key = await keys.get(name);
      const resource = { kind: 'key', id: name, project: key.project } as const;
      return authorise(principal, 'key:manage', resource, clock.now()) === 'allowed' ? key.name : undefined;
    } catch {
      return undefined; // The name is a kind of caller, or the id of a removed key.
    }
  }
}

interface Scope {
  readonly groups: readonly number[];
  readonly model: string | undefined;
  readonly isRated: (rating: { readonly workflow: string; readonly version: number }) => boolean;
}

const lengthBefore = ({ from, to }: Steps): Pick<Steps, 'from' | 'to'> => ({ from: from - (to - from), to: from });

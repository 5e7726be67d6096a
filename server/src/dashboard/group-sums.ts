import type { DashboardDimension, RollupGroup } from '@heddle/core';
import { FigureSum, type FigureRows } from './figure-sum.js';

type Named = ReadonlyMap<string, FigureSum>;

/** Sums rows by each dimension in one pass. */
export class GroupSums {
  readonly total = new FigureSum();
  private readonly sums = new Map<DashboardDimension, Map<string, FigureSum>>();
  private readonly groups: ReadonlyMap<number, RollupGroup>;
  private readonly sumsOf = new Map<number, readonly FigureSum[]>();

  constructor(groups: readonly RollupGroup[]) {
    this.groups = new Map(groups.map((group) => [group.id, group]));
  }

  add(rows: FigureRows): void {
    this.total.addAll(rows);
    for (const row of rows.runs) {
      for (const sum of this.of(row.group, row.model)) sum.addRuns(row);
      this.sum('status', row.status).addRuns(row);
      if (row.code !== '') this.sum('code', row.code).addRuns(row);
    }
    for (const row of rows.calls) for (const sum of this.of(row.group, row.model)) sum.addCalls(row);
    for (const row of rows.savings) for (const sum of this.of(row.group, row.model)) sum.addSaving(row);
    for (const row of rows.ratings) {
      this.sum('workflow', row.workflow).addRating(row);
      this.sum('version', `${row.workflow} ${row.version}`).addRating(row);
      this.sum('model', row.model).addRating(row);
    }
  }

  dimensions(): Iterable<readonly [DashboardDimension, Named]> {
    return this.sums;
  }

  private *of(id: number, model: string): Iterable<FigureSum> {
    yield* this.ofGroup(id);
    if (model !== '' && this.groups.has(id)) yield this.sum('model', model);
  }

  private ofGroup(id: number): readonly FigureSum[] {
    const known = this.sumsOf.get(id);
    if (known !== undefined) return known;
    const group = this.groups.get(id);
    const sums = group === undefined ? [] : this.dimensionsOf(group);
    this.sumsOf.set(id, sums);
    return sums;
  }

  private dimensionsOf({ project, workflow, version, key, channel }: RollupGroup): readonly FigureSum[] {
    return [
      this.sum('project', project),
      this.sum('workflow', workflow),
      this.sum('version', `${workflow} ${version}`),
      this.sum('key', key),
      this.sum('channel', channel),
    ];
  }

  private sum(dimension: DashboardDimension, name: string): FigureSum {
    const named = this.sums.get(dimension) ?? new Map<string, FigureSum>();
    this.sums.set(dimension, named);
    const sum = named.get(name) ?? new FigureSum();
    named.set(name, sum);
    return sum;
  }
}

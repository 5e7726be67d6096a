import { defaultProject, type RollupGroup, type Tables } from '@heddle/core';
import { parseCaller } from '../journal/parse-caller.js';

/** Where a run or a call came from, as its row records it. */
export interface Origin {
  readonly workflow: string | null;
  readonly version: number | null;
  readonly trigger: string | null;
  /** The caller as JSON. */
  readonly caller: string | null;
  /** The API key of a call whose run was removed. */
  readonly key: string | null;
}

type GroupName = Omit<RollupGroup, 'id'>;

const columns = 'id, project, workflow, version, key, channel';
const findSql = `SELECT id FROM rollup_groups
  WHERE project = @project AND workflow = @workflow AND version = @version AND key = @key AND channel = @channel`;
const insertSql = `INSERT INTO rollup_groups (project, workflow, version, key, channel)
  VALUES (@project, @workflow, @version, @key, @channel) ON CONFLICT DO NOTHING`;
const ownersSql = `SELECT id, min(project) AS project FROM owned WHERE kind = 'workflow' AND id IN (EACH @ids) GROUP BY id`;

const mostKnown = 20_000;

/** The groups in which runs and calls are counted. Each combination of their fields has a row, which is never removed. */
export class RollupGroups {
  private readonly tables: Tables;
  private readonly ids = new Map<string, number>();

  constructor(tables: Tables) {
    this.tables = tables;
  }

  all(): Promise<readonly RollupGroup[]> {
    return this.tables.all<RollupGroup>(`SELECT ${columns} FROM rollup_groups ORDER BY id`);
  }

  /** Returns the ids of the groups of rows, in the order of the rows, and adds missing groups. */
  async idsOf(origins: readonly Origin[]): Promise<readonly number[]> {
    const names = await this.namesOf(origins);
    const fresh = new Map<string, GroupName>();
    for (const name of names) if (!this.ids.has(textOf(name))) fresh.set(textOf(name), name);
    await this.tables.note([...fresh.values()].map((name) => ({ sql: insertSql, values: { ...name } })));
    if (this.ids.size + fresh.size > mostKnown) this.ids.clear();
    const ids: number[] = [];
    for (const name of names) ids.push(this.ids.get(textOf(name)) ?? (await this.find(name)));
    return ids;
  }

  async ofGroups<Row extends Origin>(rows: readonly Row[], groups: readonly GroupName[]): Promise<readonly Row[]> {
    const wanted = new Set(groups.map(textOf));
    const names = await this.namesOf(rows);
    return rows.filter((_row, index) => {
      const name = names[index];
      return name !== undefined && wanted.has(textOf(name));
    });
  }

  private async find(name: GroupName): Promise<number> {
    const id = (await this.tables.get<{ readonly id: number }>(findSql, { ...name }))?.id ?? 0;
    this.ids.set(textOf(name), id);
    return id;
  }

  private async namesOf(origins: readonly Origin[]): Promise<readonly GroupName[]> {
    const workflows = new Set(origins.flatMap(({ workflow }) => (workflow === null ? [] : [workflow])));
    const ids = JSON.stringify([...workflows]);
    const rows =
      workflows.size === 0
        ? []
        : await this.tables.all<{ readonly id: string; readonly project: string }>(ownersSql, { ids });
    const projects = new Map(rows.map(({ id, project }) => [id, project]));
    return origins.map((origin) => nameOf(origin, projects));
  }
}

/** A workflow without a project counts for the project of the caller, or for the default project. */
function nameOf(
  { workflow: of, version, trigger, caller, key }: Origin,
  projects: ReadonlyMap<string, string>,
): GroupName {
  const about = caller === null ? undefined : callerOf(caller);
  const workflow = of ?? '';
  return {
    project: projects.get(workflow) ?? about?.project ?? defaultProject,
    workflow,
    version: version ?? 0,
    key: about?.key ?? key ?? kindOf(about?.principal),
    channel: about?.channel ?? trigger ?? '',
  };
}

const textOf = ({ project, workflow, version, key, channel }: GroupName): string =>
  [project, workflow, version, key, channel].join('\u0000');

/** Reads the caller of a run; undefined if the stored text is not valid. */
function callerOf(text: string): ReturnType<typeof parseCaller> | undefined {
  try {
    return parseCaller(text);
  } catch {
    return undefined;
  }
}

/** The kind of a caller without a key. People are counted together, so that no figure is about one person. */
const kindOf = (principal = 'local'): string => principal.split(':', 1)[0] ?? '';

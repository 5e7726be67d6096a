import { defaultProject, type RollupGroup } from '@heddle/core';
import type Database from 'better-sqlite3';
import { parseCaller } from '../journal/parse-caller.js';

/** Where a run or a call came from, as its row tells it. */
export interface Origin {
  readonly workflow: string | null;
  readonly version: number | null;
  readonly trigger: string | null;
  /** JSON. */
  readonly caller: string | null;
  /** The key of a call whose run was removed. */
  readonly key: string | null;
}

/** The groups that rows are counted in; each combination has a row. */
export function createRollupGroups(connection: Database.Database) {
  const insert = connection.prepare<[string, string, number, string, string]>(
    'INSERT INTO rollup_groups (project, workflow, version, key, channel) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const find = connection
    .prepare<[string, string, number, string, string], number>(
      'SELECT id FROM rollup_groups WHERE project = ? AND workflow = ? AND version = ? AND key = ? AND channel = ?',
    )
    .pluck();
  const owner = connection
    .prepare<[string], string>("SELECT project FROM owned WHERE kind = 'workflow' AND id = ? LIMIT 1")
    .pluck();
  const all = connection.prepare<[], RollupGroup>(
    'SELECT id, project, workflow, version, key, channel FROM rollup_groups',
  );
  const ids = new Map<string, number>();

  /** The project of the workflow. A workflow without a project counts for the project that the caller named, or for the default project. */
  const projectOf = (workflow: string, named: string | undefined): string =>
    (workflow === '' ? undefined : owner.get(workflow)) ?? named ?? defaultProject;

  return {
    all: (): readonly RollupGroup[] => all.all(),
    /** Ids may be of a transaction that was rolled back. */
    forget: (): void => ids.clear(),
    idOf: ({ workflow: of, version, trigger, caller, key }: Origin): number => {
      const about = caller === null ? undefined : callerOf(caller);
      const workflow = of ?? '';
      const group = [
        projectOf(workflow, about?.project),
        workflow,
        version ?? 0,
        about?.key ?? key ?? kindOf(about?.principal),
        about?.channel ?? trigger ?? '',
      ] as const;
      const name = group.join('\u0000');
      const known = ids.get(name);
      if (known !== undefined) return known;
      insert.run(...group);
      const id = find.get(...group) ?? 0;
      if (ids.size > 20_000) ids.clear();
      ids.set(name, id);
      return id;
    },
  };
}

/** Reads the caller of a run; undefined where the stored text is not valid. */
function callerOf(text: string): ReturnType<typeof parseCaller> | undefined {
  try {
    return parseCaller(text);
  } catch {
    return undefined;
  }
}

/** What a caller without a key is: people are counted together, so that no figure is about a person. */
const kindOf = (principal = 'local'): string => principal.split(':', 1)[0] ?? '';

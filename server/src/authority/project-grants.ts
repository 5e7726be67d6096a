import type { SqliteTables } from '@heddle/adapters/database';
import {
  defaultProject,
  everyProject,
  splitModelId,
  type GrantKind,
  type Grants,
  type GuardedWrite,
  type NodeReference,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';

/** Kinds that belong to a project, which uses them without a grant. Other kinds belong to the installation. */
const owned: ReadonlySet<GrantKind> = new Set(['collection']);

/** Which things a project may use: its own, and those granted to it. */
export class ProjectGrants {
  constructor(
    private readonly grants: Grants,
    private readonly ownership: Pick<Ownership, 'projectsOf'>,
    private readonly tables: Pick<SqliteTables, 'apply' | 'commit'>,
  ) {}

  /** Changes, for the operations that make them. */
  get write(): Grants['write'] {
    return this.grants.write;
  }

  /** A number that changes with each change. */
  get revision(): number {
    return this.grants.revision;
  }

  /** Whether runs of a project may use a thing. */
  has(project: string, kind: GrantKind, id: string): boolean {
    return this.projectsOf(kind, id).some((granted) => granted === project || granted === everyProject);
  }

  /** The projects that may use a thing, owners first; `*` for all. Without a decision it is the default project. */
  projectsOf(kind: GrantKind, id: string): readonly string[] {
    const granted = this.grants.granted(kind, id);
    if (owned.has(kind)) return [...this.ownership.projectsOf('collection', id), ...(granted ?? [])];
    return granted ?? [defaultProject];
  }

  /** Lets another project use a thing beside those that may. Errors of the commit: `conflict`. */
  shareWith(kind: GrantKind, id: string, project: string): readonly GuardedWrite[] {
    const granted = this.grants.granted(kind, id);
    return this.write.replace(kind, id, granted, [...this.projectsOf(kind, id), project]);
  }

  /** Lets the project that made a thing use it, and no other project yet. */
  async startIn(kind: GrantKind, id: string, project: string): Promise<void> {
    if (project === defaultProject) await this.forget(kind, id);
    else await this.tables.commit(this.write.set(kind, id, [project]));
  }

  /** Grants a thing to exactly these projects, besides its owner. In synchronous work of SQLite: it sets tests up. */
  set(kind: GrantKind, id: string, projects: readonly string[]): void {
    this.tables.apply(this.write.set(kind, id, projects));
  }

  /** For a removed thing: a new thing of the same name does not inherit its grants. */
  async forget(kind: GrantKind, id: string): Promise<void> {
    await this.tables.commit(this.write.forget(kind, id));
  }

  /** Whether runs of a project may use what a node refers to. Other kinds of references need no grant. */
  hasReference(project: string, reference: Pick<NodeReference, 'kind' | 'id'>): boolean {
    const needed = grantOf(reference);
    return needed === undefined || this.has(project, needed.kind, needed.id);
  }
}

/** The grant that a reference of a node needs; undefined where it needs none. */
export function grantOf({
  kind,
  id,
}: Pick<NodeReference, 'kind' | 'id'>): { readonly kind: GrantKind; readonly id: string } | undefined {
  if (id === '') return undefined;
  switch (kind) {
    case 'model':
    case 'embedder':
    case 'reranker':
    case 'classifier':
      return grantOfModel(id);
    case 'connection':
    case 'collection':
      return { kind, id };
    case 'tool':
      // A tool is named `server__tool`; its server is granted.
      return { kind, id: id.split('__')[0] ?? id };
    default:
      return undefined;
  }
}

/** A model of a connection needs a grant of the connection; a local model needs its own. */
export function grantOfModel(id: string): { readonly kind: GrantKind; readonly id: string } {
  const { connection } = splitModelId(id);
  return connection === undefined ? { kind: 'model', id } : { kind: 'connection', id: connection };
}

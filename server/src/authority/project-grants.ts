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

/** Kinds of resources that belong to a project, which needs no grant for them. Other kinds belong to the installation. */
const owned: ReadonlySet<GrantKind> = new Set(['collection']);

/** The resources that a project may use: its own, and those granted to it. */
export class ProjectGrants {
  constructor(
    private readonly grants: Grants,
    private readonly ownership: Pick<Ownership, 'projectsOf'>,
    private readonly tables: Pick<SqliteTables, 'apply' | 'commit'>,
  ) {}

  /** The writes of grants, for operations that commit several writes together. */
  get write(): Grants['write'] {
    return this.grants.write;
  }

  /** A number that increases with each change. */
  get revision(): number {
    return this.grants.revision;
  }

  has(project: string, kind: GrantKind, id: string): boolean {
    return this.projectsOf(kind, id).some((granted) => granted === project || granted === everyProject);
  }

  /** The projects that may use a resource, owners first; `*` for all. If nothing was decided, it is the default project. */
  projectsOf(kind: GrantKind, id: string): readonly string[] {
    const granted = this.grants.granted(kind, id);
    if (owned.has(kind)) return [...this.ownership.projectsOf('collection', id), ...(granted ?? [])];
    return granted ?? [defaultProject];
  }

  /** Writes that let one more project use a resource. Errors of the commit: `conflict`. */
  shareWith(kind: GrantKind, id: string, project: string): readonly GuardedWrite[] {
    const granted = this.grants.granted(kind, id);
    return this.write.replace(kind, id, granted, [...this.projectsOf(kind, id), project]);
  }

  /** Grants a new resource to the project that created it, and to no other yet. */
  async startIn(kind: GrantKind, id: string, project: string): Promise<void> {
    if (project === defaultProject) await this.forget(kind, id);
    else await this.tables.commit(this.write.set(kind, id, [project]));
  }

  /** Grants a resource to exactly these projects, besides its owner. Synchronous, for setting up tests. */
  set(kind: GrantKind, id: string, projects: readonly string[]): void {
    this.tables.apply(this.write.set(kind, id, projects));
  }

  /** Removes the grants of a removed resource, so that a new resource of the same name does not inherit them. */
  async forget(kind: GrantKind, id: string): Promise<void> {
    await this.tables.commit(this.write.forget(kind, id));
  }

  /** Whether runs of a project may use what a node refers to. Other kinds of references need no grant. */
  hasReference(project: string, reference: Pick<NodeReference, 'kind' | 'id'>): boolean {
    const needed = grantOf(reference);
    return needed === undefined || this.has(project, needed.kind, needed.id);
  }
}

/** The grant that a reference of a node needs; undefined if it needs none. */
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
      // A tool is named `server__tool`; the grant is for its server.
      return { kind, id: id.split('__')[0] ?? id };
    default:
      return undefined;
  }
}

/** The grant that a model needs: that of its connection, or its own for a local model. */
export function grantOfModel(id: string): { readonly kind: GrantKind; readonly id: string } {
  const { connection } = splitModelId(id);
  return connection === undefined ? { kind: 'model', id } : { kind: 'connection', id: connection };
}

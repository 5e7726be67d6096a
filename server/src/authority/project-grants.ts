import {
  defaultProject,
  everyProject,
  splitModelId,
  type GrantKind,
  type Grants,
  type NodeReference,
  type ResourceName,
} from '@heddle/core';
import type { Ownership } from '../auth/ownership.js';

/** Kinds that belong to a project, which uses them without a grant. The others belong to the installation. */
const owned: ReadonlySet<GrantKind> = new Set(['collection']);

/** Which things a project may use: its own, and what is granted to it. */
export class ProjectGrants {
  constructor(
    private readonly grants: Grants,
    private readonly ownership: Pick<Ownership, 'projectsOf'>,
  ) {}

  /** Another number after each change. */
  get revision(): number {
    return this.grants.revision;
  }

  /** Whether runs of a project may use a thing. */
  has(project: string, kind: GrantKind, id: string): boolean {
    return this.projectsOf(kind, id).some((granted) => granted === project || granted === everyProject);
  }

  /** The projects that may use a thing, owners first; `*` for all. What nobody decided is for the project that exists from the start. */
  projectsOf(kind: GrantKind, id: string): readonly string[] {
    const granted = this.grants.granted(kind, id);
    if (owned.has(kind)) return [...this.ownership.projectsOf(kind as ResourceName['kind'], id), ...(granted ?? [])];
    return granted ?? [defaultProject];
  }

  /** A thing that was made in a project may be used there, and nowhere else yet. */
  startIn(kind: GrantKind, id: string, project: string): void {
    if (project === defaultProject) this.grants.forget(kind, id);
    else this.grants.set(kind, id, [project]);
  }

  /** Grants a thing to exactly these projects, beside the one that owns it. */
  set(kind: GrantKind, id: string, projects: readonly string[]): void {
    this.grants.set(kind, id, projects);
  }

  /** Of a thing that was removed: another one of its name does not inherit its grants. */
  forget(kind: GrantKind, id: string): void {
    this.grants.forget(kind, id);
  }

  /** Whether runs of a project may use what a node refers to. References of other kinds are not granted. */
  hasReference(project: string, reference: Pick<NodeReference, 'kind' | 'id'>): boolean {
    const needed = grantOf(reference);
    return needed === undefined || this.has(project, needed.kind, needed.id);
  }
}

/** What must be granted for a reference of a node; undefined where nothing must. */
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
      // A tool is named `server__tool`; what is granted is its server.
      return { kind, id: id.split('__')[0] ?? id };
    default:
      return undefined;
  }
}

/** A model of a connection comes with the connection; one of this machine is granted by itself. */
export function grantOfModel(id: string): { readonly kind: GrantKind; readonly id: string } {
  const { connection } = splitModelId(id);
  return connection === undefined ? { kind: 'model', id } : { kind: 'connection', id: connection };
}

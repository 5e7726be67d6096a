import {
  authorise,
  defaultProject,
  HeddleError,
  type Clock,
  type ConversationOwner,
  type ConversationScope,
  type Permission,
  type Principal,
} from '@heddle/core';

/** The right to read all conversations of a project, or to erase them. */
export type ConversationRight = Extract<Permission, 'run:values' | 'workflow:write'>;

interface Owned {
  readonly id: string;
  readonly owner?: ConversationOwner | undefined;
}

/** A caller with this right may read and erase their own conversations. */
const ownRight: Permission = 'run:published';

/**
 * Decides which conversations and facts a caller reaches. All of a project need the right to its runs; the caller's own need only the right
 * to call published versions; those without an owner need the right to manage projects.
 */
export class ConversationReach {
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly allProjects: () => Promise<readonly string[]>,
  ) {}

  /** What a caller reaches in the named project, or in all of their projects. */
  async within(
    principal: Principal,
    right: ConversationRight,
    named: string | undefined,
  ): Promise<readonly ConversationScope[]> {
    const projects = principal.kind === 'local' ? await this.allProjects() : [...principal.roles.keys()];
    return projects
      .filter((project) => named === undefined || named === project)
      .flatMap((project): ConversationScope[] => {
        if (this.may(principal, right, { project })) return [{ project }];
        return this.may(principal, ownRight, { project }) ? [{ project, subject: principal.id }] : [];
      });
  }

  reaches(principal: Principal, right: ConversationRight, { id, owner }: Owned): boolean {
    if (owner === undefined) return this.mayAssign(principal);
    const { project, workflow } = owner;
    if (this.may(principal, right, { id, project, workflow })) return true;
    return owner.subject === principal.id && this.may(principal, ownRight, { id, project, workflow });
  }

  /**
   * Returns `found` if the caller has the right to it. Errors: `absent` if it is missing or belongs to others; `forbidden` if the caller
   * may only read it.
   */
  require<Found extends Owned>(
    principal: Principal,
    right: ConversationRight,
    found: Found | undefined,
    absent: () => HeddleError,
  ): Found {
    if (found === undefined || !this.reaches(principal, 'run:values', found)) throw absent();
    if (this.reaches(principal, right, found)) return found;
    throw new HeddleError('forbidden', `'${principal.name}' must not do this: it needs the right '${right}'.`, {
      details: { permission: right },
    });
  }

  /** Whether a caller may see and assign conversations without an owner. */
  mayAssign(principal: Principal): boolean {
    return this.may(principal, 'project:manage', { project: defaultProject });
  }

  private may(
    principal: Principal,
    right: Permission,
    where: { readonly project: string; readonly id?: string; readonly workflow?: string },
  ): boolean {
    return authorise(principal, right, { kind: 'conversation', ...where }, this.clock.now()) === 'allowed';
  }
}

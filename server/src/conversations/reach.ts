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

/** The right to read conversations, or to erase them. */
export type ConversationRight = Extract<Permission, 'run:values' | 'workflow:write'>;

/** A conversation or a fact. */
interface Owned {
  readonly id: string;
  readonly owner?: ConversationOwner | undefined;
}

/** A caller who may run something has conversations of their own, to read and to erase. */
const ownRight: Permission = 'run:published';

/**
 * Which conversations and facts a caller reaches: those of a project need the right of its runs; the caller's own need only the right to run
 * something; those without an owner are for people who manage projects.
 */
export class ConversationReach {
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly allProjects: () => Promise<readonly string[]>,
  ) {}

  /** What a caller reaches in the named projects, or in all of theirs. */
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

  /** Whether a caller reaches one conversation. */
  reaches(principal: Principal, right: ConversationRight, { id, owner }: Owned): boolean {
    if (owner === undefined) return this.mayAssign(principal);
    const { project, workflow } = owner;
    if (this.may(principal, right, { id, project, workflow })) return true;
    return owner.subject === principal.id && this.may(principal, ownRight, { id, project, workflow });
  }

  /** One that the caller reaches. Errors: `absent` for a missing one and one of others; `forbidden` where the caller may read it. */
  check<Found extends Owned>(
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

  /** Whether a caller sees the conversations without an owner. */
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

import {
  authorise,
  defaultProject,
  GrantKind,
  GrantReply,
  GrantsReply,
  SetGrantReply,
  SetGrantRequest,
  type Principal,
  type ResourceName,
} from '@heddle/core';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { Ownership } from '../auth/rights/ownership.js';
import { GrantService } from './grant.service.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** Which projects may use which connections, tool servers, models, collections, secrets and folders. */
@Controller('api/grants')
export class GrantsController {
  constructor(
    private readonly clock: TrustedClock,
    private readonly grantService: GrantService,
    private readonly ownership: Ownership,
  ) {}

  @Get()
  @Access('grant:write', anywhere)
  @Reply(GrantsReply)
  async list(@Caller() caller: Principal): Promise<GrantsReply> {
    const now = this.clock.now();
    const mayGrant = (kind: GrantKind, id: string): boolean =>
      authorise(caller, 'grant:write', this.ownedBy(kind, id), now) === 'allowed';
    return { grants: await this.grantService.list(mayGrant, this.knownTo(caller)) };
  }

  @Get(':kind/:id')
  @Access('grant:write', anywhere)
  @Reply(GrantReply)
  get(
    @Param('kind', { schema: GrantKind }) kind: GrantKind,
    @Param('id') id: string,
    @Caller() caller: Principal,
  ): Promise<GrantReply> {
    this.check(kind, id, caller);
    return this.grantService.get(kind, id, this.knownTo(caller));
  }

  /** Replaces the projects of a grant. Returns the live versions that this breaks. */
  @Put(':kind/:id')
  @Access('grant:write', anywhere)
  @Reply(SetGrantReply)
  set(
    @Param('kind', { schema: GrantKind }) kind: GrantKind,
    @Param('id') id: string,
    @Body({ schema: SetGrantRequest }) { projects }: SetGrantRequest,
    @Caller() caller: Principal,
  ): Promise<SetGrantReply> {
    this.check(kind, id, caller);
    return this.grantService.set(kind, id, projects, caller, this.knownTo(caller));
  }

  /** Owners of the installation see every project; others see their own. */
  private knownTo(caller: Principal): (project: string) => boolean {
    const isOwner = authorise(caller, 'grant:write', { kind: 'installation' }, this.clock.now()) === 'allowed';
    return (project) => isOwner || caller.roles.has(project);
  }

  private check(kind: GrantKind, id: string, caller: Principal): void {
    checkAccess(caller, 'grant:write', this.ownedBy(kind, id), this.clock, id);
  }

  /**
   * Who may grant a resource: an owner of its project for a collection, an owner of the default project for what belongs to the
   * installation.
   */
  private ownedBy(kind: GrantKind, id: string): ResourceName {
    if (kind !== 'collection') return { kind: 'installation', project: defaultProject };
    return { kind, id, project: this.ownership.projectsOf('collection', id)[0] ?? defaultProject };
  }
}

import { authorise, HeddleError, Permission, runNotFound, type Principal, type ResourceName } from '@heddle/core';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Socket } from 'socket.io';
import { checkSpeaksForUsers, endUserOf, isOfEndUser } from '../auth/end-user.js';
import { principalOf, requestOf, setPrincipal, setResource, setRule } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { CallerLimits } from '../auth/caller-limits.js';
import { IDENTITY, type Credentials, type Identity } from '../auth/identity.js';
import { Ownership } from '../auth/rights/ownership.js';
import { requestCredentials } from '../auth/request-credentials.js';
import { setView, type ProjectView } from '../auth/rights/project-view.js';
import { ProjectViews } from '../authority/project-views.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { socketCredentials } from '../socket/socket-credentials.js';
import { accessKey, accessTargetKey, type AccessTarget } from '../http/access.js';

/** Identifies the caller and refuses what they may not do. A route without an access rule is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly ownership: Ownership,
    private readonly views: ProjectViews,
    private readonly limits: CallerLimits,
    private readonly clock: TrustedClock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule: unknown = Reflect.getMetadata(accessKey, context.getHandler());
    if (rule === 'public') return true;
    const permissions = Permission.array().safeParse([rule].flat());
    if (!permissions.success && rule !== 'signed-in')
      throw new HeddleError('forbidden', 'This route declares no access rule.');
    const request = requestOf(context);
    const principal = knownCaller(context) ?? (await this.identity.identify(credentialsOf(context)));
    setPrincipal(request, principal);
    if (context.getType() === 'ws') setPrincipal(context.switchToWs().getClient<Socket>().conn, principal);
    const credentials = credentialsOf(context);
    const view = this.views.viewFor(principal, credentials.headers);
    this.limits.count(principal, credentials.ip, view.project);
    setView(request, view);
    if (!permissions.success) {
      if (principal.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in first.');
      return true;
    }
    const [first, ...others] = permissions.data;
    if (first === undefined) throw new HeddleError('forbidden', 'This route declares an empty access rule.');
    const resource = await this.resourceOf(context, principal, first, view);
    const now = this.clock.now();
    const held = others.find((permission) => authorise(principal, permission, resource, now) === 'allowed') ?? first;
    setResource(request, resource);
    setRule(request, held);
    checkAccess(principal, held, resource, this.clock, nameInRoute(context));
    if (targetOf(context)?.kind === 'run') await this.checkEndUser(context, principal, resource);
    return true;
  }

  /** A program that names its end user can reach only runs of that end user, on every route. */
  private async checkEndUser(context: ExecutionContext, principal: Principal, resource: ResourceName): Promise<void> {
    const endUser = context.getType() === 'ws' ? undefined : endUserOf(credentialsOf(context).headers);
    if (endUser === undefined) return;
    checkSpeaksForUsers(principal, resource, this.clock);
    const runId = nameInRoute(context);
    if (runId !== undefined && !isOfEndUser({ caller: await this.ownership.callerOf(runId) }, endUser))
      throw runNotFound(runId);
  }

  private async resourceOf(
    context: ExecutionContext,
    principal: Principal,
    permission: Permission,
    view: ProjectView,
  ): Promise<ResourceName> {
    const target = targetOf(context);
    if (context.getType() === 'ws' || target?.kind === 'anywhere') return this.somewhere(principal, permission);
    if (target === undefined) return { kind: 'installation' };
    if (target.param === undefined) return this.newIn(target.kind, principal, view);
    return this.ownership.resourceOf(target.kind, nameInRoute(context) ?? '', principal);
  }

  /**
   * The project whose items are listed and in which new items are created. If the caller is not a member of the project, it is treated as
   * if it did not exist.
   */
  private async newIn(
    kind: ResourceName['kind'],
    principal: Principal,
    { project, isNamed }: ProjectView,
  ): Promise<ResourceName> {
    if (!isNamed || principal.kind === 'anonymous') return { kind, project };
    const isMember = principal.kind === 'local' || principal.roles.has(project);
    if (!isMember) throw new HeddleError('project_not_found', `There is no project '${project}' here.`);
    return this.ownership.newIn(kind, project);
  }

  /** The project in which the caller has this right, if there is one. */
  private somewhere(principal: Principal, permission: Permission): ResourceName {
    const now = this.clock.now();
    for (const project of principal.roles.keys()) {
      const resource = { kind: 'installation', project } as const;
      if (authorise(principal, permission, resource, now) === 'allowed') return resource;
    }
    return { kind: 'installation' };
  }
}

/** The caller, if an earlier hook has found them. For a socket, it is the owner of the connection, whose rights are checked repeatedly. */
function knownCaller(context: ExecutionContext): Principal | undefined {
  const owner = context.getType() === 'ws' ? principalOf(context.switchToWs().getClient<Socket>().conn) : undefined;
  return owner ?? principalOf(requestOf(context));
}

const targetOf = (context: ExecutionContext): AccessTarget | undefined =>
  Reflect.getMetadata(accessTargetKey, context.getHandler()) as AccessTarget | undefined; // The `Access` decorator sets it.

/** The name that the caller uses for the resource of a route; undefined for a route without one. */
function nameInRoute(context: ExecutionContext): string | undefined {
  const target = targetOf(context);
  if (context.getType() === 'ws' || target === undefined || target.kind === 'anywhere' || target.param === undefined)
    return undefined;
  return context.switchToHttp().getRequest<{ params?: Readonly<Record<string, string>> }>().params?.[target.param];
}

function credentialsOf(context: ExecutionContext): Credentials {
  if (context.getType() === 'ws') {
    return socketCredentials(context.switchToWs().getClient<Socket>());
  }
  return requestCredentials(context.switchToHttp().getRequest<FastifyRequest>());
}

import {
  defaultProject,
  HeddleError,
  type AuditActor,
  type Permission,
  type Principal,
  type ResourceName,
  type RunCaller,
} from '@heddle/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const principals = new WeakMap<object, Principal>();

export function setPrincipal(request: object, principal: Principal): void {
  principals.set(request, principal);
}

const resources = new WeakMap<object, ResourceName>();

export function setResource(request: object, resource: ResourceName): void {
  resources.set(request, resource);
}

/** The permission that the route of each request needs, if any. */
const rules = new WeakMap<object, Permission>();

export function setRule(request: object, permission: Permission): void {
  rules.set(request, permission);
}

export function ruleOf(request: object): Permission | undefined {
  return rules.get(request);
}

export function resourceOf(request: object): ResourceName | undefined {
  return resources.get(request);
}

/** The caller of a request or socket; undefined before the guard has seen it. */
export function principalOf(request: object): Principal | undefined {
  return principals.get(request);
}

/**
 * The caller of a route, as the guard found it.
 *
 * @example @Post() @Access('run:draft') start(@Caller() caller: Principal) { … }
 */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(requestOf(context));
  if (principal === undefined) throw new HeddleError('internal', 'A route asks for its caller and has no access rule.');
  return principal;
});

/**
 * The caller of a route with the project of its resource, for the audit event of the route.
 *
 * @example @Delete(':id') remove(@Param('id') id: string, @Actor() by: AuditActor) { return this.things.remove(id, by); }
 */
export const Actor = createParamDecorator((_data: unknown, context: ExecutionContext): AuditActor => {
  const request = requestOf(context);
  const resource = resourceOf(request);
  const who = principalOf(request)?.id;
  if (who === undefined) throw new HeddleError('internal', 'A route asks for its caller and has no access rule.');
  return { who, project: resource?.kind === 'installation' ? undefined : resource?.project };
});

/** The HTTP request, or the socket, of a call. */
export function requestOf(context: ExecutionContext): object {
  return context.getType() === 'ws'
    ? context.switchToWs().getClient<object>()
    : context.switchToHttp().getRequest<object>();
}

/** The caller as a run records it; undefined for the local user in the default project. */
export function runCaller(principal: Principal, project: string): RunCaller | undefined {
  if (principal.kind === 'local' && project === defaultProject) return undefined;
  const { id } = principal;
  return { principal: id, project, ...(principal.kind === 'key' ? { key: id.replace(/^key:/, '') } : {}) };
}

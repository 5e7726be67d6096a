import { HeddleError, Permission, type ResourceName } from '@heddle/core';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Socket } from 'socket.io';
import { principalOf, requestOf, setPrincipal } from '../auth/caller.js';
import { checkAccess } from '../auth/check-access.js';
import type { Credentials } from '../auth/identity.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { accessKey, accessTargetKey, type AccessTarget } from './access.js';

/** Finds out who asks, and refuses what they may not do. Deny by default: a route that declares no rule is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule: unknown = Reflect.getMetadata(accessKey, context.getHandler());
    if (rule === 'public') return true;
    const permission = Permission.safeParse(rule);
    if (!permission.success && rule !== 'signed-in')
      throw new HeddleError('forbidden', 'This route declares no access rule.');
    const request = requestOf(context);
    const principal = principalOf(request) ?? (await this.heddle.identity.identify(credentialsOf(context)));
    setPrincipal(request, principal);
    if (principal.kind !== 'local' && context.getType() === 'http')
      this.heddle.accounts.rates.take(
        principal.kind === 'anonymous' ? `ip:${credentialsOf(context).ip}` : principal.id,
        this.heddle.settings.ratePerMinute,
      );
    if (!permission.success) {
      if (principal.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in first.');
      return true;
    }
    checkAccess(principal, permission.data, await this.resourceOf(context), this.heddle.clock);
    return true;
  }

  private async resourceOf(context: ExecutionContext): Promise<ResourceName> {
    const target = Reflect.getMetadata(accessTargetKey, context.getHandler()) as AccessTarget | undefined; // set by Access
    if (target === undefined || context.getType() === 'ws') return { kind: 'installation' };
    const params = context.switchToHttp().getRequest<{ params?: Readonly<Record<string, string>> }>().params ?? {};
    return this.heddle.ownership.resourceOf(target.kind, params[target.param] ?? '');
  }
}

function credentialsOf(context: ExecutionContext): Credentials {
  if (context.getType() === 'ws') {
    const { handshake, conn } = context.switchToWs().getClient<Socket>();
    return { headers: handshake.headers, ip: conn.remoteAddress, method: 'GET', url: handshake.url };
  }
  const { headers, ip, method, url } = context.switchToHttp().getRequest<FastifyRequest>();
  return { headers, ip, method, url };
}

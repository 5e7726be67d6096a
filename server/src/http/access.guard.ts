import { HeddleError } from '@heddle/core';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { accessKey } from './access.js';

/**
 * Refuses routes that declare no rule. On loopback the person at the machine is the owner and passes every rule; whoever
 * listens elsewhere without sign-in is refused at start (`insecure_bind`).
 */
@Injectable()
export class AccessGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const rule: unknown = Reflect.getMetadata(accessKey, context.getHandler());
    if (typeof rule === 'string') return true;
    throw new HeddleError('forbidden', 'This route declares no access rule.');
  }
}

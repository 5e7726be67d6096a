import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { principalOf, resourceOf } from '../auth/caller.js';
import type { SqliteAudit } from '@heddle/adapters/audit';
import { AUDIT } from '../audit/audit-token.js';
import { actEntry, actsKey, type ActRule } from '../http/acts.js';

/** Writes the audit event that a route declares with `@Acts`, in the first commit of its work. Work that fails before writes nothing. */
@Injectable()
export class ActInterceptor implements NestInterceptor {
  constructor(@Inject(AUDIT) private readonly audit: SqliteAudit) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const rule = Reflect.getMetadata(actsKey, context.getHandler()) as ActRule | undefined; // set by Acts
    if (rule === undefined || context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { params, query, body } = request;
    const resource = resourceOf(request);
    const who = principalOf(request)?.id ?? 'anonymous';
    const project = resource?.kind === 'installation' ? undefined : resource?.project;
    return from(
      this.audit.during(
        (made) => actEntry(rule, who, project, { params, query, body, resource, made }),
        () => lastValueFrom(next.handle(), { defaultValue: undefined }),
      ),
    );
  }
}

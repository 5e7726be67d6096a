import { RequestMethod } from '@nestjs/common';
import type { controllers } from '../heddle.module.js';
import { accessKey } from '../http/access.js';

/** A route as its controller declares it. */
export interface DeclaredRoute {
  readonly method: string;
  /** The path with its parameters, such as `/api/datasets/:id`. */
  readonly path: string;
  /** The access rule that the handler declares. */
  readonly rule: unknown;
}

/** Lists the routes of a controller: one for each path and method of its handlers. */
export function routesOf(controller: (typeof controllers)[number]): DeclaredRoute[] {
  const prefix = String(Reflect.getMetadata('path', controller) ?? '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler: unknown = Reflect.get(controller.prototype as object, name);
    if (name === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
    // A handler can have several paths.
    const paths = [Reflect.getMetadata('path', handler) as string | string[]]
      .flat()
      .map((path) => `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'));
    const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? 'GET';
    const rule: unknown = Reflect.getMetadata(accessKey, handler);
    const methods = method === 'ALL' ? ['GET', 'POST', 'DELETE'] : [method];
    return paths.flatMap((path) => methods.map((one) => ({ method: one, path, rule })));
  });
}

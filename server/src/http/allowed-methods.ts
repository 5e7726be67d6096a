import type { FastifyInstance } from 'fastify';

/** The methods that an address accepts; empty if no route matches. */
export type AllowedMethods = (url: string) => readonly string[];

interface KnownRoute {
  readonly method: string;
  readonly address: RegExp;
}

/**
 * Collects the routes, so it must be called before they are registered. Wildcard routes are left out, because the editor's route matches
 * every address.
 *
 * @example const methodsOf = listenForRoutes(fastify); … methodsOf('/v1/workflows/echo') // ['POST']
 */
export function listenForRoutes(fastify: FastifyInstance): AllowedMethods {
  const routes: KnownRoute[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    if (url.includes('*')) return;
    const address = new RegExp(`^${url.replace(/[.+()]/g, String.raw`\$&`).replace(/:\w+/g, '[^/]+')}$`);
    for (const one of [method].flat()) routes.push({ method: one, address });
  });
  return (url) => {
    const path = url.split('?')[0] ?? url;
    return [...new Set(routes.filter(({ address }) => address.test(path)).map(({ method }) => method))].sort();
  };
}

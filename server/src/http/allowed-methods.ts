import type { FastifyInstance } from 'fastify';

/** Which methods an address answers, from the routes themselves; none where nothing is at it. */
export type AllowedMethods = (url: string) => readonly string[];

interface KnownRoute {
  readonly method: string;
  readonly address: RegExp;
}

/**
 * Listens to the routes as they are made, so it must be called before them. Routes that end in a wildcard are left out: the editor's
 * answers every address.
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

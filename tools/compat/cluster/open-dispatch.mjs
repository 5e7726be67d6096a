import { clock } from './open-shared.mjs';

/** Opens the queue of hints that a test chooses: Redis, Postgres or none. */
export async function openDispatch({ url, redis, queue, prefix = 'compat', dispatchTimes: times }) {
  if (queue === 'none') return { dispatch: undefined, bus: undefined, close: () => Promise.resolve() };
  const { createPostgresDispatch, createRedisDispatch } = await import('@heddle/adapters/dispatch');
  if (queue === 'postgres') {
    const dispatch = await createPostgresDispatch({ url, times });
    return { dispatch, close: () => dispatch.close() };
  }
  const { connectRedis } = await import('@heddle/adapters/redis');
  // A worker can start while Redis is away, so the connection is tried again.
  let connections;
  for (let tries = 0; connections === undefined; tries += 1)
    connections = await connectRedis({ url: redis }).catch(async (error) => {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
  const { createRedisBus } = await import('@heddle/adapters/bus');
  const bus = createRedisBus(connections, { clock, prefix });
  const dispatch = await createRedisDispatch(connections, { prefix, times });
  return {
    dispatch,
    bus,
    async close() {
      await bus.close();
      await dispatch.close();
      await connections.close();
    },
  };
}

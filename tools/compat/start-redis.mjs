/** Starts the Redis of the system; gives `{ skip }` if there is none. */
export async function startCompatRedis(more) {
  const { redisMissing, startRedis } = await import('@heddle/adapters/testing');
  const skip = redisMissing();
  return skip === undefined ? startRedis(more) : { skip };
}

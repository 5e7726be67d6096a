import { afterAll, expect, it } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { startServer } from './start-server.js';

afterAll(cleanUp);

it('a start takes back what an earlier one compiled, though that one was killed, and loads no compilers of route schemas', async () => {
  const first = await startServer();
  await first.kill();
  const second = await startServer({ environment: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
  await second.stop();
  const said = second.stderr().split('\n');
  const accepted = said.filter((line) => line.includes('was accepted'));
  for (const name of ['cli-main', 'core', 'create-app', 'start-server', 'zod'])
    expect(accepted.filter((line) => line.includes(`/server/dist/bundle/${name}.js`))).toHaveLength(1);
  expect(said.filter((line) => line.includes('was rejected'))).toEqual([]);
  expect(said.filter((line) => /@fastify\/(ajv-compiler|fast-json-stringify-compiler)/.test(line))).toEqual([]);
});

import { afterAll, expect, it } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { startServer } from './start-server.js';

afterAll(cleanUp);

it('a start reuses what an earlier one compiled, even if that one was killed, and loads no compilers for route schemas', async () => {
  const first = await startServer();
  await first.kill();
  const second = await startServer({ environment: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' } });
  await second.stop();
  const said = second.stderr().split('\n');
  const accepted = said.filter((line) => line.includes('was accepted'));
  for (const name of ['cli-main', 'create-app', 'dist', 'start-server', 'zod'])
    expect(accepted.filter((line) => line.includes(`/server/dist/bundle/${name}.js`))).toHaveLength(1);
  expect(said.filter((line) => line.includes('was rejected'))).toEqual([]);
  expect(said.filter((line) => /@fastify\/(ajv-compiler|fast-json-stringify-compiler)/.test(line))).toEqual([]);
});

it('a start loads no language data of the platform, which would be 6 MB', async () => {
  // Reports on standard error each use of the language-dependent functions for formatting and comparing.
  const hook = `
    const report = (name) => process.stderr.write('language used: ' + new Error(name).stack + '\\n');
    for (const name of Object.getOwnPropertyNames(Intl)) {
      const made = Intl[name];
      if (typeof made !== 'function' || made.prototype === undefined) continue;
      Intl[name] = new Proxy(made, {
        construct: (target, given) => (report(name), new target(...given)),
        apply: (target, self, given) => (report(name), target(...given)),
      });
    }
    for (const { prototype } of [Number, BigInt, Date, String])
      for (const name of Object.getOwnPropertyNames(prototype).filter((each) => each.includes('ocale'))) {
        const method = prototype[name];
        prototype[name] = function (...given) { report(name); return method.apply(this, given); };
      }
    if (process.argv.includes('serve')) (1).toLocaleString();`;
  const server = await startServer({
    environment: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` },
  });
  expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
  await server.stop();
  // The hook works: it reports its own use and no other.
  expect(server.stderr().match(/language used: Error: \w+/g)).toEqual(['language used: Error: toLocaleString']);
});

import { afterEach, expect, it } from '@jest/globals';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
afterEach(() => server.close());

const start = () =>
  server.heddle.runs.start({ document: testDocument(), request: { inputs: { question: 'why' } }, trigger: 'test' });

it('the requests of a run are empty when it asks nothing, and an error when the run does not exist', async () => {
  server = await startTestServer({ withStoredJournal: true });
  const { runId } = await start();
  expect((await server.call('GET', `/api/human-inputs?run=${runId}`)).body).toEqual({ requests: [] });
  for (const run of ['nowhere', ''])
    expect(await server.call('GET', `/api/human-inputs?run=${run}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'run_not_found', details: { runId: run } } },
    });
});

it('the requests of a run of another project answer as for a run that does not exist', async () => {
  server = await startTestServer({ withStoredJournal: true, settings: { HEDDLE_SIGN_IN: 'required' } });
  const { users, projects, sessions } = server.heddle.parts.identity;
  const user = await users.create({ email: 'eve@example.org', name: 'Eve' });
  await projects.setRoles((await projects.create('Other')).id, `user:${user.id}`, ['owner']);
  const cookie = `heddle=${(await sessions.begin(user.id, { isSecure: false, agent: '' })).token}`;
  const { runId } = await start();
  const received = async (run: string) => {
    const { status, body } = await server.call('GET', `/api/human-inputs?run=${run}`, undefined, { cookie });
    return [status, JSON.stringify(body).replaceAll(run, 'RUN')];
  };
  expect(await received(runId)).toEqual(await received('nowhere'));
  expect((await received(runId))[0]).toBe(404);
});

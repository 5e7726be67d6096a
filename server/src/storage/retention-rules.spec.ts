import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf, type LabelLevel } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { openTwoProjects, type TwoProjects } from '../security/testing/two-projects.js';

const day = 86_400_000;

describe('retention by class', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let count = 0;
  const open = async (settings: Readonly<Record<string, string>> = {}) => {
    clock = createFakeClock(1_000 * day);
    house = await openTwoProjects({ clock, settings });
  };
  beforeEach(() => open());
  afterEach(() => house.close());

  /** Begins a conversation and a fact of a subject. */
  async function add(project: string, subject: string, level: LabelLevel = 'internal'): Promise<void> {
    const { conversations, facts } = house.server.heddle.parts;
    const owner = { project, workflow: 'w', subject };
    const turns = [{ message: { role: 'user' as const, content: 'Hi' }, label: labelOf(level) }];
    const idempotencyKey = String((count += 1));
    await conversations.memory((await conversations.begin(owner)).id, 'r').append(turns, { idempotencyKey });
    await facts.of(owner, { run: 'r' }).remember([{ key: 'k', text: 't', label: labelOf(level) }], { idempotencyKey });
  }
  async function left(project = house.alpha): Promise<readonly string[]> {
    const { conversations, facts } = house.server.heddle.parts;
    const query = { within: [{ project }], limit: 100 };
    const of = (kind: string, rows: readonly { readonly owner?: { readonly subject: string } | undefined }[]) =>
      rows.map(({ owner }) => `${kind} ${owner?.subject}`);
    return [...of('thread', await conversations.list(query)), ...of('fact', await facts.list(query))].toSorted();
  }
  const both = (...subjects: readonly string[]): readonly string[] =>
    subjects.flatMap((subject) => [`thread ${subject}`, `fact ${subject}`]).toSorted();
  const sweep = () => house.server.heddle.sweeper.sweep();
  /** Passes days, with the sweeps that mark what expires. */
  async function pass(days: number): Promise<void> {
    for (let passed = 0; passed < days; passed += 1) {
      await clock.advance(day);
      await sweep();
    }
  }
  const setRules = async (
    rules: readonly object[],
    project = house.alpha,
    who = house.person({ [project]: ['owner'] }),
  ) => house.call(who, 'PUT', `/api/projects/${project}/retention`, { rules });

  it('removes what a rule matches after its days, a day after it was marked, and nothing else', async () => {
    const subjects = ['user:ada', 'end-user:ann', 'visitor:v', 'key:k', 'local'];
    for (const subject of subjects) await add(house.alpha, subject);
    await add(house.alpha, 'end-user:secret', 'restricted');
    await add(house.beta, 'visitor:of-beta');
    const set = await setRules([
      { subjects: 'visitor', days: 5 },
      { subjects: 'end-user', level: 'confidential', days: 3 },
    ]);
    expect([set.status, set.body.most]).toEqual([200, undefined]);
    await sweep();
    await pass(2);
    expect(await left()).toEqual(both(...subjects, 'end-user:secret'));
    await pass(2);
    expect(await left()).toEqual(both(...subjects));
    await pass(2);
    expect(await left()).toEqual(both('user:ada', 'end-user:ann', 'key:k', 'local'));
    expect(await left(house.beta)).toEqual(both('visitor:of-beta'));
    // A kind of subject does not match a longer one by its prefix, and a rule without a kind is for every subject.
    await setRules([{ subjects: 'user', days: 1 }, { days: 30 }]);
    await pass(3);
    expect(await left()).toEqual(both('end-user:ann', 'key:k', 'local'));
    await pass(30);
    expect(await left()).toEqual([]);
    expect(await left(house.beta)).toEqual(both('visitor:of-beta'));
  });

  it('continues after a fault, or the end of the process, in the middle', async () => {
    for (let index = 0; index < 45; index += 1) await add(house.alpha, `visitor:${index}`);
    await add(house.alpha, 'user:ada');
    await setRules([{ subjects: 'visitor', days: 2 }]);
    await sweep();
    await pass(2);
    expect(await left()).toHaveLength(92);
    await clock.advance(day);
    const { conversations } = house.server.heddle.parts;
    const real = conversations.sweep.bind(conversations);
    let calls = 0;
    Object.assign(conversations, {
      sweep: (...given: Parameters<typeof real>) => {
        calls += 1;
        if (calls === 2) throw new Error('The machine went off.');
        return real(...given);
      },
    });
    await sweep();
    expect(house.server.heddle.sweeper.describe().lastSweep?.error).toBeDefined();
    const count = async () => (await left()).filter((text) => text.includes('visitor')).length;
    expect(await count()).toBe(90 - 20);
    await sweep();
    expect([await count(), await left()]).toEqual([0, both('user:ada')]);
  });

  it('can only shorten the retention of the installation', async () => {
    await house.close();
    await open({ HEDDLE_KEEP_CONVERSATIONS_DAYS: '10' });
    const longer = await setRules([{ subjects: 'user', days: 11 }]);
    expect([longer.status, longer.body.error.message]).toEqual([400, expect.stringContaining('for 10')]);
    expect((await setRules([{ subjects: 'user', days: 4 }])).body).toEqual({
      rules: [{ subjects: 'user', level: 'public', days: 4 }],
      most: 10,
    });
    for (const subject of ['user:ada', 'key:k']) await add(house.alpha, subject);
    await sweep();
    await pass(5);
    expect(await left()).toEqual(both('key:k'));
    await pass(6);
    expect(await left()).toEqual([]);
  });

  it('is set by people who manage the project, and recorded', async () => {
    const editor = house.person({ [house.alpha]: ['editor'] });
    const stranger = house.person({ [house.beta]: ['owner'] });
    expect((await setRules([{ days: 1 }], house.alpha, editor)).status).toBe(403);
    expect((await setRules([{ days: 1 }], house.alpha, stranger)).status).toBe(404);
    expect((await house.call(stranger, 'GET', `/api/projects/${house.alpha}/retention`)).status).toBe(404);
    for (const rules of [[{ days: 0 }], [{ days: 1.5 }], [{ subjects: 'people', days: 1 }], [{ days: 1 }, { days: 2 }]])
      expect((await setRules(rules)).status).toBe(400);
    expect((await setRules([{ level: 'restricted', days: 1 }])).status).toBe(200);
    expect((await house.call(editor, 'GET', `/api/projects/${house.alpha}/retention`)).body).toEqual({
      rules: [{ level: 'restricted', days: 1 }],
    });
    const [event] = await house.server.heddle.audit.list({ subject: `project:${house.alpha}` });
    expect(event).toMatchObject({ act: 'project', details: { step: 'retention changed', rules: [{ days: 1 }] } });
  });
});

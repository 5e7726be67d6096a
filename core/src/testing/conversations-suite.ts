import { labelOf, type Label } from '../labels/label.js';
import type { ConversationOwner, Conversations } from '../ports/conversations.js';
import type { NewTurn } from '../ports/effects.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

const ada: ConversationOwner = { project: 'p1', workflow: 'w1', subject: 'user:ada' };

/** Creates a turn of a conversation for tests. @example turnOf('Hello') */
export const turnOf = (
  content: string,
  label: Label = labelOf('internal'),
  role: 'user' | 'assistant' = 'user',
): NewTurn => ({
  message: { role, content },
  label,
});

const citation = { number: 1, passage: 'p', document: 'd', quote: 'yes', quoteStart: 0, quoteEnd: 3 };

const textsIn = async (conversations: Conversations, id: string): Promise<readonly unknown[]> =>
  ((await conversations.read(id))?.said ?? []).map(({ message }) => message.content);

async function begun(conversations: Conversations, ...texts: readonly string[]): Promise<string> {
  const { id } = await conversations.begin(ada);
  await conversations.memory(id, 'r1').append(
    texts.map((text) => turnOf(text)),
    { idempotencyKey: 'k' },
  );
  return id;
}

/** The conformance tests of the store of conversations. */
export const conversationsSuite: readonly SuiteCase<Conversations>[] = [
  {
    name: 'makes the id of a conversation, which has an owner, and its first question as its name until it gets one',
    async run(conversations) {
      const first = await conversations.begin(ada);
      const second = await conversations.begin(ada, { title: 'Trip to Rome' });
      check(first.id !== second.id && /^[0-9a-f]{24}$/.test(first.id), 'the id is not made by the store');
      checkEqual(first.owner, ada, 'the owner is wrong');
      checkEqual([first.title, second.title, first.turns], [undefined, 'Trip to Rome', 0], 'the name is wrong');
      await conversations.memory(first.id, 'r1').append([turnOf('x'.repeat(200))], { idempotencyKey: 'k' });
      checkEqual((await conversations.find(first.id))?.title, 'x'.repeat(80), 'the first question is no name');
      await conversations.rename(first.id, 'Long');
      checkEqual((await conversations.find(first.id))?.title, 'Long', 'the name does not change');
      await checkRejects(conversations.rename('none', 'x'), 'thread_not_found');
    },
  },
  {
    name: 'gives an owner the same conversation for the same name, and another owner another one',
    async run(conversations) {
      const named = await conversations.begin(ada, { name: 'chat-1' });
      check(/^[0-9a-f]{24}$/.test(named.id), 'the id shows the name');
      await conversations.memory(named.id, 'r1').append([turnOf('one')], { idempotencyKey: 'k' });
      const again = await conversations.begin(ada, { name: 'chat-1' });
      checkEqual([again.id, again.turns], [named.id, 1], 'the conversation is another one');
      const made = await Promise.all([
        conversations.begin({ ...ada, subject: 'user:eve' }, { name: 'chat-1' }),
        conversations.begin({ ...ada, workflow: 'w-other' }, { name: 'chat-1' }),
        conversations.begin({ ...ada, project: 'p-other' }, { name: 'chat-1' }),
        conversations.begin(ada, { name: 'chat-2' }),
      ]);
      const others = made.map(({ id }) => id);
      checkEqual(new Set([named.id, ...others]).size, 5, 'two owners share a conversation');
      await conversations.erase([named.id]);
      checkEqual((await conversations.begin(ada, { name: 'chat-1' })).turns, 0, 'an erased conversation comes back');
    },
  },
  {
    name: 'keeps turns in order with their labels and their run, each conversation by itself',
    async run(conversations) {
      const a = (await conversations.begin(ada)).id;
      const b = (await conversations.begin(ada)).id;
      const secret = labelOf('confidential', ['untrusted']);
      await conversations.memory(a, 'r1').append([turnOf('one'), turnOf('two', secret)], { idempotencyKey: 'k' });
      await conversations.memory(b, 'r2').append([turnOf('other')], { idempotencyKey: 'k' });
      const { turns } = await conversations.memory(a, 'r3').read();
      checkEqual(
        turns.map(({ message, label, run }) => [message.content, label, run]),
        [
          ['one', labelOf('internal'), 'r1'],
          ['two', secret, 'r1'],
        ],
        'the turns are wrong',
      );
      check(turns[1]?.label === secret, 'a label is one object');
      checkEqual(await textsIn(conversations, b), ['other'], 'the other conversation is wrong');
      checkEqual((await conversations.find(a))?.level, 'confidential', 'the level is not the highest');
    },
  },
  {
    name: 'adds the same turns once, and gives nothing of a conversation that does not exist',
    async run(conversations) {
      const id = await begun(conversations, 'one');
      await conversations.memory(id, 'r1').append([turnOf('one')], { idempotencyKey: 'k' });
      checkEqual(await textsIn(conversations, id), ['one'], 'the message is there twice');
      const none = conversations.memory('none', 'r1');
      await checkRejects(none.read(), 'thread_not_found');
      await checkRejects(none.append([turnOf('x')], { idempotencyKey: 'k' }), 'thread_not_found');
      await checkRejects(none.summarise({ text: 'x', label: labelOf('public'), turns: 1 }), 'thread_not_found');
      checkEqual(
        [await conversations.find('none'), await conversations.read('none')],
        [undefined, undefined],
        'it exists',
      );
    },
  },
  {
    name: 'lets a summary stand for the oldest turns, never with a lower label than the one before, and keeps the turns',
    async run(conversations) {
      const id = await begun(conversations, '1', '2', '3', '4');
      const memory = conversations.memory(id, 'r2');
      await memory.summarise({ text: 'one', label: labelOf('restricted'), turns: 1 });
      await memory.summarise({ text: 'one to three', label: labelOf('public'), turns: 2 });
      const { turns, summary } = await memory.read();
      checkEqual(
        turns.map(({ message }) => message.content),
        ['4'],
        'the summary does not replace its turns',
      );
      checkEqual(summary, { text: 'one to three', label: labelOf('restricted'), turns: 3 }, 'the summary is wrong');
      checkEqual(await textsIn(conversations, id), ['1', '2', '3', '4'], 'the turns are lost');
    },
  },
  {
    name: 'gives a conversation to one run at a time',
    async run(conversations) {
      const { id } = await conversations.begin(ada);
      checkEqual(await conversations.claim(id, 'r1', undefined), true, 'the first run is refused');
      checkEqual(await conversations.claim(id, 'r2', undefined), false, 'a second run is accepted');
      checkEqual((await conversations.find(id))?.run, 'r1', 'the newest run is wrong');
      checkEqual(await conversations.claim(id, 'r2', 'r1'), true, 'the next run is refused');
      checkEqual(
        await conversations.claim('none', 'r1', undefined),
        false,
        'a conversation that does not exist is given',
      );
    },
  },
  {
    name: 'records what a run said, once, where the run added nothing',
    async run(conversations) {
      const { id } = await conversations.begin(ada);
      await conversations.claim(id, 'r1', undefined);
      checkEqual(await conversations.unrecorded(id), 'r1', 'the run is recorded before it ended');
      const record = {
        run: 'r1',
        turns: [turnOf('Why?'), turnOf('So.', labelOf('public'), 'assistant')],
        citations: [citation],
      };
      await conversations.record(id, record);
      await conversations.record(id, record);
      checkEqual(await conversations.unrecorded(id), undefined, 'the run is not recorded');
      const said = (await conversations.read(id))?.said ?? [];
      checkEqual(
        said.map(({ message, run, citations }) => [message.content, run, citations?.length ?? 0]),
        [
          ['Why?', 'r1', 0],
          ['So.', 'r1', 1],
        ],
        'the record is wrong',
      );
    },
  },
  {
    name: 'adds the sources to the answer that the run itself added, and nothing of an earlier run',
    async run(conversations) {
      const { id } = await conversations.begin(ada);
      await conversations.claim(id, 'r1', undefined);
      const own = [turnOf('Why?'), turnOf('So.', labelOf('public'), 'assistant')];
      await conversations.memory(id, 'r1').append(own, { idempotencyKey: 'k' });
      await conversations.claim(id, 'r2', 'r1');
      await conversations.record(id, { run: 'r1', turns: own, citations: [] });
      checkEqual(await textsIn(conversations, id), ['Why?', 'So.'], 'an earlier run is recorded');
      await conversations
        .memory(id, 'r2')
        .append([turnOf('Yes', labelOf('public'), 'assistant')], { idempotencyKey: 'l' });
      await conversations.record(id, { run: 'r2', turns: own, citations: [citation] });
      checkEqual(
        (await conversations.read(id))?.said.map(({ message, citations }) => [message.content, citations?.length ?? 0]),
        [
          ['Why?', 0],
          ['So.', 0],
          ['Yes', 1],
        ],
        'the sources are wrong',
      );
    },
  },
  {
    name: 'lists those of a project, of one subject, or of none, newest first and in pages',
    async run(conversations) {
      const owners = [ada, { ...ada, subject: 'user:bob' }, { ...ada, workflow: 'w2' }, { ...ada, project: 'p2' }];
      const ids: string[] = [];
      for (const owner of owners) ids.push((await conversations.begin(owner)).id);
      const list = async (query: Partial<Parameters<Conversations['list']>[0]>): Promise<readonly number[]> => {
        const found = await conversations.list({ within: [{ project: 'p1' }], limit: 10, ...query });
        return found.map(({ id }) => ids.indexOf(id));
      };
      checkEqual([...(await list({}))].sort(), [0, 1, 2], 'the project is wrong');
      checkEqual(await list({ within: [{ project: 'p1', subject: 'user:bob' }] }), [1], 'the subject is wrong');
      checkEqual(await list({ workflow: 'w2' }), [2], 'the workflow is wrong');
      checkEqual(await list({ within: [] }), [], 'nothing is in no scope');
      checkEqual(await list({ within: [{ isUnassigned: true }] }), [], 'an owner is lost');
      checkEqual(
        await conversations.count({ within: [{ project: 'p1' }], subject: 'user:ada', limit: 1 }),
        2,
        'the count is wrong',
      );
      const [first] = await conversations.list({ within: [{ project: 'p1' }], limit: 1 });
      const rest = await list({ after: first });
      checkEqual([rest.length, rest.includes(ids.indexOf(first?.id ?? ''))], [2, false], 'the second page is wrong');
    },
  },
  {
    name: 'erases conversations with their turns, and their runs cannot write to them any more',
    async run(conversations) {
      const id = await begun(conversations, 'secret');
      const other = await begun(conversations, 'stays');
      const memory = conversations.memory(id, 'r1');
      const erased = await conversations.erase([id, 'none']);
      checkEqual([erased.conversations, erased.turns, erased.hashes.length], [1, 1, 1], 'the erasure is wrong');
      await conversations.forgetErased();
      await checkRejects(memory.append([turnOf('again')], { idempotencyKey: 'l' }), 'thread_not_found');
      await conversations.record(id, { run: 'r1', turns: [turnOf('again')], citations: [] });
      checkEqual(
        [await conversations.find(id), await textsIn(conversations, other)],
        [undefined, ['stays']],
        'it is there again',
      );
    },
  },
  {
    name: 'finds those of several subjects and projects together',
    async run(conversations) {
      const eve = { ...ada, subject: 'user:eve' };
      const owners = [ada, eve, { ...ada, project: 'p2' }, { ...eve, project: 'p2' }, { ...eve, project: 'p3' }];
      const ids: string[] = [];
      for (const owner of owners) ids.push((await conversations.begin(owner)).id);
      const within = [
        { project: 'p1', subject: 'user:ada' },
        { project: 'p2', subject: 'user:eve' },
        { project: 'p3', subject: 'user:eve' },
      ];
      const found = await conversations.list({ within, limit: 10 });
      checkEqual(found.map(({ id }) => ids.indexOf(id)).sort(), [0, 3, 4], 'the scopes are mixed');
      const whole = await conversations.list({ within: [{ project: 'p2' }, { project: 'p3' }], limit: 10 });
      checkEqual(whole.map(({ id }) => ids.indexOf(id)).sort(), [2, 3, 4], 'the projects are wrong');
    },
  },
  {
    name: 'adds what comes at once, one after the other, each once',
    async run(conversations) {
      const id = await begun(conversations, 'first');
      const memory = conversations.memory(id, 'r1');
      const add = (text: string): Promise<void> =>
        memory.append([turnOf(text), turnOf(`${text}!`)], { idempotencyKey: text });
      await Promise.all(['a', 'b', 'a', 'c'].map(add));
      const texts = await textsIn(conversations, id);
      checkEqual([...texts].sort(), ['a', 'a!', 'b', 'b!', 'c', 'c!', 'first'], 'turns are lost or doubled');
      for (const text of ['a', 'b', 'c'])
        checkEqual(texts[texts.indexOf(text) + 1], `${text}!`, 'two additions are mixed');
      checkEqual((await conversations.find(id))?.turns, 7, 'the number of turns is wrong');
    },
  },
  {
    name: 'makes one conversation of a name, and gives it to one run, where two come at once',
    async run(conversations) {
      const both = [1, 2].map(() => conversations.begin(ada, { name: 'same' }));
      const [one, other] = await Promise.all(both);
      checkEqual(one?.id, other?.id, 'two conversations have one name');
      const claims = ['r1', 'r2'].map((run) => conversations.claim(one?.id ?? '', run, undefined));
      checkEqual((await Promise.all(claims)).filter(Boolean).length, 1, 'two runs have the conversation');
    },
  },
  {
    name: 'records a run once where two processes record it, and joins summaries that are made at once',
    async run(conversations) {
      const id = await begun(conversations, '1', '2', '3');
      await conversations.claim(id, 'r1', undefined);
      const record = { run: 'r2', turns: [turnOf('Why?'), turnOf('So.')], citations: [] };
      await conversations.claim(id, 'r2', 'r1');
      await Promise.all([conversations.record(id, record), conversations.record(id, record)]);
      checkEqual(await textsIn(conversations, id), ['1', '2', '3', 'Why?', 'So.'], 'the run is recorded twice');
      const memory = conversations.memory(id, 'r3');
      const summaries = (['restricted', 'public'] as const).map((level) =>
        memory.summarise({ text: level, label: labelOf(level), turns: 1 }),
      );
      await Promise.all(summaries);
      const { summary } = await memory.read();
      checkEqual([summary?.turns, summary?.label.level], [2, 'restricted'], 'a summary is lost');
    },
  },
  {
    name: 'erases what is added at the same time, or refuses it',
    async run(conversations) {
      for (let round = 0; round < 4; round += 1) {
        const id = await begun(conversations, 'secret');
        const memory = conversations.memory(id, 'r1');
        const adding = memory.append([turnOf('again')], { idempotencyKey: 'l' }).then(
          () => 2,
          () => 1,
        );
        const [turns, erased] = await Promise.all([adding, conversations.erase([id])]);
        checkEqual([erased.conversations, erased.turns], [1, turns], 'the erasure counts other turns');
        checkEqual(await conversations.read(id), undefined, 'it is there again');
        checkEqual((await begun(conversations, 'new')) === id, false, 'an id is given twice');
      }
    },
  },
];

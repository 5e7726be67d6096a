import { labelOf, type Label } from '../labels/label.js';
import type { ConversationOwner, Conversations } from '../ports/conversations.js';
import type { NewTurn } from '../ports/effects.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

const ada: ConversationOwner = { project: 'p1', workflow: 'w1', subject: 'user:ada' };

/** A turn for tests. @example turnOf('Hello') */
export const turnOf = (
  content: string,
  label: Label = labelOf('internal'),
  role: 'user' | 'assistant' = 'user',
): NewTurn => ({
  message: { role, content },
  label,
});

const citation = {
  ...{ number: 1, passage: 'p', document: 'd', quote: 'yes', quoteStart: 0, quoteEnd: 3 },
};

const textsIn = (conversations: Conversations, id: string): readonly unknown[] =>
  (conversations.read(id)?.said ?? []).map(({ message }) => message.content);

async function begun(conversations: Conversations, ...texts: readonly string[]): Promise<string> {
  const { id } = conversations.begin(ada);
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
      const [first, second] = [conversations.begin(ada), conversations.begin(ada, { title: 'Trip to Rome' })];
      check(first.id !== second.id && /^[0-9a-f]{24}$/.test(first.id), 'the id is not made by the store');
      checkEqual(first.owner, ada, 'the owner is wrong');
      checkEqual([first.title, second.title, first.turns], [undefined, 'Trip to Rome', 0], 'the name is wrong');
      await conversations.memory(first.id, 'r1').append([turnOf('x'.repeat(200))], { idempotencyKey: 'k' });
      checkEqual(conversations.find(first.id)?.title, 'x'.repeat(80), 'the first question is no name');
      conversations.rename(first.id, 'Long');
      checkEqual(conversations.find(first.id)?.title, 'Long', 'the name does not change');
      await checkRejects((async () => conversations.rename('none', 'x'))(), 'thread_not_found');
    },
  },
  {
    name: 'gives an owner the same conversation for the same name, and another owner another one',
    async run(conversations) {
      const named = conversations.begin(ada, { name: 'chat-1' });
      check(/^[0-9a-f]{24}$/.test(named.id), 'the id shows the name');
      await conversations.memory(named.id, 'r1').append([turnOf('one')], { idempotencyKey: 'k' });
      const again = conversations.begin(ada, { name: 'chat-1' });
      checkEqual([again.id, again.turns], [named.id, 1], 'the conversation is another one');
      const others = [
        conversations.begin({ ...ada, subject: 'user:eve' }, { name: 'chat-1' }),
        conversations.begin({ ...ada, workflow: 'w-other' }, { name: 'chat-1' }),
        conversations.begin({ ...ada, project: 'p-other' }, { name: 'chat-1' }),
        conversations.begin(ada, { name: 'chat-2' }),
      ].map(({ id }) => id);
      checkEqual(new Set([named.id, ...others]).size, 5, 'two owners share a conversation');
      conversations.erase([named.id]);
      checkEqual(conversations.begin(ada, { name: 'chat-1' }).turns, 0, 'an erased conversation comes back');
    },
  },
  {
    name: 'keeps turns in order with their labels and their run, each conversation by itself',
    async run(conversations) {
      const [a, b] = [conversations.begin(ada).id, conversations.begin(ada).id];
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
      checkEqual(textsIn(conversations, b), ['other'], 'the other conversation is wrong');
      checkEqual(conversations.find(a)?.level, 'confidential', 'the level is not the highest');
    },
  },
  {
    name: 'adds the same turns once, and gives nothing of a conversation that does not exist',
    async run(conversations) {
      const id = await begun(conversations, 'one');
      await conversations.memory(id, 'r1').append([turnOf('one')], { idempotencyKey: 'k' });
      checkEqual(textsIn(conversations, id), ['one'], 'the message is there twice');
      const none = conversations.memory('none', 'r1');
      await checkRejects(none.read(), 'thread_not_found');
      await checkRejects(none.append([turnOf('x')], { idempotencyKey: 'k' }), 'thread_not_found');
      await checkRejects(none.summarise({ text: 'x', label: labelOf('public'), turns: 1 }), 'thread_not_found');
      checkEqual([conversations.find('none'), conversations.read('none')], [undefined, undefined], 'it exists');
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
      checkEqual(textsIn(conversations, id), ['1', '2', '3', '4'], 'the turns are lost');
    },
  },
  {
    name: 'gives a conversation to one run at a time',
    async run(conversations) {
      const { id } = conversations.begin(ada);
      checkEqual(conversations.claim(id, 'r1', undefined), true, 'the first run is refused');
      checkEqual(conversations.claim(id, 'r2', undefined), false, 'a second run is accepted');
      checkEqual(conversations.find(id)?.run, 'r1', 'the newest run is wrong');
      checkEqual(conversations.claim(id, 'r2', 'r1'), true, 'the next run is refused');
      checkEqual(conversations.claim('none', 'r1', undefined), false, 'a conversation that does not exist is given');
    },
  },
  {
    name: 'records what a run said, once, where the run added nothing',
    async run(conversations) {
      const { id } = conversations.begin(ada);
      conversations.claim(id, 'r1', undefined);
      checkEqual(conversations.unrecorded(id), 'r1', 'the run is recorded before it ended');
      const record = {
        run: 'r1',
        turns: [turnOf('Why?'), turnOf('So.', labelOf('public'), 'assistant')],
        citations: [citation],
      };
      conversations.record(id, record);
      conversations.record(id, record);
      checkEqual(conversations.unrecorded(id), undefined, 'the run is not recorded');
      const said = conversations.read(id)?.said ?? [];
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
      const { id } = conversations.begin(ada);
      conversations.claim(id, 'r1', undefined);
      const own = [turnOf('Why?'), turnOf('So.', labelOf('public'), 'assistant')];
      await conversations.memory(id, 'r1').append(own, { idempotencyKey: 'k' });
      conversations.claim(id, 'r2', 'r1');
      conversations.record(id, { run: 'r1', turns: own, citations: [] });
      checkEqual(textsIn(conversations, id), ['Why?', 'So.'], 'an earlier run is recorded');
      await conversations
        .memory(id, 'r2')
        .append([turnOf('Yes', labelOf('public'), 'assistant')], { idempotencyKey: 'l' });
      conversations.record(id, { run: 'r2', turns: own, citations: [citation] });
      checkEqual(
        conversations.read(id)?.said.map(({ message, citations }) => [message.content, citations?.length ?? 0]),
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
      const ids = owners.map((owner) => conversations.begin(owner).id);
      const list = (query: Partial<Parameters<Conversations['list']>[0]>): readonly number[] =>
        conversations.list({ within: [{ project: 'p1' }], limit: 10, ...query }).map(({ id }) => ids.indexOf(id));
      checkEqual([...list({})].sort(), [0, 1, 2], 'the project is wrong');
      checkEqual(list({ within: [{ project: 'p1', subject: 'user:bob' }] }), [1], 'the subject is wrong');
      checkEqual(list({ workflow: 'w2' }), [2], 'the workflow is wrong');
      checkEqual(list({ within: [] }), [], 'nothing is in no scope');
      checkEqual(list({ within: [{ isUnassigned: true }] }), [], 'an owner is lost');
      checkEqual(
        conversations.count({ within: [{ project: 'p1' }], subject: 'user:ada', limit: 1 }),
        2,
        'the count is wrong',
      );
      const [first] = conversations.list({ within: [{ project: 'p1' }], limit: 1 });
      const rest = list({ after: first });
      checkEqual([rest.length, rest.includes(ids.indexOf(first?.id ?? ''))], [2, false], 'the second page is wrong');
      await Promise.resolve();
    },
  },
  {
    name: 'erases conversations with their turns, and their runs cannot write to them any more',
    async run(conversations) {
      const [id, other] = [await begun(conversations, 'secret'), await begun(conversations, 'stays')];
      const memory = conversations.memory(id, 'r1');
      const erased = conversations.erase([id, 'none']);
      checkEqual([erased.conversations, erased.turns, erased.hashes.length], [1, 1, 1], 'the erasure is wrong');
      conversations.forgetErased();
      await checkRejects(memory.append([turnOf('again')], { idempotencyKey: 'l' }), 'thread_not_found');
      conversations.record(id, { run: 'r1', turns: [turnOf('again')], citations: [] });
      checkEqual([conversations.find(id), textsIn(conversations, other)], [undefined, ['stays']], 'it is there again');
    },
  },
];

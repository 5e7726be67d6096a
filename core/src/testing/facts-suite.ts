import { labelOf } from '../labels/label.js';
import type { ConversationOwner } from '../ports/conversations.js';
import { mostFacts, type FactStore, type NewFact } from '../ports/memory/facts.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** A store of facts with a clock that the test controls. */
export interface FactsSubject {
  readonly facts: FactStore;
  readonly advance: (ms: number) => Promise<void>;
}

const ada: ConversationOwner = { project: 'p1', workflow: 'w1', subject: 'user:ada' };
const run = { run: 'r1', thread: 't1' };

const fact = (key: string, text: string, more: Partial<NewFact> = {}): NewFact => ({
  key,
  text,
  label: labelOf('internal'),
  ...more,
});

let writes = 0;
async function remember(facts: FactStore, owner: ConversationOwner, ...some: readonly NewFact[]): Promise<void> {
  await facts.of(owner, run).remember(some, { idempotencyKey: `write ${(writes += 1)}` });
}

async function textsOf(facts: FactStore, owner: ConversationOwner, reader = labelOf('restricted').level) {
  return (await facts.of(owner, run).find({ reader, limit: 100 })).map(({ text }) => text);
}

const idsOf = async (facts: FactStore): Promise<readonly string[]> =>
  (await facts.list({ within: [{ project: 'p1' }], limit: 10 })).map(({ id }) => id);

/** The conformance tests of the store of facts. */
export const factsSuite: readonly SuiteCase<FactsSubject>[] = [
  {
    name: 'remembers facts with their label, run and thread, and replaces the one of the same key',
    async run({ facts, advance }) {
      const label = labelOf('confidential', ['untrusted']);
      await remember(facts, ada, fact(' colour ', 'blue', { label }), fact('town', 'Rome'));
      const listed = await facts.list({ within: [{ project: 'p1' }], limit: 10 });
      const first = listed.find(({ key }) => key === 'colour');
      await advance(5);
      await remember(facts, ada, fact('colour', 'green'));
      checkEqual(await textsOf(facts, ada), ['green', 'Rome'], 'the facts are wrong');
      const now = await facts.find(first?.id ?? '');
      checkEqual([now?.text, now?.label], ['green', labelOf('internal')], 'the fact of the key is not replaced');
      checkEqual(
        [first?.label, first?.run, first?.thread, first?.owner],
        [label, 'r1', 't1', ada],
        'the source is wrong',
      );
      checkEqual(
        [now?.createdAt === first?.createdAt, now?.updatedAt === (first?.updatedAt ?? 0) + 5],
        [true, true],
        'times',
      );
    },
  },
  {
    name: 'writes once for each key of a step, also where the fact was erased meanwhile',
    async run({ facts }) {
      const own = facts.of(ada, run);
      await own.remember([fact('a', 'one')], { idempotencyKey: 'k' });
      await facts.erase(await idsOf(facts));
      await own.remember([fact('a', 'one')], { idempotencyKey: 'k' });
      checkEqual(await idsOf(facts), [], 'an erased fact came back');
    },
  },
  {
    name: 'gives facts to their owner alone, never above the level of the reader',
    async run({ facts }) {
      await remember(
        facts,
        ada,
        fact('a', 'low', { label: labelOf('public') }),
        fact('b', 'high', { label: labelOf('restricted') }),
      );
      for (const other of [
        { ...ada, project: 'p2' },
        { ...ada, workflow: 'w2' },
        { ...ada, subject: 'user:ad' },
      ])
        checkEqual(await textsOf(facts, other), [], `${JSON.stringify(other)} reads facts of another owner`);
      checkEqual(await textsOf(facts, ada, 'confidential'), ['low'], 'the reader gets a fact above its level');
      checkEqual((await facts.of(ada, run).withoutVector('m', 'public')).length, 1, 'the model gets a text above it');
    },
  },
  {
    name: 'finds the nearest facts first, by vectors of one model, and those without a vector last',
    async run({ facts }) {
      const own = facts.of(ada, run);
      await remember(facts, ada, fact('a', 'near'), fact('b', 'far'), fact('c', 'without'));
      const vectors = new Map([
        ['a: near', [1, 0]],
        ['b: far', [0.6, 0.8]],
      ]);
      const asked = await own.withoutVector('m', 'restricted');
      await own.setVectors(
        'm',
        asked.flatMap(({ id, text }) => {
          const vector = vectors.get(text);
          return vector === undefined ? [] : [{ id, text, vector: Float32Array.from(vector) }];
        }),
      );
      const like = { vector: Float32Array.from([1, 0]), model: 'm' };
      const found = await own.find({ like, reader: 'restricted', limit: 3 });
      checkEqual(
        found.map(({ text }) => text),
        ['near', 'far', 'without'],
        'the order is wrong',
      );
      check(Math.abs((found[1]?.similarity ?? 0) - 0.6) < 1e-6, 'the similarity is wrong');
      checkEqual((await own.find({ like, reader: 'restricted', limit: 1 })).length, 1, 'the limit is wrong');
      checkEqual((await own.withoutVector('m', 'restricted')).length, 1, 'a vector is asked for twice');
      checkEqual((await own.withoutVector('other', 'restricted')).length, 3, 'a vector of another model counts');
      const others = facts.of({ ...ada, subject: 'user:eve' }, run);
      await others.setVectors(
        'm',
        asked.map((one) => ({ ...one, vector: Float32Array.from([1, 0]) })),
      );
      checkEqual((await own.withoutVector('m', 'restricted')).length, 1, 'another owner sets vectors');
    },
  },
  {
    name: 'never gives a fact past its time, and removes it then',
    async run({ facts, advance }) {
      await remember(facts, ada, fact('a', 'short', { keepMs: 1_000 }), fact('b', 'long'));
      await advance(999);
      checkEqual(await textsOf(facts, ada), ['short', 'long'].toReversed(), 'it is gone too early');
      checkEqual(await facts.sweepExpired(10), 0, 'it is removed too early');
      await advance(1);
      checkEqual(await textsOf(facts, ada), ['long'], 'it is given past its time');
      checkEqual(await facts.sweepExpired(10), 1, 'it is not removed');
      checkEqual((await idsOf(facts)).length, 1, 'another fact is removed');
    },
  },
  {
    name: 'changes the text and the time of a fact, which needs a new vector then',
    async run({ facts, advance }) {
      const own = facts.of(ada, run);
      await remember(facts, ada, fact('a', 'one'));
      const [id = ''] = await idsOf(facts);
      await own.setVectors('m', [{ id, text: 'a: one', vector: Float32Array.from([1, 0]) }]);
      const now = (await facts.find(id))?.updatedAt ?? 0;
      const changed = await facts.change(id, { text: ' two ', expiresAt: now + 50 });
      checkEqual(changed.text, 'two', 'the text is wrong');
      checkEqual(await textsOf(facts, ada), ['two'], 'the text does not change');
      checkEqual((await own.withoutVector('m', 'restricted')).length, 1, 'the vector of the old text is kept');
      await facts.change(id, { expiresAt: null });
      await advance(100);
      checkEqual(await textsOf(facts, ada), ['two'], 'the time does not change');
      await checkRejects(facts.change('none', { text: 'x' }), 'not_found');
    },
  },
  {
    name: 'holds a bounded number of facts of a subject: a new one replaces the oldest',
    async run({ facts, advance }) {
      const many = Array.from({ length: mostFacts }, (_value, index) => fact(`key ${index}`, `text ${index}`));
      await remember(facts, ada, ...many.slice(0, 1));
      await advance(1);
      await remember(facts, ada, ...many.slice(1));
      await remember(facts, { ...ada, subject: 'user:eve' }, fact('a', 'of Eve'));
      await remember(facts, ada, fact('new', 'newest'));
      const query = { within: [{ project: 'p1' }], subject: 'user:ada', limit: 2_000 };
      checkEqual(await facts.count(query), mostFacts, 'there are too many');
      const keys = (await facts.list(query)).map(({ key }) => key);
      checkEqual([keys.includes('new'), keys.includes('key 0')], [true, false], 'the wrong fact is gone');
      checkEqual(await textsOf(facts, { ...ada, subject: 'user:eve' }), ['of Eve'], 'a fact of another one is gone');
    },
  },
  {
    name: 'lists by project, workflow and subject in pages, and erases with hashes',
    async run({ facts, advance }) {
      for (const owner of [
        ada,
        { ...ada, subject: 'user:eve' },
        { ...ada, workflow: 'w2' },
        { ...ada, project: 'p2' },
      ]) {
        await remember(facts, owner, fact('a', 'one'));
        await advance(1);
      }
      const list = (query: object) => facts.list({ within: [{ project: 'p1' }], limit: 10, ...query });
      checkEqual(
        [(await list({})).length, (await list({ workflow: 'w2' })).length, (await list({ within: [] })).length],
        [3, 1, 0],
        'the list is wrong',
      );
      checkEqual((await list({ within: [{ project: 'p1', subject: 'user:eve' }] })).length, 1, 'the subject is wrong');
      const [first] = await list({ limit: 1 });
      checkEqual((await list({ after: first })).length, 2, 'the second page is wrong');
      const erased = await facts.erase([...(await list({})).map(({ id }) => id), 'none']);
      check(
        erased.facts === 3 && erased.hashes.every((hash) => /^sha256:[0-9a-f]{64}$/.test(hash)),
        'the erasure is wrong',
      );
      await facts.forgetErased();
      checkEqual(
        [(await list({})).length, await facts.count({ within: [{ project: 'p2' }], limit: 1 })],
        [0, 1],
        'the rest is wrong',
      );
    },
  },
  {
    name: 'keeps one fact of a key, and every key, where runs write at once',
    async run({ facts }) {
      const own = facts.of(ada, run);
      const both = (text: string, key: string) =>
        own.remember([fact('town', text), fact(key, text)], { idempotencyKey: `once ${key}` });
      await Promise.all([both('Rome', 'a'), both('Oslo', 'b'), both('Rome', 'a'), both('Bern', 'c')]);
      const found = await own.find({ reader: 'restricted', limit: 10 });
      checkEqual(found.map(({ key }) => key).sort(), ['a', 'b', 'c', 'town'], 'a key is lost, or there twice');
    },
  },
  {
    name: 'loses no change of a person to a run that writes at the same time, and erases what is there at the end',
    async run({ facts }) {
      const own = facts.of(ada, run);
      await remember(facts, ada, fact('town', 'Rome'));
      const [id = ''] = await idsOf(facts);
      const writes = { idempotencyKey: 'beside' };
      await Promise.all([facts.change(id, { text: 'Oslo' }), own.remember([fact('colour', 'blue')], writes)]);
      checkEqual((await textsOf(facts, ada)).toSorted(), ['Oslo', 'blue'], 'a change is lost');
      await Promise.all([
        facts.change(id, { text: 'Bern' }),
        own.remember([fact('town', 'Kiel')], { idempotencyKey: 'same key' }),
      ]);
      checkEqual((await idsOf(facts)).length, 2, 'a key is there twice');
      const [first, second] = await Promise.all([facts.erase([id]), facts.erase([id])]);
      checkEqual([(first?.facts ?? 0) + (second?.facts ?? 0)], [1], 'a fact is erased twice');
      checkEqual(await textsOf(facts, ada), ['blue'], 'the rest is wrong');
    },
  },
  {
    name: 'gives no vector to a fact that was replaced after its text was asked for',
    async run({ facts }) {
      const own = facts.of(ada, run);
      await remember(facts, ada, fact('town', 'Rome'));
      const asked = await own.withoutVector('m', 'restricted');
      const [id = ''] = await idsOf(facts);
      const vectors = asked.map((one) => ({ ...one, vector: Float32Array.from([1, 0]) }));
      await Promise.all([own.setVectors('m', vectors), facts.change(id, { text: 'Oslo' })]);
      checkEqual((await own.withoutVector('m', 'restricted')).length, 1, 'the vector of the old text is kept');
      await own.setVectors('m', vectors);
      checkEqual((await own.withoutVector('m', 'restricted')).length, 1, 'a new text gets the vector of the old one');
      await own.setVectors(
        'n',
        vectors.map((one) => ({ ...one, text: 'town: Oslo' })),
      );
      checkEqual(await own.withoutVector('n', 'restricted'), [], 'the vector of the text is not kept');
      const like = { vector: Float32Array.from([1, 0]), model: 'm' };
      const [found] = await own.find({ like, reader: 'restricted', limit: 1 });
      checkEqual([found?.text, found?.similarity], ['Oslo', undefined], 'a vector of another model counts');
    },
  },
];

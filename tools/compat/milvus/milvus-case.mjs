import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTls } from './start-tls.mjs';

const label = { level: 'internal', marks: [] };
const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 };
const described = (name) => ({ name, embedding: 'tiny', dimensions: 4, splitter, label });

/** Checks that only concern the store on Milvus, in addition to the suite. */
export async function runMilvusAlone({ partner, report, open, documentOf }) {
  await report("our part of the interface is that of Milvus' own client", () => sameInterface(partner.python));
  await report('keeps lists of readers right, and no old passage, while programs write, list and delete at once', () =>
    keepsListsAndPassages(open, documentOf),
  );
  await report('takes texts that look like conditions as texts', () => takesHostileTexts(open));
  await report('keeps a large document, long texts, and thousands of readers', () => keepsLargeDocuments(open));
  await report('says that the server is away, and works when it is back', () => survivesAbsence(open, partner));
  await report('speaks over TLS, and refuses a certificate that it does not know', () => speaksTls(open, partner.url));
}

async function sameInterface(python) {
  const { messages, methods, requestOf } = await import('@heddle/adapters/testing');
  const program = fileURLToPath(new URL('describe-interface.py', import.meta.url));
  const theirs = JSON.parse(execFileSync(python, [program], { maxBuffer: 50_000_000 }).toString());
  for (const [name, fields] of Object.entries(messages))
    for (const [field, text] of Object.entries(fields))
      if (theirs.messages[name]?.[field] !== text)
        throw new Error(`${name}.${field} is ${theirs.messages[name]?.[field]} there, and ${text} here`);
  for (const [name, answer] of Object.entries(methods))
    if (String(theirs.methods[name]) !== String([requestOf(name), answer]))
      throw new Error(`${name} is ${theirs.methods[name]} there`);
}

/** Runs three programs at once: one replaces a document, one changes its readers, one removes another document and writes it again. */
async function keepsListsAndPassages(open, documentOf) {
  const stores = [open(), open(), open()];
  await stores[0].create(described('busy'));
  const [writer, lister, remover] = await Promise.all(stores.map((store) => store.open('busy')));
  await writer.put([documentOf('a', 1), documentOf('b', 1)]);
  let isDone = false;
  const lists = (async () => {
    for (let round = 0; !isDone; round += 1)
      for (const document of ['a', 'b']) await lister.setReaders([{ document, readers: [`user:${round}`] }]);
  })();
  const removals = (async () => {
    for (let round = 1; !isDone; round += 1) {
      await remover.delete(['b']);
      await remover.put([documentOf('b', 1 + (round % 4))]);
    }
    await remover.delete(['b']);
  })();
  for (let round = 1; round <= 15; round += 1) await writer.put([documentOf('a', round)]);
  isDone = true;
  await Promise.all([lists, removals]);
  await lister.setReaders([{ document: 'a', readers: ['user:last'] }]);
  const held = await writer.passages('a');
  if (held.length !== 20 || held.some(({ text }) => !text.startsWith('round15 ')))
    throw new Error(`the document has ${held.length} passages: ${held.map(({ text }) => text).join()}`);
  const { documents, passages } = await writer.info();
  if (documents !== 1 || passages !== 20) throw new Error(`${documents} documents and ${passages} passages are there`);
  const query = { mode: 'lexical', text: 'part', k: 100 };
  for (const [readers, count] of [
    [['user:last'], 20],
    [['user:0', 'user:1', 'user:2'], 0],
  ]) {
    const found = await writer.search({ ...query, readers });
    if (found.length !== count) throw new Error(`${readers} finds ${found.length} of ${count}`);
  }
  await stores[0].drop('busy');
  await Promise.all(stores.map((store) => store.close()));
}

const hostile = [
  `" or pk != "`,
  `"] or 1 == 1 or fields in ["`,
  String.raw`\" or position >= 0 //`,
  `'; drop collection heddle_records; --`,
  '{"$ne": 1}',
  '%',
  '_',
  '*',
  '$meta["x"]',
  'pk',
  '\u0000',
  '\uD800',
  `${'x'.repeat(5_000)}"`,
  '',
];

/** Makes the name of a reader, which has no control characters and a limited length. */
const readerOf = (text) => `user:${text.replaceAll(/[\p{Cc}\p{Cs}]/gu, '').slice(0, 200) || 'nameless'}`;

async function takesHostileTexts(open) {
  const store = open();
  const pets = await store.create(described(`"${hostile[0]}`));
  const texts = hostile.map((text, at) => [text, `d${at}${text}`]);
  await pets.put(
    texts.map(([text, id]) => ({
      document: { id, title: text, mediaType: 'text/plain', hash: 'h', size: 1, metadata: { [`f${text}`]: text } },
      passages: [{ id: `p ${id}`, text: `robin ${text}`, vector: Float32Array.of(1, 0, 0, 0) }],
      readers: { list: [readerOf(text)] },
    })),
  );
  await pets.setNote(hostile[1], hostile[2]);
  const search = (extra) => pets.search({ mode: 'lexical', text: 'robin', k: 100, ...extra });
  for (const [text, id] of texts) {
    const alike = (of) => texts.filter(([other]) => of(other) === of(text)).length;
    const stored = (other) => Buffer.from(other, 'utf8').toString('utf8');
    for (const [what, found, wanted] of [
      ['its value', await search({ filter: { op: 'eq', field: `f${text}`, value: text } }), alike(stored)],
      ['its title', await search({ filter: { op: 'eq', field: 'title', value: text } }), alike(stored)],
      ['its reader', await search({ readers: [readerOf(text)] }), alike(readerOf)],
    ])
      if (found.length !== wanted) throw new Error(`${JSON.stringify(text).slice(0, 40)} by ${what}: ${found.length}`);
    if ((await pets.passages(id)).length !== 1) throw new Error(`${JSON.stringify(id).slice(0, 40)} is not there`);
  }
  const nobody = await search({ readers: ['user:ada" or "1" == "1', '*', '"', '") or (pk != "'] });
  if (nobody.length > 0) throw new Error(`somebody without a name finds ${nobody.length}`);
  if ((await pets.note(hostile[1])) !== hostile[2]) throw new Error('the note is another one');
  if ((await pets.delete([`d99" or pk != "`, 'd0'])) !== 0) throw new Error('a text removed a document');
  if ((await pets.info()).documents !== texts.length) throw new Error('a document is missing');
  await store.drop(`"${hostile[0]}`);
  await store.close();
}

async function keepsLargeDocuments(open) {
  const store = open();
  const large = await store.create(described('large'));
  const long = `${'wörter und 言葉 '.repeat(12_000)}end`;
  const readers = Array.from({ length: 2_500 }, (_, at) => `user:${at}`);
  const passages = Array.from({ length: 2_100 }, (_, at) => ({
    ...{ id: `p${at}`, text: at === 7 ? long : `part ${at}`, vector: Float32Array.of(1, at, 0, 0) },
  }));
  const document = { id: 'large', title: 'Large', mediaType: 'text/plain', hash: 'h', size: 1 };
  await large.put([{ document, passages, readers: { list: readers } }]);
  const held = await large.passages('large');
  if (held.length !== passages.length || held[7].text !== long || held[2_099].text !== 'part 2099')
    throw new Error(`${held.length} passages come back, the long one with ${held[7]?.text.length} characters`);
  const found = async (names) =>
    (await large.search({ mode: 'lexical', text: 'part', k: 5_000, readers: names })).length;
  if ((await found(['user:2499'])) !== 2_099 || (await found(['user:2500'])) !== 0) throw new Error('readers differ');
  await large.setReaders([{ document: 'large', readers: readers.slice(0, 2_400) }]);
  if ((await found(['user:2499'])) !== 0 || (await found(['user:7'])) !== 2_099) throw new Error('a change is missing');
  if ((await large.vectors('large')).size !== passages.length) throw new Error('vectors are missing');
  if ((await large.delete(['large'])) !== 1 || (await large.info()).passages !== 0) throw new Error('passages stay');
  await store.drop('large');
  await store.close();
}

async function survivesAbsence(open, partner) {
  const store = open();
  const collection = await store.create(described('away'));
  const note = () => collection.setNote('a', 'text');
  await note();
  await partner.stop();
  const error = await note().catch((caught) => caught);
  await partner.start();
  if (error?.code !== 'vector_store_unreachable' || error.retryable !== true)
    throw error ?? new Error('nothing failed');
  for (const end = Date.now() + 60_000; ;) {
    const again = await note().then(
      () => undefined,
      (caught) => caught,
    );
    if (again === undefined) break;
    if (again.code !== 'vector_store_unreachable' || Date.now() > end) throw again;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // After a start, the server does not load collections by itself.
  const names = (await store.list()).map(({ name }) => name);
  if ((await collection.note('a')) !== 'text' || !names.includes('away')) throw new Error('it is not there');
  await store.drop('away');
  await store.close();
}

async function speaksTls(open, url) {
  const tls = await startTls(url);
  try {
    const secret = open({ url: tls.url, certificates: tls.certificate });
    await secret.create(described('secret'));
    const names = (await secret.list()).map(({ name }) => name);
    await secret.drop('secret');
    await secret.close();
    if (!names.includes('secret')) throw new Error(`it lists ${names.join()}`);
    for (const [address, what] of [
      [tls.url, 'a certificate that nobody knows'],
      [tls.url.replace('https:', 'http:'), 'no TLS'],
    ]) {
      const store = open({ url: address, timeoutMs: 10_000 });
      const error = await store.list().catch((caught) => caught);
      await store.close();
      if (error?.code !== 'vector_store_unreachable') throw new Error(`${what}: ${error?.code} ${error?.message}`);
    }
  } finally {
    tls.close();
  }
}
